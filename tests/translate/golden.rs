//! The way of every target: translate, look at what came out, hand it to the checker, misspell it, hand it over again.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::common::program;

/// How many lines of a file a snapshot shows. Tables made by calculation are longer.
const SHOWN: usize = 400;

/// What a target's checker says.
pub struct Said {
    /// Whether it takes the configuration.
    pub good: bool,
    /// What it wrote.
    pub text: String,
}

impl Said {
    /// A checker that answers by its exit code.
    pub fn by(command: &mut Command) -> Said {
        let output = command.output().unwrap_or_else(|e| panic!("{command:?}: {e}"));
        let text = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
        Said { good: output.status.success(), text }
    }
}

/// A target and its checker.
pub struct Golden {
    /// What `--to` calls it; the part before `@` names the folder of its snapshots.
    pub to: &'static str,
    /// What the target's own checker says of the files in this folder.
    pub check: fn(&Path) -> Said,
    /// Words of its format. The first that an output has is misspelt, and the checker must see it.
    pub keys: &'static [&'static str],
}

/// What is translated, and where the snapshots lie.
pub struct Way {
    /// Folders of configurations, those that are there.
    pub inputs: &'static [&'static str],
    /// The nginx that they were written for, as `--target` knows it; empty for the newest.
    pub from: &'static str,
    /// A folder below `snapshots/translate`.
    pub snapshots: &'static str,
}

/// Translates all of `testdata/translate`, and of the folder in it that has the target's name.
///
/// # Panics
/// When the checker does not take an output, or takes a misspelt one, or a snapshot differs.
pub fn require(golden: &Golden) {
    let name = golden.to.split('@').next().unwrap();
    let all = "testdata/translate";
    judge(golden, "", name, &inputs(&[all, &format!("{all}/{name}")]));
}

/// Translates folders of configurations.
///
/// # Panics
/// As [`require`].
pub fn along(golden: &Golden, way: &Way) {
    judge(golden, way.from, way.snapshots, &inputs(way.inputs));
}

fn judge(golden: &Golden, from: &str, snapshots: &str, inputs: &[PathBuf]) {
    let mut faults = Vec::new();
    for input in inputs {
        let name = input.file_stem().unwrap().to_string_lossy().into_owned();
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("out");
        let text = translated(golden.to, from, input, &out);
        insta::with_settings!({
            snapshot_path => format!("{}/snapshots/translate/{}", root().display(), snapshots),
            prepend_module_to_snapshot => false,
            omit_expression => true,
        }, { insta::assert_snapshot!(name.clone(), text) });
        let said = (golden.check)(&out);
        if !said.good {
            faults.push(format!("{name}: not taken: {}", said.text));
            continue;
        }
        misspell(&out, golden.keys);
        if (golden.check)(&out).good {
            faults.push(format!("{name}: a misspelt key is taken"));
        }
    }
    assert!(faults.is_empty(), "{}: {}", golden.to, faults.join("\n"));
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The configurations, sorted.
fn inputs(folders: &[&str]) -> Vec<PathBuf> {
    let entries = folders.iter().flat_map(|folder| fs::read_dir(root().join(folder)).into_iter().flatten());
    let mut inputs: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    inputs.retain(|path| path.extension().is_some_and(|extension| extension == "conf"));
    inputs.sort();
    assert!(!inputs.is_empty());
    inputs
}

/// Report and files in one text. What is refused is allowed by its code in a second call, and said to be.
fn translated(to: &str, from: &str, input: &Path, out: &Path) -> String {
    let folder = input.parent().unwrap();
    let name = input.file_name().unwrap().to_string_lossy();
    let out_text = out.to_string_lossy();
    let call = |allowed: &[String]| {
        let mut arguments = vec!["translate", "--to", to, "--out", &out_text];
        if !from.is_empty() {
            arguments.extend(["--target", from]);
        }
        arguments.extend(allowed.iter().flat_map(|code| ["--allow-loss", code]));
        arguments.push(&name);
        program::run(folder, &arguments, "")
    };
    let mut output = call(&[]);
    let report = |output: &std::process::Output| String::from_utf8_lossy(&output.stderr).into_owned();
    let refused = codes(&report(&output));
    let mut text = format!("{}[exit {}]\n", report(&output), output.status.code().unwrap());
    if !refused.is_empty() {
        assert!(!out.exists(), "{to}: {name}: refused, and written nevertheless");
        output = call(&refused);
        let _ = writeln!(text, "with --allow-loss {}: [exit {}]", refused.join(" "), output.status.code().unwrap());
    }
    assert!(output.status.code() < Some(3), "{to}: {name}: {}", report(&output));
    for path in files(out) {
        let _ = writeln!(text, "--- {}", path.strip_prefix(out).unwrap().display());
        let whole = fs::read_to_string(&path).unwrap().replace(&*out_text, "OUT");
        let lines: Vec<&str> = whole.lines().collect();
        for line in lines.iter().take(SHOWN) {
            let _ = writeln!(text, "{line}");
        }
        if let Some(more) = lines.len().checked_sub(SHOWN).filter(|more| *more > 0) {
            let _ = writeln!(text, "... {more} more lines");
        }
    }
    text
}

/// The codes of what a report refuses: `nginx.conf:7: refused: deny all [haproxy/deny]`
pub fn codes(report: &str) -> Vec<String> {
    // A directive may go on in the next line.
    let refused = report.split(": refused: ").skip(1);
    let code = |entry: &str| Some(entry.lines().find(|line| line.ends_with(']'))?.rsplit_once('[')?.1.to_owned());
    let mut codes: Vec<String> = refused.filter_map(code).map(|code| code.trim_end_matches(']').to_owned()).collect();
    codes.sort();
    codes.dedup();
    codes
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found.sort();
    found
}

/// Puts a letter into the first of the keys that a file has.
fn misspell(out: &Path, keys: &[&str]) {
    let texts: Vec<(PathBuf, String)> =
        files(out).into_iter().map(|path| (path.clone(), fs::read_to_string(&path).unwrap())).collect();
    let found = keys.iter().find_map(|key| texts.iter().find_map(|(path, text)| Some((path, text, text.find(key)?))));
    let (path, text, at) = found.unwrap_or_else(|| panic!("none of {keys:?} in {texts:?}"));
    let mut text = text.clone();
    text.insert(at + 1, 'z');
    fs::write(path, text).unwrap();
}
