//! The process of a server: how it starts, what signals do, what it leaves behind.

mod common;

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixStream;
use std::process::{Command, Stdio};

use crate::common::live::{free_port, wait, wait_until};
use crate::common::served::{Served, TEMPORARY, command, user};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

/// The main context and `http`, with what a test adds to both.
fn configuration(port: u16, main: &str, http: &str) -> String {
    format!(
        "{} daemon off; pid nginx.pid; error_log error.log debug; {main}\n\
         events {{}}\nhttp {{ access_log off; {http}\n{TEMPORARY}\nserver {{ listen 127.0.0.1:{port}; }} }}\n",
        user()
    )
}

impl Served {
    /// Started, and up to where it has written its process number. In `http` an `@` is the folder.
    fn start(main: &str, http: &str) -> Served {
        let (folder, port) = (tempfile::tempdir().unwrap(), free_port());
        let http = http.replace('@', folder.path().to_str().unwrap());
        fs::write(folder.path().join("nginx.conf"), configuration(port, main, &http)).unwrap();
        Served::run(folder, port)
    }

    fn configure(&self, main: &str, http: &str) {
        fs::write(self.path("nginx.conf"), configuration(self.port, main, http)).unwrap();
    }

    /// Waits until the log has this so many times.
    fn logged_times(&self, text: &str, times: usize) {
        wait_until(text, || self.count(text) >= times);
    }
}

#[test]
fn the_process_number_is_there_once_it_listens() {
    let server = Served::start("worker_processes 2;", "");
    assert_eq!(server.read("nginx.pid"), format!("{}\n", server.id()));
    TcpStream::connect(("127.0.0.1", server.port)).unwrap();
    server.logged_times("start worker process ", 2);
    for folder in ["t1", "t2", "t3", "t4", "t5"] {
        assert!(server.path(folder).is_dir(), "{folder}");
    }
}

#[test]
fn ends_as_told_and_leaves_nothing_behind() {
    for (signal, how) in [
        (Signal::SIGQUIT, "gracefully shutting down"),
        (Signal::SIGTERM, "(SIGTERM) received from"),
        (Signal::SIGINT, "(SIGINT) received from"),
    ] {
        let mut server = Served::start("", "server { listen unix:@/socket; }");
        let socket = server.path("socket");
        assert_eq!(fs::metadata(&socket).unwrap().permissions().mode() & 0o777, 0o666);
        UnixStream::connect(&socket).unwrap();
        server.signal(signal);
        assert_eq!(server.ended().code(), Some(0), "{signal}");
        assert!(!server.path("nginx.pid").exists() && !socket.exists(), "{signal}");
        assert_eq!(server.count(how), 1, "{signal}");
        assert_eq!(server.count("exited with code 0"), 1, "{signal}");
        assert_eq!(server.count("[alert]"), 0, "{signal}");
    }
}

#[test]
fn a_reload_replaces_every_worker_once() {
    let server = Served::start("worker_processes 2;", "");
    server.logged_times("start worker process ", 2);
    let (kept, new) = (server.port, free_port());
    server.configure("worker_processes 3;", &format!("server {{ listen 127.0.0.1:{new} reuseport; }}"));
    server.signal(Signal::SIGHUP);
    server.logged_times("exited with code 0", 2);
    assert_eq!(server.count("start worker process "), 5);
    TcpStream::connect(("127.0.0.1", kept)).unwrap();
    TcpStream::connect(("127.0.0.1", new)).unwrap();
    server.configure("", "");
    server.signal(Signal::SIGHUP);
    server.logged_times("exited with code 0", 5);
    wait("the socket's end", || TcpStream::connect(("127.0.0.1", new)).err());
    TcpStream::connect(("127.0.0.1", kept)).unwrap();
    assert_eq!(server.count("exited with code 0"), 5);
}

#[test]
fn a_reload_moves_the_process_number() {
    let mut server = Served::start("", "");
    let text = server.read("nginx.conf").replace("pid nginx.pid", "pid other.pid");
    fs::write(server.path("nginx.conf"), text).unwrap();
    server.signal(Signal::SIGHUP);
    server.logged("exited with code 0");
    assert_eq!(server.read("other.pid"), format!("{}\n", server.id()));
    assert!(!server.path("nginx.pid").exists());
    server.signal(Signal::SIGQUIT);
    assert_eq!(server.ended().code(), Some(0));
    assert!(!server.path("other.pid").exists());
}

#[test]
fn a_bad_configuration_changes_nothing() {
    let mut server = Served::start("", "");
    server.configure("nonsense;", "");
    server.signal(Signal::SIGHUP);
    server.logged("[emerg]");
    let fault = format!("unknown directive \"nonsense\" in {}:1\n", server.path("nginx.conf").display());
    assert_eq!(server.count(&fault), 1, "{}", server.log());
    TcpStream::connect(("127.0.0.1", server.port)).unwrap();
    assert_eq!(server.count("exited with code 0"), 0);
    server.signal(Signal::SIGQUIT);
    assert_eq!(server.ended().code(), Some(0));
}

