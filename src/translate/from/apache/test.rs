//! One condition as a test that nginx's `if` can make.

use super::capabilities as can;
use super::pattern;
use super::rule::{Against, Condition};
use super::text::{Known, Part, Piece, joined, known, parts, word};
use crate::config::Regex;
use crate::translate::class::Capability;

/// What a condition comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Outcome {
    /// It holds for every request, or for none.
    Fixed(bool),
    /// It has to be tested.
    Test(Test),
}

/// `if (LEFT OPERATOR RIGHT)`
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Test {
    /// A variable; what a test for files is about.
    left: String,
    /// The operator when it holds, and when not.
    operators: (&'static str, &'static str),
    right: String,
}

impl Test {
    pub(super) fn same(variable: &str, value: &str) -> Test {
        Test { left: format!("${variable}"), operators: ("=", "!="), right: value.to_owned() }
    }

    pub(super) fn regex(variable: &str, expression: &str, caseless: bool) -> Test {
        let operators = if caseless { ("~*", "!~*") } else { ("~", "!~") };
        Test { left: format!("${variable}"), operators, right: expression.to_owned() }
    }

    fn file(operators: (&'static str, &'static str), path: &str) -> Test {
        Test { left: String::new(), operators, right: path.to_owned() }
    }

    pub(super) fn not(mut self) -> Test {
        self.operators = (self.operators.1, self.operators.0);
        self
    }

    /// With names for what it captures, which nginx makes variables; and the names of groups that are not there. A test
    /// that captures nothing stays as it is.
    pub(super) fn named(mut self, names: &[(u8, String)]) -> Option<(Test, Vec<String>)> {
        if !self.operators.0.contains('~') {
            return Some((self, names.iter().map(|(_, name)| name.clone()).collect()));
        }
        let (expression, missing) = pattern::named(&self.right, names)?;
        self.right = expression;
        Some((self, missing))
    }

    /// What stands in the parentheses.
    pub(super) fn text(&self) -> String {
        let right = word(&self.right);
        if self.left.is_empty() {
            return format!("{} {right}", self.operators.0);
        }
        format!("{} {} {right}", self.left, self.operators.0)
    }
}

/// What a text is made of where it stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Around {
    /// The number of the rule, which its variables are named by.
    pub(super) rule: usize,
    /// In a folder's file, or between `<Directory>`.
    pub(super) in_folder: bool,
    /// Earlier rules may have changed the path; the first one is in a variable.
    pub(super) moved: bool,
}

/// The variable that holds the path before all rules.
pub(super) const FIRST_PATH: &str = "apache_uri";

impl Around {
    /// The variable with what a group of the rule, or of a condition, captured.
    pub(super) fn group(self, of: char, number: u8) -> String {
        format!("apache{}_{of}{number}", self.rule)
    }

    fn path(self) -> &'static str {
        if self.moved { FIRST_PATH } else { "uri" }
    }

    /// The pieces of a text outside of a `rewrite`.
    pub(super) fn pieces(self, parts: &[Part]) -> Result<Vec<Piece>, &'static Capability> {
        let piece = |part: &Part| {
            Ok(match part {
                Part::Text(text) => Piece::Text(text.clone()),
                Part::Group(number) => Piece::Variable(self.group('r', *number)),
                Part::Matched(number) => Piece::Variable(self.group('c', *number)),
                Part::Variable(name) => match known(name)? {
                    Known::Variable(name) => Piece::Variable(name),
                    Known::Always(text) => Piece::Text(text.to_owned()),
                    Known::FileName if self.in_folder => Piece::Variable("request_filename".to_owned()),
                    Known::Path | Known::FileName => Piece::Variable(self.path().to_owned()),
                    Known::Tls => return Err(&can::VARIABLE),
                },
                Part::Map => return Err(&can::MAP),
            })
        };
        parts.iter().map(piece).collect()
    }
}

/// A condition, translated.
#[derive(Debug)]
pub(super) struct Made {
    pub(super) outcome: Outcome,
    /// A variable that has to be set before the test, with its value.
    pub(super) before: Option<(String, String)>,
    /// What there is to say.
    pub(super) says: &'static Capability,
}

