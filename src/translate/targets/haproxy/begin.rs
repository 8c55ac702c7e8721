//! What a request is at first, kept before anything changes it: its host, its path as locations see it, its headers; and the
//! headers of what is answered before there is a route.

use super::frontend::Frontend;
use super::plan::{self, Rule};
use super::samples::Around;
use super::words::{test, word};
use super::{Work, answers, frontend, headers};
use crate::translate::model::Host;
use crate::translate::output::Lines;

/// How many lines of a header are joined.
const LINES: usize = 4;
/// How often `/x/../` is taken out of a path.
const DEPTH: usize = 8;

/// Keeps a header; lines of the same name are joined as nginx does.
fn keep_header(set: &mut impl FnMut(&str, &str, &str), header: &str) {
    let name = format!("http_{}", header.replace('-', "_"));
    set(&name, &format!("req.fhdr({header},1)"), "");
    let joint = if header == "cookie" { "; " } else { ", " };
    for line in 2..=LINES {
        // What is there, and a line of the request behind it: `concat` takes a variable.
        let there = format!("{{ req.fhdr_cnt({header}) ge {line} }}");
        set("line", &format!("req.fhdr({header},{line})"), &there);
        set(&name, &format!("var(txn.{name}),concat('{joint}',txn.line)"), &there);
    }
}

/// Keeps it, and refuses what nginx refuses: what has no host or no path.
pub fn write(work: &Work, out: &mut Lines, own: &Frontend) {
    let refused = answers::refusal(work, 400);
    out.plain("  http-request set-uri %[pathq] if { url -m beg http:// https:// }");
    let mut set = |name: &str, sample: &str, when: &str| {
        let text = format!("http-request set-var(txn.{name}) {}", word(sample));
        out.plain(&format!("  {}", plan::conditional(&text, &[when])));
    };
    if work.kept.target {
        set("request_uri", "url", "");
    }
    set("host", "req.fhdr(host),host_only,lower,regsub('\\.$','')", "");
    set("path", "path,url_dec", "");
    if own.merges {
        set("path", "var(txn.path),regsub('//+','/',g)", "{ var(txn.path) -m sub // }");
    }
    let odd = format!("{{ var(txn.path) -m reg {} }}", word("/\\.\\.?(/|$)"));
    set("odd", "bool(true)", &odd);
    let up = "regsub('/(?!\\.\\.(/|$))[^/]*/\\.\\.(/|$)','/',g)";
    let dots = format!("var(txn.path),regsub('/(\\.(/|$))+','/',g),{}", [up; DEPTH].join(","));
    set("path", &dots, "{ var(txn.odd) -m found }");
    for header in &work.kept.headers {
        keep_header(&mut set, header);
    }
    frontend::lines(out, &own.refused.0);
    let methods = answers::refusal(work, 405);
    out.plain(&format!("  {}", plan::conditional(&methods, &["{ method TRACE CONNECT }"])));
    let versions = answers::refusal(work, 505);
    out.plain(&format!("  {}", plan::conditional(&versions, &["!{ req.ver -m beg 1. 2. 3. }"])));
    let mut refuse = |when: &str| out.plain(&format!("  {}", plan::conditional(&refused, &[when])));
    refuse(&format!("!{{ method -m reg {} }}", word("^[A-Z_-]+$")));
    refuse("!HTTP_1.0 !{ req.hdr(host) -m found }");
    let host = "^(\\[[0-9A-Za-z:._~!$&'()*+,;=%-]+\\]|(?!.*\\.\\.)[0-9A-Za-z._~!$&'()*+,;=%-]+)(:[0-9]*)?$";
    refuse(&format!("{{ req.hdr(host) -m found }} !{}", test("req.fhdr(host)", "reg", &[host])));
    refuse("{ req.fhdr_cnt(host) gt 1 }");
    refuse("!{ var(txn.path) -m beg / }");
    refuse("{ path -m sub %00 }");
    refuse(&format!("{{ var(txn.odd) -m found }} {{ var(txn.path) -m reg {} }}", word("/\\.\\.(/|$)")));
    if own.odd_names.is_empty() {
        out.plain(&format!("  {}", odd_names(own.underscores)));
    }
}

/// Takes away headers whose names nginx does not know.
fn odd_names(underscores: bool) -> String {
    format!("http-request del-header {} -m reg", word(if underscores { "[^A-Za-z0-9_-]" } else { "[^A-Za-z0-9-]" }))
}

/// The same where servers differ: a header behind `Host` is the server's.
pub fn names_of_servers(out: &mut Lines, own: &Frontend) {
    let others: Vec<String> = own.odd_names.iter().map(|(when, ..)| format!("!{when}")).collect();
    for (when, underscores, from) in &own.odd_names {
        out.line(&[*from], &format!("  {}", plan::conditional(&odd_names(*underscores), &[when])));
    }
    if !others.is_empty() {
        out.plain(&format!("  {}", plan::conditional(&odd_names(own.underscores), &[&others.join(" ")])));
    }
}

/// The headers that a server adds to what is answered before there is a location, for requests of which `when` holds:
/// rules for their values, and those that add them.
pub fn unrouted(work: &mut Work, host: &Host, when: &str, only_always: bool) -> (Vec<Rule>, Vec<Rule>) {
    let (mut values, mut after) = (Vec::new(), Vec::new());
    let around = Around { server_name: Some(&host.server_name), maps: work.maps, ..Around::default() };
    if let Some(rest) = host.routes.iter().rev().find(|route| route.scope == host.scope) {
        let added = rest.policy.added.iter().filter(|header| header.value.always || !only_always);
        headers::add(work, added, around, &mut values, &mut after);
    }
    let no_route = format!("!{{ {} -m found }}", plan::ROUTE);
    for rule in &mut values {
        rule.when = plan::together(&[when, &rule.when]);
    }
    for rule in &mut after {
        rule.when = plan::together(&[&no_route, when, &rule.when]);
    }
    (values, after)
}
