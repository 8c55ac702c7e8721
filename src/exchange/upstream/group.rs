//! The groups of a configuration, as blueprints: each worker, or each zone, has peers of its own made from them.

use std::sync::Arc;

use super::Compile;
use super::cookie::Attributes;
use crate::balance::{Group, Measure, Measured, Method, Parameters, Peer, Ring, Server, Standing, Tier};
use crate::exchange::value::Template;
use crate::modules::shared::upstream::{self, Queue, Sticky, Timing, Two};

/// What a method hashes.
#[derive(Debug, Clone, Default)]
pub enum Key {
    /// Nothing.
    #[default]
    None,
    /// The client's address.
    Client,
    /// A text.
    Text(Template),
}

/// How sessions are bound to servers. The values are tried in order; the first that is not empty counts.
#[derive(Debug, Clone)]
pub enum Affinity {
    /// nginx sets a cookie of this name, whose value is the server's id.
    Cookie {
        /// Its name.
        name: Arc<str>,
        /// `$cookie_NAME`
        lookup: Vec<Template>,
        /// What else it says.
        attributes: Attributes,
    },
    /// The request says the route.
    Route(Vec<Template>),
    /// nginx learns sessions from answers.
    Learn {
        /// The zone, as an index into [`Plan::sessions`](crate::exchange::plan::Plan::sessions).
        zone: usize,
        /// The session of a request.
        lookup: Vec<Template>,
        /// The session that an answer begins.
        create: Vec<Template>,
        /// The cookies among `create`: what a simulated backend sets.
        cookies: Vec<String>,
        /// With the header of the answer, not with its end.
        header: bool,
    },
}

impl Affinity {
    /// What a request's session is known by.
    #[must_use]
    pub fn lookup(&self) -> &[Template] {
        match self {
            Affinity::Cookie { lookup, .. } | Affinity::Route(lookup) | Affinity::Learn { lookup, .. } => lookup,
        }
    }
}

/// One group.
#[derive(Debug, Clone)]
pub struct Upstream {
    /// Its name.
    pub name: Arc<str>,
    /// An `upstream` block made it, not an address in `proxy_pass`.
    pub is_block: bool,
    /// The zone that holds its state in shared memory, the same for all workers.
    pub zone: Option<Arc<str>>,
    /// What its method hashes.
    pub key: Key,
    /// Which time its method goes by, where it is `least_time`.
    pub timing: Option<Timing>,
    /// Session affinity.
    pub affinity: Option<Affinity>,
    /// NGINX Plus: requests may wait for a peer.
    pub queue: Option<Queue>,
    /// Lines whose names are resolved at run time.
    pub names: Vec<Name>,
    group: Group,
}

/// A `server NAME resolve` line.
#[derive(Debug, Clone)]
pub struct Name {
    /// The name.
    pub host: String,
    /// The port of every address.
    pub port: u16,
    /// The list that its peers are in.
    pub tier: Tier,
    /// Its line, from 0.
    pub line: u32,
    /// The service whose SRV records say where the peers are: `http`, `_http._tcp`.
    pub service: Option<String>,
    /// The group has a second list, for records that are not of the first priority.
    has_backup: bool,
    /// What its peers have in common.
    template: (Parameters, Arc<[u8]>, Option<String>),
}

/// Where a record of a service leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Located {
    /// Address and port.
    pub address: std::net::SocketAddr,
    /// The host of the record.
    pub name: Arc<str>,
    /// The lower, the earlier it is used.
    pub priority: u16,
    /// Its share; at least 1.
    pub weight: u16,
}

impl Name {
    /// The peers of these addresses.
    #[must_use]
    pub fn peers(&self, addresses: &[std::net::IpAddr]) -> Vec<Peer> {
        let (parameters, text, route) = &self.template;
        let peer = |ip: &std::net::IpAddr| {
            let addr = std::net::SocketAddr::new(*ip, self.port).to_string();
            Peer::new(Server::new(&addr, text, route.as_deref(), self.line), *parameters)
        };
        addresses.iter().map(peer).collect()
    }

