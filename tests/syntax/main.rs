//! Text to tree, tree to text, and includes.

mod dumps;
mod faults;
mod includes;
mod laws;
mod lexing;
mod outline;
mod probes;

use std::path::{Path, PathBuf};

fn testdata() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata")
}
