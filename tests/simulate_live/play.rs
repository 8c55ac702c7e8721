//! One play: nginx, the peers and the clients of a case, in a network namespace of their own.

use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::backend;
use crate::case::{Case, Outcome};
use crate::client;
use crate::clock::Clock;
use crate::common::apart;
use crate::shim::Shim;

/// The program that is played: a real nginx, with what makes its `random()` start from 42 where that can be had, or ours in
/// its place.
#[derive(Debug, Clone)]
pub struct Nginx {
    pub binary: PathBuf,
    pub shim: Option<Arc<Shim>>,
}

impl Nginx {
    /// `nginxlb serve` under nginx's name. The link lives as long as `folder`.
    pub fn ours(folder: &Path) -> Nginx {
        let link = folder.join("nginx");
        std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_nginxlb"), &link).unwrap();
        Nginx { binary: link, shim: None }
    }

    /// The nginx at a path.
    pub fn at(binary: &Path) -> Nginx {
        Nginx { binary: binary.to_owned(), shim: Shim::compile_for(binary) }
    }
}

/// What a play gave.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Played {
    /// The worst delay of a request, an answer or a fault, in milliseconds.
    pub late: f64,
    pub outcomes: Vec<Outcome>,
    pub times: Vec<Times>,
}

/// What nginx measured of a request.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Times {
    pub id: u32,
    pub connect: String,
    pub header: String,
    pub response: String,
    pub request: String,
}

/// Milliseconds that a play may be late: arrivals keep 20 from whatever they must not cross.
pub const LATE: f64 = 12.0;

/// Plays the case with this very program in a network namespace: its command is `play FOLDER NGINX LATER`. Backends
/// answer `later` milliseconds later than they should.
///
/// # Errors
/// What the play complained of.
pub fn apart(case: &Case, nginx: &Nginx, later: u64) -> Result<Played, String> {
    let folder = tempfile::tempdir().unwrap();
    case.write(folder.path());
    let hosts = (!case.scenario.resolve.is_empty()).then(|| folder.path().join("hosts"));
    let mut command = apart::command(case.peers().iter().map(SocketAddr::ip), hosts.as_deref());
    command.arg("play").arg(folder.path());
    command.arg(&nginx.binary).arg(later.to_string());
    let output = command.envs(nginx.shim.iter().map(|shim| ("NGINXLB_SHIM", shim.path()))).output();
    let output = output.map_err(|e| format!("`unshare` of util-linux gives the play a network of its own: {e}"))?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned());
    }
    serde_json::from_slice(&output.stdout).map_err(|e| e.to_string())
}

/// Plays the case in `folder` here.
///
/// # Panics
/// When nginx does not start, or anything else goes wrong: the play is worth nothing then.
pub fn here(folder: &Path, binary: &Path, later: Duration) -> Played {
    let case = Case::read(folder);
    let clock = Arc::new(Clock::ahead(Duration::from_millis(300)));
    backend::start(&case, &clock, later);
    let mut nginx = start(&case, folder, binary);
    assert!(clock.until(Duration::ZERO) > Duration::from_millis(10), "nginx started too late");
    client::run(&case.trace, &clock);
    Command::new("kill").args(["-QUIT", &nginx.id().to_string()]).status().unwrap();
    nginx.wait().unwrap();
    let (outcomes, times) = read_log(&folder.join("access.log"));
    assert_eq!(outcomes.len(), case.trace.len(), "nginx logged other requests than were sent");
    Played { late: clock.late(), outcomes, times }
}

const FORMAT: &str = r#"'{"id":"$http_x_case_id","status":$status,"tried":"$upstream_addr","statuses":"$upstream_status",'
    '"connect":"$upstream_connect_time","header":"$upstream_header_time","response":"$upstream_response_time",'
    '"request":"$request_time"}'"#;

/// The user's configuration with what a play needs around it.
fn instrumented(conf: &str, folder: &Path) -> String {
    let at = folder.display();
    let temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
    let temporary = temporary.map(|name| format!("{name}_temp_path {at}/{name};\n")).concat();
    let http = format!(
        "http {{\nset_real_ip_from 127.0.0.1;\nreal_ip_header X-Case-Client;\n{temporary}\
         log_format case escape=json {FORMAT};\naccess_log {at}/access.log case;\n"
    );
    let main =
        format!("daemon off;\nuser root;\nworker_processes 1;\npid {at}/nginx.pid;\nerror_log {at}/error.log;\n");
    main + &conf.replacen("http {\n", &http, 1)
}

fn start(case: &Case, folder: &Path, binary: &Path) -> Child {
    let conf = folder.join("played.conf");
    std::fs::write(&conf, instrumented(&case.conf, folder)).unwrap();
    let mut command = Command::new(binary);
    command.arg("-p").arg(folder).arg("-c").arg(&conf).arg("-e").arg(folder.join("error.log"));
    command.env_remove("NGINXLB_TARGET").env("NGINXLB_RANDOM", "glibc:42");
    if let Some(shim) = std::env::var_os("NGINXLB_SHIM") {
        command.env("LD_PRELOAD", shim);
    }
    let mut nginx = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    for _ in 0..200 {
        if TcpStream::connect("127.0.0.1:80").is_ok() {
            return nginx;
        }
        if nginx.try_wait().unwrap().is_some() {
            break;
        }
        thread::sleep(Duration::from_millis(5));
    }
    let log = std::fs::read_to_string(folder.join("error.log")).unwrap_or_default();
    panic!("nginx did not start: {log}");
}

#[derive(Deserialize)]
struct Line {
    id: String,
    status: u16,
    tried: String,
    statuses: String,
    connect: String,
    header: String,
    response: String,
    request: String,
}

fn read_log(path: &Path) -> (Vec<Outcome>, Vec<Times>) {
    let mut lines: Vec<(u32, Line)> =
        crate::case::read_lines::<Line>(path).into_iter().map(|line| (line.id.parse().unwrap(), line)).collect();
    lines.sort_by_key(|(id, _)| *id);
    lines
        .into_iter()
        .map(|(id, line)| {
            let Line { status, tried, statuses, connect, header, response, request, .. } = line;
            let outcome = Outcome { id, status, tried: list(&tried), statuses: list(&statuses) };
            (outcome, Times { id, connect, header, response, request })
        })
        .unzip()
}

/// The list in a variable: `, ` parts the tries in a group, ` : ` the groups.
fn list(text: &str) -> Vec<String> {
    let parts = text.split(" : ").flat_map(|group| group.split(", "));
    parts.filter(|part| !part.is_empty()).map(str::to_owned).collect()
}
