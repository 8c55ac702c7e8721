//! Traefik 3.7, which has no checker but itself: `traefik.py` runs it for a moment, in a network of its own.

use std::path::Path;
use std::process::Command;

use crate::common::oracle;
use crate::{Golden, Said, golden, random};

const TRAEFIK: Golden = Golden { to: "traefik", check, keys: &["loadBalancer", "entryPoints", "rule"] };

fn check(folder: &Path) -> Said {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/translate/traefik.py");
    let mut command = Command::new("unshare");
    command.args(["--net", "--map-root-user", "sh", "-c", "ip link set lo up; exec python3 \"$@\"", "sh"]);
    Said::by(command.arg(script).arg(oracle::traefik()).arg(folder))
}

#[test]
fn traefik() {
    golden::require(&TRAEFIK);
}

#[test]
fn at_random() {
    random::require(&TRAEFIK);
}
