//! The real programs are there, in the versions that the other tests count on.

mod common;

use std::path::Path;
use std::process::Command;

use common::oracle;

#[test]
fn nginx_is_there() {
    assert!(oracle::build(oracle::nginx()).starts_with("nginx version: nginx/1.31.3\n"));
}

#[test]
fn crossplane_is_there() {
    let output = oracle::crossplane().arg("--version").output().expect("python3 runs");
    assert!(String::from_utf8_lossy(&output.stdout).trim().ends_with(" 0.5.8"), "{output:?}");
}

#[test]
fn other_proxies_are_there() {
    let version = |program: &Path, argument: &str| {
        let output = Command::new(program).arg(argument).output().expect("it runs");
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    assert!(version(&oracle::haproxy(), "-v").starts_with("HAProxy version 2.8.25-"));
    assert!(version(&oracle::envoy(), "--version").contains("/1.40.0/"));
    assert!(version(&oracle::caddy(), "version").starts_with("v2.11.7 "));
    assert!(version(&oracle::traefik(), "version").contains(" 3.7.15\n"));
}

#[test]
fn nginx_judges() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::create_dir(folder.path().join("logs")).expect("a folder");
    let conf = folder.path().join("nginx.conf");
    std::fs::write(&conf, "no_such_directive;").expect("a file");
    let said = oracle::test(oracle::nginx(), folder.path(), &conf);
    assert_eq!(said.code, 1);
    assert_eq!(said.emerg(), Some(&*format!("unknown directive \"no_such_directive\" in {}:1", conf.display())));
}
