//! The reference of rules, `docs/rules.md`, written from the registry.

use std::fmt::Write as _;

use super::rules::RULES;
use super::{Rule, Tier};

/// The whole page.
#[must_use]
pub fn reference() -> String {
    let mut page = String::from(
        "# Rules\n\n\
         What `nginxlb lint` says beyond nginx's own faults. `nginxlb explain RULE` prints an entry of this page, which is \
         generated from the same source. Rules marked *pedantic* run with `--pedantic` or when named with `--rule`. A comment \
         `# nginxlb: ignore RULE` on the line of a finding, or alone on the line before it, silences the rule there.\n\n\
         | rule | level | finds |\n|---|---|---|\n",
    );
    for rule in RULES {
        let _ = writeln!(page, "| [{name}](#{name}) | {} | {} |", level(rule), rule.summary, name = rule.name);
    }
    for rule in RULES {
        section(&mut page, rule);
    }
    page
}

fn section(page: &mut String, rule: &Rule) {
    let _ =
        write!(page, "\n## {}\n\n*{}.* {}.\n\n{}\n\n", rule.name, capitalised(&level(rule)), rule.summary, rule.doc);
    if let Some(targets) = rule.targets.words() {
        let _ = write!(page, "Applies to {targets}.\n\n");
    }
    let _ = write!(page, "Reported:\n\n```nginx\n{}```\n\nNot reported:\n\n```nginx\n{}```\n\n", rule.bad, rule.good);
    let _ = writeln!(page, "See {}.", rule.source);
}

/// The level and, unless the rule always runs, that it does not.
pub(super) fn level(rule: &Rule) -> String {
    match rule.tier {
        Tier::Default => rule.level.name().to_owned(),
        Tier::Pedantic => format!("{}, pedantic", rule.level.name()),
    }
}

fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
