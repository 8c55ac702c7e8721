//! `try_files` beside `proxy_pass`.

use crate::diagnostics::Level;
use crate::lint::{Finding, Findings, Lint, Rule, Targets, Tier};

/// The rule.
pub static RULE: Rule = Rule {
    name: "try-files-with-proxy-pass",
    level: Level::Warn,
    tier: Tier::Default,
    targets: Targets::ALL,
    summary: "`try_files` and `proxy_pass` in the same location: found files are proxied, too",
    doc: "`try_files` looks for files and rewrites the path; what answers is the location's handler, and with \
          `proxy_pass` that is the server behind. A file that was found is not sent: its path is asked of the \
          server. To send files and pass the rest on, `try_files` names a second location as its last argument.",
    source: "https://nginx.org/en/docs/http/ngx_http_core_module.html#try_files; seen with nginx 1.22.1 and 1.31.3",
    bad: "server {\n    location / {\n        try_files $uri =404;\n        proxy_pass http://192.0.2.1;\n    }\n}\n",
    good: "server {\n    location / {\n        try_files $uri @app;\n    }\n    location @app {\n        proxy_pass http://192.0.2.1;\n    }\n}\n",
    check,
};

fn check(lint: &Lint, findings: &mut Findings) {
    for (id, scope, _) in lint.locations() {
        let (Some(files), Some(pass)) = (scope.setting("try_files"), scope.setting("proxy_pass")) else { continue };
        let message = "a file that this finds is not sent: \"proxy_pass\" asks the server for it";
        findings.add(
            Finding::at(id, files.span(), message)
                .related(pass.span(), "answers every request of this location")
                .help("move \"proxy_pass\" to a location of its own: try_files $uri @app;"),
        );
    }
}
