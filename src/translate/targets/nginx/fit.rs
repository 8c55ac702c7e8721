//! The last look: the output is read as the target would read it, and what it refuses goes, a parameter where one is
//! guilty, otherwise the directive. So nothing is written that the target does not take.
//!
//! What answers requests is replaced by an answer of its own, so that no file is served in its place.

use super::tree::{Body, Part, State};
use super::write::{self, Written};
use super::{Job, NodeId, balance, can, names};
use crate::config::{self, Compiled, NoHost, Options};
use crate::diagnostics::{Diagnostic, Stage};
use crate::modules::Target;
use crate::syntax::{Files, ReadError, Sources};

/// How often the output is read again at most.
const ROUNDS: usize = 5000;

/// Directives whose words stand for themselves, so that one may go without the others.
const LISTS: &[(&str, usize)] = &[
    ("access_log", 2),
    ("add_header", 3),
    ("auth_basic_user_file", 2),
    ("fastcgi_cache_path", 2),
    ("fastcgi_cache_use_stale", 1),
    ("fastcgi_next_upstream", 1),
    ("fastcgi_param", 3),
    ("grpc_next_upstream", 1),
    ("limit_req", 2),
    ("limit_req_zone", 3),
    ("listen", 2),
    ("log_format", 2),
    ("map_hash_max_size", 2),
    ("proxy_bind", 2),
    ("proxy_cache_path", 2),
    ("proxy_cache_use_stale", 1),
    ("proxy_next_upstream", 1),
    ("proxy_ssl_protocols", 1),
    ("resolver", 1),
    ("scgi_next_upstream", 1),
    ("server", 2),
    ("sticky", 3),
    ("ssl_protocols", 1),
    ("ssl_session_cache", 1),
    ("uwsgi_next_upstream", 1),
];

/// Directives in which a variable without a value changes no more than a line.
const TEXTS: &[&str] = &[
    "add_header",
    "add_trailer",
    "fastcgi_param",
    "grpc_set_header",
    "log_format",
    "proxy_set_header",
    "scgi_param",
    "uwsgi_param",
];

/// Blocks that keep requests, or what they may do, from others.
const GUARDS: &[&str] = &["if", "limit_except", "location", "server"];

/// Blocks without which others mean something else.
const NEEDED: &[&str] = &["events", "http", "upstream"];

/// What the output is read without.
struct Nothing;

impl Files for Nothing {
    fn read(&self, _: &str) -> Result<Vec<u8>, ReadError> {
        Err(ReadError::not_found())
    }

    fn glob(&self, _: &str) -> Result<Vec<String>, ReadError> {
        Ok(Vec::new())
    }
}

/// Takes out what the target refuses, until it takes everything.
///
/// # Errors
/// What it refuses for a reason that is no directive's.
pub fn fit(job: &mut Job) -> Result<(), String> {
    let obsolete = obsolete_before(job);
    for _ in 0..ROUNDS {
        let written = write::whole(&job.tree);
        let sources = Sources::from_text(write::MAIN, written.file.text.clone(), "", &Nothing);
        let faults = faults(&sources, job.to, &obsolete);
        let Some(first) = faults.first() else { return Ok(()) };
        let mut changed = false;
        // What is unknown is so whatever else there is; another fault may have bred those behind it.
        let apart = |fault: &&Diagnostic| fault.message.starts_with("unknown directive");
        let alone = faults.iter().take(usize::from(!apart(&first)));
        for fault in alone.chain(faults.iter().filter(apart)) {
            changed |= mend(job, &written, fault);
        }
        if !changed {
            return Err(format!("{} would refuse the translation: {}", job.to, first.message));
        }
    }
    Err(format!("{} would refuse the translation: there is no end of it", job.to))
}

/// What stops the target, and what it takes and does not heed.
fn faults(sources: &Sources, target: &Target, obsolete: &[String]) -> Vec<Diagnostic> {
    let Compiled { diagnostics, .. } = config::compile(sources, target, &NoHost, Options::default());
    let is_fault = |one: &Diagnostic| one.level.stops() || (is_obsolete(one) && !obsolete.contains(&one.message));
    let mut faults: Vec<Diagnostic> = diagnostics.into_iter().filter(is_fault).collect();
    // nginx reads first and judges afterwards.
    faults.sort_by_key(|fault| fault.stage == Stage::Start);
    faults
}

fn is_obsolete(fault: &Diagnostic) -> bool {
    fault.message.contains(" directive is obsolete")
}

/// What the source's version did not heed either.
fn obsolete_before(job: &Job) -> Vec<String> {
    let compiled = config::compile(job.model.sources, job.from, &NoHost, Options::default());
    compiled.diagnostics.into_iter().filter(is_obsolete).map(|one| one.message).collect()
}

