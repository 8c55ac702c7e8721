//! crossplane's JSON: what nginxlb writes is what crossplane writes, and from JSON to text and back nothing is lost.
//!
//! The judge of the Python dialect is crossplane itself; of the Go dialect, payloads that were recorded from
//! nginx-go-crossplane (`testdata/translate/json`). `NGINXLB_CORPUS` names another corpus of configurations.

mod common;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use common::{oracle, program};
use nginxlb::config::{self, NoHost, Options as Judging, Surroundings};
use nginxlb::diagnostics::{Level, Nature};
use nginxlb::disk::Disk;
use nginxlb::modules::Target;
use nginxlb::syntax::{Directive, FileId, Included, Item, Sources, Tree, decode, encode, parse};
use nginxlb::translate::targets::json::{Dialect, Options, emit, read};

/// Calls crossplane's own command for every line of `OPTIONS<tab>FILE<tab>OUTPUT` on its standard input.
const MANY: &str = "
import sys
from crossplane.__main__ import parse
for line in sys.stdin:
    options, path, out = line.rstrip('\\n').split('\\t')
    given = dict(option.split('=') for option in options.split())
    parse(path, out, catch=True, comments='comments' in given, combine='combine' in given, single='single' in given,
          indent=int(given['indent']) if 'indent' in given else None, ignore=given.get('ignore', ''))
";

/// Options as they are given to crossplane, and to nginxlb.
const OPTIONS: &[(&str, Options)] = &[
    ("", PLAIN),
    ("comments=1", COMMENTS),
    ("combine=1 comments=1", Options { combine: true, ..COMMENTS }),
    ("single=1 indent=4", Options { single_file: true, indent: Some(4), ..PLAIN }),
    ("indent=0", Options { indent: Some(0), ..PLAIN }),
    ("ignore=location,listen,set", Options { ignore: &["location", "listen", "set"], ..PLAIN }),
];

const PLAIN: Options = Options { comments: false, combine: false, single_file: false, indent: None, ignore: &[] };
const COMMENTS: Options = Options { comments: true, ..PLAIN };

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The inputs that were written for this test, with paths from the root of the repository.
const WRITTEN: &[&str] = &["bytes.conf", "comments.conf", "crlf.conf", "lua.conf", "site/nginx.conf", "words.conf"];

fn written() -> impl Iterator<Item = String> {
    WRITTEN.iter().map(|name| format!("testdata/translate/json/{name}"))
}

fn load(path: &str) -> Sources {
    let folder = path.rfind('/').map_or("", |slash| &path[..=slash]);
    Sources::load(path, folder, &Disk).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn is_accepted(sources: &Sources) -> bool {
    let compiled = config::compile(sources, &Target::default(), &NoHost, Judging::default());
    !compiled.diagnostics.iter().any(|d| d.level < Level::Warn && d.nature == Nature::Nginx)
}

/// An include that is not there is none that crossplane can follow.
fn misses_files(sources: &Sources) -> bool {
    let mut included = sources.files.iter().flat_map(|file| file.includes.values());
    included.any(|included| !matches!(included, Included::Files(_)))
}

fn configurations(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display())) {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(configurations(&path));
        } else if path.extension().is_some_and(|extension| extension == "conf") {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// The corpus's files, each with what it needs around it, written to `folder`.
fn corpus(folder: &Path) -> Vec<PathBuf> {
    let corpus = std::env::var_os("NGINXLB_CORPUS").map_or_else(|| root().join("testdata/corpus"), PathBuf::from);
    let manifest = fs::read_to_string(corpus.join("manifest.tsv")).unwrap();
    let mut paths = Vec::new();
    for row in manifest.lines().skip(1) {
        let mut columns = row.split('\t');
        let (name, context) = (columns.next().unwrap(), columns.next().unwrap());
        let text = decode(&fs::read(corpus.join("files").join(name)).unwrap());
        let around = Surroundings::named(context).unwrap_or_else(|| Surroundings::of(&parse(FileId(0), &text)));
        let whole = match around.wrap("it") {
            None => format!("{text}\n{}\n", if context == "main-noevents" { "events {}" } else { "" }),
            Some(wrapper) => wrapper.replace("include \"it\";", &format!("{text}\n")),
        };
        paths.push(folder.join(name));
        fs::write(folder.join(name), encode(&whole)).unwrap();
    }
    paths
}

/// What crossplane prints, for all calls in one process.
fn crossplane(calls: &[(String, String)]) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let out = |at: usize| folder.path().join(at.to_string());
    let mut lines = String::new();
    for (at, (options, path)) in calls.iter().enumerate() {
        writeln!(lines, "{options}\t{path}\t{}", out(at).display()).unwrap();
    }
    let input = folder.path().join("calls");
    fs::write(&input, lines).unwrap();
    let mut command = Command::new("python3");
    command.args(["-c", MANY]).env("PYTHONPATH", oracle::folder()).current_dir(root());
    let done = command.stdin(fs::File::open(&input).unwrap()).stdout(Stdio::inherit()).status().unwrap();
    assert!(done.success(), "crossplane: {done}");
    (0..calls.len()).map(|at| fs::read_to_string(out(at)).unwrap()).collect()
}

