//! A `map` without `default`.

use crate::diagnostics::Level;
use crate::lint::{Finding, Findings, Lint, Rule, Targets, Tier};
use crate::modules::shared::map::Maps;

/// The rule.
pub static RULE: Rule = Rule {
    name: "map-without-default",
    level: Level::Notice,
    tier: Tier::Pedantic,
    targets: Targets::ALL,
    summary: "A `map` without `default`, which gives an empty text for what it does not list",
    doc: "What matches no row gives an empty text. Where the variable decides on access or on where requests go, say \
          what is to happen then.",
    source: "https://nginx.org/en/docs/http/ngx_http_map_module.html#map",
    bad: "map $host $backend {\n    one.example.com 192.0.2.1;\n}\n",
    good: "map $host $backend {\n    default 192.0.2.9;\n    one.example.com 192.0.2.1;\n}\n",
    check,
};

fn check(lint: &Lint, findings: &mut Findings) {
    for realm in [lint.config.http, lint.config.stream].into_iter().flatten() {
        let maps = lint.config.scope(realm).slot::<Maps>().into_iter().flat_map(|maps| &maps.maps);
        for map in maps.filter(|map| map.default.is_none()) {
            let message = format!("what is not listed makes \"${}\" empty", map.variable);
            findings.add(Finding::at(realm, map.span, message).help("add \"default VALUE;\""));
        }
    }
}
