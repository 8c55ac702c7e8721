//! nginx's own command line, without nginx: what is printed, where, and how it ends (`snapshots/nginx_cli`).

mod common;

use std::path::Path;

use common::program;
use nginxlb::modules::{Module, Target, Version, modules};
use tempfile::TempDir;

/// A prefix with a few configurations and the folder that nginx wants for its process number and logs.
fn prefix() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    std::fs::create_dir(folder.path().join("logs")).unwrap();
    write("good.conf", "worker_processes 1;\ninclude part.conf;\ninclude part.conf;\nevents {}\n");
    write("part.conf", "env A; # é\n");
    write("bad.conf", "events {}\nworker_processes many;\n");
    write("late.conf", "worker_processes 1;\n");
    for (name, directives) in [
        ("country.conf", "geoip_country country.dat; geoip_country country.dat;"),
        ("city.conf", "geoip_city country.dat utf8;"),
        ("org.conf", "geoip_org country.dat;"),
        ("latin.conf", "geoip_country country.dat latin1;"),
        ("short.conf", "geoip_country short.dat;"),
        ("absent.conf", "geoip_country absent.dat;"),
    ] {
        write(name, &format!("events {{}}\nhttp {{\n    {directives}\n}}\n"));
    }
    // What says nothing of itself is about countries.
    write("country.dat", &"y".repeat(100));
    write("short.dat", "y");
    write("warned.conf", "worker_cpu_affinity 01 10;\nevents {\n    debug_connection 10.0.0.1/8;\n}\n");
    folder
}

fn run(folder: &Path, arguments: &[&str]) -> String {
    let arguments = [&["nginx"], arguments].concat();
    program::shown(&arguments, &program::run(folder, &arguments, ""))
}

fn check(name: &str, lines: &[&[&str]]) {
    let folder = prefix();
    let shown: Vec<String> = lines.iter().map(|arguments| run(folder.path(), arguments)).collect();
    insta::with_settings!({
        snapshot_path => concat!(env!("CARGO_MANIFEST_DIR"), "/snapshots/nginx_cli"),
        prepend_module_to_snapshot => false,
        omit_expression => true,
    }, { insta::assert_snapshot!(name, shown.join("\n\n")) });
}

#[test]
fn tests_a_configuration() {
    let start = ["-p", ".", "-e", "/dev/null"];
    let run = |conf: &'static str| [&start[..], &["-t", "-c", conf]].concat();
    let lines = ["good.conf", "bad.conf", "late.conf", "warned.conf", "none.conf", "logs"].map(run);
    check("test", &lines.each_ref().map(Vec::as_slice));
}

#[test]
fn tests_databases() {
    let run = |conf: &'static str| ["-p", ".", "-e", "/dev/null", "-t", "-c", conf];
    let confs = ["country.conf", "city.conf", "org.conf", "latin.conf", "short.conf", "absent.conf"];
    let lines = confs.map(run);
    check("databases", &lines.each_ref().map(<[&str; 7]>::as_slice));
}

#[test]
fn is_quiet_when_asked() {
    let quiet: &[&str] = &["-tq", "-p.", "-e/dev/null", "-cgood.conf"];
    check("quiet", &[quiet, &["-tqp", ".", "-e", "/dev/null", "-c", "bad.conf"]]);
}

#[test]
fn dumps_every_file_once() {
    check("dump", &[&["-T", "-p", ".", "-e", "/dev/null", "-c", "good.conf"]]);
}

#[test]
fn reads_directives_of_the_command_line() {
    let given = ["daemon off;", "daemon off", "daemon of;", "events {}", "worker_processes 2;", "}", ""];
    let lines = given.map(|directives| vec!["-t", "-p", ".", "-e", "/dev/null", "-c", "good.conf", "-g", directives]);
    check("directives", &lines.each_ref().map(Vec::as_slice));
}

#[test]
fn refuses_options_as_nginx_does() {
    check("options", &[&["-x"], &["file"], &["-p"], &["-c"], &["-e"], &["-g"], &["-s"], &["-s", "hup"], &["-tz"]]);
}

#[test]
fn shows_what_it_judges_as() {
    check("version", &[&["-v"], &["-h"], &["-V"]]);
}

#[test]
fn sends_no_signal_without_a_process_number() {
    let signal = |conf: &'static str| ["-p", ".", "-e", "stderr.log", "-s", "reload", "-c", conf];
    let prefix = |text: &'static str| ["-p", ".", "-e", "stderr.log", "-s", "quit", "-c", "good.conf", "-g", text];
    check("server", &[&signal("good.conf"), &signal("bad.conf"), &signal("none.conf"), &prefix("pid part.conf;")]);
}

#[test]
fn does_not_start_on_a_bad_configuration() {
    let start = |conf: &'static str| ["-p", ".", "-e", "start.log", "-c", conf];
    check("start", &[&start("bad.conf"), &start("late.conf"), &start("none.conf")]);
}

#[test]
fn answers_to_the_name_of_nginx() {
    let folder = prefix();
    let link = folder.path().join("nginx");
    std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_nginxlb"), &link).unwrap();
    let output = std::process::Command::new(link).args(["-t", "-x"]).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stderr), "nginx: invalid option: \"x\"\n");
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn takes_its_target_from_the_environment() {
    let folder = prefix();
    let run = |target: &str| {
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_nginxlb"))
            .args(["nginx", "-v"])
            .env("NGINXLB_TARGET", target)
            .current_dir(folder.path())
            .output()
            .unwrap();
        String::from_utf8(output.stderr).unwrap()
    };
    assert!(run("nginx@1.22").starts_with("nginx version: nginx/1.22.1 "));
    assert!(run("plus@r37").starts_with("nginx version: nginx/1.29.8 (nginx-plus-r37"));
    assert!(run("nginx@7").starts_with("nginx: NGINXLB_TARGET: "));
}

#[test]
fn its_own_version_output_is_a_target() {
    for name in ["nginx@1.22", "nginx@1.31.3", "plus@r37"] {
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_nginxlb"))
            .args(["nginx", "-V"])
            .env("NGINXLB_TARGET", name)
            .output()
            .unwrap();
        let read = Target::from_version_output(&String::from_utf8(output.stderr).unwrap()).unwrap();
        let named = Target::parse(name).unwrap();
        let differ = |module: &&Module| read.has(module) != named.has(module) && speaks(module, named.version);
        let differing: Vec<&str> = modules().filter(differ).map(|module| module.name).collect();
        assert_eq!(differing, Vec::<&str>::new(), "{name}");
        assert_eq!((read.version, read.plus), (named.version, named.plus));
    }
}

fn speaks(module: &Module, version: Version) -> bool {
    module.directives.iter().any(|row| row.exists_in(version))
}
