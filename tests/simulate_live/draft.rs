//! What cases are put together from: groups of servers, faults, arrivals, clients. All of it follows from one seed.
//!
//! Arrivals, faults, answers and the edges of seconds keep 20 ms from each other (see [`Pace`]), so that a play that is
//! a few milliseconds late makes the same choices.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::net::SocketAddr;

use rand::rngs::StdRng;
use rand::seq::IndexedRandom as _;
use rand::{RngExt as _, SeedableRng as _};

use crate::case::{Backend, Case, Fault, FaultKind, Millis, Request, Scenario};

/// When requests arrive: in every second at `from`, `from + step`, ... up to 930 ms, and never before 100 ms.
/// Faults begin and end at `edge` of every `step`.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    pub from: Millis,
    pub step: Millis,
    pub edge: Millis,
    pub seconds: Millis,
}

/// Nothing fails and answers come at once.
pub const QUICK: Pace = Pace { from: 70, step: 20, edge: 10, seconds: 4 };
/// Answers take `0.02 + n * 0.04` seconds.
pub const SERVED: Pace = Pace { from: 70, step: 40, edge: 10, seconds: 4 };
/// Backends fail.
pub const FAILING: Pace = Pace { from: 70, step: 50, edge: 45, seconds: 9 };
/// Backends are silent: with a read timeout of 1030 ms up to four tries of a request stay clear of all others.
pub const SILENT: Pace = Pace { from: 50, step: 200, edge: 0, seconds: 12 };

/// A case while it is put together.
pub struct Draft {
    pub rng: StdRng,
    pub pace: Pace,
    /// Lines of `http` before the groups.
    pub http: Vec<String>,
    pub groups: Vec<(String, Vec<String>)>,
    /// What `proxy_pass` names.
    pub target: String,
    /// Lines of `location /`.
    pub location: Vec<String>,
    /// Lines of the server besides `location /`.
    pub server: Vec<String>,
    /// Whole servers besides the first.
    pub servers: Vec<String>,
    pub scenario: Scenario,
    /// How many browsers there are; requests carry cookies of their own where there are none.
    pub sessions: u32,
    /// Whether some clients have IPv6 addresses.
    pub ipv6: bool,
    pub methods: &'static [&'static str],
    pub hosts: &'static [&'static str],
    /// How long answers take.
    pub services: &'static [f64],
    /// Makes a request target.
    pub uri: fn(&mut StdRng) -> String,
    /// The last word on a request.
    pub adorn: fn(&mut StdRng, &mut Request),
    /// Which requests are kept: some come too near to an edge of a limit.
    pub keep: Box<dyn FnMut(&Request) -> bool>,
    addresses: fn(usize) -> String,
}

impl Draft {
    pub fn new(seed: u64) -> Draft {
        let lines = ["proxy_connect_timeout 1s;", "proxy_read_timeout 2s;"];
        Draft {
            rng: StdRng::seed_from_u64(seed),
            pace: QUICK,
            http: Vec::new(),
            groups: Vec::new(),
            target: "http://backend".to_owned(),
            location: lines.map(str::to_owned).to_vec(),
            server: Vec::new(),
            servers: Vec::new(),
            scenario: Scenario::default(),
            sessions: 0,
            ipv6: false,
            methods: &["GET"],
            hosts: &["example.com", "www.example.org", "api.example.com"],
            services: &[],
            uri: any_uri,
            adorn: |_, _| {},
            keep: Box::new(|_| true),
            addresses: |n| format!("127.0.0.1:{}", 18200 + n),
        }
    }

    /// Peers with addresses as in a data centre instead of ports of this host.
    pub fn spread(&mut self) {
        let styles: [fn(usize) -> String; 3] = [
            |n| format!("10.0.{}.{}:8080", n / 100, 11 + n % 100),
            |n| format!("[::1]:{}", 18200 + n),
            |n| format!("127.0.{n}.1:80{}", 80 + n % 3),
        ];
        self.addresses = *styles.choose(&mut self.rng).unwrap();
    }

