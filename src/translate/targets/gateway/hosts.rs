//! `HTTPRoute`s: one for each server and way in, and more where there are more rules than one may have.

use super::capabilities as can;
use super::controller::Controller;
use super::doors::{Door, GATEWAY};
use super::names::is_hostname;
use super::rules::{Rule, keeps_out, rules};
use super::{GROUP, Plan, metadata, object, programs};
use crate::translate::class::Capability;
use crate::translate::document::{MapOf, Node, list};
use crate::translate::model::{Model, NameForm};
use crate::translate::subject::SubjectId;

/// How many rules an HTTPRoute may have, and how many hostnames.
const MOST_RULES: usize = 16;
const MOST_HOSTNAMES: usize = 16;

/// Where the rules of one server hold.
struct Reach<'r> {
    /// The number of the server.
    host: usize,
    /// The listeners' names.
    sections: Vec<&'r str>,
    /// The hostnames; none for all.
    hostnames: Vec<(String, SubjectId)>,
}

/// All of them.
pub fn routes(plan: &mut Plan, doors: &[Door]) -> Result<Vec<Node>, String> {
    let mut documents = Vec::new();
    for host in 0..plan.model.hosts.len() {
        if plan.controller.is_some() && Controller::owns(plan.model, host) {
            continue;
        }
        let from = plan.model.hosts[host].from;
        note_names(plan, host);
        let singled = programs::hosts(plan, host);
        let mut reaches = reaches(plan.model, doors, host);
        let sections: Vec<&str> = reaches.iter().flat_map(|reach| reach.sections.iter().copied()).collect();
        reaches.retain_mut(|reach| {
            let had = reach.hostnames.len();
            reach.hostnames.retain(|(name, _)| singled.iter().all(|(other, _)| other != name));
            had == 0 || !reach.hostnames.is_empty()
        });
        if reaches.is_empty() && singled.is_empty() {
            plan.note(from, &can::SERVER_LOST);
        }
        // Where nothing fits, only what is no default must not fall to the default.
        let is_default = reaches.iter().all(|reach| reach.hostnames.is_empty());
        let rules = rules(plan, host, is_default, port(doors, host))?;
        for reach in &reaches {
            let alone = doors.iter().filter(|door| door.hosts.contains(&host)).all(|door| door.hosts.len() == 1);
            let note = match () {
                () if !reach.hostnames.is_empty() => &can::SERVER,
                () if alone => &can::SERVER_ALONE,
                () => &can::DEFAULT_SERVER,
            };
            plan.note(from, note);
            documents.extend(documents_of(plan, reach, &rules));
        }
        for (name, rule) in singled {
            plan.note(from, &can::SERVER);
            let reach = Reach { host, sections: sections.clone(), hostnames: vec![(name, from)] };
            documents.extend(documents_of(plan, &reach, &[rule]));
        }
    }
    Ok(documents)
}

/// The port of a server for redirects, where there is one only and it is none that needs not be told.
fn port(doors: &[Door], host: usize) -> Option<u16> {
    let mut own = doors.iter().filter(|door| door.hosts.contains(&host));
    let door = own.next()?;
    let usual = if door.tls { 443 } else { 80 };
    (own.next().is_none() && door.port != usual).then_some(door.port)
}

fn reaches<'r>(model: &Model, doors: &'r [Door], host: usize) -> Vec<Reach<'r>> {
    let own = doors.iter().filter(|door| door.hosts.contains(&host));
    let (defaults, named): (Vec<&Door>, Vec<&Door>) = own.partition(|door| door.default == host);
    let hostnames = hostnames(model, host);
    let sections = |doors: &[&'r Door]| doors.iter().flat_map(|door| door.sections(host)).collect::<Vec<_>>();
    let mut reaches = Vec::new();
    if !defaults.is_empty() {
        reaches.push(Reach { host, sections: sections(&defaults), hostnames: Vec::new() });
    }
    // A default server's own name wins over another server's `*.`, as a route without hostnames would not.
    let contested: Vec<(String, SubjectId)> =
        hostnames.iter().filter(|(name, _)| is_contested(model, host, name)).cloned().collect();
    if !defaults.is_empty() && !contested.is_empty() {
        reaches.push(Reach { host, sections: sections(&defaults), hostnames: contested });
    }
    if !named.is_empty() && !hostnames.is_empty() {
        reaches.push(Reach { host, sections: sections(&named), hostnames });
    }
    reaches
}

fn is_contested(model: &Model, host: usize, name: &str) -> bool {
    let others = (0..model.hosts.len()).filter(|other| *other != host);
    let covers =
        |wild: &str| wild.strip_prefix('*').is_some_and(|suffix| name.trim_start_matches('*').ends_with(suffix));
    others.flat_map(|other| hostnames(model, other)).any(|(wild, _)| wild != name && covers(&wild))
}

