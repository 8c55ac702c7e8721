//! Comments that silence, chains of includes, and rules that do not run by themselves.

use nginxlb::lint::Selection;
use nginxlb::modules::Version;
use nginxlb::syntax::{Files, ReadError};

use super::{NoFiles, judge, judge_with};

#[track_caller]
fn check(servers: &str, expected: &[usize]) {
    let text = format!("events {{}}\nhttp {{\nupstream app {{\n{servers}\n}}\n}}\n");
    let lines = judge(&text).lines("duplicate-server");
    let lines: Vec<_> = lines.into_iter().map(|line| line - 3).collect();
    assert_eq!(lines, expected, "{servers}");
}

#[test]
fn comments_silence_their_line_and_the_next() {
    check("server 192.0.2.1;\nserver 192.0.2.1;", &[2]);
    check("server 192.0.2.1;\nserver 192.0.2.1; # nginxlb: ignore duplicate-server", &[]);
    check("server 192.0.2.1;\n# nginxlb: ignore duplicate-server\nserver 192.0.2.1;", &[]);
    check("server 192.0.2.1;\n# nginxlb: ignore: unused-upstream, duplicate-server\n\n# why\nserver 192.0.2.1;", &[]);
    check("server 192.0.2.1;\nserver # nginxlb: ignore duplicate-server\n192.0.2.1;", &[3]);
    check("server 192.0.2.1;\nserver\n192.0.2.1 # nginxlb: ignore duplicate-server\n;", &[]);
}

#[test]
fn comments_silence_nothing_else() {
    check("server 192.0.2.1; # nginxlb: ignore duplicate-server\nserver 192.0.2.1;", &[2]);
    check("server 192.0.2.1;\n# nginxlb: ignore duplicate-server\nserver 192.0.2.1;\nserver 192.0.2.1;", &[4]);
    check("server 192.0.2.1;\n# nginxlb: ignore unused-upstream\nserver 192.0.2.1;", &[3]);
    check("server 192.0.2.1;\n# nginxlb: ignored duplicate-server\nserver 192.0.2.1;", &[3]);
}

/// Files under their names.
struct Named(&'static [(&'static str, &'static str)]);

impl Files for Named {
    fn read(&self, path: &str) -> Result<Vec<u8>, ReadError> {
        let found = self.0.iter().find(|(name, _)| *name == path);
        found.map(|(_, text)| text.as_bytes().to_vec()).ok_or_else(ReadError::not_found)
    }
    fn glob(&self, _pattern: &str) -> Result<Vec<String>, ReadError> {
        Ok(Vec::new())
    }
}

#[test]
fn chains_lead_through_the_right_include() {
    let files = Named(&[("one", "include two;"), ("two", "server 192.0.2.1; server 192.0.2.1;")]);
    let text =
        "events {}\nhttp {\nupstream a { server 192.0.2.1; server 192.0.2.2; }\nupstream b {\ninclude one;\n}\n}\n";
    let judged = judge_with(text, Version::NEWEST, &Selection::default(), &files);
    let finding = judged.findings.iter().find(|finding| finding.code == "duplicate-server").unwrap();
    let chain: Vec<_> = finding.chain.iter().map(|span| judged.sources.text(*span)).collect();
    assert_eq!(chain, ["include one", "include two"]);
}

#[test]
fn what_two_includes_say_is_said_once() {
    let files = Named(&[("servers", "server 192.0.2.1; server 192.0.2.1;")]);
    let text = "events {}\nhttp {\nupstream a { include servers; }\nupstream b { include servers; }\n}\n";
    let judged = judge_with(text, Version::NEWEST, &Selection::default(), &files);
    assert_eq!(judged.lines("duplicate-server").len(), 1);
}

#[test]
fn pedantic_rules_run_when_asked_for() {
    let text = "events {}\nhttp {\nupstream a { server 192.0.2.1 weight=2; }\n}\n";
    let lines = |selection: &Selection| {
        judge_with(text, Version::NEWEST, selection, &NoFiles).lines("weight-with-single-server")
    };
    let mut named = Selection::default();
    assert!(lines(&named).is_empty());
    named.add("weight-with-single-server").unwrap();
    assert_eq!(lines(&named), [3]);
    assert_eq!(named.add("weight").unwrap_err().to_string(), "there is no rule \"weight\"");
}
