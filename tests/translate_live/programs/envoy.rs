//! Envoy 1.40: one static file. One worker, because each has balancers of its own.

use std::path::PathBuf;
use std::process::Child;

use super::{Checked, Place, Program};
use crate::common::oracle;

pub struct Envoy;

const MAIN: &[&str] = &["envoy.yaml", "envoy.json"];

impl Program for Envoy {
    fn name(&self) -> &'static str {
        "envoy"
    }

    fn binary(&self) -> PathBuf {
        oracle::envoy()
    }

    fn check(&self, place: &Place) -> Checked {
        let mut command = place.command(&self.binary());
        command.args(["--mode", "validate", "-l", "warning", "-c"]).arg(place.main(MAIN));
        Place::checked(command)
    }

    fn start(&self, place: &Place) -> Child {
        let mut command = place.command(&self.binary());
        command.args(["--concurrency", "1", "--disable-hot-restart", "-l", "warning", "-c"]).arg(place.main(MAIN));
        place.spawn(command)
    }

    fn keys(&self) -> &'static [&'static str] {
        &["virtual_hosts", "filter_chains", "socket_address"]
    }
}
