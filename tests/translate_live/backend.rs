//! The backends of a play: threads of it that answer with what they saw and fail on cue.
//!
//! A request may ask for its answer by arguments, where no fault is switched on: `be-status=503`, `be-slow=300`
//! (milliseconds), `be-size=20000` (bytes of body), `be-location=/x`, `be-cookie=a=b` (to the next `&`), `be-header=X-A:b`,
//! `be-drop=1`.

use std::io::Write as _;
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use crate::case::{Fault, Peer, Seen};
use crate::message::{Head, Reader};

/// The header that tells the client whose answer it has.
pub const NAME: &str = "X-Peer";

/// All backends of a play.
pub struct Backends {
    all: Vec<Arc<Backend>>,
    log: Log,
}

type Log = Arc<Mutex<Vec<Seen>>>;

struct Backend {
    name: String,
    address: SocketAddr,
    state: Mutex<State>,
    log: Log,
}

struct State {
    fault: Fault,
    open: Vec<TcpStream>,
    /// How many connections it took.
    taken: usize,
    listening: Option<JoinHandle<()>>,
}

impl Backends {
    /// Starts them; they listen when this returns.
    pub fn start(peers: &[Peer]) -> Backends {
        let log = Log::default();
        let start = |peer: &Peer| {
            let state = State { fault: Fault::None, open: Vec::new(), taken: 0, listening: None };
            let backend = Arc::new(Backend {
                name: peer.name.clone(),
                address: peer.address,
                state: Mutex::new(state),
                log: Arc::clone(&log),
            });
            backend.listen();
            backend
        };
        Backends { all: peers.iter().map(start).collect(), log }
    }

    /// What backends saw since this was asked last.
    pub fn seen(&self) -> Vec<Seen> {
        std::mem::take(&mut self.log.lock().unwrap())
    }

    /// Switches a fault on, or off again with [`Fault::None`].
    ///
    /// # Panics
    /// When there is no such backend.
    pub fn fault(&self, peer: &str, fault: Fault) {
        let backend = self.all.iter().find(|backend| backend.name == peer).unwrap_or_else(|| panic!("no peer {peer}"));
        let before = std::mem::replace(&mut backend.state.lock().unwrap().fault, fault);
        match (before == Fault::Refuse, fault == Fault::Refuse) {
            (false, true) => backend.close(),
            (true, false) => backend.listen(),
            _ => {}
        }
    }
}

impl Backend {
    fn listen(self: &Arc<Self>) {
        let listener = TcpListener::bind(self.address).unwrap_or_else(|e| panic!("{}: {e}", self.address));
        let backend = Arc::clone(self);
        let thread = thread::spawn(move || {
            for stream in listener.incoming() {
                let Ok(stream) = stream else { continue };
                let number = {
                    let mut state = backend.state.lock().unwrap();
                    if state.fault == Fault::Refuse {
                        return;
                    }
                    state.open.extend(stream.try_clone());
                    state.taken += 1;
                    state.taken
                };
                let backend = Arc::clone(&backend);
                thread::spawn(move || backend.serve(stream, number));
            }
        });
        self.state.lock().unwrap().listening = Some(thread);
    }

    /// The listener is gone when this returns: a connection of ours wakes it.
    fn close(&self) {
        let _ = TcpStream::connect(self.address);
        let (listening, open) = {
            let mut state = self.state.lock().unwrap();
            (state.listening.take(), std::mem::take(&mut state.open))
        };
        for stream in open {
            let _ = stream.shutdown(Shutdown::Both);
        }
        if let Some(thread) = listening {
            thread.join().unwrap();
        }
    }

