//! nginx itself: what is translated, and what other versions are translated to.

use std::path::PathBuf;
use std::process::Child;

use nix::sys::signal::Signal;

use super::{Checked, Place, Program};
use crate::common::oracle;

pub struct Nginx {
    name: &'static str,
    binary: fn() -> PathBuf,
}

pub const MAINLINE: Nginx = Nginx { name: "nginx", binary: || oracle::nginx().to_owned() };
pub const DEBIAN: Nginx = Nginx {
    name: "nginx-1.22.1",
    binary: || oracle::debian().expect("Debian's nginx 1.22.1: apt-get install nginx-full").to_owned(),
};

impl Nginx {
    /// Writes what is played: the configuration with what it needs to run here.
    fn command(&self, place: &Place) -> std::process::Command {
        let conf = std::fs::read_to_string(place.main(&["nginx.conf"])).unwrap();
        let played = place.scratch.join("played.conf");
        std::fs::write(&played, instrumented(&conf, &place.scratch.display().to_string())).unwrap();
        std::fs::create_dir_all(place.scratch.join("logs")).unwrap();
        let mut command = place.command(&(self.binary)());
        command.arg("-p").arg(&place.scratch).arg("-c").arg(played).arg("-e").arg(place.scratch.join("log"));
        command
    }
}

/// Who is root gives root away where nothing else is said, and could not read the folders of a test then.
fn instrumented(conf: &str, scratch: &str) -> String {
    let main = [
        ("daemon", "off".to_owned()),
        ("user", "root".to_owned()),
        ("worker_processes", "1".to_owned()),
        ("pid", format!("{scratch}/nginx.pid")),
        ("error_log", format!("{scratch}/log info")),
    ];
    let missing = |name: &str| !conf.lines().any(|line| line.starts_with(&format!("{name} ")));
    let main = main.iter().filter(|(name, _)| missing(name)).map(|(name, value)| format!("{name} {value};\n"));
    let temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
    let temporary = temporary.map(|name| format!("{name}_temp_path {scratch}/{name};\n")).concat();
    let http = format!("http {{\naccess_log {scratch}/access.log;\n{temporary}");
    main.collect::<String>() + &conf.replacen("http {\n", &http, 1)
}

impl Program for Nginx {
    fn name(&self) -> &'static str {
        self.name
    }

    fn binary(&self) -> PathBuf {
        (self.binary)()
    }

    fn check(&self, place: &Place) -> Checked {
        let mut command = self.command(place);
        command.arg("-t");
        Place::checked(command)
    }

    fn start(&self, place: &Place) -> Child {
        place.spawn(self.command(place))
    }

    /// The master ends its workers.
    fn end(&self) -> Signal {
        Signal::SIGTERM
    }

    fn keys(&self) -> &'static [&'static str] {
        &["proxy_pass", "listen", "return"]
    }
}
