//! TLS of a listener: which server a client's hello chooses, and the settings of each.
//!
//! OpenSSL switches settings in the middle of a handshake; here the whole of them is chosen after the hello. What nginx
//! leaves with the default server even so is left with it here, too: the sessions.

use std::sync::Arc;

use rustc_hash::FxHashMap;
use rustls::server::{ClientHello, NoServerSessionStorage, WebPkiClientVerifier};
use rustls::sign::CertifiedKey;
use rustls::{ServerConfig, ServerConnection};
use sha1::{Digest, Sha1};

use super::certificates::Pairs;
use super::hello::Hello;
use super::limits::{commanded, limits, option};
use super::loader::Loader;
use super::pem::Files;
use super::secured::Secured;
use super::sessions::{Own, Sessions, TicketKey, Zone};
use super::verify::{AnyClient, Purpose, Store, verify};
use super::{Fault, authorities};
use crate::config::{Config, ScopeId, Setting};
use crate::exchange::{ListenerId, ServerId, Site, VerifyClient as Verify};
use crate::modules::http::core::server::ports;
use crate::modules::shared::listen::{Options, Ports};
use crate::modules::shared::named::effective;
use crate::modules::shared::proxy_ssl::CertificateCache;
use crate::modules::shared::ssl::{Builtin, Pair, SessionCache, Tls};

/// The TLS of one server.
#[derive(Debug)]
pub struct ServerTls {
    /// What it asks of clients; the request is judged by its own server's.
    pub verify: Verify,
    /// `ssl_reject_handshake`
    pub reject: bool,
    store: Store,
    depth: u32,
    /// Without certificates it has no settings, and those of the default server stay.
    config: Option<Arc<ServerConfig>>,
    /// Certificates whose names have variables.
    dynamic: Vec<Pair>,
    loader: Loader,
}

/// TLS of one listener.
#[derive(Debug)]
pub struct Acceptor {
    listener: ListenerId,
    default: ServerId,
    servers: FxHashMap<ServerId, Arc<ServerTls>>,
}

/// Why there is no handshake.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refused {
    /// `ssl_reject_handshake`: [`UNRECOGNIZED_NAME`] is sent, and nothing logged but at level info.
    Rejected,
    /// A certificate named through variables cannot be loaded: nginx's message, for level error; [`INTERNAL_ERROR`] is
    /// sent.
    Certificate(String),
}

/// The alert of a rejected handshake, as it goes over the wire.
pub const UNRECOGNIZED_NAME: [u8; 7] = [21, 3, 3, 0, 2, 2, 112];
/// The alert after a certificate that could not be loaded.
pub const INTERNAL_ERROR: [u8; 7] = [21, 3, 3, 0, 2, 2, 80];

/// What a client's hello led to.
#[derive(Debug, Clone)]
pub struct Chosen {
    /// The server whose settings hold.
    pub server: ServerId,
    /// The server was chosen by the client's name: a request for another one may be misdirected.
    pub named: bool,
    /// For [`rustls::server::Accepted::into_connection`].
    pub config: Arc<ServerConfig>,
    tls: Arc<ServerTls>,
    hello: Hello,
    session: [u8; 32],
}

/// Makes the acceptors of all listeners; `None` where clients speak plain text. `files` leads to certificates,
/// `sessions` outlives configurations.
///
/// # Errors
/// What stands against the first certificate, key or list that cannot be used.
pub fn acceptors(
    config: &Config,
    site: &Site,
    files: &Files,
    sessions: &Sessions,
) -> Result<Vec<Option<Acceptor>>, Fault> {
    let numbers: FxHashMap<ScopeId, ServerId> =
        site.servers().iter().enumerate().map(|(n, server)| (server.scope, ServerId(n as u32))).collect();
    let listeners = ports(config).into_iter().flat_map(Ports::listeners);
    let known = listeners.filter(|listener| numbers.contains_key(&listener.default_server));
    let mut acceptors = Vec::new();
    for (n, listener) in known.enumerate() {
        let options = listener.socket.options;
        if !options.contains(Options::SSL) {
            acceptors.push(None);
            continue;
        }
        let zone = zone(config, listener.default_server, files, sessions)?;
        let mut servers = FxHashMap::default();
        for scope in &listener.servers {
            let Some(server) = numbers.get(scope) else { continue };
            let http2 = options.contains(Options::HTTP2) || config.flag(*scope, "http2", false);
            servers.insert(*server, Arc::new(server_tls(config, *scope, files, &zone, http2)?));
        }
        let default = numbers[&listener.default_server];
        acceptors.push(Some(Acceptor { listener: ListenerId(n as u32), default, servers }));
    }
    Ok(acceptors)
}

