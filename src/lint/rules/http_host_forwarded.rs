//! `Host` as the client wrote it.

use crate::diagnostics::Level;
use crate::lint::{Finding, Findings, Lint, Rule, Targets, Tier};

/// The rule.
pub static RULE: Rule = Rule {
    name: "http-host-forwarded",
    level: Level::Notice,
    tier: Tier::Pedantic,
    targets: Targets::ALL,
    summary: "`proxy_set_header Host $http_host`: the server gets what the client wrote",
    doc: "`$http_host` is the header as it came, which may differ from the name that nginx chose the server by (a \
          request line with a full URL) and is empty in some requests. `$host` is what nginx went by, in lower case \
          and without port.",
    source: "https://nginx.org/en/docs/http/ngx_http_core_module.html#var_host",
    bad: "server {\n    location / {\n        proxy_set_header Host $http_host;\n        proxy_pass http://192.0.2.1;\n    }\n}\n",
    good: "server {\n    location / {\n        proxy_set_header Host $host;\n        proxy_pass http://192.0.2.1;\n    }\n}\n",
    check,
};

fn check(lint: &Lint, findings: &mut Findings) {
    for (id, header) in lint.settings("proxy_set_header").chain(lint.settings("grpc_set_header")) {
        let is_host = header.arg(1).eq_ignore_ascii_case("host");
        if is_host && matches!(header.arg(2), "$http_host" | "${http_host}") {
            let finding =
                Finding::at(id, header.span(), "the server gets the \"Host\" that the client wrote, unchecked");
            findings.add(finding.help("pass \"$host\", and \"$server_port\" where the port matters"));
        }
    }
}