/// Compares, and returns what crossplane refused, by its words, with how often.
fn compare(calls: &[(String, String)], ours: &[String]) -> BTreeMap<String, usize> {
    let mut refused = BTreeMap::new();
    let mut differences = Vec::new();
    for ((call, real), ours) in calls.iter().zip(crossplane(calls)).zip(ours) {
        if *ours == real {
            continue;
        }
        let value: serde_json::Value = serde_json::from_str(&real).unwrap();
        match value["errors"][0]["error"].as_str() {
            Some(error) => *refused.entry(error.split(" in /").next().unwrap_or(error).to_owned()).or_default() += 1,
            None => differences.push((call, first_difference(ours, &real))),
        }
    }
    println!("{} calls, {} differ, refused {refused:#?}", calls.len(), differences.len());
    assert!(differences.is_empty(), "{differences:#?}");
    refused
}

fn first_difference(ours: &str, real: &str) -> String {
    let at = ours.bytes().zip(real.bytes()).take_while(|(a, b)| a == b).count();
    let around = |text: &str| {
        String::from_utf8_lossy(&text.as_bytes()[at.saturating_sub(60)..(at + 60).min(text.len())]).into_owned()
    };
    format!("at {at}:\n   ours {}\n   real {}", around(ours), around(real))
}

#[test]
fn python_is_crossplane() {
    let (mut calls, mut ours) = (Vec::new(), Vec::new());
    for path in written() {
        for (arguments, options) in OPTIONS {
            calls.push(((*arguments).to_owned(), path.clone()));
            ours.push(emit(&load(&path), Dialect::Python, options));
        }
    }
    assert_eq!(compare(&calls, &ours), BTreeMap::new());
}

/// What crossplane 0.5.8 refuses of configurations that nginx accepts: its tables are older than nginx.
const REFUSED: &[&str] = &[
    "\"resolver\" directive is not allowed here",
    "\"resolver_timeout\" directive is not allowed here",
    "\"server_name\" directive is not allowed here",
    "\"set\" directive is not allowed here",
    "invalid number of arguments in \"keepalive\" directive",
    "invalid value \"x\" in \"http2_push_preload\" directive, it must be \"on\" or \"off\"",
];

#[test]
fn python_is_crossplane_for_what_nginx_accepts() {
    let folder = tempfile::tempdir().unwrap();
    let mut paths = configurations(&root().join("testdata/nginx"));
    paths.extend(corpus(folder.path()));
    let (mut calls, mut ours) = (Vec::new(), Vec::new());
    for path in paths {
        let path = path.to_str().unwrap();
        let sources = load(path);
        if !is_accepted(&sources) || joins_words(&sources) {
            continue;
        }
        let single_file = misses_files(&sources);
        let arguments = if single_file { "comments=1 single=1" } else { "comments=1" };
        calls.push((arguments.to_owned(), path.to_owned()));
        ours.push(emit(&sources, Dialect::Python, &Options { single_file, ..COMMENTS }));
    }
    assert!(calls.len() > 300, "{}", calls.len());
    let refused: Vec<String> = compare(&calls, &ours).into_keys().collect();
    // Another corpus has other directives that are newer than crossplane.
    if std::env::var_os("NGINXLB_CORPUS").is_none() {
        assert_eq!(refused, REFUSED);
    }
}

/// Whether crossplane takes two words for one: it reads on behind `${name}` at the end of a word.
fn joins_words(sources: &Sources) -> bool {
    let open = |word: &&str| {
        word.rfind("${").is_some_and(|at| word[at..].find('}').is_none_or(|end| at + end + 1 == word.len()))
    };
    let texts = sources.files.iter().flat_map(|file| file.text.split_ascii_whitespace());
    texts.map(|word| word.trim_end_matches(';')).any(|word| open(&word))
}