/// The sessions of a listener: those of its default server.
fn zone(config: &Config, scope: ScopeId, files: &Files, sessions: &Sessions) -> Result<Arc<Zone>, Fault> {
    let cache = config.effective_slot::<SessionCache>(scope).cloned().unwrap_or_default();
    let shared = cache.shared.map(|zone| config.zones.get(zone));
    let zone = match (shared, cache.builtin) {
        (Some(zone), _) => sessions.shared(&zone.name, zone.size),
        (None, Some(Builtin::Default)) => Arc::new(Zone::new(Some(20_480))),
        (None, Some(Builtin::Sessions(count))) => Arc::new(Zone::new(Some(count.max(1) as usize))),
        (None, _) => Arc::new(Zone::new(None)),
    };
    let mut keys = Vec::new();
    for setting in config.effective_all(scope, "ssl_session_ticket_key") {
        let path = files.path(setting.arg(1));
        let content =
            std::fs::read(&path).map_err(|error| Fault::of(setting, format!("open() \"{path}\" failed ({error})")))?;
        let key = TicketKey::read(&content);
        keys.push(key.ok_or_else(|| Fault::of(setting, format!("\"{path}\" must be 48 or 80 bytes")))?);
    }
    Ok(if keys.is_empty() { zone } else { Arc::new(zone.with_keys(keys)) })
}

fn server_tls(
    config: &Config,
    scope: ScopeId,
    files: &Files,
    zone: &Arc<Zone>,
    http2: bool,
) -> Result<ServerTls, Fault> {
    let (mut reject, verify) = (config.flag(scope, "ssl_reject_handshake", false), Verify::of(config, scope));
    let pairs = config.scope(scope).slot::<Tls>().map(|tls| tls.pairs.as_slice()).unwrap_or_default();
    let password_file = config.effective(scope, "ssl_password_file");
    let passwords = super::passwords(password_file, files)?;
    let dynamic = pairs.iter().any(Pair::is_dynamic);
    let mut store = Store::default();
    let mut hints = Vec::new();
    if verify != Verify::Off {
        hints = authorities(config.effective(scope, "ssl_client_certificate"), files, &mut store)?;
    }
    authorities(config.effective(scope, "ssl_trusted_certificate"), files, &mut store)?;
    super::revocations(config.effective(scope, "ssl_crl"), files, &mut store)?;
    let mut keys = if dynamic { Vec::new() } else { keys(config, scope, pairs, files, &passwords)? };
    if let Some((own, key, place)) = commanded(config, scope, "ssl") {
        let loaded = files.pair(&own, &key, &passwords);
        keys.push(Arc::new(loaded.map_err(|message| Fault { message, place })?));
    }

    let limits = limits(config, scope, "ssl");
    let settings = (!limits.versions.is_empty() && !pairs.is_empty()).then(|| {
        let context = context(&keys, pairs, hints.iter().map(AsRef::as_ref));
        let timeout = config.number(scope, "ssl_session_timeout", 300);
        let own = Arc::new(Own { zone: zone.clone(), context, timeout });
        let builder = ServerConfig::builder_with_provider(limits.provider.clone());
        let builder = builder
            .with_protocol_versions(&limits.versions)
            .map_err(|error| Fault::in_scope(config, scope, error.to_string()))?;
        let verifier = match verify {
            Verify::Off => WebPkiClientVerifier::no_client_auth(),
            _ => Arc::new(AnyClient { hints: hints.into() }),
        };
        let pairs = Arc::new(Pairs::new(keys, &limits.provider));
        let mut made = builder.with_client_cert_verifier(verifier).with_cert_resolver(pairs);
        let prefers = config.flag(scope, "ssl_prefer_server_ciphers", false);
        made.ignore_client_order = option(config, scope, "ServerPreference").unwrap_or(prefers);
        made.alpn_protocols = offers(http2);
        if !config.flag(scope, "ssl_certificate_compression", false) {
            made.cert_compressors.clear();
        }
        made.cert_decompressors.clear();
        made.max_fragment_size = fragment(config.number(scope, "ssl_buffer_size", 16_384));
        resumption(config, scope, &mut made, &own);
        Ok(Arc::new(made))
    });
    // With no protocol left no handshake can come to an end.
    reject |= limits.versions.is_empty();
    let depth = config.number(scope, "ssl_verify_depth", 1).min(100) as u32;
    let dynamic = if dynamic { pairs.to_vec() } else { Vec::new() };
    let cache = effective::<Option<CertificateCache>>(config, scope, "ssl_certificate_cache").copied().flatten();
    let loader = Loader::new(files.fresh(), passwords, cache);
    Ok(ServerTls { verify, reject, store, depth, config: settings.transpose()?, dynamic, loader })
}

