//! The house's dependency table (ARCHITECTURE.md), held: a room that names one it may not fails here.
//!
//! The test reads text, so the code keeps to forms it can read: no `crate::{...}` groups, no `super::super`.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// A room, the rooms it may name, and the outside crates and std modules it may name beyond the harmless ones.
const ROOMS: &[(&str, &[&str], &[&str])] = &[
    ("syntax", &[], &["pest", "pest_derive", "memchr"]),
    ("balance", &[], &["crc32fast", "md5"]),
    ("diagnostics", &["syntax"], &["memchr", "miette", "serde", "serde_json"]),
    ("modules", &["config", "diagnostics", "syntax"], &["bitflags", "pcre2", "rustc_hash"]),
    ("config", &["diagnostics", "modules", "syntax"], &["pcre2", "rustc_hash"]),
    (
        "exchange",
        &["balance", "config", "modules", "syntax"],
        &["base64", "bitflags", "flate2", "httpdate", "md5", "memchr", "pcre2", "pwhash", "rustc_hash", "sha1"],
    ),
    (
        "simulate",
        &["balance", "config", "exchange", "modules", "syntax"],
        &[
            "crc32fast",
            "comfy_table",
            "csv",
            "flate2",
            "memchr",
            "plotters",
            "rand",
            "rand_chacha",
            "rand_distr",
            "rustc_hash",
            "serde",
            "serde_json",
            "std::thread",
            "toml",
        ],
    ),
    ("wire", &[], &["memchr"]),
    ("serve", &["balance", "config", "disk", "exchange", "modules", "syntax", "wire"], &["*"]),
    ("lint", &["config", "diagnostics", "modules", "syntax"], &[]),
    ("fmt", &["config", "diagnostics", "syntax"], &[]),
    ("translate", &["balance", "config", "diagnostics", "modules", "syntax"], &["memchr", "serde", "serde_json"]),
    ("disk", &["syntax"], &["glob", "std::fs"]),
    ("fuzzing", &["config", "diagnostics", "fmt", "lint", "modules", "syntax"], &[]),
    (
        "cli",
        &[
            "balance",
            "config",
            "diagnostics",
            "disk",
            "exchange",
            "fmt",
            "lint",
            "modules",
            "serve",
            "simulate",
            "syntax",
            "translate",
        ],
        &["*"],
    ),
];

/// What only the edge may touch: the machine, the clock, the environment, the terminal.
const EDGE: &[&str] = &[
    "std::fs",
    "std::env",
    "std::process",
    "std::thread",
    "Instant::now",
    "SystemTime::now",
    "ToSocketAddrs",
    "TcpStream",
    "TcpListener",
    "UdpSocket",
    "println!",
    "eprintln!",
    "print!",
    "eprint!",
    "stdin()",
    "stdout()",
    "stderr()",
];

/// Outside crates that a room must be allowed to name. Not `http`: modules of ours are called so.
const OUTSIDE: &[&str] = &[
    "aes",
    "base64",
    "bitflags",
    "bytes",
    "clap",
    "clap_complete",
    "clap_mangen",
    "comfy_table",
    "crc32fast",
    "csv",
    "flate2",
    "glob",
    "h2",
    "hickory_proto",
    "httpdate",
    "indicatif",
    "jiff",
    "md5",
    "memchr",
    "miette",
    "nix",
    "pcre2",
    "pest",
    "pest_derive",
    "plotters",
    "pwhash",
    "rand",
    "rand_chacha",
    "rand_distr",
    "ring",
    "rustc_hash",
    "rustls",
    "serde",
    "serde_json",
    "sha1",
    "similar",
    "socket2",
    "terminal_size",
    "tokio",
    "tokio_rustls",
    "toml",
    "webpki",
    "x509_parser",
];

