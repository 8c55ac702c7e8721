//! What a live proxy needs to know of each location and server beyond routing: times, sizes, how answers look.
//! A simulation has no use for it, so it is compiled on demand.

use std::path::Path;
use std::sync::Arc;

use super::access_log::{AccessLog, Compiled, LogCache};
use super::answer::HeadTerms;
use super::local::LocalTerms;
use super::passed::{Certificates, Cgi, Http, Memcached, NearEnd, SecurePass};
use super::site::{LocationId, ServerId};
use super::stored::Storing;
use super::value::Template;
use crate::config::{Config, ScopeId, Setting, Text, Value, values};
use crate::exchange::site::Builder;
use crate::modules::Target;
use crate::modules::shared::pass::{self, Protocol};

/// All of a configuration.
#[derive(Debug, Default)]
pub struct Terms {
    locations: Vec<TermsOf>,
    servers: Vec<ServerTerms>,
}

/// What holds in one location. Times are milliseconds, sizes bytes.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "nginx's flags, each of its own")]
pub struct TermsOf {
    /// Its block.
    pub scope: ScopeId,
    /// What nginx calls itself: `nginx/1.31.5`, or less with `server_tokens off`.
    pub signature: Arc<[u8]>,
    /// Redirects are whole URLs.
    pub absolute_redirect: bool,
    /// With the server's own name.
    pub server_name_in_redirect: bool,
    /// With the port.
    pub port_in_redirect: bool,
    /// How long an idle connection stays.
    pub keepalive_timeout: u64,
    /// The seconds that the client is told; 0 for none.
    pub keepalive_header: u64,
    /// Browsers whose connections do not stay: old ones of Microsoft's, Safari.
    pub keepalive_disable: (bool, bool),
    /// Requests over one connection at most.
    pub keepalive_requests: u64,
    /// After this time a connection takes no more requests.
    pub keepalive_time: u64,
    /// Longest wait between two pieces of the client's body.
    pub body_timeout: u64,
    /// With fewer bytes to send, more of a buffered answer is waited for.
    pub postpone_output: u64,
    /// Longest wait for the client to take some of the answer.
    pub send_timeout: u64,
    /// Of the client's body, what is kept in memory.
    pub body_buffer: u64,
    /// `client_body_in_file_only`
    pub body_in_file_only: BodyInFile,
    /// Where the rest of it is kept.
    pub body_folder: Arc<Path>,
    /// Where answers are kept that the client takes slowly.
    pub buffer_folder: Arc<Path>,
    /// What is done with a connection whose client may still be sending.
    pub lingering: Lingering,
    /// Bytes in a DATA frame at most.
    pub http2_chunk: u64,
    /// Chunks may be sent.
    pub chunked: bool,
    /// A client that goes away does not end the request.
    pub ignores_abort: bool,
    /// A missing file is logged.
    pub log_not_found: bool,
    /// The padding for old browsers.
    pub padding: bool,
    /// Old browsers get a page in the place of a redirect.
    pub refreshes: bool,
    /// The connection is reset when a client times out.
    pub reset_timedout: bool,
    /// Early hints are passed on where one of these is neither empty nor `0`.
    pub early_hints: Box<[Template]>,
    /// `limit_rate` and `limit_rate_after`.
    pub limit_rate: Option<Box<[Template; 2]>>,
    /// `proxy_limit_rate` and its kin.
    pub upstream_rate: Option<Box<Template>>,
    /// Buffers for answers.
    pub buffering: Buffering,
    /// Answers are stored, and so read to their end even if the client goes away.
    pub storing: Option<Storing>,
    /// Bytes of an answer that goes into a variable.
    pub subrequest_buffer: u64,
    /// The sockets to upstreams.
    pub near: NearEnd,
    /// The access logs.
    pub access_logs: Arc<[AccessLog]>,
    /// How log files whose names have variables are kept open, if they are.
    pub log_cache: Option<LogCache>,
    /// Subrequests are logged, too.
    pub log_subrequest: bool,
    /// What the header filters go by.
    pub heads: HeadTerms,
    /// How files are served.
    pub local: LocalTerms,
    /// How requests are passed on by HTTP.
    pub http: Option<Box<Http>>,
    /// How requests are passed on by FastCGI, SCGI, uwsgi.
    pub cgi: Option<Box<Cgi>>,
    /// What memcached is asked for.
    pub memcached: Option<Box<Memcached>>,
    /// The texts of TLS towards upstreams.
    pub secure: Option<Box<SecurePass>>,
}

/// Whether the client's body stands in a file however small it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BodyInFile {
    /// Where it is large.
    Off,
    /// In a file that stays.
    On,
    /// In a file that lasts as long as the request.
    Clean,
}

/// `lingering_close` and its kin.
#[derive(Debug, Clone, Copy)]
pub struct Lingering {
    /// Whether it is done: never, where the client may still be sending, always.
    pub close: u8,
    /// How long at most.
    pub time: u64,
    /// How long without a byte.
    pub timeout: u64,
}

