//! Protocols that are no longer safe.

use crate::diagnostics::Level;
use crate::lint::{Finding, Findings, Lint, Rule, Targets, Tier};
use crate::syntax::Word;

/// The rule.
pub static RULE: Rule = Rule {
    name: "old-tls-protocols",
    level: Level::Warn,
    tier: Tier::Default,
    targets: Targets::ALL,
    summary: "`ssl_protocols` with TLS 1.1 or older",
    doc: "SSL 2 and 3 are broken; TLS 1.0 and 1.1 were given up in 2021 (RFC 8996) and no browser in use speaks them \
          any more. Each one that is allowed is one to which an attacker may try to force a client down.",
    source: "https://www.rfc-editor.org/rfc/rfc8996",
    bad: "server {\n    ssl_protocols TLSv1 TLSv1.1 TLSv1.2;\n}\n",
    good: "server {\n    ssl_protocols TLSv1.2 TLSv1.3;\n}\n",
    check,
};

const OLD: &[&str] = &["SSLv2", "SSLv3", "TLSv1", "TLSv1.1"];

fn check(lint: &Lint, findings: &mut Findings) {
    for (id, protocols) in lint.settings("ssl_protocols") {
        let is_old = |word: &&Word| OLD.iter().any(|old| word.value.eq_ignore_ascii_case(old));
        let old: Vec<&Word> = protocols.words.iter().skip(1).filter(is_old).collect();
        let Some(first) = old.first() else { continue };
        let names: Vec<&str> = old.iter().map(|word| &*word.value).collect();
        let verb = if names.len() == 1 { "is" } else { "are" };
        let message = format!("{} {verb} no longer safe", names.join(", "));
        findings.add(Finding::at(id, first.span, message).help("write \"ssl_protocols TLSv1.2 TLSv1.3;\""));
    }
}
