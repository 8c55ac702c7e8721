//! What a request is at first, kept before anything changes it: its host, its path as locations see it, its headers.

use super::words::{test, word};
use super::{Work, answers, plan};
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

/// Keeps it, and refuses what nginx refuses: what has no host or no path. `merges` and `underscores` are nginx's
/// `merge_slashes` and `underscores_in_headers`; `own` writes what every refusal does.
pub fn write(work: &Work, out: &mut Lines, (merges, underscores): (bool, bool), own: impl FnOnce(&mut Lines)) {
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
    if merges {
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
    own(out);
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
    let good = if underscores { "[^A-Za-z0-9_-]" } else { "[^A-Za-z0-9-]" };
    out.plain(&format!("  http-request del-header {} -m reg", word(good)));
}
