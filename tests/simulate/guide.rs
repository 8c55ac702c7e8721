//! The commands of docs/simulate.md run, and print what it shows. `NGINXLB_UPDATE=1` writes what they print into it.

use std::fmt::Write as _;
use std::os::unix::fs::symlink;
use std::path::Path;

use super::{program, root};

const BEGIN: &str = "```console\n";
const END: &str = "```\n";

/// The text with what its commands print, where it shows something.
fn rendered(text: &str, folder: &Path) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, block)) = rest.split_once(BEGIN) {
        let (block, after) = block.split_once(END).expect("the block ends");
        let _ = write!(out, "{before}{BEGIN}{}{END}", run(block, folder));
        rest = after;
    }
    out + rest
}

/// A block of commands with what they print.
fn run(block: &str, folder: &Path) -> String {
    let mut out = String::new();
    for part in block.split("$ nginxlb ").skip(1) {
        let (command, shown) = part.split_once('\n').unwrap();
        let arguments: Vec<&str> = command.split_whitespace().collect();
        let output = program::run(folder, &arguments, "");
        assert!(output.status.success(), "{}", program::shown(&arguments, &output));
        let _ = writeln!(out, "$ nginxlb {command}");
        if !shown.is_empty() {
            // On a terminal what is assumed comes before what is found.
            for bytes in [&output.stderr, &output.stdout] {
                out.push_str(&String::from_utf8_lossy(bytes));
            }
        }
    }
    out
}

#[test]
fn the_guide_shows_what_its_commands_print() {
    let guide = root().join("docs/simulate.md");
    let text = std::fs::read_to_string(&guide).unwrap();
    // What the commands write stays out of the repository.
    let scratch = tempfile::tempdir().unwrap();
    symlink(root().join("testdata"), scratch.path().join("testdata")).unwrap();
    let rendered = rendered(&text, scratch.path());
    if std::env::var_os("NGINXLB_UPDATE").is_some() {
        std::fs::write(&guide, &rendered).unwrap();
        return;
    }
    let differs = text.lines().zip(rendered.lines()).find(|(shown, printed)| shown != printed);
    assert!(
        text == rendered,
        "docs/simulate.md is stale, first here: {differs:?}; NGINXLB_UPDATE=1 cargo test --test simulate guide"
    );
}

/// Every configuration and scenario among the inputs is shown or tested: a name that nobody mentions is a leftover.
#[test]
fn no_input_is_left_over() {
    let mut told = std::fs::read_to_string(root().join("docs/simulate.md")).unwrap();
    for file in std::fs::read_dir(root().join("tests/simulate")).unwrap() {
        told += &std::fs::read_to_string(file.unwrap().path()).unwrap();
    }
    for file in std::fs::read_dir(super::inputs()).unwrap() {
        let path = file.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        assert!(told.contains(name), "{name}");
    }
}
