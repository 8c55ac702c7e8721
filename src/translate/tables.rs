//! The tables of the documentation, made of the capabilities: what each target does with each feature, and all that a
//! report may say. A test writes them into `README.md` and `docs/translate.md`, and fails when they drift.

use std::fmt::Write;

use super::class::{Capability, Class};
use super::features::{FEATURES, Feature, TEXT};
use super::targets::Emitter;

/// A row a feature, a column a target: which classes its capabilities have, from best to worst. In Markdown. Targets and
/// features where it is all about the text are left out.
#[must_use]
pub fn overview(emitters: &[&Emitter]) -> String {
    let is_of_behaviour = |capability: &&Capability| capability.feature != TEXT;
    let emitters: Vec<&Emitter> =
        emitters.iter().copied().filter(|emitter| emitter.capabilities.iter().any(is_of_behaviour)).collect();
    let titles: Vec<&str> = emitters.iter().map(|emitter| emitter.name).collect();
    let mut out = format!("| | {} |\n|---|{}\n", titles.join(" | "), "---|".repeat(titles.len()));
    for feature in FEATURES.iter().filter(|feature| feature.name != TEXT) {
        let cells: Vec<String> = emitters.iter().map(|emitter| cell(emitter, feature)).collect();
        // Writing to a text cannot fail.
        let _ = writeln!(out, "| {} | {} |", feature.title, cells.join(" | "));
    }
    out
}

/// What the signs in the cells of [`overview`] stand for.
#[must_use]
pub fn legend() -> String {
    let signs: Vec<String> = Class::ALL.iter().map(|class| format!("{} {}", sign(*class), class.name())).collect();
    signs.join(", ")
}

fn cell(emitter: &Emitter, feature: &Feature) -> String {
    let own = |class: &Class| of(emitter, feature).any(|capability| capability.class == *class);
    let signs: Vec<&str> = Class::ALL.iter().filter(|class| own(class)).map(|class| sign(*class)).collect();
    signs.join(" ")
}

fn of(emitter: &Emitter, feature: &Feature) -> impl Iterator<Item = &'static Capability> {
    emitter.capabilities.iter().copied().filter(|capability| capability.feature == feature.name)
}

fn sign(class: Class) -> &'static str {
    match class {
        Class::Exact => "=",
        Class::Automatic => "(=)",
        Class::DroppedHarmless => "·",
        Class::Approximate => "≈",
        Class::DroppedBehaviour => "−",
        Class::Refused => "✗",
    }
}

/// All that a report for a target may say, by feature: a section in Markdown.
#[must_use]
pub fn details(emitter: &Emitter) -> String {
    let mut out = format!("### `{}`: {}\n\n", emitter.name, emitter.title);
    out += "| | code | class | what becomes of it | it shows in | way out |\n|---|---|---|---|---|---|\n";
    for feature in FEATURES {
        for capability in of(emitter, feature) {
            let shows: Vec<&str> = capability.shows.iter().map(|shows| shows.name()).collect();
            let (code, class) = (capability.code, capability.class.name());
            let (says, fix) = (cell_text(capability.says), cell_text(capability.fix));
            let _ = writeln!(out, "| {} | `{code}` | {class} | {says} | {} | {fix} |", feature.title, shows.join(", "));
        }
    }
    out
}

/// A text that does not end its cell.
fn cell_text(text: &str) -> String {
    text.replace('|', "\\|").replace('<', "&lt;")
}
