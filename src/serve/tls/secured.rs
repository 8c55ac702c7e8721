//! What is known of a client's connection once the handshake is done.

use rustls::pki_types::CertificateDer;
use rustls::{HandshakeKind, ServerConnection};

use super::hello::Hello;
use super::verify::Reason;
use crate::exchange::{ClientCertificate, Unfit};

/// A connection with a client, as `$ssl_*` variables and checks of requests see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Secured {
    /// `TLSv1.3`
    pub protocol: &'static str,
    /// The number of the cipher suite.
    pub cipher: u16,
    /// The number of the group of the key exchange; none where a session was taken up without one.
    pub group: Option<u16>,
    /// The client took up a session.
    pub reused: bool,
    /// The number of the session. One that is taken up keeps it, except in TLS 1.2, where rustls does not give it back.
    pub session: Vec<u8>,
    /// The protocol chosen by ALPN.
    pub alpn: Option<Vec<u8>>,
    /// The request came before the handshake was done.
    pub early: bool,
    /// What the client said first.
    pub hello: Hello,
    /// The client's certificate, and what it sent along.
    pub certificates: Vec<CertificateDer<'static>>,
    /// What is against the certificate, if there is one.
    pub verified: Option<Reason>,
}

impl Secured {
    pub(super) fn new(
        connection: &ServerConnection,
        hello: Hello,
        certificates: Vec<CertificateDer<'static>>,
        verified: Option<Reason>,
        session: [u8; 32],
    ) -> Secured {
        let version = connection.protocol_version().map(u16::from);
        Secured {
            protocol: if version == Some(0x0304) { "TLSv1.3" } else { "TLSv1.2" },
            cipher: connection.negotiated_cipher_suite().map_or(0, |suite| u16::from(suite.suite())),
            group: connection.negotiated_key_exchange_group().map(|group| u16::from(group.name())),
            reused: connection.handshake_kind() == Some(HandshakeKind::Resumed),
            session: connection.received_resumption_data().unwrap_or(&session).to_vec(),
            alpn: connection.alpn_protocol().map(<[u8]>::to_vec),
            early: false,
            hello,
            certificates,
            verified,
        }
    }

    /// Whether the connection speaks HTTP/2.
    #[must_use]
    pub fn is_http2(&self) -> bool {
        self.alpn.as_deref() == Some(b"h2")
    }

    /// How the client's certificate was found.
    #[must_use]
    pub fn certificate(&self) -> ClientCertificate {
        match self.verified {
            _ if self.certificates.is_empty() => ClientCertificate::Missing,
            None => ClientCertificate::Good,
            Some(reason) if reason.is_optional() => ClientCertificate::Unknown,
            Some(_) => ClientCertificate::Bad,
        }
    }

    /// What is logged, at level info, of a request that it does not fit.
    #[must_use]
    pub fn complaint(&self, unfit: Unfit) -> String {
        match (unfit.message(), self.verified) {
            (Some(message), _) => message.to_owned(),
            (None, reason) => {
                let reason = reason.map(|reason| reason.to_string()).unwrap_or_default();
                format!("client SSL certificate verify error: {reason}")
            }
        }
    }

    /// What can be known before the handshake.
    #[must_use]
    pub fn of_hello(hello: &Hello) -> Secured {
        Secured {
            protocol: "",
            cipher: 0,
            group: None,
            reused: false,
            session: Vec::new(),
            alpn: None,
            early: false,
            hello: hello.clone(),
            certificates: Vec::new(),
            verified: None,
        }
    }
}

/// Takes the data that came before the handshake was done; a request in it is early.
pub fn early_data(connection: &mut ServerConnection, secured: &mut Secured) -> Vec<u8> {
    let mut data = Vec::new();
    if let Some(mut early) = connection.early_data() {
        // What was taken into the buffer is all there is.
        let _ = std::io::Read::read_to_end(&mut early, &mut data);
    }
    secured.early = !data.is_empty();
    data
}
