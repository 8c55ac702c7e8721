//! The report for people: what is not exact, drawn together by class; the rest as a sum.

use std::fmt::Write;

use super::Report;
use crate::translate::{Class, Entry};

/// The report. What is said of several is said once, below them.
#[must_use]
pub fn write(report: &Report) -> String {
    let mut out = String::new();
    for class in Class::ALL.iter().rev().filter(|class| class.exit_code() > 0) {
        let mut entries: Vec<&Entry> =
            report.translation.entries.iter().filter(|entry| entry.class == *class).collect();
        while let Some(first) = entries.first().copied() {
            let (alike, others): (Vec<&Entry>, Vec<&Entry>) =
                entries.into_iter().partition(|entry| is_alike(entry, first));
            write_entries(&mut out, report, &alike);
            entries = others;
        }
    }
    // Writing to a text cannot fail.
    let _ = writeln!(out, "{}", summary(report));
    out
}

/// Whether the same is said of both.
fn is_alike(one: &Entry, other: &Entry) -> bool {
    one.code == other.code && one.says == other.says && one.shows == other.shows && one.fix == other.fix
}

fn write_entries(out: &mut String, report: &Report, entries: &[&Entry]) {
    for entry in entries {
        let place = match report.span_of(entry).map(|span| report.at(span)) {
            Some((file, at)) => format!("{file}:{}", at.line),
            None => "default".to_owned(),
        };
        let _ = writeln!(out, "{place}: {}: {} [{}]", entry.class.name(), report.text_of(entry), entry.code);
    }
    let Some(entry) = entries.first() else { return };
    let shows: Vec<&str> = entry.shows.iter().map(|shows| shows.name()).collect();
    let shows = if shows.is_empty() { String::new() } else { format!(" ({})", shows.join(", ")) };
    let _ = writeln!(out, "    {}{shows}", entry.says);
    if !entry.fix.is_empty() {
        let _ = writeln!(out, "    fix: {}", entry.fix);
    }
}

/// How many there are of each class, and in which blocks a fragment was read.
#[must_use]
pub fn summary(report: &Report) -> String {
    let count = |class: Class| report.translation.entries.iter().filter(|entry| entry.class == class).count();
    let counts: Vec<String> = Class::ALL
        .iter()
        .map(|class| (class.name(), count(*class)))
        .filter(|(_, count)| *count > 0)
        .map(|(name, count)| format!("{count} {name}"))
        .collect();
    let around = report.around().map(|blocks| format!(", read in {}", blocks.join(", "))).unwrap_or_default();
    format!("{}: {} subjects{around}: {}", report.target, report.translation.entries.len(), counts.join(", "))
}