#[test]
fn a_reload_that_cannot_bind_changes_nothing() {
    let server = Served::start("", "");
    let other = TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = other.local_addr().unwrap();
    server.configure("", &format!("server {{ listen {taken}; }}"));
    server.signal(Signal::SIGHUP);
    server.logged("still could not bind()");
    assert_eq!(server.count(&format!("bind() to {taken} failed (98: Address already in use)")), 5);
    TcpStream::connect(("127.0.0.1", server.port)).unwrap();
    assert_eq!(server.count("exited with code 0"), 0);
}

#[test]
fn logs_are_opened_again() {
    let server = Served::start("", "");
    server.logged("start worker process ");
    fs::rename(server.path("error.log"), server.path("old.log")).unwrap();
    server.signal(Signal::SIGUSR1);
    wait("the new log", || server.path("error.log").exists().then_some(()));
    server.signal(Signal::SIGHUP);
    server.logged("exited with code 0");
    assert!(server.read("old.log").contains("reopening logs"));
    assert!(!server.read("old.log").contains("reconfiguring"));
}

#[test]
fn signals_go_by_the_process_number() {
    let mut server = Served::start("", "");
    let signal = |name: &str| command(&server.folder).args(["-s", name]).output().unwrap();
    assert_eq!(signal("reload").status.code(), Some(0));
    server.logged("exited with code 0");
    assert_eq!(signal("stop").status.code(), Some(0));
    assert_eq!(server.ended().code(), Some(0));
    let late = command(&server.folder).args(["-s", "stop"]).output().unwrap();
    assert_eq!(late.status.code(), Some(1));
    let name = server.path("nginx.pid");
    let said = format!("nginx: [error] open() \"{}\" failed (2: No such file or directory)\n", name.display());
    assert!(String::from_utf8(late.stderr).unwrap().ends_with(&said));
}

#[test]
fn an_address_in_use_ends_the_start() {
    let (folder, taken) = (tempfile::tempdir().unwrap(), TcpListener::bind("127.0.0.1:0").unwrap());
    let address = taken.local_addr().unwrap();
    fs::write(folder.path().join("nginx.conf"), configuration(address.port(), "", "")).unwrap();
    let output = command(&folder).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8(output.stderr).unwrap();
    let refused = format!("nginx: [emerg] bind() to {address} failed (98: Address already in use)\n");
    assert!(said.ends_with(&(refused.repeat(5) + "nginx: [emerg] still could not bind()\n")), "{said}");
    assert!(!folder.path().join("nginx.pid").exists());
    assert!(output.stdout.is_empty());
}

#[test]
fn old_workers_are_given_no_more_time_than_said() {
    let backend = TcpListener::bind("127.0.0.1:0").unwrap();
    let (port, address) = (free_port(), backend.local_addr().unwrap());
    let location = format!("location / {{ proxy_pass http://{address}; }}");
    let http = format!("server {{ listen 127.0.0.1:{port}; {location} }}");
    let mut server = Served::start("worker_shutdown_timeout 50ms;", &http);
    let mut client = TcpStream::connect(("127.0.0.1", port)).unwrap();
    client.write_all(b"GET / HTTP/1.0\r\n\r\n").unwrap();
    // Now the request is under way, and its answer will never come.
    let _connection = backend.accept().unwrap();
    server.signal(Signal::SIGQUIT);
    assert_eq!(server.ended().code(), Some(0));
    assert_eq!(server.count("exited with code 0"), 1);
}

#[test]
fn a_daemon_is_another_process() {
    let (folder, port) = (tempfile::tempdir().unwrap(), free_port());
    let text = configuration(port, "", "").replace("daemon off", "daemon on");
    fs::write(folder.path().join("nginx.conf"), text).unwrap();
    let mut child = command(&folder).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let started = wait("the first process", || child.try_wait().unwrap());
    let number = wait("the process number", || {
        fs::read_to_string(folder.path().join("nginx.pid")).ok()?.trim_end().parse().ok()
    });
    let daemon = Pid::from_raw(number);
    TcpStream::connect(("127.0.0.1", port)).unwrap();
    kill(daemon, Signal::SIGTERM).unwrap();
    wait("the end", || (!folder.path().join("nginx.pid").exists()).then_some(()));
    assert_eq!(started.code(), Some(0));
    assert_ne!(number, child.id() as i32);
}

#[test]
fn serve_stays_in_the_foreground_and_tells_where_it_listens() {
    let (folder, port) = (tempfile::tempdir().unwrap(), free_port());
    let text = format!("{} daemon on; events {{}} http {{ server {{ listen 127.0.0.1:{port}; }} }}", user());
    fs::write(folder.path().join("proxy.conf"), text).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_nginxlb"));
    command.env_remove("NGINXLB_TARGET").arg("serve").arg(folder.path().join("proxy.conf")).stdout(Stdio::piped());
    let mut child = command.stderr(Stdio::null()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    assert_eq!(line, format!("listening on 127.0.0.1:{port}\n"));
    TcpStream::connect(("127.0.0.1", port)).unwrap();
    let files: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|file| file.unwrap().file_name()).collect();
    assert_eq!(files, ["proxy.conf"]);
    kill(Pid::from_raw(child.id() as i32), Signal::SIGINT).unwrap();
    assert_eq!(wait("the end", || child.try_wait().unwrap()).code(), Some(0));
}