/// The hostnames that a server's names become.
pub fn hostnames(model: &Model, host: usize) -> Vec<(String, SubjectId)> {
    let mut found: Vec<(String, SubjectId)> = Vec::new();
    for name in &model.hosts[host].names {
        let own = match &name.form {
            NameForm::Exact(text) => vec![text.clone()],
            NameForm::Suffix(suffix) => vec![format!("*{suffix}")],
            NameForm::HostAndSuffix(suffix) => vec![suffix[1..].to_owned(), format!("*{suffix}")],
            NameForm::Prefix(_) => Vec::new(),
            NameForm::Regex(regex) => label_regex(regex.pattern()).into_iter().collect(),
        };
        let fit = |text: &String| is_hostname(text.strip_prefix("*.").unwrap_or(text));
        for text in own.into_iter().filter(fit) {
            if !found.iter().any(|(known, _)| *known == text) {
                found.push((text, name.from));
            }
        }
    }
    found
}

/// Whether a hostname begins with `*.`.
pub fn is_wild(hostname: &str) -> bool {
    hostname.starts_with("*.")
}

/// `^(?<subdomain>[\w-]+)\.example\.com$`, which the controller makes of `*.example.com`.
fn label_regex(pattern: &str) -> Option<String> {
    let rest = pattern.strip_prefix("^(")?.strip_suffix('$')?;
    let rest = rest.strip_prefix("?<").map_or(Some(rest), |named| Some(named.split_once('>')?.1))?;
    let rest = ["[\\w-]+)\\.", "\\w+)\\.", "[^.]+)\\.", ".+)\\."].iter().find_map(|label| rest.strip_prefix(label))?;
    let name = rest.replace("\\.", ".");
    is_hostname(&name).then(|| format!("*.{name}"))
}

fn note_names(plan: &mut Plan, host: usize) {
    let found = hostnames(plan.model, host);
    for name in &plan.model.hosts[host].names {
        let written = found.iter().any(|(_, from)| *from == name.from);
        let note: &'static Capability = match &name.form {
            NameForm::Regex(regex) if label_regex(regex.pattern()).is_some() => &can::SERVER_NAME_LABEL,
            NameForm::Regex(_) => &can::SERVER_NAME_REGEX,
            NameForm::Prefix(_) => &can::SERVER_NAME_PREFIX,
            // `_` is nobody's name.
            NameForm::Exact(text) if is_hostname(text) || text == "_" => &can::SERVER_NAME,
            NameForm::Suffix(_) | NameForm::HostAndSuffix(_) if written => &can::SERVER_NAME_WILDCARD,
            _ => &can::SERVER_NAME_LOST,
        };
        plan.note(name.from, note);
        // nginx's own empty name is for requests without a host.
        let lost = !written && !matches!(&name.form, NameForm::Exact(text) if text.is_empty() || text == "_");
        if lost && plan.model.hosts[host].routes.iter().any(keeps_out) {
            plan.note(name.from, &can::SERVER_NAME_REFUSED);
        }
    }
}

fn documents_of(plan: &mut Plan, reach: &Reach, rules: &[Rule]) -> Vec<Node> {
    let mut documents = Vec::new();
    let mut owners: Vec<(&str, &str)> = Vec::new();
    for rule in rules {
        let owner = (rule.namespace.as_str(), rule.owner.as_str());
        if !owners.contains(&owner) {
            owners.push(owner);
        }
    }
    for (namespace, owner) in owners {
        let own: Vec<&Rule> = rules.iter().filter(|rule| rule.namespace == namespace && rule.owner == owner).collect();
        for hostnames in chunks(&reach.hostnames, MOST_HOSTNAMES) {
            for some in own.chunks(MOST_RULES) {
                documents.push(document(plan, reach, hostnames, (namespace, owner), some));
            }
        }
    }
    documents
}

/// The slice in pieces; an empty one is one piece.
fn chunks<T>(all: &[T], most: usize) -> Vec<&[T]> {
    if all.is_empty() { vec![all] } else { all.chunks(most).collect() }
}

fn document(
    plan: &mut Plan,
    reach: &Reach,
    hostnames: &[(String, SubjectId)],
    (namespace, owner): (&str, &str),
    rules: &[&Rule],
) -> Node {
    let like = match (owner, hostnames.first()) {
        ("", Some((name, _))) => name.trim_start_matches("*.").to_owned(),
        ("", None) => "default".to_owned(),
        (owner, _) => owner.to_owned(),
    };
    let name = plan.names.unique("HTTPRoute", namespace, &like);
    let parent = |section: &&str| {
        let mut parent = MapOf::default();
        parent.put("name", GATEWAY);
        if plan.controller.is_some() {
            parent.put("namespace", Controller::NAMESPACE);
        }
        parent.put("sectionName", *section);
        parent.node()
    };
    let parents: Vec<Node> = reach.sections.iter().map(parent).collect();
    let mut spec = MapOf::default();
    spec.put("parentRefs", list(parents).of(plan.model.hosts[reach.host].from));
    if !hostnames.is_empty() {
        spec.put("hostnames", list(hostnames.iter().map(|(name, from)| Node::from(name.as_str()).of(*from))));
    }
    spec.put("rules", list(rules.iter().map(|rule| rule.node())));
    object(GROUP, "HTTPRoute", metadata(&name, namespace), spec.node())
}
