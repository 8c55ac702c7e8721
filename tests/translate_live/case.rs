//! What a case is made of: a configuration, its backends, and what happens one step after the other. All of it is data,
//! so that it can be handed to the play that runs it.

use std::net::{Ipv4Addr, SocketAddr};

use serde::{Deserialize, Serialize};

/// The port that the configurations of cases listen on. Every play has a network of its own, so it is always free; it is
/// none that a program takes unasked (Traefik's 8080, Caddy's 2019).
pub const FRONT: u16 = 8000;

/// One case.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Case {
    pub name: String,
    /// The whole nginx.conf. What a play needs besides (temporary folders, the log) is added for it, not here.
    pub conf: String,
    /// The ports it listens on.
    pub ports: Vec<u16>,
    pub peers: Vec<Peer>,
    pub choice: Choice,
    pub steps: Vec<Step>,
}

/// A backend: the name it gives in answers, and where it listens.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Peer {
    pub name: String,
    pub address: SocketAddr,
}

/// How the choice of backends is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Choice {
    /// Request by request.
    Each,
    /// Request by request, but for the backend: whose turn it is, is anyone's.
    Turns,
    /// Over all requests: how many answers each backend gave. For methods whose first choice is anyone's.
    Counts,
}

/// One thing that happens.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum Step {
    Send(Request),
    /// From now on a backend does this.
    Fault {
        peer: String,
        fault: Fault,
    },
}

/// What a backend does with requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Fault {
    /// Answers with 200, or as the request's arguments ask (see `backend`).
    None,
    /// Answers with this status.
    Status(u16),
    /// Reads the request and closes the connection.
    Drop,
    /// Does not listen; connections that were open are closed.
    Refuse,
    /// Answers after so many milliseconds.
    Slow(u64),
}

/// One request of a client.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    pub source: Ipv4Addr,
    pub port: u16,
    pub method: String,
    /// The target as it goes over the wire.
    pub target: String,
    pub version: String,
    /// In the order sent; `Host` is one of them.
    pub headers: Vec<(String, String)>,
    pub body: String,
    /// Whether the body goes in chunks.
    pub chunked: bool,
    /// The directives that only this request is about; a loss report's entries of other directives excuse nothing then.
    pub about: Vec<String>,
}

impl Request {
    pub fn new(method: &str, target: &str) -> Request {
        Request {
            source: Ipv4Addr::LOCALHOST,
            port: FRONT,
            method: method.to_owned(),
            target: target.to_owned(),
            version: "HTTP/1.1".to_owned(),
            headers: vec![("Host".to_owned(), "lb.test".to_owned())],
            body: String::new(),
            chunked: false,
            about: Vec::new(),
        }
    }

    pub fn get(target: &str) -> Request {
        Request::new("GET", target)
    }

    pub fn post(target: &str, body: &str) -> Request {
        Request { body: body.to_owned(), ..Request::new("POST", target) }
    }

    /// From another address of 127.0.0.0/8.
    pub fn from(self, source: Ipv4Addr) -> Request {
        Request { source, ..self }
    }

    /// With another `Host`.
    pub fn host(mut self, host: &str) -> Request {
        self.headers.retain(|(name, _)| name != "Host");
        self.headers.insert(0, ("Host".to_owned(), host.to_owned()));
        self
    }

    /// With one more header.
    pub fn header(mut self, name: &str, value: &str) -> Request {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// In HTTP/1.0.
    pub fn old(self) -> Request {
        Request { version: "HTTP/1.0".to_owned(), ..self }
    }

    pub fn about(mut self, directive: &str) -> Request {
        self.about.push(directive.to_owned());
        self
    }

    /// The bytes as they go over the wire.
    pub fn bytes(&self) -> Vec<u8> {
        let mut text = format!("{} {} {}\r\n", self.method, self.target, self.version);
        for (name, value) in &self.headers {
            text += &format!("{name}: {value}\r\n");
        }
        match (self.chunked, self.body.is_empty() && self.method != "POST") {
            (true, _) => {
                text +=
                    &format!("Transfer-Encoding: chunked\r\n\r\n{:x}\r\n{}\r\n0\r\n\r\n", self.body.len(), self.body);
            }
            (false, true) => text += "\r\n",
            (false, false) => text += &format!("Content-Length: {}\r\n\r\n{}", self.body.len(), self.body),
        }
        text.into_bytes()
    }

    /// What it is called where something is said of it.
    pub fn shown(&self) -> String {
        let host = self.headers.iter().find(|(name, _)| name == "Host").map_or("-", |(_, value)| value);
        let chunked = if self.chunked { " chunked" } else { "" };
        format!("{} {} {} (Host {host}, from {}){chunked}", self.method, self.target, self.version, self.source)
    }
}

impl From<Request> for Step {
    fn from(request: Request) -> Step {
        Step::Send(request)
    }
}

impl Case {
    /// A case with so many backends, `a` at 127.0.0.1:9101, `b` at 9102 and so on, compared request by request. `http` is
    /// what stands in the block `http`.
    pub fn new(name: &str, peers: usize, http: &str) -> Case {
        let http = http.trim_end().lines().map(|line| format!("    {line}\n")).collect::<String>();
        Case {
            name: name.to_owned(),
            conf: format!("events {{\n}}\n\nhttp {{\n{http}}}\n"),
            ports: vec![FRONT],
            peers: (0..peers).map(peer).collect(),
            choice: Choice::Each,
            steps: Vec::new(),
        }
    }

    pub fn counted(self) -> Case {
        Case { choice: Choice::Counts, ..self }
    }

    pub fn fault(mut self, peer: &str, fault: Fault) -> Case {
        self.steps.push(Step::Fault { peer: peer.to_owned(), fault });
        self
    }

    pub fn send(mut self, request: Request) -> Case {
        self.steps.push(request.into());
        self
    }

    pub fn send_all(mut self, requests: impl IntoIterator<Item = Request>) -> Case {
        self.steps.extend(requests.into_iter().map(Step::Send));
        self
    }

    /// The requests, in order.
    pub fn requests(&self) -> impl Iterator<Item = &Request> {
        self.steps.iter().filter_map(|step| match step {
            Step::Send(request) => Some(request),
            Step::Fault { .. } => None,
        })
    }
}

fn peer(n: usize) -> Peer {
    let name = char::from(b'a' + n as u8).to_string();
    Peer { name, address: SocketAddr::from((Ipv4Addr::LOCALHOST, 9101 + n as u16)) }
}

/// What came of one request.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Observed {
    /// 0 where the connection ended without an answer.
    pub status: u16,
    /// The backend whose answer it is; none where the proxy answered by itself.
    pub peer: Option<String>,
    /// All that backends saw of it, one a try. Connections that were refused are none.
    pub tries: Vec<Seen>,
    /// The answer's headers, names in lower case, without framing.
    pub headers: Vec<(String, String)>,
    pub body: String,
    /// How long it took, in milliseconds.
    pub took: u64,
}

impl Observed {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(at, _)| at == name).map(|(_, value)| &**value)
    }
}

/// A request as a backend saw it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    pub peer: String,
    /// The number of the connection among those that the backend took, from 1.
    #[serde(default)]
    pub connection: usize,
    /// `GET /x HTTP/1.1`
    pub line: String,
    /// In the order and with the names as they came.
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl Seen {
    /// The first value of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(at, _)| at.eq_ignore_ascii_case(name)).map(|(_, value)| &**value)
    }
}
