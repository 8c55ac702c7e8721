//! The lines of `--picks`.

use std::path::Path;

use serde::Deserialize;

/// What became of one request: the same in nginx's recordings and in what `--picks` writes.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Pick {
    pub id: u64,
    pub status: u16,
    pub tried: Vec<String>,
    pub statuses: Vec<String>,
}

impl Pick {
    /// The last octet of each address that was tried; the names of groups as they are.
    pub fn hosts(&self) -> Vec<&str> {
        self.tried.iter().map(|addr| addr.split(':').next().unwrap_or(addr)).map(last_octet).collect()
    }
}

fn last_octet(host: &str) -> &str {
    host.rsplit('.').next().unwrap_or(host)
}

/// The lines of a file, by id.
pub fn read(path: &Path) -> Vec<Pick> {
    let text = std::fs::read_to_string(path).unwrap();
    let mut picks: Vec<Pick> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    picks.sort_by_key(|pick| pick.id);
    picks
}

/// What a run picks.
pub fn of(folder: &Path, arguments: &[&str]) -> Vec<Pick> {
    let scratch = tempfile::tempdir().unwrap();
    let file = scratch.path().join("picks.jsonl");
    super::printed(folder, &[arguments, &["--picks", file.to_str().unwrap()]].concat());
    read(&file)
}
