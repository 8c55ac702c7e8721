//! Apache's second pass: in a folder's file all rules are run again over the path that came out. nginx has no such thing,
//! which shows where another rule would take that path.

use super::capabilities as can;
use super::pattern::{beginning, matches_all, on_path};
use super::rule::{Against, Condition, Rule};
use super::target::{Place, target};
use super::test::Around;
use super::text::{depends_on_path, parts};
use crate::config::Regex;
use crate::translate::class::Capability;

const AROUND: Around = Around { rule: 0, in_folder: true, moved: false };

/// What there is to say if the second pass may change what the rule at `at` made.
pub(super) fn again(at: usize, rules: &[Rule], place: &Place) -> Option<&'static Capability> {
    let rule = rules.get(at)?;
    if rule.substitution == "-" || rule.flags.end || rule.flags.status.is_some() {
        return None;
    }
    let (path, whole) = target(rule, place, AROUND).ok()?.path?;
    for (number, other) in rules.iter().enumerate() {
        if !may_match(other, place, &path, whole) || !may_hold(other, number < at, place, whole.then_some(&*path)) {
            continue;
        }
        if other.substitution == "-" {
            match (other.flags.status.is_some(), other.flags.ends()) {
                (true, _) => return Some(&can::SECOND_PASS),
                (false, true) => return None,
                (false, false) => continue,
            }
        }
        // Apache stops where the path stays the same, but only if it was not written from the root on.
        let same = !other.substitution.starts_with('/');
        let same = same && target(other, place, AROUND).is_ok_and(|target| target.path == Some((path.clone(), true)));
        return if same && whole { None } else { Some(&can::SECOND_PASS) };
    }
    None
}

/// Whether nginx would do what flag R says where Apache would not: when the path of an index takes the place of a folder's.
pub(super) fn at_index(rule: &Rule, place: &Place) -> bool {
    let by_path = rule.conditions.iter().any(|one| depends_on_path(&parts(&one.test)));
    let start = beginning(&on_path(&rule.pattern, &place.held(), false));
    let own = start.rfind('/').map_or("/", |at| &start[..=at]);
    let base = place.folder.as_deref().unwrap_or("/");
    let folders = [own.to_owned(), base.to_owned(), format!("{base}a/")];
    let surprises = |folder: &String| {
        let first = may_match(rule, place, folder, true) && !by_path;
        let index = |name: &&str| {
            let path = format!("{folder}{name}");
            may_match(rule, place, &path, true) && may_hold(rule, false, place, Some(&path))
        };
        !first && ["index.php", "index.html", "index.htm"].iter().any(index)
    };
    rule.flags.by_r && folders.iter().any(surprises)
}

/// Whether the pattern may match a path, of which the beginning is known, or all.
fn may_match(rule: &Rule, place: &Place, path: &str, whole: bool) -> bool {
    let expression = on_path(&rule.pattern, &place.held(), false);
    if whole {
        let flag = if rule.flags.caseless { "(?i)" } else { "" };
        let regex = Regex::at_run_time(&format!("{flag}{expression}"));
        return regex.is_ok_and(|regex| regex.is_match(path.as_bytes())) != rule.negated;
    }
    let start = beginning(&expression);
    let common = start.len().min(path.len());
    rule.negated || rule.flags.caseless || start.as_bytes()[..common] == path.as_bytes()[..common]
}

/// Whether the conditions may hold in the second pass, with this path if it is known.
fn may_hold(rule: &Rule, is_before: bool, place: &Place, path: Option<&str>) -> bool {
    // What was tried in the first pass and has not changed fails again.
    let same = |one: &Condition| !depends_on_path(&parts(&one.test)) && one.test != "%{ENV:REDIRECT_STATUS}";
    let all = matches_all(&rule.pattern) && place.is_whole() && !rule.negated;
    if is_before && all && !rule.conditions.is_empty() && rule.conditions.iter().all(same) {
        return false;
    }
    let mut any = false;
    for condition in &rule.conditions {
        any |= may(condition, path);
        if !condition.or {
            if !any {
                return false;
            }
            any = false;
        }
    }
    true
}

/// Whether a condition may hold for what was rewritten: its path leads to a file then, and Apache has set a status.
fn may(condition: &Condition, path: Option<&str>) -> bool {
    let flag = if condition.caseless { "(?i)" } else { "" };
    let fits = |text: &str| match &condition.against {
        Against::Same(same) => Some(same == text),
        Against::Regex(pattern) => {
            Regex::at_run_time(&format!("{flag}{pattern}")).ok().map(|regex| regex.is_match(text.as_bytes()))
        }
        Against::File(_) | Against::Other => None,
    };
    let holds = match (&*condition.test, &condition.against) {
        ("%{REQUEST_FILENAME}" | "%{SCRIPT_FILENAME}", Against::File('f')) => Some(true),
        ("%{ENV:REDIRECT_STATUS}", _) => fits("200"),
        ("%{REQUEST_URI}", _) => path.and_then(fits),
        _ => None,
    };
    holds.is_none_or(|holds| holds != condition.negated)
}
