//! Envoy, by `envoy --mode validate` of 1.40.

use std::path::Path;
use std::process::Command;

use crate::common::oracle;
use crate::{Golden, Said, golden, random};

const ENVOY: Golden = Golden { to: "envoy", check, keys: &["prefix_rewrite", "direct_response", "virtual_hosts"] };

fn check(folder: &Path) -> Said {
    let arguments = ["--mode", "validate", "-l", "warning", "-c", "envoy.yaml"];
    Said::by(Command::new(oracle::envoy()).args(arguments).current_dir(folder))
}

#[test]
fn envoy() {
    golden::require(&ENVOY);
}

#[test]
fn at_random() {
    random::require(&ENVOY);
}
