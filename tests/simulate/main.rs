//! `nginxlb simulate` as a user meets it: a real nginx's recordings, nginx's own worked examples, what goes wrong, and
//! the commands of its guide. Inputs are in `testdata/simulate`, what it prints in `snapshots/simulate`.

#[path = "../common/mod.rs"]
mod common;

mod guide;
mod knowledge;
mod picks;
mod recordings;
mod repeats;
mod reports;
mod wrong;

use std::path::{Path, PathBuf};

use common::program;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn inputs() -> PathBuf {
    root().join("testdata/simulate")
}

/// Runs `simulate` among the inputs, and compares all that is seen with the snapshot of this name.
fn check(name: &str, arguments: &[&str]) {
    check_with(name, arguments, "");
}

/// The same with something on the standard input.
fn check_with(name: &str, arguments: &[&str], input: &str) {
    let arguments = [&["simulate"], arguments].concat();
    let output = program::run(&inputs(), &arguments, input);
    insta::with_settings!({
        snapshot_path => concat!(env!("CARGO_MANIFEST_DIR"), "/snapshots/simulate"),
        prepend_module_to_snapshot => false,
        omit_expression => true,
    }, { insta::assert_snapshot!(name, program::shown(&arguments, &output)) });
}

/// What a run prints that has to go well.
fn printed(folder: &Path, arguments: &[&str]) -> String {
    let arguments = [&["simulate"], arguments].concat();
    let output = program::run(folder, &arguments, "");
    assert!(output.status.success(), "{}", program::shown(&arguments, &output));
    String::from_utf8(output.stdout).unwrap()
}
