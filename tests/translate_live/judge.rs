//! The judgement: a case under nginx and under a target with what `nginxlb translate` made for it, held against the report.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::{Arc, Mutex, OnceLock};

use tempfile::TempDir;

use crate::case::{Case, Observed};
use crate::compare::{Field, compare};
use crate::play::{Act, apart, folder};
use crate::programs::named;
use crate::report::{Class, Entry, Reconciled, reconcile};
use crate::translate::translate;

/// A target of `nginxlb translate`.
#[derive(Debug, Clone, Copy)]
pub struct Target {
    /// What `--to` calls it.
    pub to: &'static str,
    /// The program that takes it, by its name in `programs`.
    pub program: &'static str,
}

/// What nginx 1.31.3 does in a case. It plays each once, however many targets there are.
///
/// # Errors
/// What the play complained of.
pub fn nginx(case: &Case) -> Result<Vec<Observed>, String> {
    type Once = Arc<OnceLock<Result<Vec<Observed>, String>>>;
    static PLAYED: Mutex<BTreeMap<String, Once>> = Mutex::new(BTreeMap::new());
    let once = Arc::clone(PLAYED.lock().unwrap().entry(case.name.clone()).or_default());
    once.get_or_init(|| {
        let files = folder(&[("nginx.conf", &case.conf)]);
        Ok(apart("nginx", files.path(), case, Act::PlayUnchecked)?.observed)
    })
    .clone()
}

/// Plays a case under a program with a configuration for it, and holds what differs from nginx against the entries.
///
/// # Errors
/// What the program's checker or a play complained of.
pub fn against(case: &Case, program: &str, files: &Path, entries: &[Entry]) -> Result<Reconciled, String> {
    let nginx = nginx(case)?;
    let played = apart(program, files, case, Act::Play)?;
    if !played.checked.good {
        return Err(format!("{program} does not take it: {}", played.checked.text));
    }
    Ok(reconcile(case, compare(case, &nginx, &played.observed), entries))
}

/// A copy of the files in which the first of the program's keys that is there is misspelt.
///
/// # Panics
/// When none of the program's keys is there.
pub fn misspelt(program: &str, files: &Path) -> TempDir {
    let copy = tempfile::tempdir().unwrap();
    let mut texts = Vec::new();
    for entry in std::fs::read_dir(files).unwrap() {
        let path = entry.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        // Files that name each other name those of the copy.
        let text = text.replace(&*files.to_string_lossy(), &copy.path().to_string_lossy());
        texts.push((copy.path().join(path.file_name().unwrap()), text));
    }
    let keys = named(program).keys();
    let (file, at) = keys
        .iter()
        .find_map(|key| texts.iter().enumerate().find_map(|(file, (_, text))| Some((file, text.find(key)?))))
        .unwrap_or_else(|| panic!("none of {keys:?} in {texts:?}"));
    texts[file].1.insert(at + 1, 'z');
    for (path, text) in texts {
        std::fs::write(path, text).unwrap();
    }
    copy
}

/// How a target did.
#[derive(Debug, Default)]
pub struct Tally {
    pub cases: usize,
    pub faults: Vec<String>,
    /// Cases in which something had to be allowed, and what.
    pub refused: Vec<String>,
    /// What the reports say may show, by code.
    pub claimed: BTreeSet<String>,
    /// What was seen to show.
    pub shown: BTreeSet<(String, Field)>,
}

impl Tally {
    fn case(&mut self, target: Target, case: &Case) {
        self.cases += 1;
        if let Err(fault) = self.judge(target, case) {
            self.faults.push(format!("{} to {}: {fault}", case.name, target.to));
        }
    }

    fn judge(&mut self, target: Target, case: &Case) -> Result<(), String> {
        let translation = translate(&case.conf, target.to)?;
        if !translation.refused.is_empty() {
            self.refused.push(format!("{} ({})", case.name, translation.refused.join(", ")));
        }
        let lossy = translation.entries.iter().filter(|entry| entry.class == Class::Approximate);
        self.claimed.extend(lossy.map(|entry| entry.code.clone()));
        unspoken(case, &translation.entries)?;
        if self.cases == 1 {
            // The checker looks: a program that takes anything proves nothing.
            let wrong = misspelt(target.program, &translation.files());
            let checked = apart(target.program, wrong.path(), case, Act::Check)?.checked;
            if checked.good {
                return Err(format!("{} takes a misspelt key", target.program));
            }
        }
        let found = against(case, target.program, &translation.files(), &translation.entries)?;
        self.shown.extend(found.shown);
        if found.untold.is_empty() {
            return Ok(());
        }
        let some = std::env::var("NGINXLB_SHOW").ok().and_then(|n| n.parse().ok()).unwrap_or(5);
        let lines: String = found.untold.iter().take(some).map(|one| format!("\n    {}", one.shown())).collect();
        Err(format!("{} differences that the report does not tell of{lines}", found.untold.len()))
    }
}

/// A configuration at random has nothing that a target may not know: what nobody spoke of would excuse any difference.
fn unspoken(case: &Case, entries: &[Entry]) -> Result<(), String> {
    let unspoken = |entry: &&Entry| entry.code == format!("dropped-behaviour/{}", entry.directive);
    let texts: Vec<&str> = entries.iter().filter(unspoken).map(|entry| entry.text.as_str()).collect();
    if texts.is_empty() || !case.name.starts_with("random-") {
        return Ok(());
    }
    Err(format!("the emitter says nothing of {texts:?}"))
}

/// Judges the cases. With `NGINXLB_CASE` only those whose names begin so.
///
/// # Panics
/// When one differs in what the report does not tell of, or when nothing is judged.
pub fn require(target: Target, cases: &[Case]) {
    let only = std::env::var("NGINXLB_CASE").unwrap_or_default();
    let mut tally = Tally::default();
    for case in cases.iter().filter(|case| case.name.starts_with(&only)) {
        tally.case(target, case);
    }
    let shown: BTreeSet<&str> = tally.shown.iter().map(|(code, _)| &**code).collect();
    let silent: Vec<&String> = tally.claimed.iter().filter(|code| !shown.contains(&***code)).collect();
    println!(
        "{}: {} of {} cases as nginx or as the report says",
        target.to,
        tally.cases - tally.faults.len(),
        tally.cases
    );
    println!(
        "  refused until allowed: {:?}\n  shown: {:?}\n  approximate, not shown: {silent:?}",
        tally.refused, tally.shown
    );
    assert!(tally.cases > 0, "{}: nothing was judged", target.to);
    assert!(tally.faults.is_empty(), "\n{}", tally.faults.join("\n"));
}
