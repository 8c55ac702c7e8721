//! TLS towards upstreams: `proxy_ssl_*`, `grpc_ssl_*`, `uwsgi_ssl_*` of one location.
//!
//! As in nginx the handshake goes on whatever the server's certificate is; [`Connector::check`] judges it before a
//! request is sent. Sessions are kept for each peer, as nginx keeps them: the ticket of one server is of no use to
//! another.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::{Arc, Mutex, PoisonError};

use rustc_hash::FxHashMap;
use rustls::client::{ResolvesClientCert, Resumption};
use rustls::pki_types::ServerName;
use rustls::sign::CertifiedKey;
use rustls::{ClientConfig, ClientConnection, SignatureScheme};

use super::limits::{commanded, limits};
use super::loader::Loader;
use super::pem::Files;
use super::server::named;
use super::verify::{AnyServer, Purpose, Store, matches, verify};
use super::{Fault, authorities};
use crate::config::{Config, ScopeId};
use crate::modules::shared::named::effective;
use crate::modules::shared::proxy_ssl::CertificateCache;

/// TLS towards the upstreams of a location.
#[derive(Debug)]
pub struct Connector {
    /// Without a name for the server.
    plain: Arc<ClientConfig>,
    /// `..._ssl_name`, a text with variables; the driver evaluates it.
    pub name: Option<String>,
    /// `..._ssl_server_name`: the server is told its name.
    pub tells_name: bool,
    /// Certificate and key that variables name, two texts; the driver evaluates them.
    pub dynamic: Option<(String, String)>,
    verify: Option<(Store, u32)>,
    loader: Loader,
    /// `..._ssl_session_reuse`: settings with sessions of their own, by the peer's name.
    peers: Option<Mutex<FxHashMap<Box<str>, Arc<ClientConfig>>>>,
}

/// Peers whose sessions are kept: names that are resolved at run time must not add up without end.
const PEERS: usize = 4096;

/// An address that nobody has.
const NOBODY: IpAddr = IpAddr::V4(Ipv4Addr::UNSPECIFIED);

/// What [`Connector::target`] makes of a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// For rustls; sessions are kept under it.
    pub server_name: ServerName<'static>,
    /// What the certificate must be for.
    pub name: Vec<u8>,
}

/// Shows a client's certificate to whoever asks for one, whatever authorities it names.
#[derive(Debug)]
struct Shown(Arc<CertifiedKey>);

impl ResolvesClientCert for Shown {
    fn resolve(&self, _hints: &[&[u8]], schemes: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        self.0.key.choose_scheme(schemes).map(|_| self.0.clone())
    }

    fn has_certs(&self) -> bool {
        true
    }
}

/// Makes the connector of a location; `prefix` is `proxy`, `grpc` or `uwsgi`, `alpn` what is offered (`h2`).
///
/// # Errors
/// What stands against the first certificate, key or list that cannot be used.
pub fn connector(
    config: &Config,
    scope: ScopeId,
    prefix: &str,
    alpn: &[&[u8]],
    files: &Files,
) -> Result<Connector, Fault> {
    let setting = |name: &str| config.effective(scope, &format!("{prefix}_ssl_{name}"));
    let flag = |name: &str, default| config.flag(scope, &format!("{prefix}_ssl_{name}"), default);
    let passwords = super::passwords(setting("password_file"), files)?;
    let mut verify = None;
    if flag("verify", false) {
        let mut store = Store::default();
        authorities(setting("trusted_certificate"), files, &mut store)?;
        super::revocations(setting("crl"), files, &mut store)?;
        let depth = config.number(scope, &format!("{prefix}_ssl_verify_depth"), 1).min(100) as u32;
        verify = Some((store, depth));
    }
    let limits = limits(config, scope, &format!("{prefix}_ssl"));
    let (mut certificate, mut dynamic) = (None, None);
    if let Some((own, key)) = named(setting("certificate")).zip(setting("certificate_key")) {
        let texts = (own.arg(1).to_owned(), key.arg(1).to_owned());
        if texts.0.contains('$') || texts.1.contains('$') {
            dynamic = Some(texts);
        } else {
            let loaded = files.pair(&texts.0, &texts.1, &passwords);
            certificate = Some(Arc::new(loaded.map_err(|message| Fault::of(own, message))?));
        }
    }
    if let Some((own, key, place)) = commanded(config, scope, &format!("{prefix}_ssl")) {
        let loaded = files.pair(&own, &key, &passwords);
        (certificate, dynamic) = (Some(Arc::new(loaded.map_err(|message| Fault { message, place })?)), None);
    }
    let builder = ClientConfig::builder_with_provider(limits.provider.clone());
    let builder = builder.with_protocol_versions(&limits.versions);
    let builder = builder.map_err(|error| Fault::in_scope(config, scope, error.to_string()))?;
    let builder = builder.dangerous().with_custom_certificate_verifier(Arc::new(AnyServer));
    let mut plain = match certificate {
        Some(certificate) => builder.with_client_cert_resolver(Arc::new(Shown(certificate))),
        None => builder.with_no_client_auth(),
    };
    // OpenSSL as nginx uses it asks for no compressed certificates.
    (plain.cert_compressors, plain.cert_decompressors) = (Vec::new(), Vec::new());
    plain.enable_sni = flag("server_name", false);
    plain.alpn_protocols = alpn.iter().map(|name| name.to_vec()).collect();
    plain.resumption = Resumption::disabled();
    let cache = effective::<Option<CertificateCache>>(config, scope, &format!("{prefix}_ssl_certificate_cache"));
    Ok(Connector {
        plain: Arc::new(plain),
        name: setting("name").map(|setting| setting.arg(1).to_owned()),
        tells_name: flag("server_name", false),
        dynamic,
        verify,
        loader: Loader::new(files.fresh(), passwords, cache.copied().flatten()),
        peers: flag("session_reuse", true).then(Mutex::default),
    })
}

