//! `nginxlb backend`: a tiny answerer of HTTP/1 for demos and tests, with delays and faults as asked for.
//!
//! One task a port, one a connection. What it does can be changed while it runs, by requests for `/_backend/KEY/VALUE`
//! ([`behaviour`]). It keeps nothing of a request but a count; it knows no TLS, no HTTP/2 and no files.

pub mod behaviour;
mod request;

use std::cell::{Cell, RefCell};
use std::io::{self, Write as _};
use std::net::{IpAddr, SocketAddr};
use std::rc::Rc;
use std::time::Duration;

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng as _, SeedableRng as _};
use socket2::SockRef;
use tokio::io::{AsyncBufRead, AsyncWrite, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::time::sleep;

use self::behaviour::{Behaviour, Fault, KEYS, time};
use self::request::Request;

/// A chunk has at most so much.
const CHUNK: usize = 16 << 10;

/// Where a request is meant for the backend itself.
const CONTROL: &str = "/_backend/";

/// One port.
struct Port {
    name: String,
    address: SocketAddr,
    behaviour: RefCell<Behaviour>,
    /// As it was started.
    first: Behaviour,
    answered: Cell<u64>,
    chance: RefCell<ChaCha8Rng>,
    /// How often it died, and for how long this time; `None` is for ever.
    deaths: watch::Sender<(u64, Option<Duration>)>,
}

/// Answers on `address` at `ports` until every port has died. `name` is said in the answers, the port without it.
///
/// # Errors
/// Of what cannot be listened on.
pub fn run(address: IpAddr, ports: &[u16], name: Option<&str>, behaviour: &Behaviour) -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let local = tokio::task::LocalSet::new();
    local.block_on(&runtime, async {
        let mut all = Vec::new();
        for &port in ports {
            let wanted = SocketAddr::new(address, port);
            let listener = TcpListener::bind(wanted)
                .await
                .map_err(|error| io::Error::new(error.kind(), format!("{wanted}: {error}")))?;
            let address = listener.local_addr()?;
            let port = Rc::new(Port {
                name: name.map_or_else(|| address.port().to_string(), str::to_owned),
                address,
                behaviour: RefCell::new(behaviour.clone()),
                first: behaviour.clone(),
                answered: Cell::new(0),
                // The same faults in every run.
                chance: RefCell::new(ChaCha8Rng::seed_from_u64(u64::from(address.port()))),
                deaths: watch::channel((0, None)).0,
            });
            say(&format!("{} answers on http://{address}", port.name));
            all.push(tokio::task::spawn_local(accept(port, listener)));
        }
        for port in all {
            port.await.map_err(io::Error::other)??;
        }
        Ok(())
    })
}

/// Tells it at once; where no one listens, no one is told.
fn say(line: &str) {
    let mut out = io::stdout().lock();
    let _ = writeln!(out, "{line}").and_then(|()| out.flush());
}

/// Serves one port through its lives.
async fn accept(port: Rc<Port>, mut listener: TcpListener) -> io::Result<()> {
    let mut deaths = port.deaths.subscribe();
    loop {
        tokio::select! {
            _ = deaths.changed() => {
                let (_, gone) = *deaths.borrow_and_update();
                drop(listener);
                say(&format!("{} is gone", port.name));
                let Some(gone) = gone else { return Ok(()) };
                sleep(gone).await;
                listener = TcpListener::bind(port.address).await?;
                say(&format!("{} answers on http://{}", port.name, port.address));
            }
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => drop(tokio::task::spawn_local(connection(Rc::clone(&port), stream))),
                // Too many open files: they will close.
                Err(_) => sleep(Duration::from_millis(10)).await,
            },
        }
    }
}

/// Serves one connection until it ends, or the port dies.
async fn connection(port: Rc<Port>, mut stream: TcpStream) {
    let mut deaths = port.deaths.subscribe();
    let _ = stream.set_nodelay(true);
    let reset = {
        let (read, mut write) = stream.split();
        let mut read = BufReader::new(read);
        tokio::select! {
            biased;
            ended = requests(&port, &mut read, &mut write) => matches!(ended, Ok(Then::Reset)),
            _ = deaths.changed() => true,
        }
    };
    if reset {
        let _ = SockRef::from(&stream).set_linger(Some(Duration::ZERO));
    } else {
        let _ = stream.shutdown().await;
    }
}

/// What comes after an answer.
enum Then {
    Next,
    Close,
    Reset,
}

async fn requests<R, W>(port: &Port, read: &mut R, write: &mut W) -> io::Result<Then>
where
    R: AsyncBufRead + Unpin,
    W: AsyncWrite + Unpin,
{
    while let Some(request) = Request::read(read).await? {
        if request.has("expect", "100-continue") {
            write.write_all(b"HTTP/1.1 100 Continue\r\n\r\n").await?;
        }
        request.skip_body(read).await?;
        let then = match request.path.strip_prefix(CONTROL) {
            Some(asked) => command(port, &request, asked, write).await?,
            None => respond(port, &request, read, write).await?,
        };
        match then {
            Then::Next if request.stays() => {}
            Then::Next => return Ok(Then::Close),
            end => return Ok(end),
        }
    }
    Ok(Then::Close)
}

