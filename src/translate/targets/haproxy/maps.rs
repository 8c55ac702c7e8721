//! `map`: a rule for each row, in the order in which nginx looks.

use super::answers::quoted;
use super::plan::Rule;
use super::samples::{Around, Unknown};
use super::words::{matches, name, test, word};
use super::{Work, can};
use crate::config::Text;
use crate::modules::shared::map::{Entry, Key, Map};
use crate::translate::subject::SubjectId;

/// The rules of all maps that somebody asked for, and of those that they ask for.
pub fn plan(work: &mut Work) -> Vec<Rule> {
    let mut rules = Vec::new();
    let mut done = Vec::new();
    let asked: Vec<usize> = work.kept.maps.iter().copied().collect();
    for number in asked {
        one(work, number, &mut done, &mut rules);
    }
    rules
}

fn one(work: &mut Work, number: usize, done: &mut Vec<usize>, rules: &mut Vec<Rule>) {
    if done.contains(&number) {
        return;
    }
    done.push(number);
    let map = &work.maps[number];
    let from = work.model.config.http.map_or(SubjectId(0), |http| work.model.subjects.at(http, map.span));
    let written = write(work, map, from);
    let others: Vec<usize> = work.kept.maps.iter().copied().collect();
    for other in others {
        one(work, other, done, rules);
    }
    match written {
        Ok(own) => {
            work.note(from, &can::MAP);
            rules.extend(own);
        }
        Err(Unknown(_)) => work.note(from, &can::IF_LOST),
    }
}

fn write(work: &mut Work, map: &Map, from: SubjectId) -> Result<Vec<Rule>, Unknown> {
    let around = Around { maps: work.maps, ..Around::default() };
    let mut rules = Vec::new();
    let sample = if let Some(sample) = work.kept.sample(&map.source, around)? {
        sample
    } else {
        let format = work.kept.format(&map.source, around)?;
        let text = format!("http-request set-var-fmt(txn.source) {}", quoted(&format));
        rules.push(Rule::always(text, &[from]));
        "var(txn.source)".to_owned()
    };
    let variable = format!("txn.map_{}", name(&map.variable.to_ascii_lowercase()));
    let mut push = |value: &Text, around: Around, when: &str| -> Result<(), Unknown> {
        let value = work.kept.format(value, around)?;
        let when = format!("!{{ var({variable}) -m found }} {when}");
        rules.push(Rule::when(
            format!("http-request set-var-fmt({variable}) {}", quoted(&value)),
            when.trim_end(),
            &[from],
        ));
        Ok(())
    };
    let mut entries: Vec<&Entry> = map.entries.iter().collect();
    entries.sort_by_key(|entry| rank(&entry.key));
    for entry in entries {
        let matched = match &entry.key {
            Key::Regex(regex) => Some((sample.as_str(), regex)),
            _ => None,
        };
        let around = Around { matched, ..around };
        match &entry.key {
            Key::Exact(text) if text.is_empty() => {
                push(&entry.value, around, &format!("!{{ {} -m int gt 0 }}", word(&format!("{sample},length"))))?;
            }
            Key::Exact(text) => push(&entry.value, around, &test(&sample, "str -i", &[text]))?,
            Key::Under(domain) => push(&entry.value, around, &test(&sample, "end -i", &[&format!(".{domain}")]))?,
            Key::Domain(domain) => {
                push(&entry.value, around, &test(&sample, "str -i", &[domain]))?;
                push(&entry.value, around, &test(&sample, "end -i", &[&format!(".{domain}")]))?;
            }
            Key::Start(start) => push(&entry.value, around, &test(&sample, "beg -i", &[&format!("{start}.")]))?,
            Key::Regex(regex) => push(&entry.value, around, &matches(&sample, regex))?,
        }
    }
    push(map.default.as_ref().unwrap_or(&Text::default()), around, "")?;
    Ok(rules)
}

/// nginx looks for whole keys first, then for ends, then for beginnings, the longest first, then for expressions in order.
fn rank(key: &Key) -> (u8, std::cmp::Reverse<usize>) {
    match key {
        Key::Exact(_) => (0, std::cmp::Reverse(0)),
        Key::Under(text) | Key::Domain(text) => (1, std::cmp::Reverse(text.len())),
        Key::Start(text) => (2, std::cmp::Reverse(text.len())),
        Key::Regex(_) => (3, std::cmp::Reverse(0)),
    }
}