/// Translates the condition that is the `number`-th of its rule.
pub(super) fn made(condition: &Condition, number: usize, around: Around) -> Result<Made, &'static Capability> {
    let parts = parts(&condition.test);
    let mut made = match &condition.against {
        Against::Other => return Err(&can::EXPRESSION),
        Against::File(letter) => file(*letter, &parts, around)?,
        Against::Same(_) | Against::Regex(_) => text(condition, &parts, number, around)?,
    };
    if condition.negated {
        made.outcome = match made.outcome {
            Outcome::Fixed(holds) => Outcome::Fixed(!holds),
            Outcome::Test(test) => Outcome::Test(test.not()),
        };
    }
    Ok(made)
}

fn file(letter: char, parts: &[Part], around: Around) -> Result<Made, &'static Capability> {
    let (operators, says) = match letter {
        'd' => (("-d", "!-d"), &can::CONDITION),
        'f' => (("-f", "!-f"), &can::FILE),
        's' => (("-f", "!-f"), &can::SIZE),
        'x' => (("-x", "!-x"), &can::FILE),
        'h' | 'l' | 'L' => return Ok(Made { outcome: Outcome::Fixed(false), before: None, says: &can::LINK }),
        _ => return Err(&can::EXPRESSION),
    };
    let by_name = parts.iter().any(|part| matches!(part, Part::Variable(name) if known(name) == Ok(Known::FileName)));
    let starts_so = matches!(parts.first(), Some(Part::Variable(name)) if known(name) == Ok(Known::FileName));
    let says = if by_name && starts_so && !around.in_folder { &can::FILE_IN_HOST } else { says };
    let path = joined(&around.pieces(parts)?)?;
    Ok(Made { outcome: Outcome::Test(Test::file(operators, &path)), before: None, says })
}

fn text(condition: &Condition, parts: &[Part], number: usize, around: Around) -> Result<Made, &'static Capability> {
    let done = |outcome| Ok(Made { outcome, before: None, says: &can::CONDITION });
    let [Part::Variable(name)] = parts else {
        let pieces = around.pieces(parts)?;
        if let [Piece::Text(text)] = &*pieces {
            return done(Outcome::Fixed(holds(condition, text)));
        }
        if let [Piece::Variable(variable)] = &*pieces {
            return done(Outcome::Test(test(condition, variable)));
        }
        let variable = format!("apache{}_t{number}", around.rule);
        let outcome = Outcome::Test(test(condition, &variable));
        return Ok(Made { outcome, before: Some((variable, joined(&pieces)?)), says: &can::CONDITION });
    };
    match known(name)? {
        Known::Always(text) => done(Outcome::Fixed(holds(condition, text))),
        Known::Tls => done(match (holds(condition, "on"), holds(condition, "off")) {
            (true, false) => Outcome::Test(Test::same("scheme", "https")),
            (false, true) => Outcome::Test(Test::same("scheme", "http")),
            (always, _) => Outcome::Fixed(always),
        }),
        _ => match &*around.pieces(parts)? {
            [Piece::Variable(variable)] => done(Outcome::Test(test(condition, variable))),
            _ => Err(&can::VARIABLE),
        },
    }
}

/// Whether a text fits, apart from a `!`.
fn holds(condition: &Condition, text: &str) -> bool {
    match &condition.against {
        Against::Same(same) if condition.caseless => same.eq_ignore_ascii_case(text),
        Against::Same(same) => same == text,
        Against::Regex(pattern) => {
            let flag = if condition.caseless { "(?i)" } else { "" };
            Regex::at_run_time(&format!("{flag}{pattern}")).is_ok_and(|regex| regex.is_match(text.as_bytes()))
        }
        Against::File(_) | Against::Other => false,
    }
}

fn test(condition: &Condition, variable: &str) -> Test {
    match &condition.against {
        Against::Same(same) if condition.caseless => {
            Test::regex(variable, &format!("^{}$", pattern::literal(same)), true)
        }
        Against::Same(same) => Test::same(variable, same),
        Against::Regex(pattern) if pattern == "^$" => Test::same(variable, ""),
        Against::Regex(pattern) => Test::regex(variable, pattern, condition.caseless),
        Against::File(_) | Against::Other => Test::same(variable, ""),
    }
}
