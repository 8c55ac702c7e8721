//! The program itself, run as a user runs it.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

/// One run of the program in `folder`, with `input` on its standard input.
pub fn run(folder: &Path, arguments: &[&str], input: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_nginxlb"))
        .args(arguments)
        .current_dir(folder)
        .env_remove("NGINXLB_TARGET")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}

/// A run as it looks to the user.
pub fn shown(arguments: &[&str], output: &Output) -> String {
    let mut text = format!("$ nginxlb {}\n", arguments.join(" "));
    text.push_str(&String::from_utf8_lossy(&output.stdout));
    for line in String::from_utf8_lossy(&output.stderr).lines() {
        let _ = writeln!(text, "2> {line}");
    }
    let _ = write!(text, "[exit {}]", output.status.code().unwrap_or(-1));
    text
}
