//! `hash ... consistent` over weights that make its table large.

use crate::diagnostics::Level;
use crate::lint::{Finding, Findings, Lint, Rule, Targets, Tier};
use crate::modules::shared::upstream::Method;

/// The rule.
pub static RULE: Rule = Rule {
    name: "consistent-weight-memory",
    level: Level::Warn,
    tier: Tier::Default,
    targets: Targets::ALL,
    summary: "`hash ... consistent` over weights that make its table large",
    doc: "For `consistent` nginx keeps 160 points of 16 bytes for every unit of weight and sorts them when it starts \
          (since 1.27.3, with a zone, in every worker process, and again when the group changes). Weights such as \
          1000 and 2000 cost a thousand times what 1 and 2 cost and give the same shares. The rule speaks from 64 MB \
          on; a table that memory has no room for keeps nginx from starting.",
    source: "ngx_http_upstream_update_chash() in nginx's source",
    bad: "upstream app {\n    hash $request_uri consistent;\n    server 192.0.2.1 weight=20000;\n    server 192.0.2.2 weight=10000;\n}\n",
    good: "upstream app {\n    hash $request_uri consistent;\n    server 192.0.2.1 weight=2;\n    server 192.0.2.2 weight=1;\n}\n",
    check,
};

/// Points for one unit of weight.
const POINTS: u64 = 160;
/// A hash of four bytes and a pointer, aligned.
const POINT_SIZE: u64 = 16;
/// What is not worth a word: less than the rest of nginx needs anyway.
const TOLERATED: u64 = 64 << 20;

fn check(lint: &Lint, findings: &mut Findings) {
    for group in &lint.groups {
        let Method::Hash { consistent: true, .. } = group.upstream.method else { continue };
        let total = group.primary().fold(0_u64, |sum, server| sum.saturating_add(server.line.weight));
        let bytes = total.saturating_mul(POINTS * POINT_SIZE);
        let Some(heaviest) = group.primary().max_by_key(|server| server.line.weight) else { continue };
        let Some((_, method)) = group.method().filter(|_| bytes >= TOLERATED) else { continue };
        let span = heaviest.parameter("weight=").map_or(heaviest.span(), |word| word.span);
        let message = format!("weights of {total} in all make a table of {} MB for \"consistent\"", bytes >> 20);
        findings.add(
            Finding::at(group.scope, span, message)
                .related(method.span(), "160 points for each unit of weight")
                .help("divide the weights by what they have in common: only their ratio matters"),
        );
    }
}
