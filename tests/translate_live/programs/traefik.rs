//! Traefik 3.7. It has no checker: a configuration is good when Traefik, running, took all of it.
//!
//! `traefik.yaml` is the static part; where there is none, one is made up that reads `dynamic.yaml`. To it comes the API,
//! which says what was taken. The API listens on 8080.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpStream};
use std::path::PathBuf;
use std::process::Child;

use serde_json::Value;

use super::{Checked, Place, Program, Running};
use crate::common::oracle;

pub struct Traefik;

const STATIC: &[&str] = &["traefik.yaml", "traefik.yml"];
const API: u16 = 8080;

impl Program for Traefik {
    fn name(&self) -> &'static str {
        "traefik"
    }

    fn binary(&self) -> PathBuf {
        oracle::traefik()
    }

    fn check(&self, place: &Place) -> Checked {
        let _running = Running::start(self, place);
        self.opinion(place)
    }

    fn checks_by_running(&self) -> bool {
        true
    }

    fn opinion(&self, place: &Place) -> Checked {
        let mut text = complaints(&place.said());
        for what in ["routers", "services", "middlewares"] {
            for item in items(what).unwrap_or_default() {
                if item["status"] != "enabled" {
                    text += &format!("{what}: {item}\n");
                }
            }
        }
        let nothing = ours("routers").is_empty();
        if nothing {
            text += "no router\n";
        }
        Checked { good: text.is_empty(), text }
    }

    fn start(&self, place: &Place) -> Child {
        let made = place.scratch.join("static.yaml");
        std::fs::write(&made, Self::static_part(place)).unwrap();
        let mut command = place.command(&self.binary());
        command.arg("--configFile").arg(made);
        place.spawn(command)
    }

    /// It listens before it has read what to do.
    fn ready(&self, place: &Place) -> bool {
        !ours("routers").is_empty() || !complaints(&place.said()).is_empty()
    }

    fn keys(&self) -> &'static [&'static str] {
        &["loadBalancer", "entryPoints", "rule"]
    }
}

impl Traefik {
    fn static_part(place: &Place) -> String {
        let given = STATIC.iter().find_map(|name| std::fs::read_to_string(place.files.join(name)).ok());
        let mut text = given.unwrap_or_else(|| {
            let entry = |port: &u16| format!("  web{port}:\n    address: \":{port}\"\n");
            let entries: String = place.ports.iter().map(entry).collect();
            format!("entryPoints:\n{entries}providers:\n  file:\n    filename: dynamic.yaml\n")
        });
        let parts = [
            ("api", "  insecure: true"),
            ("global", "  checkNewVersion: false"),
            ("log", "  level: INFO\n  noColor: true"),
        ];
        for (name, lines) in parts {
            if !text.lines().any(|line| line.starts_with(&format!("{name}:"))) {
                text += &format!("\n{name}:\n{lines}\n");
            }
        }
        text
    }
}

/// The lines of the log that say that something is wrong.
pub fn complaints(log: &str) -> String {
    log.lines().filter(|line| line.contains(" ERR ")).map(|line| format!("{line}\n")).collect()
}

/// What Traefik has of a kind, except what is its own.
pub fn ours(what: &str) -> Vec<Value> {
    let mut all = items(what).unwrap_or_default();
    all.retain(|item| item["provider"] != "internal");
    all
}

pub fn items(what: &str) -> Option<Vec<Value>> {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, API)).ok()?;
    write!(stream, "GET /api/http/{what}?per_page=1000 HTTP/1.0\r\nHost: api\r\n\r\n").ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    serde_json::from_str(answer.split_once("\r\n\r\n")?.1).ok()
}
