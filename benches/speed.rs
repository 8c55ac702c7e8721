//! How long the parts take: `cargo bench --bench speed`.

#![allow(missing_docs, reason = "divan's macros make items without documentation")]

#[path = "big.rs"]
mod big;

use nginxlb::config::{self, NoHost, Options};
use nginxlb::fmt;
use nginxlb::modules::Target;
use nginxlb::syntax::{self, FileId, Files, ReadError, Sources};

fn main() {
    divan::main();
}

const LINES: &[usize] = &[2_000, 76_000];

struct Nothing;

impl Files for Nothing {
    fn read(&self, _path: &str) -> Result<Vec<u8>, ReadError> {
        Err(ReadError::not_found())
    }

    fn glob(&self, _pattern: &str) -> Result<Vec<String>, ReadError> {
        Ok(Vec::new())
    }
}

#[divan::bench(args = LINES)]
fn parse(bencher: divan::Bencher, lines: usize) {
    let text = big::configuration(lines);
    bencher.bench(|| syntax::parse(FileId(0), &text));
}

#[divan::bench(args = LINES)]
fn compile(bencher: divan::Bencher, lines: usize) {
    let sources = Sources::from_text("nginx.conf", big::configuration(lines), "", &Nothing);
    let target = Target::default();
    bencher.bench(|| config::compile(&sources, &target, &NoHost, Options::default()));
}

#[divan::bench(args = LINES)]
fn format(bencher: divan::Bencher, lines: usize) {
    let text = big::configuration(lines);
    let tree = syntax::parse(FileId(0), &text);
    bencher.bench(|| fmt::format(&tree, &text));
}
