//! The command itself, as a user calls it.

use std::path::Path;
use std::process::Command;

use crate::play::{self, Files};
use crate::report::{self, Class, Entry};

/// What it made of a configuration.
#[derive(Debug, Clone)]
pub struct Translation {
    pub files: Files,
    pub entries: Vec<Entry>,
    /// The codes of what it refused at first and was then told to leave out.
    pub refused: Vec<String>,
}

/// Translates a configuration. What is refused is allowed by its code in a second call.
///
/// # Errors
/// What it complained of.
pub fn translate(conf: &str, to: &str) -> Result<Translation, String> {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("nginx.conf"), conf).unwrap();
    let entries = call(folder.path(), to, &[])?;
    let refused = entries.iter().filter(|entry| entry.class == Class::Refused);
    let mut refused: Vec<String> = refused.map(|entry| entry.code.clone()).collect();
    refused.sort();
    refused.dedup();
    let entries = if refused.is_empty() { entries } else { call(folder.path(), to, &refused)? };
    let out = folder.path().join("out");
    let files = if out.exists() { play::read(&out) } else { Files::new() };
    Ok(Translation { files, entries, refused })
}

fn call(folder: &Path, to: &str, allowed: &[String]) -> Result<Vec<Entry>, String> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_nginxlb"));
    command.current_dir(folder).env_remove("NGINXLB_TARGET");
    command.args(["translate", "--to", to, "--out", "out", "--report", "json", "--report-out", "report.json"]);
    command.args(allowed.iter().flat_map(|code| ["--allow-loss", code]));
    let output = command.arg("nginx.conf").output().map_err(|e| e.to_string())?;
    let told = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    // 0 all exact, 1 approximate, 2 dropped, 3 refused.
    if !output.status.code().is_some_and(|code| code <= 3) {
        return Err(format!("nginxlb translate: {}: {told}", output.status));
    }
    let report = std::fs::read_to_string(folder.join("report.json"));
    let report = report.map_err(|e| format!("nginxlb translate: {}: no report ({e}): {told}", output.status))?;
    report::read(&report)
}