/// `proxy_buffering` and its kin.
#[derive(Debug, Clone, Copy)]
pub struct Buffering {
    /// The answer is read as fast as it comes.
    pub on: bool,
    /// The buffer for the head.
    pub head: u64,
    /// One of the other buffers.
    pub piece: u64,
    /// All of them together.
    pub memory: u64,
    /// Bytes that may be kept in a file.
    pub file: u64,
}

/// What holds in one server.
#[derive(Debug)]
pub struct ServerTerms {
    /// Longest wait for the whole head of a request.
    pub header_timeout: u64,
    /// The buffer for a request's head.
    pub header_buffer: u64,
    /// Count and size of the buffers for larger ones.
    pub large_buffers: (u64, u64),
    /// Headers in a request at most.
    pub max_headers: u64,
    /// Streams of HTTP/2 at the same time.
    pub http2_streams: u64,
    /// Bytes of a body that HTTP/2 clients may send ahead.
    pub http2_preread: u64,
    /// Certificates whose names have variables.
    pub certificates: Certificates,
}

impl Terms {
    pub(super) fn compile(builder: &mut Builder) -> Terms {
        let config = builder.config;
        let scopes: Vec<ScopeId> = builder.site.locations().iter().map(|location| location.scope).collect();
        let servers: Vec<ScopeId> = builder.site.servers().iter().map(|server| server.scope).collect();
        let mut logs = Compiled::new(builder);
        let mut terms = Terms::default();
        for scope in scopes {
            let of = TermsOf::compile(scope, builder, &mut logs);
            terms.locations.push(of);
        }
        terms.servers.extend(servers.into_iter().map(|scope| ServerTerms::of(config, scope, builder)));
        terms
    }

    /// What holds in a location.
    #[inline]
    #[must_use]
    pub fn location(&self, id: LocationId) -> &TermsOf {
        &self.locations[id.0 as usize]
    }

    /// What holds in a server.
    #[inline]
    #[must_use]
    pub fn server(&self, id: ServerId) -> &ServerTerms {
        &self.servers[id.0 as usize]
    }
}

impl TermsOf {
    fn compile(scope: ScopeId, builder: &mut Builder, logs: &mut Compiled) -> TermsOf {
        let access_logs = logs.of(builder, scope);
        let (config, target) = (builder.config, builder.target);
        let flag = |name, default| config.flag(scope, name, default);
        let number = |name, default| config.number(scope, name, default);
        let (keepalive_timeout, keepalive_header) = keepalive_timeouts(config, scope);
        let pass = pass::effective(config, scope);
        let protocol = pass.map(|pass| pass.protocol);
        let prefix = protocol.map_or("proxy", Protocol::prefix);
        let http = matches!(protocol, Some(Protocol::Http | Protocol::Grpc))
            .then(|| Http::compile(config, scope, target, builder));
        let cgi = protocol.and_then(|protocol| Cgi::compile(config, scope, protocol, target, builder));
        let memcached = (protocol == Some(Protocol::Memcached)).then(|| Memcached::compile(config, scope, builder));
        let secure = protocol.and_then(|protocol| SecurePass::compile(config, scope, protocol, builder));
        let storing = protocol.and_then(|_| Storing::compile(scope, prefix, builder));
        let tokens = match config.effective(scope, "server_tokens").map(|set| &set.value) {
            Some(Value::Enum(0)) => "nginx".to_owned(),
            _ => format!("nginx/{}", target.version),
        };
        TermsOf {
            scope,
            signature: tokens.into_bytes().into(),
            absolute_redirect: flag("absolute_redirect", true),
            server_name_in_redirect: flag("server_name_in_redirect", false),
            port_in_redirect: flag("port_in_redirect", true),
            keepalive_timeout,
            keepalive_header,
            keepalive_disable: match config.effective(scope, "keepalive_disable") {
                None => (true, false),
                Some(set) => {
                    let has = |browser| set.words[1..].iter().any(|word| &*word.value == browser);
                    (has("msie6"), has("safari"))
                }
            },
            keepalive_requests: number("keepalive_requests", 1000),
            keepalive_time: number("keepalive_time", 3_600_000),
            body_timeout: number("client_body_timeout", 60_000),
            postpone_output: number("postpone_output", 1460),
            send_timeout: number("send_timeout", 60_000),
            body_buffer: number("client_body_buffer_size", 16 << 10),
            body_in_file_only: match config.effective(scope, "client_body_in_file_only").map(|set| &set.value) {
                Some(Value::Enum(1)) => BodyInFile::On,
                Some(Value::Enum(2)) => BodyInFile::Clean,
                _ => BodyInFile::Off,
            },
            body_folder: folder(config, scope, target, "client_body_temp_path", "client-body"),
            buffer_folder: folder(config, scope, target, &format!("{prefix}_temp_path"), prefix),
            lingering: Lingering {
                close: match config.effective(scope, "lingering_close").map(|set| &set.value) {
                    Some(Value::Enum(which)) => *which as u8,
                    _ => 1,
                },
                time: number("lingering_time", 30_000),
                timeout: number("lingering_timeout", 5000),
            },
            http2_chunk: number("http2_chunk_size", 8 << 10),
            chunked: flag("chunked_transfer_encoding", true),
            ignores_abort: storing.is_some() || flag_of(config, scope, prefix, "ignore_client_abort"),
            log_not_found: flag("log_not_found", true),
            padding: flag("msie_padding", true),
            refreshes: flag("msie_refresh", false),
            reset_timedout: flag("reset_timedout_connection", false),
            early_hints: early_hints(config, scope, builder),
            limit_rate: limit_rate(config, scope, builder),
            upstream_rate: config
                .effective(scope, &format!("{prefix}_limit_rate"))
                .map(|set| Box::new(builder.template(&Text::read(set.arg(1)).unwrap_or_default()))),
            buffering: Buffering::of(config, scope, prefix),
            storing,
            subrequest_buffer: number("subrequest_output_buffer_size", 4096),
            near: NearEnd::compile(config, scope, prefix, target, builder),
            access_logs,
            log_cache: LogCache::of(config, scope),
            log_subrequest: flag("log_subrequest", false),
            heads: HeadTerms::compile(scope, prefix, builder),
            local: LocalTerms::compile(scope, builder),
            http: http.map(Box::new),
            cgi: cgi.map(Box::new),
            memcached: memcached.map(Box::new),
            secure: secure.map(Box::new),
        }
    }
}

