//! Caddy 2.11: its own JSON.

use std::path::PathBuf;
use std::process::Child;

use super::{Checked, Place, Program};
use crate::common::oracle;

pub struct Caddy;

const MAIN: &[&str] = &["caddy.json"];

impl Program for Caddy {
    fn name(&self) -> &'static str {
        "caddy"
    }

    fn binary(&self) -> PathBuf {
        oracle::caddy()
    }

    fn check(&self, place: &Place) -> Checked {
        let mut command = place.command(&self.binary());
        command.args(["validate", "--config"]).arg(place.main(MAIN));
        Place::checked(command)
    }

    fn start(&self, place: &Place) -> Child {
        let mut command = place.command(&self.binary());
        command.args(["run", "--config"]).arg(place.main(MAIN));
        place.spawn(command)
    }

    fn keys(&self) -> &'static [&'static str] {
        &["routes", "handle", "upstreams"]
    }
}
