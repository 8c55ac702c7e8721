//! The list of rules.

use nginxlb::lint::reference;
use nginxlb::lint::rules::{RULES, find, nearest};

#[test]
fn is_sorted_and_unique() {
    let names: Vec<_> = RULES.iter().map(|rule| rule.name).collect();
    assert!(names.is_sorted_by(|a, b| a < b), "{names:?}");
}

#[test]
fn holds_every_file() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/lint/rules");
    for entry in std::fs::read_dir(folder).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let stem = name.trim_end_matches(".rs").replace('_', "-");
        assert!(stem == "mod" || find(&stem).is_some(), "{name} is no rule of the list");
    }
    assert_eq!(std::fs::read_dir(folder).unwrap().count(), RULES.len() + 1);
}

#[test]
fn documents_every_rule() {
    for rule in RULES {
        let name = rule.name;
        assert!(name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-'), "{name}");
        assert!(!rule.summary.is_empty() && !rule.summary.ends_with('.'), "{name}: the summary is a line");
        assert!(rule.doc.ends_with('.') && rule.doc.len() > 80, "{name}: the documentation is a paragraph");
        assert!(!rule.doc.contains("  ") && !rule.doc.contains('\n'), "{name}: the documentation is one paragraph");
        assert!(!rule.source.is_empty(), "{name}: where can it be read?");
        assert!(rule.bad.ends_with('\n') && rule.good.ends_with('\n'), "{name}: the examples are whole lines");
    }
}

#[test]
fn finds_what_was_meant() {
    assert_eq!(nearest("duplicate-servers"), Some("duplicate-server"));
    assert_eq!(nearest("nothing-of-the-kind"), None);
}

/// `UPDATE=1 cargo test --test rules` writes the page anew.
#[test]
fn has_a_fresh_page() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/rules.md");
    let page = reference();
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(path, &page).unwrap();
    }
    let written = std::fs::read_to_string(path).unwrap_or_default();
    assert!(written == page, "docs/rules.md is stale: run UPDATE=1 cargo test --test rules");
}
