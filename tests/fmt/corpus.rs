//! Formatting real configurations: each is formatted or has a lexical fault, the laws hold, and nginx's faults are the
//! same before and after. `NGINXLB_CORPUS` names another folder with `files/` and `manifest.tsv`.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use nginxlb::config::{self, NoHost, Options, Surroundings};
use nginxlb::fmt;
use nginxlb::fuzzing;
use nginxlb::modules::Target;
use nginxlb::syntax::{Dump, FileId, Sources, decode, parse};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata")
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display())) {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else if path.extension().is_some_and(|extension| extension == "conf") {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// The contexts that the corpus says its files are for, by file name.
fn contexts(corpus: &Path) -> HashMap<String, String> {
    let manifest = fs::read_to_string(corpus.join("manifest.tsv")).unwrap();
    let rows = manifest.lines().skip(1).filter_map(|row| row.split('\t').next().zip(row.split('\t').nth(1)));
    rows.map(|(file, context)| (file.to_owned(), context.to_owned())).collect()
}

/// All that `config` says of a text in a context, without the lines that some messages name.
fn said(text: &str, context: Option<&str>) -> Vec<String> {
    let tree = parse(FileId(0), text);
    let around = context.and_then(Surroundings::named).unwrap_or_else(|| Surroundings::of(&tree));
    let whole = match around.wrap("it") {
        None => text.to_owned(),
        Some(wrapper) => wrapper.replace("include \"it\";", &format!("\n{text}\n")),
    };
    let sources = Sources::from_text("nginx.conf", whole, "", &Dump::default());
    let compiled = config::compile(&sources, &Target::default(), &NoHost, Options::default());
    let without_lines = |message: &str| {
        let mut parts = message.split("nginx.conf:");
        let first = parts.next().unwrap_or_default().to_owned();
        parts.fold(first, |all, part| all + "nginx.conf:_" + part.trim_start_matches(|c: char| c.is_ascii_digit()))
    };
    let one = |finding: &nginxlb::diagnostics::Diagnostic| {
        format!("{:?} {:?} {}", finding.stage, finding.level, without_lines(&finding.message))
    };
    compiled.diagnostics.iter().map(one).collect()
}

#[test]
fn the_same_is_said_before_and_after() {
    let corpus = std::env::var_os("NGINXLB_CORPUS").map_or_else(|| root().join("corpus"), PathBuf::from);
    let contexts = contexts(&corpus);
    let mut all = files(&root());
    all.extend(files(&corpus));
    let (mut formatted, mut refused, mut differences) = (0, 0, Vec::new());
    for path in all {
        let bytes = fs::read(&path).unwrap();
        fuzzing::fmt_idempotent(&bytes);
        fuzzing::fmt_keeps_meaning(&bytes);
        let before = decode(&bytes);
        let Ok(after) = fmt::format(&parse(FileId(0), &before), &before) else {
            refused += 1;
            continue;
        };
        formatted += 1;
        let name = path.file_name().unwrap().to_string_lossy();
        let context = contexts.get(&*name).map(String::as_str);
        if said(&before, context) != said(&after, context) {
            differences.push(path);
        }
    }
    println!("{formatted} formatted, {refused} with lexical faults, {} judged otherwise", differences.len());
    assert!(formatted > 100, "{formatted}");
    assert!(differences.is_empty(), "{differences:#?}");
}
