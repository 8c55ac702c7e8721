//! What stands for a folder: `ngx_http_index_module.c` and `ngx_http_random_index_module.c`.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;

use nix::errno::Errno;

use super::Made;
use super::autoindex::refuse_folder;
use super::complain::complain;
use super::files::path;
use super::open::look;
use crate::exchange::{Event, Links};
use crate::serve::flight::Flight;
use crate::serve::log::{Level, refusal};
use crate::serve::state::Worker;
use crate::syntax::decode;

fn is_for(flight: &Flight) -> bool {
    let request = &flight.exchange.request;
    request.uri().ends_with(b"/") && matches!(request.method(), b"GET" | b"HEAD" | b"POST")
}

/// Goes to the first file of `index` that there is.
pub fn index(worker: &Worker, flight: &mut Flight) -> Made {
    if !is_for(flight) {
        return Made::Declined;
    }
    let site = &worker.generation.site;
    let mut is_folder_known = false;
    for name in &worker.terms(&flight.exchange).local.indices {
        let name = name.eval(site, &mut flight.exchange);
        let name = flight.exchange.text(site, name).to_vec();
        if name.first() == Some(&b'/') {
            return go_to(flight, &name);
        }
        let Some((file, links)) = path(worker, flight, &name) else { return Made::failed(500) };
        let Err(refused) = look(&file, links) else {
            let mut uri = flight.exchange.request.uri().to_vec();
            uri.extend_from_slice(&name);
            return go_to(flight, &uri);
        };
        match refused.number() {
            Errno::EMLINK | Errno::ELOOP => return Made::failed(403),
            number @ (Errno::ENOTDIR | Errno::ENAMETOOLONG | Errno::EACCES) => {
                return missing(worker, flight, &file, number, &refused.error);
            }
            _ => {}
        }
        if !std::mem::replace(&mut is_folder_known, true)
            && let Some(made) = check_folder(worker, flight, &file[..file.len() - name.len()], links)
        {
            return made;
        }
        if refused.number() != Errno::ENOENT {
            let (call, file, why) = (refused.call, decode(&file), refusal(&refused.error));
            complain(worker, &flight.exchange, Level::Crit, format_args!("{call} \"{file}\" failed ({why})"));
            return Made::failed(500);
        }
    }
    Made::Declined
}

fn go_to(flight: &mut Flight, uri: &[u8]) -> Made {
    flight.exchange.redirect_to(uri, None);
    Made::Event(Event::Redirected)
}

/// `ngx_http_index_error`
fn missing(worker: &Worker, flight: &Flight, file: &[u8], number: Errno, error: &std::io::Error) -> Made {
    let (file, why) = (decode(file), refusal(error));
    if number == Errno::EACCES {
        complain(worker, &flight.exchange, Level::Error, format_args!("\"{file}\" is forbidden ({why})"));
        return Made::failed(403);
    }
    if worker.terms(&flight.exchange).log_not_found {
        complain(worker, &flight.exchange, Level::Error, format_args!("\"{file}\" is not found ({why})"));
    }
    Made::failed(404)
}

/// `ngx_http_index_test_dir`: what is to be done where there is no such folder.
fn check_folder(worker: &Worker, flight: &Flight, folder: &[u8], links: Links) -> Option<Made> {
    let bare = folder.strip_suffix(b"/").filter(|bare| !bare.is_empty()).unwrap_or(folder);
    let refused = match look(bare, links) {
        Ok(data) if data.is_dir() => return None,
        Ok(_) => {
            let bare = decode(bare);
            complain(worker, &flight.exchange, Level::Alert, format_args!("\"{bare}\" is not a directory"));
            return Some(Made::failed(500));
        }
        Err(refused) => refused,
    };
    match refused.number() {
        Errno::EMLINK | Errno::ELOOP => Some(Made::failed(403)),
        // The first file was looked for, so that the folder may be searched.
        Errno::EACCES => None,
        number @ Errno::ENOENT => {
            let mut file = folder.to_vec();
            if let Some(first) = worker
                .terms(&flight.exchange)
                .local
                .indices
                .first()
                .and_then(|name| name.constant(&worker.generation.site))
            {
                file.extend_from_slice(first);
            }
            Some(missing(worker, flight, &file, number, &refused.error))
        }
        _ => {
            let (call, bare, why) = (refused.call, decode(bare), refusal(&refused.error));
            complain(worker, &flight.exchange, Level::Crit, format_args!("{call} \"{bare}\" failed ({why})"));
            Some(Made::failed(500))
        }
    }
}

/// Goes to a file of the folder, by chance: `random_index`.
pub fn random(worker: &Worker, flight: &mut Flight) -> Made {
    if !worker.terms(&flight.exchange).local.random_index || !is_for(flight) {
        return Made::Declined;
    }
    let Some((folder, _)) = path(worker, flight, b"") else { return Made::failed(500) };
    let bare = folder.strip_suffix(b"/").unwrap_or(&folder);
    let entries = match std::fs::read_dir(OsStr::from_bytes(bare)) {
        Ok(entries) => entries,
        Err(error) => return Made::failed(refuse_folder(worker, flight, bare, &error)),
    };
    let mut names = Vec::new();
    for entry in entries.flatten() {
        let name = entry.file_name();
        let is_file = std::fs::metadata(entry.path()).is_ok_and(|data| data.is_file());
        if is_file && !name.as_bytes().starts_with(b".") {
            names.push(name);
        }
    }
    if names.is_empty() {
        return Made::Declined;
    }
    let chosen = &names[worker.random() as usize % names.len()];
    let mut uri = flight.exchange.request.uri().to_vec();
    uri.extend_from_slice(chosen.as_bytes());
    go_to(flight, &uri)
}
