//! What holds in each server of `stream`.

use std::net::IpAddr;
use std::sync::Arc;

use crate::config::cidr::Cidr;
use crate::config::{Config, ScopeId, Text};
use crate::exchange::access_log::{AccessLog, Compiled, LogCache};
use crate::exchange::passed::NearEnd;
use crate::exchange::site::{Builder, ServerId, Site};
use crate::exchange::state::Exchange;
use crate::exchange::value::Template;
use crate::modules::shared::access::Rules;
use crate::modules::shared::pass::{self, To};
use crate::modules::shared::realip::Trusted;
use crate::modules::shared::upstream::UpstreamId;
use crate::modules::stream::set::Assignments;

/// What becomes of a session.
#[derive(Debug)]
pub enum Content {
    /// Nobody takes it.
    Nothing,
    /// The client gets a text.
    Return(Template),
    /// It is passed on to a group.
    Pass(UpstreamId),
    /// It is passed on to whom variables name.
    Evaluate(Template),
}

/// What holds in one server. Times are milliseconds.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "nginx's flags, each of its own")]
pub struct SessionTerms {
    /// Its block.
    pub scope: ScopeId,
    /// What becomes of its sessions.
    pub(super) content: Content,
    rules: Rules,
    /// Names can be resolved.
    pub(super) resolves: bool,
    /// Whose PROXY protocol is believed.
    trusted: Vec<Cidr>,
    /// `set`: variables by number, with what they are set to.
    sets: Vec<(u32, Template)>,
    /// The sockets to peers.
    pub near: NearEnd,
    /// The access logs.
    pub access_logs: Arc<[AccessLog]>,
    /// How log files whose names have variables are kept open, if they are.
    pub log_cache: Option<LogCache>,
    /// Bytes that are read ahead of what the other side has taken, on each side.
    pub buffer: usize,
    /// Bytes a second that are read from clients, and from peers, where there is a limit; 0 for none.
    pub rates: [Option<Template>; 2],
    /// Peers are told by the PROXY protocol who connected.
    pub tells_client: bool,
    /// Each side may end without the other.
    pub half_close: bool,
    /// Small pieces are sent at once.
    pub no_delay: bool,
    /// Longest wait for the PROXY protocol.
    pub header_timeout: u64,
}

/// What holds in all servers.
#[derive(Debug, Default)]
pub struct Sessions(Vec<SessionTerms>);

impl Sessions {
    pub(in crate::exchange) fn compile(builder: &mut Builder) -> Sessions {
        let scopes: Vec<ScopeId> = builder.site.servers().iter().map(|server| server.scope).collect();
        let mut logs = Compiled::new(builder);
        Sessions(scopes.into_iter().map(|scope| SessionTerms::compile(scope, builder, &mut logs)).collect())
    }

    /// What holds in a server.
    #[must_use]
    pub fn server(&self, id: ServerId) -> &SessionTerms {
        &self.0[id.0 as usize]
    }
}

impl SessionTerms {
    fn compile(scope: ScopeId, builder: &mut Builder, logs: &mut Compiled) -> SessionTerms {
        let (config, target) = (builder.config, builder.target);
        let assignments = config.scope(scope).slot::<Assignments>().map_or(&[][..], |sets| &sets.0);
        let sets =
            assignments.iter().filter_map(|set| Some((builder.number(&set.variable)?, builder.template(&set.value))));
        SessionTerms {
            scope,
            sets: sets.collect(),
            content: content(config, scope, builder),
            rules: config.effective_slot::<Rules>(scope).cloned().unwrap_or_default(),
            resolves: config.effective(scope, "resolver").is_some_and(|set| set.arg(1) != "off"),
            trusted: config.effective_slot::<Trusted>(scope).map_or_else(Vec::new, |trusted| trusted.0.clone()),
            near: NearEnd::compile(config, scope, "proxy", target, builder),
            access_logs: logs.of(builder, scope),
            log_cache: LogCache::of(config, scope),
            buffer: config.number(scope, "proxy_buffer_size", 16 << 10).max(1) as usize,
            rates: ["proxy_upload_rate", "proxy_download_rate"].map(|name| {
                let set = config.effective(scope, name).filter(|set| set.arg(1) != "0")?;
                Some(builder.template(&Text::read(set.arg(1)).unwrap_or_default()))
            }),
            tells_client: config.flag(scope, "proxy_protocol", false),
            half_close: config.flag(scope, "proxy_half_close", false),
            no_delay: config.flag(scope, "tcp_nodelay", true),
            header_timeout: config.number(scope, "proxy_protocol_timeout", 30_000),
        }
    }

    /// `ngx_stream_realip_handler`
    pub(super) fn find_client(&self, exchange: &mut Exchange) {
        let request = &mut exchange.request;
        let connection = &mut request.connection;
        if let Some(address) = connection.proxied
            && self.trusted.iter().any(|network| network.contains(connection.client))
        {
            request.original = Some((connection.client, connection.client_port));
            (connection.client, connection.client_port) = (Some(address.ip()), address.port());
            request.client_text = None;
        }
    }

    /// `ngx_stream_set_handler`
    pub(super) fn assign(&self, site: &Site, exchange: &mut Exchange) {
        for (variable, value) in &self.sets {
            let value = value.try_eval(site, exchange);
            exchange.route.keep(*variable, value);
        }
    }

    /// `ngx_stream_access_handler`
    pub(super) fn admits(&self, client: Option<IpAddr>) -> bool {
        self.rules.decide(client).is_none_or(|rule| rule.allow)
    }
}

/// Of `proxy_pass` and `return` the last one counts.
fn content(config: &Config, scope: ScopeId, builder: &mut Builder) -> Content {
    let own = config.scope(scope);
    let (returned, passed) = (own.setting("return"), own.setting("proxy_pass"));
    if let Some(text) = returned.filter(|returned| passed.is_none_or(|passed| passed.place < returned.place)) {
        return Content::Return(builder.template(&Text::read(text.arg(1)).unwrap_or_default()));
    }
    match pass::effective(config, scope).map(|pass| &pass.to) {
        Some(To::Upstream(group)) => Content::Pass(*group),
        Some(To::Dynamic(text)) => Content::Evaluate(builder.template(text)),
        None => Content::Nothing,
    }
}
