//! Real configurations, whole: an entry for each directive and no other, in every target.
//! `NGINXLB_CORPUS` names a folder of further ones.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use nginxlb::translate::What;
use nginxlb::translate::targets::EMITTERS;
use serde_json::Value;

use crate::Good;
use crate::common::program;
use crate::statements::statements;

/// The configurations of the repository that stand for themselves, and those of the corpus.
fn texts() -> Vec<(String, String)> {
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata");
    let corpus = std::env::var_os("NGINXLB_CORPUS").map_or(own.join("corpus"), PathBuf::from).join("files");
    let folders = [corpus, own.join("simulate"), own.join("translate"), own];
    let files = folders.iter().filter_map(|folder| fs::read_dir(folder).ok()).flatten();
    let mut paths: Vec<PathBuf> = files.map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|end| end == "conf"));
    paths.sort();
    paths.into_iter().filter_map(|path| Some((path.display().to_string(), fs::read_to_string(path).ok()?))).collect()
}

#[test]
fn every_directive_has_one_entry() {
    let mut judged = 0;
    for (path, text) in texts() {
        // Fragments have their surroundings from the command's edge.
        let Some(good) = Good::of(&[("nginx.conf", &text)]) else { continue };
        let wanted = statements(&text);
        judged += 1;
        for emitter in EMITTERS {
            let translation = good.to(emitter);
            let report = good.report(emitter, &translation);
            let mut entries: Vec<(usize, String)> = items(&report)
                .filter(|entry| entry["default"] == false)
                .map(|entry| (entry["at"]["line"].as_u64().unwrap() as usize, text_of(entry, "directive")))
                .collect();
            entries.sort_by_key(|(line, _)| *line);
            assert_eq!(entries, wanted, "{path} to {}", emitter.name);
            let mut defaults: BTreeMap<String, usize> = BTreeMap::new();
            for entry in items(&report).filter(|entry| entry["default"] == true) {
                *defaults.entry(text_of(entry, "text")).or_default() += 1;
            }
            let twice = defaults.iter().find(|(_, count)| **count > 1);
            assert!(twice.is_none(), "{path} to {}: {twice:?}", emitter.name);
        }
    }
    assert!(judged >= 20, "only {judged} configurations were judged");
}

fn items(report: &Value) -> impl Iterator<Item = &Value> {
    report["entries"].as_array().unwrap().iter()
}

fn text_of(entry: &Value, field: &str) -> String {
    entry[field].as_str().unwrap().to_owned()
}

/// A file that is included twice stands in two places: its directives count in both, with the chain that led there.
#[test]
fn what_is_included_counts_where_it_is() {
    let main = "events {}\nhttp {\n server { listen 80; include x.conf; }\n server { listen 81; include x.conf; }\n}\n";
    let good = Good::of(&[("nginx.conf", main), ("x.conf", "location / {\n return 204;\n}\n")]).unwrap();
    for emitter in EMITTERS {
        let translation = good.to(emitter);
        let report = good.report(emitter, &translation);
        let included: Vec<(String, &Value)> = items(&report)
            .filter(|entry| entry["at"]["file"] == "x.conf")
            .map(|entry| (text_of(entry, "directive"), &entry["included_from"][0]["line"]))
            .collect();
        let names: Vec<&str> = included.iter().map(|(name, _)| &**name).collect();
        assert_eq!(names, ["location", "return", "location", "return"], "{}", emitter.name);
        assert_eq!((included[1].1, included[2].1), (&Value::from(3), &Value::from(4)), "{}", emitter.name);
    }
}

/// What holds where nothing is said is told, too, as nginx of that version has it.
#[test]
fn defaults_are_told() {
    let text = "events {}\nhttp { server { listen 80; location / { proxy_pass http://127.0.0.1:81; } } }\n";
    let good = Good::of(&[("nginx.conf", text)]).unwrap();
    for emitter in EMITTERS {
        let translation = good.to(emitter);
        let defaults = |name: &str| {
            let subjects = translation.entries.iter().map(|entry| translation.subjects.get(entry.subject));
            subjects.filter(|subject| matches!(subject.what, What::Default(own, _) if own == name)).count()
        };
        let all = ["proxy_read_timeout", "proxy_next_upstream", "client_max_body_size", "proxy_http_version"];
        for name in all {
            assert_eq!(defaults(name), 1, "{name} to {}", emitter.name);
        }
    }
}

/// In which blocks a fragment was read is said.
#[test]
fn a_fragment_has_surroundings() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.conf"), "location / {\n return 204;\n}\n").unwrap();
    let output = program::run(folder.path(), &["translate", "--to", "haproxy", "a.conf"], "");
    let report = String::from_utf8_lossy(&output.stderr);
    assert!(report.lines().last().unwrap().starts_with("haproxy: "), "{report}");
    assert!(report.contains(" subjects, read in http, server: "), "{report}");
}