fn offers(http2: bool) -> Vec<Vec<u8>> {
    let names: [&[u8]; 4] = [b"h2", b"http/1.1", b"http/1.0", b"http/0.9"];
    names.iter().skip(usize::from(!http2)).map(|name| name.to_vec()).collect()
}

/// rustls counts a record with its head.
fn fragment(size: u64) -> Option<usize> {
    const HEAD: usize = 5;
    (size < 16_384).then_some((size as usize + HEAD).max(32))
}

/// Tickets, or sessions that are kept here; early data only goes with the latter in rustls.
fn resumption(config: &Config, scope: ScopeId, made: &mut ServerConfig, own: &Arc<Own>) {
    let early = config.flag(scope, "ssl_early_data", false);
    let tickets = config.flag(scope, "ssl_session_tickets", true);
    let tickets = option(config, scope, "SessionTicket").unwrap_or(tickets);
    let kept = own.zone.keeps() || early;
    if early {
        made.max_early_data_size = 16_384;
    }
    if kept {
        let zone = if own.zone.keeps() { own.zone.clone() } else { Arc::new(Zone::new(Some(20_480))) };
        made.session_storage = Arc::new(Own { zone, context: own.context, timeout: own.timeout });
    } else {
        made.session_storage = Arc::new(NoServerSessionStorage {});
    }
    if tickets && !early {
        made.ticketer = own.clone();
    } else if !kept {
        made.send_tls13_tickets = 0;
    }
}

fn keys(
    config: &Config,
    scope: ScopeId,
    pairs: &[Pair],
    files: &Files,
    passwords: &[Vec<u8>],
) -> Result<Vec<Arc<CertifiedKey>>, Fault> {
    let stapled = config.effective(scope, "ssl_stapling_file").filter(|_| config.flag(scope, "ssl_stapling", false));
    let response = match stapled {
        Some(setting) => {
            let read = files.read(setting.arg(1));
            Some(read.map_err(|why| Fault::of(setting, why))?.to_vec())
        }
        None => None,
    };
    let load = |pair: &Pair| {
        let loaded = files.pair(&pair.certificate, &pair.key, passwords);
        let mut loaded = loaded.map_err(|message| Fault { message, place: pair.spans.0.first() })?;
        loaded.ocsp.clone_from(&response);
        Ok(Arc::new(loaded))
    };
    pairs.iter().map(load).collect()
}