#[test]
fn go_is_what_was_recorded() {
    for path in written() {
        let sources = load(&path);
        for (recorded, options) in
            [("go", COMMENTS), ("go-plain", PLAIN), ("go-combined", Options { combine: true, ..COMMENTS })]
        {
            let real = fs::read_to_string(root().join(path.replace(".conf", &format!(".{recorded}.json")))).unwrap();
            let ours = emit(&sources, Dialect::Go, &options);
            assert!(ours == real, "{path} {recorded} {}", first_difference(&ours, &real));
        }
    }
}

/// What nginx reads, as far as it matters: the condition of an `if` may be cut at other places.
fn meaning(sources: &Sources) -> Vec<String> {
    sources.files.iter().flat_map(|file| words(&file.tree)).collect()
}

fn words(tree: &Tree) -> Vec<String> {
    let one = |directive: &Directive| {
        let words: Vec<&str> = directive.words.iter().map(|word| &*word.value).collect();
        if words[0] == "if" { words.concat() } else { words.join("\u{0}") }
    };
    tree.directives().map(one).collect()
}

/// A payload's files as sources of their own; names stay.
struct InMemory(Vec<(String, String)>);

impl nginxlb::syntax::Files for InMemory {
    fn read(&self, path: &str) -> Result<Vec<u8>, nginxlb::syntax::ReadError> {
        // The dialect of Go names files in the shortest way.
        let found = self.0.iter().find(|(name, _)| name == path || *name == shortest(path));
        found.map(|(_, text)| text.clone().into_bytes()).ok_or_else(nginxlb::syntax::ReadError::not_found)
    }

    fn glob(&self, pattern: &str) -> Result<Vec<String>, nginxlb::syntax::ReadError> {
        let names = self.0.iter().map(|(name, _)| name);
        let mut found: Vec<String> =
            names.filter(|name| nginxlb::syntax::glob::matches_path(pattern, name)).cloned().collect();
        found.sort();
        Ok(found)
    }
}

fn shortest(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/').filter(|part| *part != ".") {
        if part == ".." {
            parts.pop();
        } else {
            parts.push(part);
        }
    }
    parts.join("/")
}

/// text -> JSON -> text -> JSON: the same JSON, and nginx reads the same words.
#[track_caller]
fn check_fixed_point(path: &str, sources: &Sources, dialect: Dialect, options: &Options) {
    let json = emit(sources, dialect, options);
    let files = read(&json).unwrap_or_else(|error| panic!("{path}: {error}"));
    let folder = path.rfind('/').map_or("", |slash| &path[..=slash]);
    let again = Sources::load(path, folder, &InMemory(files)).unwrap();
    // Without comments crossplane in Python still lists those between words; behind the directive they are as good.
    let json_again = emit(&again, dialect, &Options { comments: true, ..*options });
    assert!(json_again == json, "{path} {dialect:?} {}", first_difference(&json_again, &json));
    // Broken bytes and carriage returns are no longer what they were.
    let is_plain = |text: &str| !text.contains('\r') && std::str::from_utf8(&encode(text)).is_ok();
    let is_kept =
        !options.single_file && options.ignore.is_empty() && sources.files.iter().all(|file| is_plain(&file.text));
    if is_kept && dialect == Dialect::Python {
        assert_eq!(meaning(&again), meaning(sources), "{path}");
    }
}

#[test]
fn there_and_back_is_a_fixed_point() {
    let folder = tempfile::tempdir().unwrap();
    let mut paths = configurations(&root().join("testdata/nginx"));
    paths.extend(corpus(folder.path()));
    let mut paths: Vec<String> = paths.iter().map(|path| path.to_str().unwrap().to_owned()).collect();
    let own = written().collect::<Vec<_>>();
    paths.extend(own.iter().cloned());
    let mut checked = 0;
    for path in &paths {
        let sources = load(path);
        if !own.contains(path) && !is_accepted(&sources) {
            continue;
        }
        let single_file = misses_files(&sources);
        for dialect in [Dialect::Python, Dialect::Go] {
            for comments in [false, true] {
                check_fixed_point(path, &sources, dialect, &Options { comments, single_file, ..PLAIN });
                checked += 1;
            }
        }
    }
    assert!(checked > 1000, "{checked}");
}

#[test]
fn what_is_combined_comes_back_as_one_file() {
    for path in written().filter(|path| !path.contains("bytes")) {
        let sources = load(&path);
        for dialect in [Dialect::Python, Dialect::Go] {
            let json = emit(&sources, dialect, &Options { combine: true, ..COMMENTS });
            let files = read(&json).unwrap();
            assert_eq!(files.len(), 1);
            let again = Sources::from_text(&path, files[0].1.clone(), "", &InMemory(Vec::new()));
            let directives = |json: &str| json.matches("\"directive\"").count();
            assert_eq!(directives(&emit(&again, dialect, &COMMENTS)), directives(&json), "{path} {dialect:?}");
        }
    }
}

