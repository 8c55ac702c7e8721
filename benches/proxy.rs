//! A proxy beside nginx, in turns in one run: CPU per request, requests per second, p99 and memory, as ratios.
//!
//! ```text
//! cargo bench --bench proxy                          # every scenario; small, big, no-upstream-keepalive, tls, idle
//! cargo bench --bench proxy -- small tls --rounds 5 --secs 4
//! cargo bench --bench proxy -- --nginx /usr/sbin/nginx --ours /other/nginx
//! ```
//!
//! The proxy, of one worker, has the first processor to itself; load (`wrk`) and four backends (nginx) share the second.
//! Both run the same configuration. A round measures one after the other, and the ratios are those within a round; the
//! table has their medians. Needs Linux with two processors, `wrk`, `taskset` and nginx.

use std::fmt::Write as _;
use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use nix::sys::resource::{Resource, getrlimit, setrlimit};

const PORT: u16 = 18100;
const BACKENDS: [u16; 4] = [18101, 18102, 18103, 18104];
/// Connections that wait while memory is measured.
const IDLE: usize = 10_000;

const KEEPALIVE: &str = "proxy_http_version 1.1; proxy_set_header Connection \"\";";
/// Said in full, for the default has changed with 1.29.7.
const NO_KEEPALIVE: &str = "proxy_http_version 1.0; proxy_set_header Connection close;";

struct Scenario {
    name: &'static str,
    what: &'static str,
    /// Bytes of a body.
    size: usize,
    /// What the location says besides `proxy_pass`.
    location: &'static str,
    tls: bool,
    /// Memory alone is measured, with connections that do nothing.
    idle: bool,
}

const SCENARIOS: &[Scenario] = &[
    Scenario { name: "small", what: "128 bytes", size: 128, location: KEEPALIVE, tls: false, idle: false },
    Scenario { name: "big", what: "1 MB", size: 1 << 20, location: KEEPALIVE, tls: false, idle: false },
    Scenario {
        name: "no-upstream-keepalive",
        what: "128 bytes, a connection to the backend for each",
        size: 128,
        location: NO_KEEPALIVE,
        tls: false,
        idle: false,
    },
    Scenario {
        name: "tls",
        what: "128 bytes, TLS to the client",
        size: 128,
        location: KEEPALIVE,
        tls: true,
        idle: false,
    },
    Scenario { name: "idle", what: "10,000 idle connections", size: 128, location: KEEPALIVE, tls: false, idle: true },
];

/// What one proxy did in one round.
#[derive(Debug, Clone, Copy)]
struct Measured {
    /// Nanoseconds of CPU per request.
    cpu: f64,
    /// Requests per second.
    rate: f64,
    /// Microseconds.
    p99: f64,
    /// Bytes that are its own, and its share of what is shared.
    memory: f64,
}

struct Options {
    scenarios: Vec<&'static Scenario>,
    rounds: usize,
    secs: u64,
    nginx: String,
    /// The program and what comes before nginx's own arguments.
    ours: Vec<String>,
}

fn main() {
    let options = options();
    let (_, most) = getrlimit(Resource::RLIMIT_NOFILE).unwrap();
    setrlimit(Resource::RLIMIT_NOFILE, most, most).unwrap();
    // The workers, of another user, must be able to read and to spill.
    let folder = tempfile::tempdir().unwrap();
    Command::new("chmod").arg("755").arg(folder.path()).status().unwrap();
    let there = Command::new(&options.nginx).arg("-v").output().expect("nginx can be started").stderr;
    println!("Beside {}, medians of {} rounds:\n", String::from_utf8_lossy(&there).trim(), options.rounds);
    println!("| scenario | CPU per request | requests per second | p99 | memory |");
    println!("|---|---|---|---|---|");
    for scenario in &options.scenarios {
        println!("{}", row(scenario, &measure(scenario, &options, folder.path())));
    }
}

fn options() -> Options {
    let mut options = Options {
        scenarios: Vec::new(),
        rounds: 5,
        secs: 4,
        nginx: "nginx".to_owned(),
        ours: vec![env!("CARGO_BIN_EXE_nginxlb").to_owned(), "nginx".to_owned()],
    };
    // `cargo bench` adds an option of its own.
    let mut arguments = std::env::args().skip(1).filter(|argument| argument != "--bench");
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().expect("an option has a value");
        match argument.as_str() {
            "--rounds" => options.rounds = value().parse().unwrap(),
            "--secs" => options.secs = value().parse().unwrap(),
            "--nginx" => options.nginx = value(),
            "--ours" => options.ours = value().split(' ').map(str::to_owned).collect(),
            name => {
                let found = SCENARIOS.iter().find(|scenario| scenario.name == name);
                options.scenarios.push(found.unwrap_or_else(|| panic!("no scenario is called {name}")));
            }
        }
    }
    if options.scenarios.is_empty() {
        options.scenarios = SCENARIOS.iter().collect();
    }
    options
}

