//! Every configuration of `testdata/nginx`, against the real programs.

use std::path::{Path, PathBuf};

use crate::common::oracle;
use crate::judge::{Pair, compare};

/// The `.conf` files below a folder, by their names below it.
pub fn configurations(folder: &Path) -> Vec<(String, PathBuf)> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(at) = folders.pop() {
        for entry in std::fs::read_dir(&at).unwrap_or_else(|e| panic!("{}: {e}", at.display())) {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "conf") {
                found.push((path.strip_prefix(folder).unwrap().display().to_string(), path));
            }
        }
    }
    found.sort();
    found
}

pub fn testdata() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata")
}

/// A prefix with the folder `logs` that nginx wants, and the oracle's `-V` output.
pub fn prefix(oracle: &Path) -> (tempfile::TempDir, PathBuf) {
    let prefix = tempfile::tempdir().unwrap();
    std::fs::create_dir(prefix.path().join("logs")).unwrap();
    let target = prefix.path().join("build.txt");
    std::fs::write(&target, oracle::build(oracle)).unwrap();
    (prefix, target)
}

fn all_agree(oracle: &Path, what: &str) {
    let (prefix, target) = prefix(oracle);
    let pair = Pair { oracle, target, prefix: prefix.path() };
    compare(&pair, &configurations(&testdata().join("nginx"))).require(what, 100.0, 100.0);
}

#[test]
fn testdata_agrees_with_mainline() {
    all_agree(oracle::nginx(), "testdata, nginx 1.31.3");
}

#[test]
fn testdata_agrees_with_debian() {
    all_agree(oracle::debian().expect("Debian's nginx 1.22.1: apt-get install nginx-full"), "testdata, nginx 1.22.1");
}
