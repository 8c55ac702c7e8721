//! HAProxy, by `haproxy -c` of 2.8.

use std::path::Path;
use std::process::Command;

use crate::common::oracle;
use crate::golden::Way;
use crate::{Golden, Said, golden, random};

const HAPROXY: Golden = Golden { to: "haproxy", check, keys: &["use_backend", "http-request", "timeout", "bind"] };

fn check(folder: &Path) -> Said {
    Said::by(Command::new(oracle::haproxy()).args(["-c", "-f", "haproxy.cfg"]).current_dir(folder))
}

#[test]
fn haproxy() {
    golden::require(&HAPROXY);
}

#[test]
fn from_an_older_nginx() {
    let way = Way { inputs: &["testdata/translate/haproxy/older"], from: "nginx@1.22.1", snapshots: "haproxy" };
    golden::along(&HAPROXY, &way);
}

#[test]
fn at_random() {
    random::require(&HAPROXY);
}
