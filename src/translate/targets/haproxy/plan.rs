//! Rules of a section: what they do, for which routes, and how those that are the same for several routes are written
//! once.

use crate::translate::output::Lines;
use crate::translate::subject::SubjectId;

/// The variable that says which route a request takes.
pub const ROUTE: &str = "var(txn.route)";

/// Most numbers in one condition; a line may have 64 words.
const NUMBERS: usize = 40;

/// One rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// `http-request deny`: all but the condition.
    pub text: String,
    /// Conditions of its own, all of which must hold.
    pub when: String,
    /// Where it came from.
    pub from: Vec<SubjectId>,
}

impl Rule {
    /// A rule without a condition of its own.
    pub fn always(text: impl Into<String>, from: &[SubjectId]) -> Rule {
        Rule { text: text.into(), when: String::new(), from: from.to_vec() }
    }

    /// A rule for requests for which more holds.
    pub fn when(text: impl Into<String>, when: impl Into<String>, from: &[SubjectId]) -> Rule {
        Rule { text: text.into(), when: when.into(), from: from.to_vec() }
    }
}

/// The rules of some routes.
#[derive(Debug)]
pub struct Block {
    routes: Vec<usize>,
    rules: Vec<Rule>,
}

impl Block {
    /// Whether one of its rules has these words.
    pub fn has(&self, words: &str) -> bool {
        self.rules.iter().any(|rule| rule.text.contains(words))
    }
}

/// Puts routes together whose rules are the same.
pub fn blocks(routes: impl IntoIterator<Item = (usize, Vec<Rule>)>) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    let same = |one: &Rule, other: &Rule| one.text == other.text && one.when == other.when;
    for (route, rules) in routes {
        if rules.is_empty() {
            continue;
        }
        let known = blocks.iter_mut().find(|block| {
            block.rules.len() == rules.len() && block.rules.iter().zip(&rules).all(|(one, other)| same(one, other))
        });
        let Some(block) = known else {
            blocks.push(Block { routes: vec![route], rules });
            continue;
        };
        block.routes.push(route);
        for (own, other) in block.rules.iter_mut().zip(rules) {
            let new: Vec<SubjectId> = other.from.into_iter().filter(|from| !own.from.contains(from)).collect();
            own.from.extend(new);
        }
    }
    blocks
}

/// Writes blocks; `all` is how many routes there are, so that a block of all needs no condition.
pub fn write(out: &mut Lines, blocks: &[Block], all: usize) {
    for block in blocks {
        let tests = if block.routes.len() == all { vec![String::new()] } else { routes(&block.routes) };
        for test in &tests {
            for rule in &block.rules {
                out.line(&rule.from, &format!("  {}", conditional(&rule.text, &[test, &rule.when])));
            }
        }
    }
}

/// Conditions, one a line, for these routes.
pub fn routes(numbers: &[usize]) -> Vec<String> {
    let ranges = ranges(numbers);
    ranges.chunks(NUMBERS).map(|chunk| format!("{{ {ROUTE} -m int {} }}", chunk.join(" "))).collect()
}

/// A rule with its conditions.
pub fn conditional(text: &str, conditions: &[&str]) -> String {
    let conditions = together(conditions);
    if conditions.is_empty() { text.to_owned() } else { format!("{text} if {conditions}") }
}

/// Conditions that must all hold, without the empty ones.
pub fn together(conditions: &[&str]) -> String {
    let conditions: Vec<&str> = conditions.iter().copied().filter(|condition| !condition.is_empty()).collect();
    conditions.join(" ")
}

/// Numbers that follow each other as `FIRST:LAST`.
fn ranges(numbers: &[usize]) -> Vec<String> {
    let mut numbers = numbers.to_vec();
    numbers.sort_unstable();
    numbers.dedup();
    let followed = |pair: &usize, next: &usize| pair + 1 == *next;
    let written = |run: &[usize]| match run {
        [first, .., last] => format!("{first}:{last}"),
        _ => run.iter().map(ToString::to_string).collect(),
    };
    numbers.chunk_by(followed).map(written).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn same_rules_stand_once() {
        let rule = |text: &str| vec![Rule::always(text, &[])];
        let blocks = blocks([(1, rule("a")), (2, rule("b")), (3, rule("a")), (4, rule("a")), (5, Vec::new())]);
        let mut out = Lines::default();
        write(&mut out, &blocks, 5);
        let text = out.file("x").text;
        assert_eq!(text, "  a if { var(txn.route) -m int 1 3:4 }\n  b if { var(txn.route) -m int 2 }\n");
    }

    #[test]
    fn what_holds_for_all_has_no_condition() {
        let mut out = Lines::default();
        let rule = vec![Rule::when("a", "{ b }", &[])];
        write(&mut out, &blocks([(7, rule.clone()), (8, rule)]), 2);
        assert_eq!(out.file("x").text, "  a if { b }\n");
    }
}
