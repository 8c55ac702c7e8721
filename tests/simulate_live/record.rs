//! Recordings: cases are made from seeds, played twice, and kept where both plays agree and nothing was late.

use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::case::{Case, Outcome, lines, read_lines};
use crate::draft::Draft;
use crate::kinds::{KINDS, Kind};
use crate::load::LOAD;
use crate::play::{LATE, Nginx, Played, apart};
use crate::retries::RETRIES;
use crate::routing::ROUTING;
use crate::sessions::SESSIONS;

/// A case to play: its kind and seed.
pub type Order = (&'static Kind, u64);

/// Every kind.
pub fn kinds() -> impl Iterator<Item = &'static Kind> {
    KINDS.iter().chain(LOAD).chain(RETRIES).chain(SESSIONS).chain(ROUTING)
}

/// The case that follows from a kind and a seed.
pub fn make((kind, seed): Order) -> Case {
    let mut draft = Draft::new(seed ^ u64::from(crc32fast::hash(kind.0.as_bytes())) << 32);
    (kind.2)(&mut draft);
    draft.finish()
}

/// What it is called: the kind and the seed.
pub fn name((kind, seed): Order) -> String {
    format!("{}-{seed}", kind.0)
}

/// Runs `work` on every item, `jobs` at a time.
pub fn in_parallel<'a, T: Sync>(items: &'a [T], jobs: usize, work: impl Fn(&'a T) + Sync) {
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..jobs {
            scope.spawn(|| {
                while let Some(item) = items.get(next.fetch_add(1, Ordering::Relaxed)) {
                    work(item);
                }
            });
        }
    });
}

/// Plays a case twice; what both plays said. In the second, backends answer a millisecond later: what hangs on one is
/// nothing to compare.
///
/// # Errors
/// Why it is not kept.
pub fn twice(case: &Case, nginx: &Nginx) -> Result<Played, String> {
    let (first, second) = std::thread::scope(|scope| {
        let second = scope.spawn(|| apart(case, nginx, 1));
        (apart(case, nginx, 0), second.join().unwrap())
    });
    let (mut first, second) = (first?, second?);
    first.late = first.late.max(second.late);
    if first.late > LATE {
        return Err(format!("{} ms late", first.late));
    }
    match first.outcomes.iter().zip(&second.outcomes).find(|(a, b)| a != b) {
        Some((a, b)) => Err(format!("two plays differ: {a:?} {b:?}")),
        None => Ok(first),
    }
}

/// Records the orders into `out`, one folder each.
pub fn record(orders: &[Order], nginx: &Nginx, version: &str, out: &Path, jobs: usize) {
    let kept = Mutex::new(0);
    in_parallel(orders, jobs, |order| {
        let (kind, seed) = *order;
        let folder = out.join(name(*order));
        if folder.join("expected.jsonl").exists() {
            return;
        }
        let case = make(*order);
        match twice(&case, nginx) {
            Ok(played) => {
                std::fs::create_dir_all(&folder).unwrap();
                case.write(&folder);
                let meta = serde_json::json!({
                    "nginx": version, "kind": kind.0, "rng": "glibc:42", "seed": seed, "late_ms": played.late,
                });
                std::fs::write(folder.join("meta.json"), meta.to_string()).unwrap();
                std::fs::write(folder.join("times.jsonl"), lines(&played.times)).unwrap();
                std::fs::write(folder.join("expected.jsonl"), lines(&played.outcomes)).unwrap();
                *kept.lock().unwrap() += 1;
            }
            Err(why) => eprintln!("{}: {}", name(*order), why.trim_end()),
        }
    });
    eprintln!("{} of {} cases kept in {}", kept.lock().unwrap(), orders.len(), out.display());
}

/// Plays the recorded cases below `folder` again and says which differ.
pub fn replay(folder: &Path, nginx: &Nginx, jobs: usize) {
    let mut folders: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    folders.retain(|folder| folder.join("expected.jsonl").exists());
    folders.sort();
    let same = AtomicUsize::new(0);
    in_parallel(&folders, jobs, |folder| {
        let expected: Vec<Outcome> = read_lines(&folder.join("expected.jsonl"));
        let played = twice(&Case::read(folder), nginx);
        let differs = played.map(|played| played.outcomes.into_iter().zip(&expected).find(|(now, then)| now != *then));
        match differs {
            Ok(None) => drop(same.fetch_add(1, Ordering::Relaxed)),
            other => eprintln!("{}: {other:?}", folder.display()),
        }
    });
    eprintln!("{} of {} as recorded", same.into_inner(), folders.len());
}
