//! The clients of a case: every request on a connection of its own, at its time.

use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use crate::backend::headers;
use crate::case::Request;
use crate::clock::Clock;

/// The cookies of each session.
type Jars = Mutex<BTreeMap<String, BTreeMap<String, String>>>;

/// How long before its time a request's thread starts.
const AHEAD: Duration = Duration::from_millis(8);

/// Sends the requests and waits for the answers.
pub fn run(trace: &[Request], clock: &Arc<Clock>) {
    let jars = Arc::new(Jars::default());
    let mut running = Vec::new();
    for request in trace {
        thread::sleep(clock.until(request.at()).saturating_sub(AHEAD));
        let (request, clock, jars) = (request.clone(), Arc::clone(clock), Arc::clone(&jars));
        running.push(thread::spawn(move || send(&request, &clock, &jars)));
    }
    for thread in running {
        thread.join().unwrap();
    }
}

fn send(request: &Request, clock: &Clock, jars: &Jars) {
    clock.sleep_until(request.at());
    let mut stream = TcpStream::connect("127.0.0.1:80").expect("nginx listens");
    stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    stream.write_all(head(request, jars).as_bytes()).unwrap();
    clock.check(request.at());
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    let Some(session) = &request.session else { return };
    let mut jars = jars.lock().unwrap();
    let jar = jars.entry(session.clone()).or_default();
    for cookie in headers(&String::from_utf8_lossy(&answer), "set-cookie") {
        if let Some((name, value)) = cookie.split(';').next().and_then(|pair| pair.split_once('=')) {
            jar.insert(name.to_owned(), value.to_owned());
        }
    }
}

fn head(request: &Request, jars: &Jars) -> String {
    let Request { id, method, uri, host, client, .. } = request;
    let mut lines = vec![
        format!("{method} {uri} HTTP/1.1"),
        format!("Host: {host}"),
        "Connection: close".to_owned(),
        format!("X-Case-Id: {id}"),
        format!("X-Case-Client: {client}"),
    ];
    lines.extend(request.service.map(|service| format!("X-Case-Service: {service}")));
    lines.extend(request.session.as_ref().map(|session| format!("X-Case-Session: {session}")));
    if matches!(&**method, "POST" | "PUT" | "PATCH") {
        lines.push("Content-Length: 0".to_owned());
    }
    let mut cookies: Vec<String> = request.headers.get("cookie").cloned().into_iter().collect();
    if let Some(jar) = request.session.as_ref().and_then(|session| jars.lock().unwrap().get(session).cloned()) {
        cookies.extend(jar.iter().map(|(name, value)| format!("{name}={value}")));
    }
    if !cookies.is_empty() {
        lines.push(format!("Cookie: {}", cookies.join("; ")));
    }
    lines.extend(request.headers.iter().filter(|(name, _)| *name != "cookie").map(|(n, v)| format!("{n}: {v}")));
    lines.join("\r\n") + "\r\n\r\n"
}