/// Whose sessions they are: `ngx_ssl_session_id_context`.
fn context<'n>(keys: &[Arc<CertifiedKey>], pairs: &[Pair], hints: impl Iterator<Item = &'n [u8]>) -> [u8; 20] {
    let mut digest = Sha1::new_with_prefix(b"HTTP");
    for key in keys {
        digest.update(Sha1::digest(&key.cert[0]));
    }
    if keys.is_empty() {
        for pair in pairs {
            digest.update(pair.certificate.as_bytes());
        }
    }
    hints.for_each(|name| digest.update(Sha1::digest(name)));
    digest.finalize().into()
}

impl Acceptor {
    /// The server and the settings for a client. `evaluate` gives the value of a text with variables, as written in
    /// `ssl_certificate` of this server; only `$ssl_server_name`, other parts of the hello, and what follows from them
    /// can be known then. `now` is in seconds.
    ///
    /// # Errors
    /// [`Refused`].
    pub fn choose(
        &self,
        site: &Site,
        hello: &ClientHello,
        now: u64,
        evaluate: &mut dyn FnMut(ServerId, &Hello, &str) -> String,
    ) -> Result<Chosen, Refused> {
        let hello = Hello::read(hello);
        let name = hello.server_name.as_deref().map(str::to_ascii_lowercase);
        let by_name = name.and_then(|name| site.server_named(self.listener, name.trim_end_matches('.').as_bytes()));
        let server = by_name.unwrap_or(self.default);
        let tls = self.servers.get(&server).ok_or(Refused::Rejected)?;
        if tls.reject {
            return Err(Refused::Rejected);
        }
        let tls = if tls.config.is_some() { tls } else { &self.servers[&self.default] };
        let config = tls.config.as_ref().ok_or(Refused::Rejected)?;
        let config = if tls.dynamic.is_empty() {
            config.clone()
        } else {
            tls.load(config, now, &mut |text| evaluate(server, &hello, text))?
        };
        let mut session = [0; 32];
        let random = config.crypto_provider().secure_random;
        random.fill(&mut session).map_err(|_| Refused::Rejected)?;
        Ok(Chosen { server, named: by_name.is_some(), config, tls: tls.clone(), hello, session })
    }
}

impl ServerTls {
    /// The settings with certificates that variables name.
    fn load(
        &self,
        config: &ServerConfig,
        now: u64,
        evaluate: &mut dyn FnMut(&str) -> String,
    ) -> Result<Arc<ServerConfig>, Refused> {
        let mut keys = Vec::new();
        for pair in &self.dynamic {
            let (certificate, key) = (evaluate(&pair.certificate), evaluate(&pair.key));
            let loaded = self.loader.pair(&certificate, &key, now);
            keys.push(Arc::new(loaded.map_err(Refused::Certificate)?));
        }
        let mut own = config.clone();
        own.cert_resolver = Arc::new(Pairs::new(keys, config.crypto_provider()));
        Ok(Arc::new(own))
    }
}

impl Chosen {
    /// To be called on the connection before the handshake goes on: gives the session its number.
    pub fn prepare(&self, connection: &mut ServerConnection) {
        connection.set_resumption_data(&self.session);
    }

    /// The other side's name and what it can do.
    #[must_use]
    pub fn hello(&self) -> &Hello {
        &self.hello
    }

    /// What is known when the handshake is done; `now` is in seconds since 1970. The client's certificates are verified
    /// here.
    #[must_use]
    pub fn secured(self, connection: &ServerConnection, now: i64) -> Secured {
        let certificates = connection.peer_certificates().unwrap_or_default();
        let certificates: Vec<_> = certificates.iter().map(|der| der.clone().into_owned()).collect();
        let tls = &self.tls;
        let judged = || verify(&certificates, &tls.store, Purpose::Client, tls.depth, now).err();
        let verified = if certificates.is_empty() { None } else { judged() };
        Secured::new(connection, self.hello, certificates, verified, self.session)
    }
}

/// A setting that names a file.
pub(super) fn named(setting: Option<&Setting>) -> Option<&Setting> {
    setting.filter(|setting| !setting.arg(1).is_empty())
}
