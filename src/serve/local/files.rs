//! Files: `ngx_http_static_module.c`, and the end of the content phase.

use std::fs::Metadata;
use std::os::unix::fs::MetadataExt;

use nix::errno::Errno;

use super::complain::complain;
use super::open::{Refusal, open};
use super::{Made, begin};
use crate::exchange::Event;
use crate::exchange::answer::Ranges;
use crate::serve::flight::Flight;
use crate::serve::log::{Level, refusal};
use crate::serve::send::Source;
use crate::serve::state::Worker;
use crate::syntax::decode;

/// The file that the path leads to, and whether symbolic links are followed on the way; none if there is no such path.
pub fn path(worker: &Worker, flight: &mut Flight, more: &[u8]) -> Option<(Vec<u8>, crate::exchange::Links)> {
    let site = &worker.generation.site;
    let exchange = &mut flight.exchange;
    let name = exchange.filename(site)?;
    let mut path = exchange.text(site, name).to_vec();
    path.extend_from_slice(more);
    let whole = exchange.keep(&path);
    let links = exchange.links(site, whole);
    Some((path, links))
}

/// Sends a file: `ngx_http_static_handler`.
pub fn file(worker: &Worker, flight: &mut Flight) -> Made {
    let request = &flight.exchange.request;
    if !matches!(request.method(), b"GET" | b"HEAD" | b"POST") {
        return Made::failed(405);
    }
    if request.uri().ends_with(b"/") {
        return Made::Declined;
    }
    let Some((path, links)) = path(worker, flight, b"") else { return Made::failed(500) };
    let (file, data) = match open(&path, links) {
        Ok(opened) => opened,
        Err(refused) => return Made::failed(refuse(worker, flight, &path, &refused)),
    };
    if data.is_dir() {
        let args = flight.exchange.request.args().to_vec();
        let mut location = escape(flight.exchange.request.uri(), is_odd_in_path);
        location.push(b'/');
        if !args.is_empty() {
            location.push(b'?');
            location.extend_from_slice(&args);
        }
        flight.exchange.redirect_client(&location);
        return Made::failed(301);
    }
    if !data.is_file() {
        let path = decode(&path);
        complain(worker, &flight.exchange, Level::Crit, format_args!("\"{path}\" is not a regular file"));
        return Made::failed(404);
    }
    if flight.exchange.request.method() == b"POST" {
        return Made::failed(405);
    }
    content(worker, flight, &data);
    Made::Content(Source::File(file, data.len()))
}

/// The head for a file.
fn content(worker: &Worker, flight: &mut Flight, data: &Metadata) {
    begin(flight, Some(data.len()));
    let heads = &worker.terms(&flight.exchange).heads;
    let Flight { answer, exchange, .. } = flight;
    answer.last_modified = Some(data.mtime());
    if heads.etag {
        answer.list.push(b"ETag", format!("\"{:x}-{:x}\"", data.mtime(), data.len()).as_bytes());
    }
    answer.set_type(heads.content_type(exchange.request.uri()));
    answer.ranges = Ranges::Any;
}

/// Sends a file that is compressed already: `ngx_http_gzip_static_handler`.
pub fn ready(worker: &Worker, flight: &mut Flight) -> Made {
    let request = &flight.exchange.request;
    let Some(gzip) = &worker.terms(&flight.exchange).heads.gzip else { return Made::Declined };
    if !matches!(request.method(), b"GET" | b"HEAD") || request.uri().ends_with(b"/") {
        return Made::Declined;
    }
    let Some(fits) = gzip.takes_ready(&flight.exchange, &flight.answer) else { return Made::Declined };
    let Some((path, links)) = path(worker, flight, b".gz") else { return Made::failed(500) };
    let (file, data) = match open(&path, links) {
        Ok(opened) => opened,
        Err(refused) => {
            if !matches!(refused.number(), Errno::ENOENT | Errno::ENOTDIR | Errno::ENAMETOOLONG) {
                refuse(worker, flight, &path, &refused);
            }
            return Made::Declined;
        }
    };
    flight.varies |= gzip.varies();
    if !fits || data.is_dir() {
        return Made::Declined;
    }
    content(worker, flight, &data);
    flight.answer.list.push(b"Content-Encoding", b"gzip");
    Made::Content(Source::File(file, data.len()))
}

/// Logs that a file cannot be opened; the status for it.
fn refuse(worker: &Worker, flight: &Flight, path: &[u8], refused: &Refusal) -> u16 {
    let (level, status) = match refused.number() {
        Errno::ENOENT | Errno::ENOTDIR | Errno::ENAMETOOLONG => (Level::Error, 404),
        Errno::EACCES | Errno::EMLINK | Errno::ELOOP => (Level::Error, 403),
        _ => (Level::Crit, 500),
    };
    if status != 404 || worker.terms(&flight.exchange).log_not_found {
        let (call, path, why) = (refused.call, decode(path), refusal(&refused.error));
        complain(worker, &flight.exchange, level, format_args!("{call} \"{path}\" failed ({why})"));
    }
    status
}

/// Nobody answers: `ngx_http_core_content_phase`.
pub fn nobody(worker: &Worker, flight: &mut Flight) -> Made {
    if flight.exchange.request.uri().ends_with(b"/") {
        if let Some((path, _)) = path(worker, flight, b"") {
            let path = decode(&path);
            let message = format_args!("directory index of \"{path}\" is forbidden");
            complain(worker, &flight.exchange, Level::Error, message);
        }
        return Made::failed(403);
    }
    complain(worker, &flight.exchange, Level::Error, format_args!("no handler found"));
    Made::Event(Event::Failed(404))
}

/// Bytes that a path may not have as they are: `NGX_ESCAPE_URI`.
pub fn is_odd_in_path(byte: u8) -> bool {
    byte <= b' ' || byte >= 0x7f || b"\"#%<>?\\^`{|}".contains(&byte)
}

/// Writes odd bytes as `%XX`.
pub fn escape(text: &[u8], is_odd: fn(u8) -> bool) -> Vec<u8> {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    let mut out = Vec::with_capacity(text.len() + 16);
    for byte in text.iter().copied() {
        if is_odd(byte) {
            out.extend([b'%', HEX[usize::from(byte >> 4)], HEX[usize::from(byte & 15)]]);
        } else {
            out.push(byte);
        }
    }
    out
}
