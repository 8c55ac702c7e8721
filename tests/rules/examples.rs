//! The examples in the rules' documentation are true.

use nginxlb::lint::rules::RULES;

use super::{Judged, judge};

/// An example in the configuration around it, and where it begins in there.
fn whole(example: &str) -> String {
    if example.contains("http {") || example.contains("events {") {
        example.to_owned()
    } else if example.contains("stream {") {
        format!("events {{}}\n{example}")
    } else {
        format!("events {{}}\nhttp {{\n{example}}}\n")
    }
}

#[track_caller]
fn judged(example: &str) -> Judged {
    let judged = judge(&whole(example));
    assert!(judged.nginx.is_empty(), "{example}{:?}", judged.nginx);
    judged
}

#[test]
fn bad_ones_are_found() {
    for rule in RULES {
        assert!(!judged(rule.bad).lines(rule.name).is_empty(), "{} does not find\n{}", rule.name, rule.bad);
    }
}

#[test]
fn good_ones_are_not() {
    for rule in RULES {
        let text = judged(rule.good).text(rule.name);
        assert!(text.is_empty(), "{} finds\n{text}in\n{}", rule.name, rule.good);
    }
}
