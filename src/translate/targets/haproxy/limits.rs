//! What says no before a backend is asked: sizes of bodies, addresses, rates, numbers of requests at once.

use super::answers::{marked, refusal};
use super::plan::Rule;
use super::samples::Around;
use super::words::{self, word};
use super::{Work, can};
use crate::config::cidr::Cidr;
use crate::config::{Part, Text};
use crate::translate::model::{Action, Given, Rate, Route};
use crate::translate::output::Lines;
use crate::translate::subject::SubjectId;

/// Most counters of a request: HAProxy has three.
const COUNTERS: usize = 3;
/// Bodies up to this size fit into a buffer beside the header.
const BUFFERED: u64 = 8192;
/// Most addresses in a condition.
const ADDRESSES: usize = 40;

/// The type of keys that are texts.
const TEXT_KEY: &str = "string len 255";

/// The stick tables of limits, by the zone and what is counted.
#[derive(Debug, Default)]
pub struct Tables(Vec<Table>);

#[derive(Debug)]
struct Table {
    name: String,
    from: SubjectId,
    /// `type ip size ...`
    text: String,
}

impl Tables {
    /// The name of a table, made if there is none like it.
    fn name(&mut self, kind: &str, text: String, from: SubjectId) -> String {
        if let Some(known) = self.0.iter().find(|table| table.from == from && table.text == text) {
            return known.name.clone();
        }
        let name = format!("{kind}-{}", self.0.len() + 1);
        self.0.push(Table { name: name.clone(), from, text });
        name
    }

    /// Writes them: each is a backend without servers.
    pub fn write(&self, out: &mut Lines) {
        for table in &self.0 {
            out.plain("");
            out.plain(&format!("backend {}", table.name));
            out.line(&[table.from], &format!("  stick-table {}", table.text));
        }
    }
}

/// `client_max_body_size`: nginx looks before it does anything else in a location.
pub fn body_size(work: &mut Work, route: &Route, rules: &mut Vec<Rule>) {
    let passes = matches!(route.action, Action::Pass(_));
    let most = &route.policy.max_body;
    if most.value == 0 {
        return work.note(most.from, &can::BODY_SIZE_NONE);
    }
    let small = most.value <= BUFFERED;
    work.note(most.from, if small { &can::BODY_SIZE_SMALL } else { &can::BODY_SIZE });
    if small && passes {
        let chunked = "{ req.hdr(transfer-encoding) -m found }";
        let wait = format!("http-request wait-for-body time 60s at-least {}", most.value + 1);
        rules.push(Rule::when(wait, chunked, &[most.from]));
        let large = format!("{chunked} {{ req.body_len gt {} }}", most.value);
        rules.push(Rule::when(refusal(work, 413), large, &[most.from]));
    }
    let when = format!("{{ req.hdr_val(content-length) gt {} }}", most.value);
    rules.push(Rule::when(refusal(work, 413), when, &[most.from]));
}

/// Limits and addresses, in nginx's order.
pub fn guard(work: &mut Work, route: &Route, around: Around, rules: &mut Vec<Rule>) {
    let mut used = 0;
    for limit in &route.policy.rates {
        rate(work, limit, around, &mut used, rules);
    }
    for limit in &route.policy.connections {
        let own = &limit.value;
        let Some((kind, sample)) = key(work, &own.key, around, rules).filter(|_| used < COUNTERS) else {
            work.note(limit.from, &can::LIMIT_REQ_LOST);
            continue;
        };
        work.note(limit.from, &can::LIMIT_CONN);
        work.note(own.zone, &can::LIMIT_CONN);
        let table = work.tables.name("conn", format!("type {kind} size 100k expire 1h store conn_cur"), own.zone);
        let from = [limit.from, own.zone];
        rules.push(Rule::always(format!("http-request track-sc{used} {} table {table}", word(&sample)), &from));
        let when = format!("{{ sc{used}_conn_cur gt {} }}", own.most);
        refuse(work, own.status, &when, &from, rules);
        used += 1;
    }
    access(work, route, rules);
}

