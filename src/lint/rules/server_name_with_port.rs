//! A port in `server_name`.

use crate::diagnostics::Level;
use crate::lint::{Finding, Findings, Lint, Rule, Targets, Tier};

/// The rule.
pub static RULE: Rule = Rule {
    name: "server-name-with-port",
    level: Level::Warn,
    tier: Tier::Default,
    targets: Targets::ALL,
    summary: "`server_name` with a port, which never matches",
    doc: "nginx takes the port off the `Host` header before it looks for a server, so a name with a port is never \
          found, and the requests meant for it go to another server. The port belongs in `listen`.",
    source: "https://nginx.org/en/docs/http/server_names.html; seen with nginx 1.22.1 and 1.31.3",
    bad: "server {\n    listen 8080;\n    server_name example.com:8080;\n}\n",
    good: "server {\n    listen 8080;\n    server_name example.com;\n}\n",
    check,
};

fn check(lint: &Lint, findings: &mut Findings) {
    for (id, names) in lint.settings("server_name").filter(|(id, _)| lint.server_of(*id).is_some()) {
        for word in names.words.iter().skip(1).filter(|word| !word.value.starts_with('~')) {
            let Some((name, port)) = word.value.rsplit_once(':') else { continue };
            if port.is_empty() || !port.bytes().all(|b| b.is_ascii_digit()) || name.contains([':', '/', '$']) {
                continue;
            }
            let message = format!("this never matches: nginx looks for \"{name}\", without the port");
            findings
                .add(Finding::at(id, word.span, message).help(format!("write \"{name}\", and the port in \"listen\"")));
        }
    }
}
