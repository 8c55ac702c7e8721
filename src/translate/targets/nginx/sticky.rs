//! `sticky` for versions that lack it.
//!
//! - `cookie`: a cookie of the same name, with a random session instead of the server's name, and `hash` on it. It is set
//!   where a request has none, with the same attributes, wherever a location passes to the group.
//! - `route` and `learn`, and cookies whose name is no variable's: `ip_hash`.
//!
//! The method is written last, after the servers: at the line of a server nginx asks the method before it whether `backup`
//! is allowed. These methods would refuse it, but use a backup all the same when no other server is left.

use super::balance::STICKS;
use super::tree::{Body, Part};
use super::{Job, NodeId, can};
use crate::config::{ScopeId, values};
use crate::modules::{Contexts, Version};
use crate::translate::SubjectId;
use crate::translate::model::Action;

/// The first version with `$request_id`, and with variables within the values of a `map`.
const RANDOM: Version = Version::read("1.11.0");
/// Methods that `sticky` comes on top of.
const UNDER: &[&str] = &["hash", "ip_hash", "least_conn", "random"];

pub fn translate(job: &mut Job) {
    if job.to.version >= STICKS {
        return;
    }
    for group in job.tree.all(Contexts::HTTP, "upstream") {
        if let Some(own) = job.tree.named(group, "sticky").first().copied() {
            replace(job, group, own);
        }
    }
}

fn replace(job: &mut Job, group: NodeId, own: NodeId) {
    let from = job.tree.get(own).from.clone();
    let cookie = job.tree.get(own).arg(2).to_owned();
    let is_name = !cookie.is_empty() && cookie.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    // The maps that it needs stand in `http`.
    let has_http = job.tree.around().is_none_or(|around| Some(around) == job.http());
    let as_cookie = has_http && job.tree.get(own).arg(1) == "cookie" && is_name && job.to.version >= RANDOM;
    let method = if as_cookie {
        let [session, set] = maps(job, group, &cookie, attributes(job, own), &from);
        set_cookie(job, group, &set, &from);
        job.tree.append(group, &["hash", &session, "consistent"], from)
    } else {
        job.tree.append(group, &["ip_hash"], from)
    };
    let under: Vec<NodeId> = job
        .tree
        .children(group)
        .into_iter()
        .filter(|id| *id != method && UNDER.contains(&job.tree.get(*id).name()))
        .collect();
    for id in under {
        job.hand_over(id, &[method], &can::STICKY_METHOD);
    }
    job.hand_over(own, &[], if as_cookie { &can::STICKY_COOKIE } else { &can::STICKY_OTHER });
}

/// The attributes of the cookie, as they follow its value.
fn attributes(job: &Job, own: NodeId) -> String {
    let attribute = |word: &Part| {
        let (key, value) = word.value.split_once('=').unwrap_or((&word.value, ""));
        match key {
            "expires" if value == "max" => "; Max-Age=315360000".to_owned(),
            "expires" => format!("; Max-Age={}", values::sec(value).unwrap_or_default()),
            "domain" => format!("; Domain={value}"),
            "path" => format!("; Path={value}"),
            "samesite" => format!("; SameSite={value}"),
            "httponly" => "; HttpOnly".to_owned(),
            "secure" => "; Secure".to_owned(),
            _ => String::new(),
        }
    };
    job.tree.get(own).words.iter().skip(3).map(attribute).collect()
}

/// Two variables: the session, and the header that begins one.
fn maps(job: &mut Job, group: NodeId, cookie: &str, attributes: String, from: &[SubjectId]) -> [String; 2] {
    let number = job.tree.get(group).opens.map_or(0, |scope| scope.0);
    let [session, set] = ["session", "begin"].map(|what| format!("$sticky_{what}_{number}"));
    let key = format!("$cookie_{cookie}");
    let begins = format!("{cookie}=$request_id{attributes}");
    let rows = [(&session, "$request_id".to_owned(), key.clone()), (&set, begins, String::new())];
    let Some(http) = job.http() else { return [session, set] };
    for (variable, fresh, known) in rows {
        let map = job.tree.insert(http, None, &["map", &key, variable], from.to_vec());
        job.tree.get_mut(map).body = Body::Block(Vec::new());
        let rows = [["\"\"".to_owned(), quoted(&fresh)], ["default".to_owned(), quoted(&known)]];
        for row in rows {
            let id = job.tree.append(map, &[], Vec::new());
            let node = job.tree.get_mut(id);
            node.context = None;
            node.words = row.iter().map(|word| Part::new(word)).collect();
        }
    }
    [session, set]
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// Sets the cookie in every location that passes to the group, and there too what it had from around.
fn set_cookie(job: &mut Job, group: NodeId, variable: &str, from: &[SubjectId]) {
    let scope = job.tree.get(group).opens;
    let number = job.model.groups.iter().position(|own| own.scope == scope);
    let routes = job.model.hosts.iter().flat_map(|host| &host.routes);
    let mut scopes: Vec<ScopeId> = routes
        .filter_map(|route| match &route.action {
            Action::Pass(pass) if pass.to.as_ref().ok() == number.as_ref() => Some(route.scope),
            _ => None,
        })
        .collect();
    scopes.sort_unstable();
    scopes.dedup();
    for scope in scopes {
        let Some(block) = job.tree.block(scope) else { continue };
        let own = job.tree.named(block, "add_header");
        let mut last = own.last().copied();
        if own.is_empty() {
            for header in inherited(job, block) {
                let (words, from) = (words_of(job, header), job.tree.get(header).from.clone());
                let id = job.tree.insert(block, last, &[], from);
                job.tree.get_mut(id).words = words;
                last = Some(id);
            }
        }
        job.tree.insert(block, last, &["add_header", "Set-Cookie", variable, "always"], from.to_vec());
    }
}

fn words_of(job: &Job, id: NodeId) -> Vec<Part> {
    job.tree.get(id).words.clone()
}

/// What the nearest block around has of `add_header`.
fn inherited(job: &Job, block: NodeId) -> Vec<NodeId> {
    let around = std::iter::successors(job.tree.get(block).parent, |id| job.tree.get(*id).parent);
    around.map(|id| job.tree.named(id, "add_header")).find(|found| !found.is_empty()).unwrap_or_default()
}
