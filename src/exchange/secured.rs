//! Requests over TLS: which of them nginx refuses before it looks for a location (`ngx_http_process_request`,
//! `ngx_http_set_virtual_server`). The handshake itself is the driver's.

use super::request::{Connection, Line};
use super::site::{ListenerId, ServerId, Site};
use super::state::Exchange;
use crate::balance::Millis;
use crate::config::{Config, ScopeId, Value};

/// What became of a client's handshake.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Handshake {
    /// The server whose settings it followed: requests begin there.
    pub server: ServerId,
    /// The server was chosen by the name that the client gave.
    pub named: bool,
    /// The client's certificate.
    pub certificate: ClientCertificate,
}

/// How a client's certificate was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ClientCertificate {
    /// There is none.
    #[default]
    Missing,
    /// Good.
    Good,
    /// Its authority is not known; good enough for `optional_no_ca`.
    Unknown,
    /// Bad.
    Bad,
}

/// `ssl_verify_client`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum VerifyClient {
    /// Clients are not asked.
    #[default]
    Off,
    /// A good certificate is needed.
    On,
    /// A certificate, if there is one, must be good.
    Optional,
    /// As `Optional`, but its authority need not be known.
    OptionalNoCa,
}

impl VerifyClient {
    /// The word that holds in a scope.
    #[must_use]
    pub fn of(config: &Config, scope: ScopeId) -> VerifyClient {
        match config.effective(scope, "ssl_verify_client").map(|setting| &setting.value) {
            Some(Value::Enum(1)) => VerifyClient::On,
            Some(Value::Enum(2)) => VerifyClient::Optional,
            Some(Value::Enum(3)) => VerifyClient::OptionalNoCa,
            _ => VerifyClient::Off,
        }
    }

    /// Why it does not take a client with such a certificate.
    #[must_use]
    pub fn refuses(self, certificate: ClientCertificate) -> Option<Unfit> {
        match (self, certificate) {
            (VerifyClient::Off, _)
            | (_, ClientCertificate::Good)
            | (VerifyClient::OptionalNoCa, ClientCertificate::Unknown)
            | (VerifyClient::Optional | VerifyClient::OptionalNoCa, ClientCertificate::Missing) => None,
            (VerifyClient::On, ClientCertificate::Missing) => Some(Unfit::NoCertificate),
            _ => Some(Unfit::Certificate),
        }
    }
}

/// Why TLS does not fit a request; the driver logs it, at level info.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unfit {
    /// It came without TLS where clients speak TLS.
    Plain,
    /// The client's certificate is not good; the driver knows why.
    Certificate,
    /// There is no certificate.
    NoCertificate,
    /// It is for another server than the handshake, one that asks for certificates.
    Misdirected,
}

impl Unfit {
    /// nginx's words, where they do not depend on the certificate.
    #[must_use]
    pub fn message(self) -> Option<&'static str> {
        match self {
            Unfit::Plain => Some("client sent plain HTTP request to HTTPS port"),
            Unfit::Certificate => None,
            Unfit::NoCertificate => Some("client sent no required SSL certificate"),
            Unfit::Misdirected => {
                Some("client attempted to request the server name different from the one that was negotiated")
            }
        }
    }

    /// The status, nginx's own for the first three.
    pub(super) fn status(self) -> u16 {
        match self {
            Unfit::Plain => 497,
            Unfit::Certificate => 495,
            Unfit::NoCertificate => 496,
            Unfit::Misdirected => 421,
        }
    }
}

impl Exchange {
    /// Why TLS does not fit the request.
    #[must_use]
    pub fn unfit(&self) -> Option<Unfit> {
        self.unfit
    }

    /// Begins with the server of the handshake. A request whose host leads to no server belongs to the default one.
    #[inline]
    pub(super) fn first_server(&self, site: &Site, listener: ListenerId) -> ServerId {
        let handshake = self.request.connection().handshake;
        handshake.map_or_else(|| site.listener(listener).default, |handshake| handshake.server)
    }

    /// Whether the server that the host led to may answer over this connection: where it asks for certificates the
    /// handshake must have been with it, so by the same name.
    pub(super) fn judge_name(&mut self, site: &Site, handshake: Handshake, now: i64) -> Result<(), u16> {
        if !handshake.named || site.server(self.route.server).verify == VerifyClient::Off {
            return Ok(());
        }
        let told = self.facts.secured.as_ref().and_then(|told| told.tell("ssl_server_name", now));
        if told.is_some_and(|name| name.eq_ignore_ascii_case(self.request.host())) {
            return Ok(());
        }
        self.choose(site, handshake.server);
        self.refuse_tls(Unfit::Misdirected)
    }

    /// Whether the connection is what the server asks for.
    pub(super) fn judge_tls(&mut self, site: &Site, listener: ListenerId) -> Result<(), u16> {
        let connection = self.request.connection();
        if !connection.tls {
            return if site.listener(listener).tls { self.refuse_tls(Unfit::Plain) } else { Ok(()) };
        }
        let Some(handshake) = connection.handshake else { return Ok(()) };
        let unfit = site.server(self.route.server).verify.refuses(handshake.certificate);
        unfit.map_or(Ok(()), |unfit| self.refuse_tls(unfit))
    }

    fn refuse_tls(&mut self, unfit: Unfit) -> Result<(), u16> {
        self.unfit = Some(unfit);
        Err(unfit.status())
    }

    /// Gets ready to evaluate texts in a server before there is a request, in the middle of a handshake.
    pub fn wait_in(&mut self, site: &Site, server: ServerId, connection: &Connection, now: Millis) {
        self.start(connection, Line::default(), now);
        self.enter_server(site, server);
    }
}