    /// A peer that the name had in an earlier configuration, as this line has it.
    fn again(&self, known: &Peer) -> Option<Peer> {
        let mut address: std::net::SocketAddr = known.server.addr.parse().ok()?;
        let (parameters, text, route) = &self.template;
        let (mut text, mut weight) = (text, parameters.weight);
        if self.service.is_none() {
            address.set_port(self.port);
        } else {
            text = &known.server.text;
            weight = if weight == 1 { known.parameters.weight } else { weight };
        }
        let server = Server::new(&address.to_string(), text, route.as_deref(), self.line);
        Some(Peer::new(server, Parameters { weight, ..*parameters }))
    }

    /// What its SRV records are asked for under: a service without a point goes over TCP.
    #[must_use]
    pub fn question(&self) -> String {
        let host = &self.host;
        match &self.service {
            Some(service) if service.contains('.') => format!("{service}.{host}"),
            Some(service) => format!("_{service}._tcp.{host}"),
            None => host.clone(),
        }
    }

    /// The peers of these records, by list: those of the first priority are where the line is, the others are backup
    /// servers, if the line is not one itself and the method has them. A weight of the line counts for all of them.
    #[must_use]
    pub fn located(&self, records: &[Located]) -> Vec<(Tier, Vec<Peer>)> {
        let (parameters, _, route) = &self.template;
        let first = records.iter().map(|record| record.priority).min();
        let peer = |record: &Located| {
            let (addr, name) = (record.address.to_string(), record.name.as_bytes());
            let weight = if parameters.weight == 1 { record.weight.into() } else { parameters.weight };
            Peer::new(Server::new(&addr, name, route.as_deref(), self.line), Parameters { weight, ..*parameters })
        };
        let of = |is_first: bool| {
            let mine = records.iter().filter(move |record| (Some(record.priority) == first) == is_first);
            mine.map(peer).collect()
        };
        let mut lists = vec![(self.tier, of(true))];
        if self.tier == Tier::Primary && self.has_backup {
            lists.push((Tier::Backup, of(false)));
        }
        lists
    }
}

impl Upstream {
    /// Compiles a group in a zone of this name, if it has one; `zone_of` finds the place of a zone of sessions.
    pub(in crate::exchange) fn compile(
        config: &upstream::Upstream,
        zone: Option<Arc<str>>,
        compile: &mut dyn Compile,
        mut zone_of: impl FnMut(usize, u64) -> usize,
    ) -> Upstream {
        let (method, key) = method_of(&config.method, compile);
        let timing = match config.method {
            upstream::Method::LeastTime { of, .. } => Some(of),
            _ => None,
        };
        let attributes = config.sticky.as_ref().map(|sticky| Attributes::compile(sticky, compile)).unwrap_or_default();
        let mut variables =
            |names: &[String]| names.iter().map(|name| compile.variable(name)).collect::<Vec<Template>>();
        let affinity = config.sticky.as_ref().map(|sticky| match sticky {
            Sticky::Cookie { name, .. } => {
                let lookup = variables(&[format!("cookie_{name}")]);
                Affinity::Cookie { name: name.as_str().into(), lookup, attributes }
            }
            Sticky::Route(names) => Affinity::Route(variables(names)),
            Sticky::Learn { create, lookup, zone, timeout, header, .. } => Affinity::Learn {
                zone: zone_of(*zone, *timeout),
                lookup: variables(lookup),
                create: variables(create),
                cookies: create
                    .iter()
                    .filter_map(|name| name.strip_prefix("upstream_cookie_"))
                    .map(str::to_owned)
                    .collect(),
                header: *header,
            },
        });
        let (mut tiers, mut names) = ([Vec::new(), Vec::new()], Vec::new());
        for (line, server) in config.servers.iter().enumerate() {
            let tier = if server.backup { Tier::Backup } else { Tier::Primary };
            let (line, parameters) = (line as u32, parameters(server));
            let text: Arc<[u8]> = crate::syntax::encode(&server.url.text).into();
            if server.run_time {
                let template = (parameters, text.clone(), server.route.clone());
                let host = server.url.host.clone();
                let (service, has_backup) = (server.service.clone(), config.method.has_backup());
                names.push(Name { host, port: server.url.port, tier, line, service, has_backup, template });
            }
            tiers[tier as usize].extend(server.url.addresses.iter().map(|address| {
                Peer::new(Server::new(&address.to_string(), &text, server.route.as_deref(), line), parameters)
            }));
        }
        let [primary, backup] = tiers;
        Upstream {
            name: config.name.as_str().into(),
            is_block: config.is_explicit(),
            zone,
            key,
            timing,
            affinity,
            queue: config.queue,
            names,
            group: Group::new(&config.name, method, primary, backup),
        }
    }