fn early_hints(config: &Config, scope: ScopeId, builder: &mut Builder) -> Box<[Template]> {
    let words = config.effective(scope, "early_hints").map_or(&[][..], |set| &set.words[1..]);
    words.iter().map(|word| builder.template(&Text::read(&word.value).unwrap_or_default())).collect()
}

fn limit_rate(config: &Config, scope: ScopeId, builder: &mut Builder) -> Option<Box<[Template; 2]>> {
    let settings = ["limit_rate", "limit_rate_after"].map(|name| config.effective(scope, name));
    if settings.iter().all(Option::is_none) {
        return None;
    }
    let text = |set: Option<&Setting>| set.map_or_else(Text::default, |set| Text::read(set.arg(1)).unwrap_or_default());
    Some(Box::new(settings.map(|set| builder.template(&text(set)))))
}

fn flag_of(config: &Config, scope: ScopeId, prefix: &str, what: &str) -> bool {
    config.flag(scope, &format!("{prefix}_{what}"), false)
}

impl Buffering {
    fn of(config: &Config, scope: ScopeId, prefix: &str) -> Buffering {
        const PAGE: u64 = 4096;
        let number = |what: &str, default| config.number(scope, &format!("{prefix}_{what}"), default);
        let head = number("buffer_size", PAGE);
        let (count, size) = match config.effective(scope, &format!("{prefix}_buffers")).map(|set| &set.value) {
            Some(Value::Bufs(count, size)) => (*count, *size),
            _ => (8, PAGE),
        };
        Buffering {
            on: prefix != Protocol::Memcached.prefix() && config.flag(scope, &format!("{prefix}_buffering"), true),
            head,
            piece: size,
            memory: count.saturating_mul(size),
            file: number("max_temp_file_size", 1 << 30),
        }
    }
}

/// A folder for files that last as long as a request.
fn folder(config: &Config, scope: ScopeId, target: &Target, directive: &str, option: &str) -> Arc<Path> {
    let set = config.effective(scope, directive).map(|setting| setting.arg(1));
    let own = || target.paths.temporary.iter().find(|(part, _)| part == option).map(|(_, name)| name.as_str());
    let name = set.or_else(own).unwrap_or_default();
    Path::new(&target.paths.prefix).join(name).into()
}

/// `keepalive_timeout`: milliseconds, and the seconds that clients are told.
fn keepalive_timeouts(config: &Config, scope: ScopeId) -> (u64, u64) {
    let Some(setting) = config.effective(scope, "keepalive_timeout") else { return (75_000, 0) };
    let timeout = values::msec(setting.arg(1)).unwrap_or(75_000);
    (timeout, values::sec(setting.arg(2)).unwrap_or(0))
}

impl ServerTerms {
    fn of(config: &Config, scope: ScopeId, builder: &mut Builder) -> ServerTerms {
        let number = |name, default| config.number(scope, name, default);
        let large_buffers = match config.effective(scope, "large_client_header_buffers").map(|set| &set.value) {
            Some(Value::Bufs(count, size)) => (*count, *size),
            _ => (4, 8 << 10),
        };
        ServerTerms {
            header_timeout: number("client_header_timeout", 60_000),
            header_buffer: number("client_header_buffer_size", 1 << 10),
            large_buffers,
            max_headers: number("max_headers", 1000),
            http2_streams: number("http2_max_concurrent_streams", 128),
            http2_preread: number("http2_body_preread_size", 64 << 10),
            certificates: Certificates::compile(config, scope, builder),
        }
    }
}