    fn serve(&self, stream: TcpStream, connection: usize) {
        let _ = stream.set_nodelay(true);
        let mut reader = Reader::new(stream.try_clone().unwrap());
        let mut stream = stream;
        while let Ok(Some(head)) = reader.head() {
            let Ok(body) = reader.request_body(&head) else { break };
            let seen = Seen {
                peer: self.name.clone(),
                connection,
                line: head.line.clone(),
                headers: head.headers.clone(),
                body: String::from_utf8_lossy(&body).into_owned(),
            };
            let answer = self.answer(&seen);
            self.log.lock().unwrap().push(seen);
            let Some(answer) = answer else { break };
            if answer.slow > Duration::ZERO {
                reader.wait(answer.slow);
            }
            let keep = keeps(&head);
            if stream.write_all(&answer.bytes(&head, keep)).is_err() || !keep {
                break;
            }
        }
        let _ = stream.shutdown(Shutdown::Both);
    }

    /// None where the connection is closed instead.
    fn answer(&self, seen: &Seen) -> Option<Answer> {
        let target = seen.line.split(' ').nth(1).unwrap_or("");
        let arguments = || target.split_once('?').map_or("", |(_, arguments)| arguments).split('&');
        let argument = |name: &str| arguments().find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='));
        let number = |name: &str| argument(name).and_then(|value| value.parse::<u64>().ok());
        let mut answer = Answer {
            status: number("be-status").map_or(200, |status| status as u16),
            slow: Duration::from_millis(number("be-slow").unwrap_or(0)),
            headers: vec![(NAME.to_owned(), self.name.clone()), ("Content-Type".to_owned(), "text/plain".to_owned())],
            body: echo(seen),
        };
        let texts = [("be-location", "Location"), ("be-cookie", "Set-Cookie")];
        let asked = texts.iter().filter_map(|(name, header)| Some((*header, argument(name)?)));
        let any = arguments().filter_map(|pair| pair.strip_prefix("be-header=")?.split_once(':'));
        answer.headers.extend(asked.chain(any).map(|(name, value)| (name.to_owned(), value.to_owned())));
        if let Some(size) = number("be-size") {
            answer.body = "0123456789abcdef".chars().cycle().take(size as usize).collect();
        }
        match self.state.lock().unwrap().fault {
            Fault::Drop | Fault::Refuse => return None,
            Fault::None if argument("be-drop").is_some() => return None,
            Fault::None => {}
            Fault::Status(status) => answer.status = status,
            Fault::Slow(time) => answer.slow = Duration::from_millis(time),
        }
        Some(answer)
    }
}

struct Answer {
    status: u16,
    slow: Duration,
    headers: Vec<(String, String)>,
    body: String,
}

impl Answer {
    fn bytes(&self, request: &Head, keep: bool) -> Vec<u8> {
        let bodiless = request.line.starts_with("HEAD ") || matches!(self.status, 204 | 304);
        let mut text = format!("HTTP/1.1 {} {}\r\n", self.status, reason(self.status));
        for (name, value) in &self.headers {
            text += &format!("{name}: {value}\r\n");
        }
        if !matches!(self.status, 204 | 304) {
            text += &format!("Content-Length: {}\r\n", self.body.len());
        }
        text += if keep { "\r\n" } else { "Connection: close\r\n\r\n" };
        text += if bodiless { "" } else { &self.body };
        text.into_bytes()
    }
}

/// The usual words, so that no proxy has to put in its own.
fn reason(status: u16) -> &'static str {
    http::StatusCode::from_u16(status).ok().and_then(|status| status.canonical_reason()).unwrap_or("Answer")
}

/// The name, the request line and the headers, as they came.
fn echo(seen: &Seen) -> String {
    let mut text = format!("peer: {}\n{}\n", seen.peer, seen.line);
    for (name, value) in &seen.headers {
        text += &format!("{name}: {value}\n");
    }
    text
}

fn keeps(head: &Head) -> bool {
    let connection = head.header("connection").unwrap_or("").to_ascii_lowercase();
    if head.line.ends_with("HTTP/1.0") { connection.contains("keep-alive") } else { !connection.contains("close") }
}