    pub fn chance(&mut self, p: f64) -> bool {
        self.rng.random_bool(p)
    }

    pub fn between(&mut self, from: u64, to: u64) -> u64 {
        self.rng.random_range(from..=to)
    }

    pub fn one_of<T: Copy>(&mut self, values: &[T]) -> T {
        *values.choose(&mut self.rng).unwrap()
    }

    pub fn address(&self, n: usize) -> String {
        (self.addresses)(n)
    }

    /// `n` server lines. Some have a weight; where backends fail, all have limits to their failures.
    pub fn some_servers(&mut self, n: u64) -> Vec<String> {
        (0..n as usize).map(|at| self.one_server(at)).collect()
    }

    pub fn one_server(&mut self, at: usize) -> String {
        let mut line = format!("server {};", self.address(at));
        if self.chance(0.6) {
            let weight = self.between(1, 6);
            add(&mut line, &format!("weight={weight}"));
        }
        if self.pace.seconds > QUICK.seconds {
            let (fails, timeout) = (self.between(1, 3), self.between(1, 3));
            add(&mut line, &format!("max_fails={fails} fail_timeout={timeout}s"));
        } else if self.chance(0.2) {
            let fails = self.between(0, 2);
            add(&mut line, &format!("max_fails={fails}"));
        }
        line
    }

    /// The group `backend`: perhaps a zone, the method's lines, the servers, one of them perhaps down.
    pub fn backend(&mut self, method: &str, mut servers: Vec<String>) {
        if servers.len() > 1 && self.chance(0.3) {
            let at = self.rng.random_range(0..servers.len());
            if !servers[at].contains("backup") {
                add(&mut servers[at], "down");
            }
        }
        self.group("backend", method, servers);
    }

    /// A group as it is given, perhaps with a zone.
    pub fn group(&mut self, name: &str, method: &str, servers: Vec<String>) {
        let mut lines = Vec::new();
        if self.chance(0.66) {
            lines.push(format!("zone z{} 256k;", if name == "backend" { "" } else { name }));
        }
        lines.extend((!method.is_empty()).then(|| method.to_owned()));
        lines.extend(servers);
        self.groups.push((name.to_owned(), lines));
    }

    /// Lets most peers fail in some windows of the given kinds; `codes` are what `Status` answers.
    pub fn fail(&mut self, kinds: &[FaultKind], codes: &[u16]) {
        let text = self.conf();
        let case = Case { conf: text, trace: Vec::new(), scenario: self.scenario.clone() };
        let end = self.pace.seconds * 1000;
        for peer in case.peers() {
            let mut at = 200;
            for _ in 0..3 {
                let begin = self.between(at + 200, at + 2800);
                let end_at = self.between(begin + 500, begin + 3600);
                let (from, to) = (self.edge(begin), self.edge(end_at));
                if to + 200 >= end || self.chance(0.25) {
                    break;
                }
                let kind = self.one_of(kinds);
                let code = (kind == FaultKind::Status).then(|| self.one_of(codes));
                self.add_fault(peer, from, to, kind, code);
                at = to;
            }
        }
    }

    /// A fault of one peer from `from` to `to`, or what of the pace is near.
    pub fn fault(&mut self, peer: usize, from: Millis, to: Millis, kind: FaultKind, code: Option<u16>) {
        let peer = self.address(peer).parse().unwrap();
        let (from, to) = (self.edge(from), self.edge(to));
        self.add_fault(peer, from, to, kind, code);
    }

    fn add_fault(&mut self, peer: SocketAddr, from: Millis, to: Millis, kind: FaultKind, code: Option<u16>) {
        let extra = (kind == FaultKind::Slow).then_some(0.12);
        self.scenario.fault.push(Fault { peer, from, to, kind, code, extra });
    }

    /// The middle between two arrivals that is next to `time`.
    fn edge(&self, time: Millis) -> Millis {
        let Pace { step, edge, .. } = self.pace;
        time / step * step + edge
    }