/// Every directive once, and nothing is lost, whatever the dialect; and back again by the command.
#[test]
fn the_command_goes_there_and_back() {
    let conf = "testdata/translate/json/site/nginx.conf";
    for (to, dialect, options) in [
        ("json", Dialect::Python, PLAIN),
        ("json@comments,combine", Dialect::Python, Options { combine: true, ..COMMENTS }),
        ("json@go,comments,indent=2", Dialect::Go, Options { indent: Some(2), ..COMMENTS }),
    ] {
        let output = program::run(root(), &["translate", "--to", to, "--report", "json", conf], "");
        assert_eq!(String::from_utf8(output.stdout).unwrap(), emit(&load(conf), dialect, &options), "{to}");
        assert_eq!(output.status.code(), Some(0), "{to}");
        let told = entries(&output.stderr);
        let written = told.iter().filter(|entry| entry["default"] == false);
        assert!(written.clone().all(|entry| entry["class"] == "exact"), "{told:#?}");
        assert_eq!(written.count(), count(&load(conf), &load(conf).files[0].tree.items), "{to}");
        assert!(told.iter().filter(|entry| entry["default"] == true).all(|entry| entry["class"] == "automatic"));
    }

    let folder = tempfile::tempdir().unwrap();
    let (out, payload) = (folder.path().join("out"), folder.path().join("payload.json"));
    fs::write(&payload, emit(&load(conf), Dialect::Python, &COMMENTS)).unwrap();
    let [payload, into] = [&payload, &out].map(|path| path.to_str().unwrap());
    let back = ["translate", "--from", "json", "--out", into, "--report", "json", payload];
    let output = program::run(root(), &back, "");
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let again = load(out.join("nginx.conf").to_str().unwrap());
    assert_eq!(meaning(&again), meaning(&load(conf)));
    let told = entries(&output.stderr);
    assert_eq!(told.len(), count(&again, &again.files[0].tree.items));
    for entry in &told {
        let (at, emitted) = (&entry["at"], &entry["emitted"][0]);
        assert_eq!((&entry["class"], &at["line"]), (&"exact".into(), &emitted["line"]), "{entry}");
    }
    let output = program::run(root(), &back, "");
    assert_eq!(output.status.code(), Some(4), "it is there already");
}

#[test]
fn the_command_says_what_is_wrong_with_a_payload() {
    let file = |name: &str, parsed: &str| format!(r#"{{"file":"{name}","parsed":[{parsed}]}}"#);
    let events = r#"{"directive":"events","args":[],"block":[]}"#;
    for (payload, said) in [
        (
            "[".to_owned(),
            "<json>: this is no JSON: EOF while parsing a list at line 1 column 1 (give the output of crossplane parse)",
        ),
        (
            format!(r#"{{"config":[{},{}]}}"#, file("/a/nginx.conf", events), file("/etc/passwd", "")),
            "config[1].file: \"/etc/passwd\" is outside of \"/a\", the folder of the first file",
        ),
        (
            format!(r#"{{"config":[{}]}}"#, file("nginx.conf", r#"{"directive":"lisen","args":["80"]}"#)),
            "nginx.conf:1:1: error: unknown directive \"lisen\"",
        ),
    ] {
        let output = program::run(root(), &["translate", "--from", "json", "-"], &payload);
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(told.contains(&said.replace("<json>", "-")), "{told}");
        assert_eq!((output.status.code(), output.stdout.len()), (Some(4), 0), "{told}");
    }
}

/// The directives that nginx reads: a file counts wherever it is included, rows of maps are none.
fn count(sources: &Sources, items: &[Item]) -> usize {
    let one = |item: &Item| {
        let Item::Directive(directive) = item else { return 0 };
        let included = match sources.included(directive) {
            Some(Included::Files(files)) => {
                files.iter().map(|file| count(sources, &sources.file(*file).tree.items)).sum()
            }
            _ => 0,
        };
        let has_rows = ["map", "types"].contains(&directive.name());
        let inside = directive.block().filter(|_| !has_rows).map_or(0, |block| count(sources, &block.items));
        1 + included + inside
    };
    items.iter().map(one).sum()
}

fn entries(report: &[u8]) -> Vec<serde_json::Value> {
    let report: serde_json::Value = serde_json::from_slice(report).unwrap();
    report["entries"].as_array().unwrap().clone()
}
