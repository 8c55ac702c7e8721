//! The script that reads requests as nginx does. It is put together of pieces that stand in `script/`, and has only those
//! that are needed.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::text::Values;

const REQUEST: &str = include_str!("script/request.lua");
const VALUES: &str = include_str!("script/values.lua");
const HASH: &str = include_str!("script/hash.lua");
const RESPONSE: &str = include_str!("script/response.lua");

/// The host of a request that has none, in words that Envoy needs.
pub const NO_HOST: &str = "no-host.invalid";

/// The host of requests that are refused before a location is looked for.
pub const REFUSED: &str = "refused.invalid";

/// What a script has to do besides.
#[derive(Debug, Default)]
pub struct Script {
    /// What it leaves in the metadata.
    pub values: Values,
    /// Who chooses the peers of a group: an expression.
    pub peers: BTreeMap<String, String>,
    /// The keys of rates, by number: expressions.
    pub limits: BTreeMap<usize, String>,
    /// It sees answers, too.
    pub answers: bool,
}

impl Script {
    /// The text.
    pub fn text(&self, merge_slashes: bool, server_name: &str) -> String {
        let mut text = String::new();
        let _ = writeln!(text, "local MERGE_SLASHES = {merge_slashes}");
        let _ = writeln!(text, "local NO_HOST = {}", quoted(NO_HOST));
        let _ = writeln!(text, "local REFUSED = {}", quoted(REFUSED));
        let _ = writeln!(text, "local SERVER_NAME = {}", quoted(server_name));
        text += "\n";
        let calls = |function: &str| {
            let call = format!("{function}(");
            self.values
                .values()
                .chain(self.peers.values())
                .chain(self.limits.values())
                .any(|expression| expression.contains(&call))
        };
        let helpers = ["header", "argument", "cookie", "address", "packed", "forwarded", "content_type", "ip_hashed"];
        if helpers.iter().any(|helper| calls(helper)) {
            text += VALUES;
            text += "\n";
        }
        if !self.peers.is_empty() {
            text += HASH;
            text += "\n";
        }
        text += "local VALUES = {\n";
        for (name, expression) in &self.values {
            let _ = writeln!(text, "  [{}] = function(request) return {expression} end,", quoted(name));
        }
        text += "}\n\nlocal PEERS = {\n";
        for (name, expression) in &self.peers {
            let _ = writeln!(text, "  [{}] = {expression},", quoted(name));
        }
        text += "}\n\nlocal LIMITS = {\n";
        for (number, expression) in &self.limits {
            let _ = writeln!(text, "  [{number}] = function(request) return {expression} end,");
        }
        text += "}\n\n";
        text += REQUEST;
        if self.answers {
            text += "\n";
            text += RESPONSE;
        }
        text
    }
}

/// A text as Lua writes it.
pub fn quoted(text: &str) -> String {
    let mut out = String::from("'");
    for byte in text.bytes() {
        match byte {
            b'\'' | b'\\' => out.extend(['\\', byte as char]),
            b' '..=b'~' => out.push(byte as char),
            // Three digits: what follows may be one, too.
            _ => {
                let _ = write!(out, "\\{byte:03}");
            }
        }
    }
    out.push('\'');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_quoted() {
        assert_eq!(quoted("a'b\\\n1é"), r"'a\'b\\\0101\195\169'");
    }

    #[test]
    fn only_what_is_needed_is_there() {
        let mut script = Script::default();
        let has = |script: &Script, word: &str| script.text(true, "x").contains(word);
        assert!(!has(&script, "crc32") && !has(&script, "function packed") && !has(&script, "envoy_on_response"));
        script.peers.insert("u".to_owned(), "ip_hashed({})".to_owned());
        script.answers = true;
        assert!(has(&script, "crc32") && has(&script, "function packed") && has(&script, "envoy_on_response"));
    }
}
