//! Lists of the files of a folder: `ngx_http_autoindex_module.c`. Times are in UTC, `autoindex_localtime` or not.

use std::ffi::OsStr;
use std::fs;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;

use nix::errno::Errno;

use super::complain::complain;
use super::files::path;
use super::listing::{self, Entry};
use super::{Made, begin, is_get};
use crate::exchange::Format;
use crate::serve::flight::Flight;
use crate::serve::log::{Level, refusal};
use crate::serve::send::Source;
use crate::serve::state::Worker;
use crate::syntax::decode;

/// Lists a folder.
pub fn autoindex(worker: &Worker, flight: &mut Flight) -> Made {
    let terms = worker.terms(&flight.exchange);
    let Some(autoindex) = terms.local.autoindex else { return Made::Declined };
    if !is_get(flight) || !flight.exchange.request.uri().ends_with(b"/") {
        return Made::Declined;
    }
    let Some((folder, _)) = path(worker, flight, b"") else { return Made::failed(500) };
    let bare = folder.strip_suffix(b"/").filter(|bare| !bare.is_empty()).unwrap_or(&folder);
    let callback = match autoindex.format {
        Format::Jsonp => match callback(worker, flight) {
            Ok(callback) => callback,
            Err(status) => return Made::failed(status),
        },
        _ => Vec::new(),
    };
    let entries = match read(bare) {
        Ok(entries) => entries,
        Err(error) => return Made::failed(refuse_folder(worker, flight, bare, &error)),
    };
    begin(flight, None);
    flight.answer.set_type(match autoindex.format {
        Format::Html => b"text/html",
        Format::Json => b"application/json",
        Format::Jsonp if callback.is_empty() => b"application/json",
        Format::Jsonp => b"application/javascript",
        Format::Xml => b"text/xml",
    });
    if autoindex.format == Format::Xml {
        flight.answer.charset.extend_from_slice(b"utf-8");
    }
    let content = match autoindex.format {
        Format::Html => {
            let counts_characters = terms.heads.tells_utf8(flight.answer.content_type());
            listing::html(flight.exchange.request.uri(), &entries, autoindex.exact_size, counts_characters)
        }
        Format::Json | Format::Jsonp => listing::json(&entries, &callback),
        Format::Xml => listing::xml(&entries),
    };
    Made::Content(Source::Memory(content))
}

/// The name that the client gives for the function.
fn callback(worker: &Worker, flight: &Flight) -> Result<Vec<u8>, u16> {
    /// As long as it may be.
    const LONGEST: usize = 128;
    let Some(name) = flight.exchange.request.argument(b"callback") else { return Ok(Vec::new()) };
    let good = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.');
    let fault = if name.len() > LONGEST {
        "too long"
    } else if !name.iter().all(good) {
        "invalid"
    } else {
        return Ok(name.to_vec());
    };
    let name = decode(name);
    let message = format_args!("client sent {fault} callback name: \"{name}\"");
    complain(worker, &flight.exchange, Level::Info, message);
    Err(400)
}

fn read(folder: &[u8]) -> io::Result<Vec<Entry>> {
    let mut entries = Vec::new();
    for entry in fs::read_dir(OsStr::from_bytes(folder))? {
        let entry = entry?;
        let name = entry.file_name().as_bytes().to_vec();
        if name.starts_with(b".") {
            continue;
        }
        let data = match fs::metadata(entry.path()) {
            Ok(data) => data,
            Err(error) if error.raw_os_error() == Some(Errno::EACCES as i32) => continue,
            // A link that leads nowhere.
            Err(_) => fs::symlink_metadata(entry.path())?,
        };
        entries.push(Entry { name, dir: data.is_dir(), file: data.is_file(), mtime: data.mtime(), size: data.len() });
    }
    entries.sort_by(|a, b| b.dir.cmp(&a.dir).then_with(|| a.name.cmp(&b.name)));
    Ok(entries)
}

/// Logs that a folder cannot be opened; the status for it.
pub fn refuse_folder(worker: &Worker, flight: &Flight, folder: &[u8], error: &io::Error) -> u16 {
    let (level, status) = match Errno::from_raw(error.raw_os_error().unwrap_or(0)) {
        Errno::ENOENT | Errno::ENOTDIR | Errno::ENAMETOOLONG => (Level::Error, 404),
        Errno::EACCES => (Level::Error, 403),
        _ => (Level::Crit, 500),
    };
    let (folder, why) = (decode(folder), refusal(error));
    complain(worker, &flight.exchange, level, format_args!("opendir() \"{folder}\" failed ({why})"));
    status
}