/// Rounds of nginx and the other, each with the same backends.
fn measure(scenario: &Scenario, options: &Options, folder: &Path) -> Vec<[Measured; 2]> {
    fs::write(folder.join("body"), "x".repeat(scenario.size)).unwrap();
    fs::write(folder.join("load.lua"), LOAD).unwrap();
    fs::write(folder.join("backend.conf"), backends(scenario, folder)).unwrap();
    fs::write(folder.join("proxy.conf"), proxy(scenario, folder)).unwrap();
    let nginx = [options.nginx.clone()];
    let _backends = Running::start("1", &nginx, folder, "backend.conf", BACKENDS[0]);
    (0..options.rounds)
        .map(|_| {
            [&nginx[..], &options.ours[..]].map(|program| {
                let running = Running::start("0", program, folder, "proxy.conf", PORT);
                if scenario.idle { idle(&running) } else { load(scenario, &running, options.secs, folder) }
            })
        })
        .collect()
}

/// The numbers of `wrk` in one line, times in microseconds.
const LOAD: &str = r#"
done = function(summary, latency)
    local e = summary.errors
    io.write(string.format("\n%d %d %d %d\n", summary.requests, summary.duration, latency:percentile(99),
        e.connect + e.read + e.write + e.status + e.timeout))
end
"#;

fn load(scenario: &Scenario, running: &Running, secs: u64, folder: &Path) -> Measured {
    let wrk = |secs: u64| {
        let scheme = if scenario.tls { "https" } else { "http" };
        let output = Command::new("taskset")
            .args(["-c", "1", "wrk", "-t1", "-c64", &format!("-d{secs}s"), "-s"])
            .arg(folder.join("load.lua"))
            .arg(format!("{scheme}://127.0.0.1:{PORT}/"))
            .output()
            .expect("taskset and wrk are there");
        let text = String::from_utf8(output.stdout).unwrap();
        let numbers: Vec<f64> = text.lines().last().unwrap_or("").split(' ').flat_map(str::parse).collect();
        let &[requests, duration, p99, errors] = &numbers[..] else { panic!("wrk said: {text}") };
        assert!(errors == 0.0 && requests > 0.0, "{}: {errors} errors in {requests} requests", scenario.name);
        (requests, duration, p99)
    };
    wrk(1);
    let before = running.cpu();
    let (requests, duration, p99) = wrk(secs);
    let cpu = (running.cpu() - before) / requests;
    Measured { cpu, rate: requests / duration * 1e6, p99, memory: running.memory() }
}

