//! Compiles `if`, `rewrite`, `return`, `set` and `break` to one list of steps for each server and location. As in nginx
//! the steps of an `if` stand in the list of what is around it, and are jumped over where its condition fails.

use super::build::Builder;
use super::{LocationId, PatternId};
use crate::config::{Part as TextPart, ScopeId, Text};
use crate::exchange::value::{Builtin, Source, Template, Variable};
use crate::modules::http::rewrite::{self, FileTest, Program, Step, Then};

/// A step.
#[derive(Debug)]
pub enum Op {
    /// `rewrite`
    Rewrite(Rewrite),
    /// `return`
    Return { status: u16, text: Option<Template> },
    /// `set`
    Set(u32, Template),
    /// `set $args`
    SetArgs(Template),
    /// `set $limit_rate`
    SetLimitRate(Template),
    /// `break`
    Break,
    /// `if`: without a match the next step is that with this number, with one the `if`'s own location takes over.
    If { condition: Condition, otherwise: usize, location: Option<LocationId> },
}

/// `rewrite`
#[derive(Debug)]
pub struct Rewrite {
    pub pattern: PatternId,
    pub path: Template,
    /// What follows the first `?` of the replacement; a redirect keeps it in `path`.
    pub args: Option<Template>,
    /// A `?` is in the replacement of a redirect.
    pub question: bool,
    pub keeps_args: bool,
    pub then: Then,
}

/// The condition of an `if`.
#[derive(Debug)]
pub enum Condition {
    /// Neither empty nor `0`.
    Set(Variable),
    /// `=`, or with the flag `!=`.
    Equal(Variable, Template, bool),
    /// `~`, or with the flag `!~`.
    Matches(Variable, PatternId, bool),
    /// `-f` and its kin, or with the flag `!-f`.
    File(FileTest, Template, bool),
}

impl Builder<'_> {
    /// Compiles the program of a scope.
    pub fn program(&mut self, scope: ScopeId) -> Box<[Op]> {
        let mut ops = Vec::new();
        self.steps(scope, &mut ops);
        ops.into()
    }

    fn steps(&mut self, scope: ScopeId, ops: &mut Vec<Op>) {
        let config = self.config;
        for step in config.scope(scope).slot::<Program>().map(|program| program.0.as_slice()).unwrap_or_default() {
            match step {
                Step::Rewrite(rewrite) => ops.push(Op::Rewrite(self.rewrite(rewrite))),
                Step::Return { status, text } => {
                    let text = text.as_ref().map(|text| self.template(text));
                    ops.push(Op::Return { status: *status, text });
                }
                Step::Set { variable, value } => ops.push(self.set(variable, value)),
                Step::Break => ops.push(Op::Break),
                Step::If { condition, block } => {
                    let condition = self.condition(condition);
                    let in_location = config.scope(*block).context.meets(crate::modules::Contexts::LOCATION_IF);
                    let location = in_location.then(|| self.nameless(*block));
                    let at = ops.len();
                    ops.push(Op::If { condition, otherwise: 0, location });
                    self.steps(*block, ops);
                    let end = ops.len();
                    if let Some(Op::If { otherwise, .. }) = ops.get_mut(at) {
                        *otherwise = end;
                    }
                }
            }
        }
    }

    fn set(&mut self, variable: &str, value: &Text) -> Op {
        let value = self.template(value);
        let Some(number) = self.number(variable) else { return Op::Break };
        if let Source::Builtin(Variable::Builtin(Builtin::Args)) = self.site.named_source(number)
            && variable.eq_ignore_ascii_case("args")
        {
            return Op::SetArgs(value);
        }
        if let Source::Builtin(Variable::Builtin(Builtin::LimitRate)) = self.site.named_source(number) {
            return Op::SetLimitRate(value);
        }
        self.assigned.insert(number);
        Op::Set(number, value)
    }

    fn rewrite(&mut self, rewrite: &rewrite::Rewrite) -> Rewrite {
        let redirect = matches!(rewrite.then, Then::Redirect(_));
        let question = |part: &TextPart| matches!(part, TextPart::Literal(text) if text.contains('?'));
        let has_question = rewrite.replacement.0.iter().any(question);
        let (path, args) = if redirect { (rewrite.replacement.clone(), None) } else { cut(&rewrite.replacement) };
        Rewrite {
            pattern: self.pattern(&rewrite.regex),
            path: self.template(&path),
            args: args.map(|args| self.template(&args)),
            question: redirect && has_question,
            keeps_args: rewrite.keeps_args,
            then: rewrite.then,
        }
    }

    fn condition(&mut self, condition: &rewrite::Condition) -> Condition {
        match condition {
            rewrite::Condition::Set(variable) => Condition::Set(self.variable(variable)),
            rewrite::Condition::Equal { variable, value, negated } => {
                Condition::Equal(self.variable(variable), self.template(value), *negated)
            }
            rewrite::Condition::Matches { variable, regex, negated } => {
                Condition::Matches(self.variable(variable), self.pattern(regex), *negated)
            }
            rewrite::Condition::File { test, path, negated } => Condition::File(*test, self.template(path), *negated),
        }
    }
}

/// Cuts a replacement at its first `?`.
fn cut(text: &Text) -> (Text, Option<Text>) {
    let mut path = Vec::new();
    let mut parts = text.0.iter();
    while let Some(part) = parts.next() {
        if let TextPart::Literal(literal) = part
            && let Some((before, after)) = literal.split_once('?')
        {
            path.push(TextPart::Literal(before.to_owned()));
            let first = TextPart::Literal(after.to_owned());
            return (Text(path), Some(Text(std::iter::once(first).chain(parts.cloned()).collect())));
        }
        path.push(part.clone());
    }
    (Text(path), None)
}
