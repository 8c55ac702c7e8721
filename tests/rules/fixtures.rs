//! The fixtures.

use std::fs;
use std::path::{Path, PathBuf};

use nginxlb::lint::rules::RULES;

use super::judge;

fn fixtures(rule: &str, kind: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/rules").join(rule);
    let entries = fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut found: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    found.retain(|path| path.file_name().unwrap().to_str().unwrap().starts_with(kind));
    found.sort();
    assert!(!found.is_empty(), "{rule} has no {kind} fixture");
    found
}

fn expected(text: &str) -> Vec<usize> {
    let lines = text.lines().enumerate();
    let marked = lines.flat_map(|(at, line)| std::iter::repeat_n(at + 1, line.matches("# expect").count()));
    marked.collect()
}

#[test]
fn bad_ones_are_found_where_they_say() {
    for rule in RULES {
        let mut said = String::new();
        for path in fixtures(rule.name, "bad") {
            let text = fs::read_to_string(&path).unwrap();
            let judged = judge(&text);
            assert!(judged.nginx.is_empty(), "{}: {:?}", path.display(), judged.nginx);
            assert_eq!(judged.lines(rule.name), expected(&text), "{}\n{}", path.display(), judged.text(rule.name));
            let name = path.file_name().unwrap().to_str().unwrap();
            said.extend([name, "\n", &judged.text(rule.name), "\n"]);
        }
        insta::with_settings!({
            snapshot_path => concat!(env!("CARGO_MANIFEST_DIR"), "/snapshots/rules"),
            prepend_module_to_snapshot => false,
            omit_expression => true,
        }, { insta::assert_snapshot!(rule.name, said) });
    }
}

#[test]
fn good_ones_are_clean() {
    for rule in RULES {
        for path in fixtures(rule.name, "good") {
            let judged = judge(&fs::read_to_string(&path).unwrap());
            let text = judged.text(rule.name);
            assert!(judged.nginx.is_empty() && text.is_empty(), "{}: {:?}\n{text}", path.display(), judged.nginx);
        }
    }
}

#[test]
fn belong_to_rules() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/rules");
    for entry in fs::read_dir(folder).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(RULES.iter().any(|rule| rule.name == name), "no rule is called {name}");
    }
}