/// Answers as it is told to, or does what goes wrong instead.
async fn respond<R, W>(port: &Port, request: &Request, read: &mut R, write: &mut W) -> io::Result<Then>
where
    R: AsyncBufRead + Unpin,
    W: AsyncWrite + Unpin,
{
    let mut behaviour = port.behaviour.borrow().clone();
    let jitter = behaviour.jitter.mul_f64(port.chance());
    let fault = (port.chance() < behaviour.fail).then_some(behaviour.with);
    match fault {
        Some(Fault::Status(status)) => behaviour.status = status,
        Some(Fault::Cut) => behaviour.cut = true,
        _ => {}
    }
    if behaviour.log {
        let done = fault.map_or_else(|| behaviour.status.to_string(), |fault| fault.to_string());
        say(&format!("{} {} {} {done}", port.address.port(), request.method, request.path));
    }
    sleep(behaviour.latency + jitter).await;
    match fault {
        Some(Fault::Reset) => return Ok(Then::Reset),
        Some(Fault::Close) => return Ok(Then::Close),
        Some(Fault::Hang) => {
            tokio::io::copy_buf(read, &mut tokio::io::sink()).await?;
            return Ok(Then::Close);
        }
        _ => {}
    }
    port.answered.set(port.answered.get() + 1);
    let text = if behaviour.echo { format!("{}\n{}", port.name, request.head) } else { format!("{}\n", port.name) };
    answer(port, request, &behaviour, &text, write).await?;
    Ok(if behaviour.cut || behaviour.close { Then::Close } else { Then::Next })
}

/// Answers a request for the backend itself.
async fn command<W>(port: &Port, request: &Request, asked: &str, write: &mut W) -> io::Result<Then>
where
    W: AsyncWrite + Unpin,
{
    let done = control(port, asked);
    let (status, text) = done.as_ref().map_or_else(|text| (400, text), |text| (200, text));
    let behaviour = Behaviour { status, size: None, chunked: false, ..port.first.clone() };
    answer(port, request, &behaviour, &format!("{text}\n"), write).await?;
    let Some(gone) = asked.strip_prefix("die").filter(|_| done.is_ok()) else { return Ok(Then::Next) };
    let gone = gone.strip_prefix('/').and_then(|gone| time(gone).ok());
    port.deaths.send_modify(|(times, last)| (*times, *last) = (*times + 1, gone));
    Ok(Then::Close)
}

/// Does what a request for the backend itself asks, and says what came of it.
fn control(port: &Port, asked: &str) -> Result<String, String> {
    let (key, value) = asked.split_once('/').unwrap_or((asked, ""));
    match key {
        "count" => return Ok(port.answered.get().to_string()),
        "die" if !value.is_empty() => drop(time(value)?),
        "die" => {}
        "reset" => port.behaviour.borrow_mut().clone_from(&port.first),
        _ => {
            let Some((_, set)) = KEYS.iter().find(|(name, _)| *name == key) else {
                let keys: Vec<&str> = KEYS.iter().map(|(name, _)| *name).collect();
                return Err(format!("`{key}` is none of count, die, reset, {}", keys.join(", ")));
            };
            set(&mut port.behaviour.borrow_mut(), value)?;
        }
    }
    Ok("done".to_owned())
}

async fn answer<W: AsyncWrite + Unpin>(
    port: &Port,
    request: &Request,
    behaviour: &Behaviour,
    text: &str,
    write: &mut W,
) -> io::Result<()> {
    let bodiless = matches!(behaviour.status, 204 | 304);
    // HTTP/1.0 knows no chunks: there the end of the connection ends the body.
    let chunked = behaviour.chunked && !request.old;
    let mut body = text.as_bytes().to_vec();
    body.resize(behaviour.size.unwrap_or(body.len()), b'x');
    let framing = match () {
        () if bodiless => String::new(),
        () if chunked => "Transfer-Encoding: chunked\r\n".to_owned(),
        () => format!("Content-Length: {}\r\n", body.len()),
    };
    let (status, name) = (behaviour.status, &port.name);
    let connection = if request.stays() && !behaviour.close { "keep-alive" } else { "close" };
    let mut out = format!(
        "HTTP/1.1 {status} {}\r\nServer: nginxlb-backend\r\nX-Backend: {name}\r\nContent-Type: text/plain\r\n\
         {framing}Connection: {connection}\r\n\r\n",
        reason(status)
    )
    .into_bytes();
    if behaviour.cut {
        body.truncate(body.len() / 2);
    }
    match () {
        () if request.method == "HEAD" || bodiless => {}
        () if chunked => {
            for piece in body.chunks(CHUNK) {
                write!(out, "{:x}\r\n", piece.len())?;
                out.extend_from_slice(piece);
                out.extend_from_slice(b"\r\n");
            }
            out.extend_from_slice(if behaviour.cut { b"" } else { b"0\r\n\r\n" });
        }
        () => out.append(&mut body),
    }
    write.write_all(&out).await
}

fn reason(status: u16) -> &'static str {
    http::StatusCode::from_u16(status).ok().and_then(|status| status.canonical_reason()).unwrap_or("Unknown")
}

impl Port {
    /// From 0 up to 1.
    fn chance(&self) -> f64 {
        f64::from(self.chance.borrow_mut().next_u32()) / (f64::from(u32::MAX) + 1.0)
    }
}
