//! The command itself, as a user calls it.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use crate::report::{self, Class, Entry};

/// What it made of a configuration. The files go with this.
#[derive(Debug)]
pub struct Translation {
    folder: TempDir,
    pub entries: Vec<Entry>,
    /// The codes of what it refused at first and was then told to leave out.
    pub refused: Vec<String>,
}

impl Translation {
    /// The folder that it wrote to. Some formats name their files by it, so they stay there.
    pub fn files(&self) -> PathBuf {
        out(self.folder.path())
    }
}

fn out(folder: &Path) -> PathBuf {
    folder.join("out")
}

/// Translates a configuration. What is refused is allowed by its code in a second call.
///
/// # Errors
/// What it complained of.
pub fn translate(conf: &str, to: &str) -> Result<Translation, String> {
    translate_from(conf, to, "nginx")
}

/// The same of a configuration for another nginx, by what `--target` calls it.
///
/// # Errors
/// As [`translate`].
pub fn translate_from(conf: &str, to: &str, from: &str) -> Result<Translation, String> {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("nginx.conf"), conf).unwrap();
    let mut entries = call(folder.path(), to, from, &[])?;
    let refused = entries.iter().filter(|entry| entry.class == Class::Refused);
    let refused: BTreeSet<String> = refused.map(|entry| entry.code.clone()).collect();
    let refused = Vec::from_iter(refused);
    if !refused.is_empty() {
        if out(folder.path()).exists() {
            return Err("something is refused, and written nevertheless".to_owned());
        }
        entries = call(folder.path(), to, from, &refused)?;
    }
    Ok(Translation { folder, entries, refused })
}

fn call(folder: &Path, to: &str, from: &str, allowed: &[String]) -> Result<Vec<Entry>, String> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_nginxlb"));
    command.current_dir(folder).env_remove("NGINXLB_TARGET");
    command.args([
        "translate",
        "--target",
        from,
        "--to",
        to,
        "--report",
        "json",
        "--report-out",
        "report.json",
        "--out",
    ]);
    command.arg(out(folder)).args(allowed.iter().flat_map(|code| ["--allow-loss", code]));
    let output = command.arg("nginx.conf").output().map_err(|e| e.to_string())?;
    let told = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    let failed = |why: &str| format!("nginxlb translate: {}: {why}{told}", output.status);
    let report = std::fs::read_to_string(folder.join("report.json"));
    let entries = report::read(&report.map_err(|e| failed(&format!("no report ({e}): ")))?)?;
    let worst = entries.iter().map(|entry| entry.class).max().unwrap_or(Class::Exact);
    if output.status.code() != Some(worst.exit_code()) {
        return Err(failed(&format!("the worst entry is {worst:?}: ")));
    }
    Ok(entries)
}