/// Every connection has been used once.
fn idle(running: &Running) -> Measured {
    let address = SocketAddr::from(([127, 0, 0, 1], PORT));
    let connections: Vec<TcpStream> = (0..IDLE)
        .map(|_| {
            let mut stream = TcpStream::connect(address).unwrap();
            stream.write_all(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n").unwrap();
            let mut answer = [0; 1024];
            let mut got = 0;
            while !answer[..got].ends_with(b"x") {
                let read = stream.read(&mut answer[got..]).unwrap();
                assert!(read > 0, "an answer and an open connection");
                got += read;
            }
            stream
        })
        .collect();
    let memory = running.memory();
    drop(connections);
    Measured { cpu: f64::NAN, rate: f64::NAN, p99: f64::NAN, memory }
}

/// A program with its workers, on one processor.
struct Running {
    child: Child,
}

impl Running {
    #[allow(clippy::disallowed_methods, reason = "measuring is what this program is for")]
    fn start(processor: &str, program: &[String], folder: &Path, conf: &str, port: u16) -> Running {
        let mut command = Command::new("taskset");
        command.args(["-c", processor]).args(program).args(["-p", &format!("{}/", folder.display()), "-c", conf]);
        let log = fs::File::create(folder.join("said")).unwrap();
        let child = command.args(["-e", "error.log"]).stdout(Stdio::null()).stderr(log).spawn().unwrap();
        let mut running = Running { child };
        let start = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            let ended = running.child.try_wait().unwrap();
            assert!(
                ended.is_none() && start.elapsed() < Duration::from_secs(10),
                "{program:?} does not listen: {}",
                fs::read_to_string(folder.join("said")).unwrap()
            );
            sleep(Duration::from_millis(20));
        }
        running
    }

    /// The process and its descendants.
    fn processes(&self) -> Vec<u32> {
        let mut found = vec![self.child.id()];
        let mut at = 0;
        while let Some(process) = found.get(at) {
            let children = fs::read_to_string(format!("/proc/{process}/task/{process}/children")).unwrap_or_default();
            found.extend(children.split_whitespace().flat_map(str::parse::<u32>));
            at += 1;
        }
        found
    }

    /// Nanoseconds of CPU of all threads so far.
    fn cpu(&self) -> f64 {
        let threads = self.processes().into_iter().flat_map(|process| {
            let threads = fs::read_dir(format!("/proc/{process}/task")).into_iter().flatten().flatten();
            threads.map(|thread| fs::read_to_string(thread.path().join("schedstat")).unwrap_or_default())
        });
        threads.filter_map(|stat| stat.split(' ').next().and_then(|first| first.parse::<f64>().ok())).sum()
    }

    /// Bytes, what processes share counted once.
    fn memory(&self) -> f64 {
        let processes = self.processes().into_iter();
        let rollups = processes.map(|process| fs::read_to_string(format!("/proc/{process}/smaps_rollup")).unwrap());
        let kilobytes = |text: String| -> Option<f64> {
            text.lines().find_map(|line| line.strip_prefix("Pss:"))?.trim().trim_end_matches(" kB").parse().ok()
        };
        rollups.map(|text| kilobytes(text).expect("Pss in smaps_rollup") * 1024.0).sum()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = Command::new("kill").arg(self.child.id().to_string()).status();
        let _ = self.child.wait();
    }
}

/// A table's row: medians of the ratios to nginx.
fn row(scenario: &Scenario, rounds: &[[Measured; 2]]) -> String {
    let mut row = format!("| {}: {} |", scenario.name, scenario.what);
    let columns: [fn(&Measured) -> f64; 4] = [|m| m.cpu, |m| m.rate, |m| m.p99, |m| m.memory];
    for column in columns {
        let mut ratios: Vec<f64> = rounds.iter().map(|[nginx, ours]| column(ours) / column(nginx)).collect();
        ratios.sort_by(f64::total_cmp);
        match ratios[ratios.len() / 2] {
            ratio if ratio.is_nan() => row.push_str("  |"),
            ratio => drop(write!(row, " {ratio:.2} |")),
        }
    }
    row
}

fn common(folder: &Path, name: &str) -> String {
    let folder = folder.display();
    let mut text = format!(
        "daemon off; worker_processes 1; worker_rlimit_nofile 30000; pid {folder}/{name}.pid; error_log \
         {folder}/{name}.log crit;\nevents {{ worker_connections 12000; }}\nhttp {{ access_log off; keepalive_requests \
         100000000; keepalive_timeout 600s;\n"
    );
    for kind in ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"] {
        let _ = writeln!(text, "{kind}_temp_path {folder}/{kind}_{name};");
    }
    text
}

fn backends(scenario: &Scenario, folder: &Path) -> String {
    let mut text = common(folder, "backend") + "sendfile on;\n";
    let answer = match scenario.size {
        small if small <= 1024 => format!("return 200 {};", "x".repeat(small)),
        _ => format!("root {}; try_files /body =404;", folder.display()),
    };
    for port in BACKENDS {
        let _ = writeln!(text, "server {{ listen 127.0.0.1:{port} backlog=4096; location / {{ {answer} }} }}");
    }
    text + "}\n"
}

fn proxy(scenario: &Scenario, folder: &Path) -> String {
    let servers = BACKENDS.map(|port| format!("server 127.0.0.1:{port};")).join(" ");
    let pool = if scenario.location == KEEPALIVE { "keepalive 64;" } else { "" };
    let (ssl, certificate) = if scenario.tls {
        let pems = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/nginx/ssl");
        let pems = pems.display();
        (" ssl", format!("ssl_certificate {pems}/certificate.pem; ssl_certificate_key {pems}/key.pem;"))
    } else {
        ("", String::new())
    };
    let location = scenario.location;
    common(folder, "proxy")
        + &format!(
            "upstream backends {{ {servers} {pool} }}\nserver {{ listen 127.0.0.1:{PORT}{ssl} backlog=4096; {certificate}\n\
             location / {{ proxy_pass http://backends; {location} }} }}\n}}\n"
        )
}
