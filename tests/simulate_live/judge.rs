//! The judgement: what `nginxlb simulate` says of a case, beside what a real nginx did with it.

use std::path::Path;
use std::process::Command;
use std::sync::Mutex;

use serde::Deserialize;
use serde_json::Value;

use crate::case::{Outcome, lines, read_lines};
use crate::play::{LATE, Nginx, apart};
use crate::record::{Order, in_parallel, make, name};

/// How often a case is played until its play was in time.
const PLAYS: u64 = 4;

/// One line of `--picks`, in the parts that are compared.
#[derive(Deserialize)]
struct Pick {
    id: u32,
    status: u16,
    tried: Vec<String>,
    statuses: Vec<Value>,
}

/// What `nginxlb simulate` says of the case in `folder`.
fn simulate(folder: &Path) -> Result<Vec<Outcome>, String> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_nginxlb"));
    command.current_dir(folder).env_remove("NGINXLB_TARGET").args(["simulate", "nginx.conf", "--trace", "trace.jsonl"]);
    command.args(["--scenario", "scenario.toml", "--rng", "glibc:42", "--picks", "picks.jsonl"]);
    let output = command.output().map_err(|e| e.to_string())?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned());
    }
    let mut picks: Vec<Pick> = read_lines(&folder.join("picks.jsonl"));
    picks.sort_by_key(|pick| pick.id);
    let text = |status: Value| status.as_str().map_or_else(|| status.to_string(), str::to_owned);
    let outcome = |pick: Pick| {
        let statuses = pick.statuses.into_iter().map(text).collect();
        Outcome { id: pick.id, status: pick.status, tried: pick.tried, statuses }
    };
    Ok(picks.into_iter().map(outcome).collect())
}

fn difference(ours: &[Outcome], nginx: &[Outcome]) -> Option<String> {
    let pairs = ours.iter().map(Some).chain(std::iter::repeat(None)).zip(nginx);
    let all: Vec<_> = pairs.filter(|(ours, nginx)| *ours != Some(*nginx)).collect();
    let (ours, real) = all.first()?;
    Some(format!(
        "{} of {} requests differ; the first:\n  nginx     {real:?}\n  simulated {ours:?}",
        all.len(),
        nginx.len()
    ))
}

/// How a case was judged.
enum Verdict {
    /// The simulator says of every request what nginx did.
    Same,
    /// It does not, and this is where.
    Differs(String),
    /// It does not, but no two plays were in time and alike.
    Unsure(String),
}

/// Plays the case, in turns with backends that answer a millisecond later, until a play is as simulated, or two plays that were in time agree that it is not.
fn judge(order: Order, nginx: &Nginx) -> Verdict {
    let case = make(order);
    let folder = tempfile::tempdir().unwrap();
    case.write(folder.path());
    let ours = match simulate(folder.path()) {
        Ok(ours) => ours,
        Err(why) => return Verdict::Differs(why),
    };
    let mut before: Option<Vec<Outcome>> = None;
    let mut unsure = String::new();
    for play in 0..PLAYS {
        let played = match apart(&case, nginx, play % 2) {
            Ok(played) => played,
            Err(why) => return Verdict::Differs(why),
        };
        let Some(difference) = difference(&ours, &played.outcomes) else { return Verdict::Same };
        unsure = format!("{difference}\n  but the play was {} ms late", played.late);
        if played.late > LATE {
            continue;
        }
        if before.as_ref() == Some(&played.outcomes) {
            let kept = crate::scratch().join(name(order));
            std::fs::create_dir_all(&kept).unwrap();
            case.write(&kept);
            std::fs::write(kept.join("expected.jsonl"), lines(&played.outcomes)).unwrap();
            return Verdict::Differs(format!("{difference}\n  kept in {}", kept.display()));
        }
        before = Some(played.outcomes);
    }
    Verdict::Unsure(unsure)
}

/// Judges the orders, `jobs` at a time, each with the program that is to play it; what stays unsure in the crowd is judged once more on its own.
///
/// # Panics
/// When one differs.
pub fn require(program: &str, orders: &[(Order, Nginx)], jobs: usize) {
    let (differences, unsure) = (Mutex::new(Vec::new()), Mutex::new(Vec::new()));
    in_parallel(orders, jobs, |(order, nginx)| match judge(*order, nginx) {
        Verdict::Same => {}
        Verdict::Differs(how) => differences.lock().unwrap().push(format!("{}: {how}", name(*order))),
        Verdict::Unsure(_) => unsure.lock().unwrap().push((*order, nginx)),
    });
    let mut differences = differences.into_inner().unwrap();
    for (order, nginx) in unsure.into_inner().unwrap() {
        if let Verdict::Differs(how) | Verdict::Unsure(how) = judge(order, nginx) {
            differences.push(format!("{}: {how}", name(order)));
        }
    }
    println!("{} of {} cases as {program}", orders.len() - differences.len(), orders.len());
    assert!(differences.is_empty(), "\n{}", differences.join("\n"));
}