fn source(root: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![root.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "rs") {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

fn src() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

/// The room of a file: its first folder below `src`, or its own name.
fn room(path: &Path) -> String {
    let below = path.strip_prefix(src()).unwrap();
    below.components().next().unwrap().as_os_str().to_str().unwrap().trim_end_matches(".rs").to_owned()
}

/// The text of a file without its tests at the end. That it has tests in files of their own ends nothing.
fn product(text: &str) -> &str {
    let mut tests = text.match_indices("#[cfg(test)]");
    let inline = |at: usize| !text[at..].lines().nth(1).is_some_and(|line| line.ends_with(';'));
    tests.find(|(at, _)| inline(*at)).map_or(text, |(at, _)| &text[..at])
}

/// The product's code of a file: without comments and without its tests at the end; of files of tests none.
fn code(path: &Path) -> String {
    if path.components().any(|part| part.as_os_str() == "tests.rs" || part.as_os_str() == "tests") {
        return String::new();
    }
    let text = fs::read_to_string(path).unwrap();
    product(&text).lines().map(|line| line.split("//").next().unwrap()).collect::<Vec<_>>().join("\n")
}

/// Whether code names a crate, and not a module or the end of a longer name that is written alike.
fn names_crate(code: &str, krate: &str) -> bool {
    let path = format!("{krate}::");
    code.match_indices(&path).any(|(at, _)| {
        let before = code[..at].chars().next_back();
        !before.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == ':')
    })
}

fn names_after<'a>(code: &'a str, prefix: &'a str) -> impl Iterator<Item = &'a str> {
    code.match_indices(prefix).map(move |(at, _)| {
        let rest = &code[at + prefix.len()..];
        &rest[..rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len())]
    })
}

#[test]
fn rooms_name_only_what_they_may() {
    let mut breaches = Vec::new();
    for path in source(&src()) {
        let room = room(&path);
        if room == "lib" || room == "main" {
            continue;
        }
        let Some((_, rooms, outside)) = ROOMS.iter().find(|(name, ..)| *name == room) else {
            breaches.push(format!("{}: the room `{room}` is not in the table", path.display()));
            continue;
        };
        let code = code(&path);
        for named in names_after(&code, "crate::").collect::<BTreeSet<_>>() {
            if named != room && !rooms.contains(&named) {
                breaches.push(format!("{}: `{room}` names `crate::{named}`", path.display()));
            }
        }
        if outside.contains(&"*") {
            continue;
        }
        for krate in OUTSIDE.iter().filter(|krate| !outside.contains(krate)) {
            if names_crate(&code, krate) {
                breaches.push(format!("{}: `{room}` names the crate `{krate}`", path.display()));
            }
        }
        for edge in EDGE.iter().filter(|edge| !outside.contains(edge)) {
            if code.contains(edge) {
                breaches.push(format!("{}: `{room}` is pure but names `{edge}`", path.display()));
            }
        }
    }
    assert!(breaches.is_empty(), "{}", breaches.join("\n"));
}

#[test]
fn imports_are_written_so_that_this_test_can_read_them() {
    for path in source(&src()) {
        let code = code(&path);
        for form in ["crate::{", "super::super"] {
            assert!(!code.contains(form), "{}: `{form}` hides a dependency", path.display());
        }
    }
}

#[test]
fn files_say_what_they_are_for_and_stay_small() {
    const LIMIT: usize = 450;
    for path in source(&src()) {
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.starts_with("//!"), "{}: no `//!` at its head", path.display());
        let lines = product(&text).lines().count();
        assert!(lines <= LIMIT, "{}: {lines} lines; two ideas in one file?", path.display());
    }
}

#[test]
fn crates_are_told_from_modules_and_tests_from_the_product() {
    assert!(names_crate("use tokio::net::TcpStream;", "tokio"));
    assert!(names_crate("let x = (nix::unistd::getpid(), 1);", "nix"));
    assert!(!names_crate("use crate::serve::tokio::Thing; use my_tokio::Thing;", "tokio"));
    assert_eq!(
        product("a\n#[cfg(test)]\nmod tests;\nb\n#[cfg(test)]\nmod more {\n}\n"),
        "a\n#[cfg(test)]\nmod tests;\nb\n"
    );
}