/// Changes the directive that a fault is about.
fn mend(job: &mut Job, written: &Written, fault: &Diagnostic) -> bool {
    let Some(at) = fault.start().map(|place| place.offset as usize) else { return false };
    let word = written.word(at);
    let Some(node) = word.map(|(id, _)| id).or_else(|| written.node(at)) else { return false };
    if job.tree.get(node).state != State::Kept || job.tree.get(node).is_around {
        return false;
    }
    if fault.message.starts_with("no servers ") && job.tree.get(node).name() == "upstream" {
        let servers = job.tree.named(node, "server");
        if servers.is_empty() {
            job.note(node, &can::NO_SERVERS);
        }
        return !servers.iter().any(|id| balance::stands_in(job, *id)) && balance::stand_in(job, node);
    }
    // A row is judged with its block.
    if let Some((_, n)) = word.filter(|_| job.tree.get(node).context.is_some()) {
        if let Some(variable) = unknown_variable(&fault.message).map(str::to_owned) {
            if TEXTS.contains(&job.tree.get(node).name()) && without(job, node, n, &variable) {
                return true;
            }
        } else if takes_less(job, node, n) {
            let own = job.tree.get(node);
            let says = names::less(own.name(), &own.words[n].value);
            job.strip(node, n, says);
            return true;
        }
    }
    remove(job, node)
}

/// Whether the n-th word may go alone.
fn takes_less(job: &Job, node: NodeId, n: usize) -> bool {
    let own = job.tree.get(node);
    let list = LISTS.iter().find(|(name, from)| *name == own.name() && n >= *from);
    let may = list.is_some_and(|(_, from)| own.words.len() > from + usize::from(*from == 1));
    // A server for emergencies only, or an address for TLS, would be another thing without the word.
    may && !(own.name() == "server" && own.words[n].value == "backup") && !is_protocol(own.name(), &own.words[n].value)
}

fn is_protocol(name: &str, word: &str) -> bool {
    name == "listen" && ["ssl", "quic", "proxy_protocol"].contains(&word)
}

/// The variable that the target does not know.
fn unknown_variable(message: &str) -> Option<&str> {
    message.strip_prefix("unknown \"")?.strip_suffix("\" variable")
}

/// Takes a variable out of a text.
fn without(job: &mut Job, node: NodeId, n: usize, variable: &str) -> bool {
    let is_log = job.tree.get(node).name() == "log_format";
    let word = &job.tree.get(node).words[n];
    let instead = if is_log { "-" } else { "" };
    let raw = word.raw.replace(&format!("${{{variable}}}"), instead);
    let raw = cut_variable(&raw, variable, instead);
    if raw == word.raw {
        return false;
    }
    let raw = if raw.is_empty() { "\"\"".to_owned() } else { raw };
    let before = word.before;
    let own = job.tree.get_mut(node);
    own.words[n] = Part { before, ..Part::new(&raw) };
    own.lost.push(format!("${variable}"));
    job.note(node, if is_log { &can::LOG_VARIABLE } else { &can::VARIABLE });
    true
}

/// `$variable` where no longer name is meant.
fn cut_variable(raw: &str, variable: &str, instead: &str) -> String {
    let mut out = String::new();
    let mut rest = raw;
    let name = format!("${variable}");
    while let Some(at) = rest.find(&name) {
        let behind = &rest[at + name.len()..];
        let longer = behind.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_');
        out += &rest[..at];
        out += if longer { &name } else { instead };
        rest = behind;
    }
    out + rest
}

/// Leaves a directive out.
fn remove(job: &mut Job, node: NodeId) -> bool {
    let mut node = node;
    // A row goes with its block.
    while job.tree.get(node).context.is_none() {
        match job.tree.get(node).parent {
            Some(parent) => node = parent,
            None => return false,
        }
    }
    let own = job.tree.get(node);
    let (name, parent, from) = (own.name().to_owned(), own.parent, own.from.clone());
    let is_block = matches!(own.body, Body::Block(_));
    if is_block && NEEDED.contains(&&*name) {
        return false;
    }
    if is_block && GUARDS.contains(&&*name) {
        job.note(node, &can::CONTAINER_GONE);
    }
    if let Some(parent) = parent.filter(|_| answers(&name)) {
        job.note(node, &can::HANDLER);
        job.tree.insert(parent, Some(node), &["return", "502"], from);
    }
    match names::gone(&name) {
        Some(says) => job.lose(node, says),
        None => job.drop(node),
    }
    true
}

/// Whether a directive of a location gives the answer.
fn answers(name: &str) -> bool {
    (name.ends_with("_pass") && name != "mail_pass") || ["api", "f4f", "hls", "stub_status"].contains(&name)
}
