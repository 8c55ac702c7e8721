//! nginx of another version, by `nginx -t` of 1.31.3 and of Debian's 1.22.1.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::common::oracle;
use crate::golden::{Way, along};
use crate::{Golden, Said};

const KEYS: &[&str] = &["proxy_pass", "listen", "return"];

fn newest(folder: &Path) -> Said {
    check(oracle::nginx(), folder)
}

fn debian(folder: &Path) -> Said {
    check(oracle::debian().expect("Debian's nginx 1.22.1: apt-get install nginx-full"), folder)
}

/// Checks a copy, beside the certificates that it names.
fn check(nginx: &Path, folder: &Path) -> Said {
    let place = tempfile::tempdir().unwrap();
    fs::create_dir(place.path().join("logs")).unwrap();
    for name in ["end.crt", "end.key"] {
        let tls = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/tls");
        fs::copy(tls.join(name), place.path().join(name)).unwrap();
    }
    let text = fs::read_to_string(folder.join("nginx.conf")).unwrap();
    let temporary =
        ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(|name| format!("{name}_temp_path {name};\n"));
    let log = if text.contains("access_log ") { "" } else { "access_log off;\n" };
    let text = text.replacen("http {\n", &format!("http {{\n{log}{}", temporary.concat()), 1);
    fs::write(place.path().join("nginx.conf"), format!("pid nginx.pid;\n{text}")).unwrap();
    let mut command = Command::new(nginx);
    command.args(["-t", "-e", "stderr", "-p"]).arg(place.path()).args(["-c", "nginx.conf"]);
    Said::by(&mut command)
}

const OLDER: Golden = Golden { to: "nginx@1.22.1", check: debian, keys: KEYS };
const NEWER: Golden = Golden { to: "nginx@1.31.3", check: newest, keys: KEYS };

#[test]
fn newer_to_older() {
    let inputs = &["testdata/translate", "testdata/translate/nginx/newer"];
    along(&OLDER, &Way { inputs, from: "nginx@1.31.3", snapshots: "nginx/older" });
}

#[test]
fn older_to_newer() {
    let inputs = &["testdata/translate", "testdata/translate/nginx/older"];
    along(&NEWER, &Way { inputs, from: "nginx@1.22.1", snapshots: "nginx/newer" });
}

#[test]
fn plus_to_open_source() {
    let inputs = &["testdata/translate/nginx/plus"];
    along(&NEWER, &Way { inputs, from: "plus@r37", snapshots: "nginx/plus" });
    along(&OLDER, &Way { inputs, from: "plus@r37", snapshots: "nginx/plus-older" });
}
