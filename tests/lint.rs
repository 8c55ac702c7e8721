//! `nginxlb lint` as a user meets it: inputs in `testdata/lint`, what it prints in `snapshots/lint`.

mod common;

use std::path::{Path, PathBuf};

use common::program;
use nginxlb::config::Surroundings;
use nginxlb::syntax::{FileId, parse};

fn inputs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/lint")
}

/// Runs `lint` and compares all that is seen with the snapshot of this name.
fn check(name: &str, arguments: &[&str], input: &str) {
    let arguments = [&["lint"], arguments].concat();
    let output = program::run(&inputs(), &arguments, input);
    insta::with_settings!({
        snapshot_path => concat!(env!("CARGO_MANIFEST_DIR"), "/snapshots/lint"),
        prepend_module_to_snapshot => false,
        omit_expression => true,
    }, { insta::assert_snapshot!(name, program::shown(&arguments, &output)) });
}

fn status(arguments: &[&str]) -> Option<i32> {
    program::run(&inputs(), &[&["lint"], arguments].concat(), "").status.code()
}

#[test]
fn draws_for_people() {
    check("fancy", &["whole/nginx.conf"], "");
}

#[test]
fn writes_lines_for_editors() {
    check("concise", &["--format", "concise", "whole/nginx.conf"], "");
}

#[test]
fn writes_objects_for_programs() {
    check("json", &["--format", "json", "whole/nginx.conf"], "");
}

#[test]
fn reads_a_folder_each_file_once() {
    check("folder", &["--format", "concise", "whole"], "");
}

#[test]
fn reads_the_standard_input() {
    check("stdin", &["--format", "concise", "-"], "server { listen 8080; retrn 204; }\n");
}

#[test]
fn reads_the_output_of_nginx() {
    let dump = std::fs::read_to_string(inputs().join("dump.txt")).unwrap();
    check("dump", &["--format", "concise", "-"], &dump);
}

#[test]
fn says_what_it_cannot_read() {
    check("unreadable", &["--format", "concise", "no-such-file.conf", "clean/nginx.conf"], "");
    check("bad_target", &["--target", "apache@2.4", "clean/nginx.conf"], "");
    check("bad_module", &["--module", "modd", "clean/nginx.conf"], "");
}

#[test]
fn judges_as_the_target() {
    let text = "events {}\nhttp {\n    server {\n        listen 8080;\n        http2 on;\n    }\n}\n";
    check("target_old", &["--format", "concise", "--target", "nginx@1.22", "-"], text);
    check("target_new", &["--format", "concise", "--target", "nginx@1.31.3", "-"], text);
}

#[test]
fn exit_status_says_clean_findings_or_unreadable() {
    assert_eq!(status(&["clean/nginx.conf"]), Some(0));
    assert_eq!(status(&["clean", "fragments/http.conf"]), Some(0));
    assert_eq!(status(&["whole"]), Some(1));
    assert_eq!(status(&["clean/nginx.conf", "no-such-file.conf"]), Some(2));
    assert_eq!(status(&["--no-such-option"]), Some(2));
}

#[test]
fn fragments_find_their_context() {
    for file in std::fs::read_dir(inputs().join("fragments")).unwrap() {
        let path = file.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        let found = Surroundings::of(&parse(FileId(0), &text));
        assert_eq!(path.file_stem().unwrap(), found.name, "{}", path.display());
    }
}

#[test]
fn fragments_are_clean_in_their_context() {
    for name in ["http", "server", "location", "stream", "types", "map", "events"] {
        let file = format!("fragments/{name}.conf");
        assert_eq!(status(&[&file]), Some(0), "{file}");
        assert_eq!(status(&["--context", name, &file]), Some(0), "{file}");
    }
    assert_eq!(status(&["--context", "server", "fragments/http.conf"]), Some(1));
}
