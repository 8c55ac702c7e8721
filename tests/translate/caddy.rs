//! Caddy, by `caddy validate` of 2.11.

use std::path::Path;
use std::process::Command;

use crate::common::oracle;
use crate::{Golden, Said, golden, random};

const CADDY: Golden = Golden { to: "caddy", check, keys: &["routes", "handle", "upstreams"] };

fn check(folder: &Path) -> Said {
    let mut command = Command::new(oracle::caddy());
    for home in ["HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME"] {
        command.env(home, folder);
    }
    Said::by(command.args(["validate", "--config", "caddy.json"]).current_dir(folder))
}

#[test]
fn caddy() {
    golden::require(&CADDY);
}

#[test]
fn at_random() {
    random::require(&CADDY);
}