fn refuse(work: &Work, status: u64, when: &str, from: &[SubjectId], rules: &mut Vec<Rule>) {
    let status = status as u16;
    rules.extend(marked(status, Rule::when(refusal(work, status), when, from)));
}

fn rate(work: &mut Work, limit: &Given<Rate>, around: Around, used: &mut usize, rules: &mut Vec<Rule>) {
    let own = &limit.value;
    let Some((kind, sample)) = key(work, &own.key, around, rules).filter(|_| *used < COUNTERS) else {
        work.note(own.zone, &can::LIMIT_REQ);
        return work.note(limit.from, &can::LIMIT_REQ_LOST);
    };
    work.note(limit.from, &can::LIMIT_REQ);
    work.note(own.zone, &can::LIMIT_REQ);
    // A burst and one more fit into the time that it takes for them to leak.
    let most = own.burst / 1000;
    let window = ((own.burst + 1000) * 1000 / own.rate.max(1)).max(1000);
    let window = words::time(window as u64);
    let text = format!("type {kind} size 100k expire {window} store gpc0,gpc0_rate({window})");
    let table = work.tables.name("rate", text, own.zone);
    let (n, from) = (*used, [limit.from, own.zone]);
    rules.push(Rule::always(format!("http-request track-sc{n} {} table {table}", word(&sample)), &from));
    refuse(work, own.status, &format!("{{ sc{n}_gpc0_rate gt {most} }}"), &from, rules);
    rules.push(Rule::always(format!("http-request sc-inc-gpc0({n})"), &from));
    *used += 1;
}

/// The type of a table and the sample that is counted.
fn key(work: &mut Work, text: &Text, around: Around, rules: &mut Vec<Rule>) -> Option<(&'static str, String)> {
    if let [Part::Variable(name)] = text.0.as_slice()
        && ["binary_remote_addr", "remote_addr"].contains(&&*name.to_ascii_lowercase())
    {
        return Some(("ipv6", "src".to_owned()));
    }
    if let Some(sample) = work.kept.sample(text, around).ok()? {
        return Some((TEXT_KEY, sample));
    }
    let format = work.kept.format(text, around).ok()?;
    let variable = format!("txn.value_{}", work.next_value());
    rules.push(Rule::always(format!("http-request set-var-fmt({variable}) {}", word(&format)), &[]));
    Some((TEXT_KEY, format!("var({variable})")))
}

/// `allow` and `deny`: who is denied by a rule and allowed by none before it.
fn access(work: &mut Work, route: &Route, rules: &mut Vec<Rule>) {
    let page = refusal(work, 403);
    let mut allowed: Vec<(Option<Cidr>, SubjectId)> = Vec::new();
    for rule in &route.policy.access {
        work.note(rule.from, &can::ACCESS);
        if rule.value.allow {
            allowed.push((rule.value.network, rule.from));
            if rule.value.network.is_none() {
                break;
            }
            continue;
        }
        let mut from = vec![rule.from];
        from.extend(allowed.iter().map(|(_, from)| *from));
        let networks: Vec<String> = allowed.iter().filter_map(|(network, _)| source(*network)).collect();
        let mut parts: Vec<String> = Vec::new();
        match (rule.value.network, source(rule.value.network)) {
            (None, _) => {}
            (Some(_), Some(network)) => parts.push(format!("{{ src {network} }}")),
            // Who comes by a socket of the machine has no address.
            (Some(_), None) => parts.push("!{ src -m found }".to_owned()),
        }
        parts.extend(networks.chunks(ADDRESSES).map(|chunk| format!("!{{ src {} }}", chunk.join(" "))));
        rules.push(Rule::when(page.clone(), parts.join(" "), &from));
        if rule.value.network.is_none() {
            break;
        }
    }
    for rule in &route.policy.access {
        work.note(rule.from, &can::ACCESS);
    }
}

fn source(network: Option<Cidr>) -> Option<String> {
    match network? {
        Cidr::Unix => None,
        network => Some(network.to_string()),
    }
}
