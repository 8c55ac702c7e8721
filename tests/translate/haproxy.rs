//! HAProxy, by `haproxy -c` of 2.8.

use std::path::Path;
use std::process::Command;

use crate::common::oracle;
use crate::{Golden, Said, golden};

fn check(folder: &Path) -> Said {
    Said::by(Command::new(oracle::haproxy()).args(["-c", "-f", "haproxy.cfg"]).current_dir(folder))
}

#[test]
fn haproxy() {
    golden::require(&Golden { to: "haproxy", check, keys: &["use_backend", "http-request", "timeout", "bind"] });
}