impl Connector {
    /// The settings for a peer (`127.0.0.1:443`, `unix:/path`), where no variable names a certificate.
    #[must_use]
    pub fn config(&self, peer: &str) -> Arc<ClientConfig> {
        let Some(peers) = &self.peers else { return self.plain.clone() };
        let mut peers = peers.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(own) = peers.get(peer) {
            return own.clone();
        }
        if peers.len() >= PEERS {
            peers.clear();
        }
        let mut own = (*self.plain).clone();
        own.resumption = Resumption::in_memory_sessions(32);
        let own = Arc::new(own);
        peers.insert(peer.into(), own.clone());
        own
    }

    /// The settings with a certificate that variables named; `now` is in seconds. An empty name is none.
    ///
    /// # Errors
    /// nginx's message, for level error.
    pub fn config_with(&self, certificate: &str, key: &str, now: u64) -> Result<Arc<ClientConfig>, String> {
        if certificate.is_empty() {
            return Ok(self.plain.clone());
        }
        let pair = self.loader.pair(certificate, key, now)?;
        let mut own = (*self.plain).clone();
        own.client_auth_cert_resolver = Arc::new(Shown(Arc::new(pair)));
        Ok(Arc::new(own))
    }

    /// Whom to call: the value of `..._ssl_name`, or of the upstream's name, which may have a port.
    #[must_use]
    pub fn target(&self, name: &[u8]) -> Target {
        let from = if name.starts_with(b"[") { memchr::memchr(b']', name).unwrap_or(0) } else { 0 };
        let end = memchr::memchr(b':', &name[from..]).map_or(name.len(), |colon| from + colon);
        let name = &name[..end];
        let text = String::from_utf8_lossy(name);
        let bare = text.trim_start_matches('[').trim_end_matches(']');
        let server_name = match bare.parse::<IpAddr>() {
            Ok(address) => ServerName::from(address),
            // A name that no server can have is not told, and needs a place to keep sessions under.
            Err(_) => ServerName::try_from(text.into_owned()).unwrap_or_else(|_| ServerName::from(NOBODY)),
        };
        Target { server_name, name: name.to_vec() }
    }

    /// Judges the server's certificate when the handshake is done, at a time in seconds since 1970.
    ///
    /// # Errors
    /// nginx's message, for level error.
    pub fn check(&self, connection: &ClientConnection, target: &Target, now: i64) -> Result<(), String> {
        let Some((store, depth)) = &self.verify else { return Ok(()) };
        let certificates = connection.peer_certificates().unwrap_or_default();
        verify(certificates, store, Purpose::Server, *depth, now)
            .map_err(|reason| format!("upstream SSL certificate verify error: {reason}"))?;
        if certificates.first().is_some_and(|own| matches(own, &target.name)) {
            return Ok(());
        }
        let name = String::from_utf8_lossy(&target.name);
        Err(format!("upstream SSL certificate does not match \"{name}\""))
    }
}
