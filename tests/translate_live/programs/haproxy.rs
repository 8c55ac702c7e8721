//! HAProxy 2.8: one file, and those that it names beside it.

use std::path::PathBuf;
use std::process::Child;

use super::{Checked, Place, Program};
use crate::common::oracle;

pub struct Haproxy;

const MAIN: &[&str] = &["haproxy.cfg"];

impl Program for Haproxy {
    fn name(&self) -> &'static str {
        "haproxy"
    }

    fn binary(&self) -> PathBuf {
        oracle::haproxy()
    }

    fn check(&self, place: &Place) -> Checked {
        let mut command = place.command(&self.binary());
        command.args(["-c", "-f"]).arg(place.main(MAIN));
        Place::checked(command)
    }

    fn start(&self, place: &Place) -> Child {
        let mut command = place.command(&self.binary());
        command.args(["-db", "-f"]).arg(place.main(MAIN));
        place.spawn(command)
    }

    fn keys(&self) -> &'static [&'static str] {
        &["default_backend", "use_backend", "http-request", "timeout"]
    }
}