    /// After a reload: the peers that the names of the group before it had, until their names are resolved anew
    /// (`ngx_http_upstream_zone_preresolve`). Gives the lines of both whose names had peers, the new one first.
    pub fn inherit(&self, group: &mut Group, before: &Upstream, known: &Group) -> Vec<(u32, u32)> {
        let mut lines = Vec::new();
        for name in &self.names {
            let same = |old: &&Name| old.host == name.host && old.service == name.service && old.tier == name.tier;
            let Some(old) = before.names.iter().find(same) else { continue };
            let lists: &[Tier] = match name.tier {
                Tier::Primary => &[Tier::Primary, Tier::Backup],
                Tier::Backup => &[Tier::Backup],
            };
            for list in lists {
                let of_line = known.peers(*list).iter().filter(|peer| peer.server.line == old.line);
                let peers: Vec<Peer> = of_line.filter_map(|peer| name.again(peer)).collect();
                if !peers.is_empty() {
                    group.resolve(*list, name.line, peers);
                    lines.push((name.line, old.line));
                }
            }
        }
        lines
    }

    /// The group as it is when nginx starts.
    #[must_use]
    pub fn fresh(&self) -> Group {
        self.group.clone()
    }
}

fn parameters(server: &upstream::Server) -> Parameters {
    Parameters {
        weight: i64::try_from(server.weight).unwrap_or(i64::MAX),
        max_conns: server.max_conns,
        max_fails: server.max_fails,
        fail_timeout: i64::try_from(server.fail_timeout).unwrap_or(i64::MAX),
        slow_start: server.slow_start,
        standing: match server.standing {
            upstream::Standing::Up => Standing::Up,
            upstream::Standing::Down => Standing::Down,
            upstream::Standing::Draining => Standing::Draining,
        },
    }
}

fn method_of(method: &upstream::Method, compile: &mut dyn Compile) -> (Method, Key) {
    match method {
        upstream::Method::RoundRobin => (Method::RoundRobin, Key::None),
        upstream::Method::LeastConn => (Method::LeastConn, Key::None),
        upstream::Method::LeastTime { of, inflight } => (Method::LeastTime(measured(*of, *inflight)), Key::None),
        upstream::Method::IpHash => (Method::IpHash, Key::Client),
        upstream::Method::Hash { key, consistent } => {
            let method = if *consistent { Method::Consistent(Ring::default()) } else { Method::Hash };
            (method, Key::Text(compile.text(key)))
        }
        upstream::Method::Random(two) => {
            let method = match two {
                None => Method::Random,
                Some(Two::LeastConn) => Method::RandomTwo(None),
                Some(Two::LeastTime(of)) => Method::RandomTwo(Some(measured(*of, false))),
            };
            (method, Key::None)
        }
    }
}

fn measured(of: Timing, inflight: bool) -> Measured {
    let by = if of == Timing::LastByte { Measure::LastByte } else { Measure::Header };
    Measured { by, inflight }
}