    /// Gives each peer a time of its own.
    pub fn serve_in(&mut self, services: &[f64]) {
        let case = Case { conf: self.conf(), trace: Vec::new(), scenario: self.scenario.clone() };
        for peer in case.peers() {
            let service = self.one_of(services);
            self.scenario.backend.push(Backend { peer, service, body: None });
        }
    }

    fn conf(&self) -> String {
        let mut text = "events {\n}\n\nhttp {\n".to_owned();
        for line in &self.http {
            let _ = writeln!(text, "    {}", line.replace('\n', "\n    "));
        }
        for (name, lines) in &self.groups {
            let _ = writeln!(text, "    upstream {name} {{\n        {}\n    }}", lines.join("\n        "));
        }
        let more: String =
            self.server.iter().map(|line| ["        ", &line.replace('\n', "\n        "), "\n"].concat()).collect();
        let Draft { target, location, servers, .. } = self;
        let location = location.join("\n            ");
        let main = "\n    server {\n        listen 80;\n\n        location / {\n            proxy_pass ";
        let _ = write!(text, "{main}{target};\n            {location}\n        }}\n{more}    }}\n");
        for server in servers {
            let _ = writeln!(text, "    {}", server.replace('\n', "\n    "));
        }
        text + "}\n"
    }

    fn arrivals(&self) -> Vec<Millis> {
        let Pace { from, step, seconds, .. } = self.pace;
        let within = (from..=930).step_by(step as usize);
        let all = (0..seconds).flat_map(|second| within.clone().map(move |at| second * 1000 + at));
        all.filter(|at| *at >= 100).collect()
    }

    fn request(&mut self, id: u32, t: Millis) -> Request {
        let session = (self.sessions > 0).then(|| format!("s{}", self.rng.random_range(0..self.sessions)));
        let mut headers = BTreeMap::new();
        if self.chance(0.5) {
            headers.insert("x-key".to_owned(), self.between(0, 59).to_string());
        }
        if session.is_none() && self.chance(0.4) {
            headers.insert("cookie".to_owned(), format!("sid={}", self.between(0, 59)));
        }
        let method = self.one_of(self.methods).to_owned();
        let service = (!self.services.is_empty()).then(|| self.one_of(self.services));
        let client = self.client();
        let host = self.one_of(self.hosts).to_owned();
        let uri = (self.uri)(&mut self.rng);
        let mut request = Request { id, t, method, client, host, uri, headers, session, service };
        (self.adorn)(&mut self.rng, &mut request);
        request
    }

    fn client(&mut self) -> String {
        let rng = &mut self.rng;
        if self.ipv6 && rng.random_bool(0.3) {
            let parts: Vec<String> = (0..6).map(|_| format!("{:x}", rng.random_range(1..0xffff))).collect();
            return format!("2001:db8:{}", parts.join(":"));
        }
        let net = *[10, 172, 192, 203].choose(rng).unwrap();
        format!("{net}.{}.{}.{}", rng.random_range(0..256), rng.random_range(0..4), rng.random_range(0..256))
    }

    pub fn finish(mut self) -> Case {
        let mut trace = Vec::new();
        for t in self.arrivals() {
            let request = self.request(trace.len() as u32, t);
            if (self.keep)(&request) {
                trace.push(request);
            }
        }
        Case { conf: self.conf(), trace, scenario: self.scenario }
    }
}

/// Adds parameters to a server line.
pub fn add(line: &mut String, parameters: &str) {
    line.pop();
    let _ = write!(line, " {parameters};");
}

fn any_uri(rng: &mut StdRng) -> String {
    match rng.random_range(0..7) {
        0 => "/".to_owned(),
        1 => "/d".to_owned(),
        2 => format!("/u/{}", rng.random_range(0..40)),
        3 | 4 => format!("/x?k={}{}", *["a", "b", "c", "d", "e"].choose(rng).unwrap(), rng.random_range(0..30)),
        5 => format!("/y?k={}&z={}", *["q.x", "b", ""].choose(rng).unwrap(), rng.random_range(0..10)),
        _ => format!("/b/{}", rng.random_range(0..10)),
    }
}
