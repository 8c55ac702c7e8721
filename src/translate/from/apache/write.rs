//! Rules to nginx's text. nginx knows no `and`: a rule with several conditions has a variable, `$apache3` for the third rule,
//! that is 1 as long as all that was tested holds.

use super::again::at_index;
use super::capabilities as can;
use super::pattern::{self, on_path};
use super::rule::{Against, Rule};
use super::scope::is_internal;
use super::target::{Place, target};
use super::test::{Around, FIRST_PATH, Made, Outcome, Test, made};
use super::text::{Part, STATUS, parts, word};
use crate::translate::class::Capability;
use crate::translate::ledger::Ledger;
use crate::translate::output::Lines;
use crate::translate::subject::SubjectId;

/// The variable that is not empty where nginx begins anew with the path of an index.
pub(super) const AGAIN: &str = "apache_again";

/// Writes the lines of one block.
pub(super) struct Writer<'a> {
    pub(super) out: &'a mut Lines,
    pub(super) ledger: &'a mut Ledger,
    pub(super) indent: &'static str,
    /// Stands before the first line.
    pub(super) comment: Option<String>,
    /// How many rules were written, in all blocks.
    pub(super) rules: &'a mut usize,
    /// Rules before have changed the path and went on.
    pub(super) moved: bool,
    /// What earlier rules say of later ones: how many it is for, and the variable that has to be so.
    pub(super) guards: Vec<(usize, Guard)>,
    /// Some condition asks whether the request was sent elsewhere before, which this rule may do.
    pub(super) tells_status: bool,
}

/// What an earlier rule says of one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Guard {
    Variable(String, &'static str),
    /// That rule is left out.
    Lost,
}

/// A rule that was translated.
struct Plan {
    /// What is tested: of each list one has to hold.
    all: Vec<Vec<Step>>,
    /// Variables that nothing captures.
    missing: Vec<String>,
    /// What is done then.
    action: Vec<String>,
    /// What there is to say of the rule and of its conditions.
    says: Vec<(SubjectId, &'static Capability)>,
}

/// One test.
struct Step {
    before: Option<(String, String)>,
    outcome: Outcome,
}

impl Writer<'_> {
    /// Writes a rule. `again` is what Apache's second pass would make of its result.
    pub(super) fn rule(&mut self, rule: &Rule, place: &Place, again: Option<&'static Capability>) {
        *self.rules += 1;
        let around = Around { rule: *self.rules, in_folder: place.folder.is_some(), moved: self.moved };
        let planned = self.plan(rule, place, around);
        self.guards.retain_mut(|(count, _)| {
            *count -= 1;
            *count > 0
        });
        match planned {
            Ok(plan) => {
                for (of, says) in plan.says.iter().chain(again.map(|says| (rule.from, says)).iter()) {
                    self.ledger.note(*of, says);
                }
                self.guard(rule, Some(around));
                self.steps(rule, &plan, around);
                let goes_on = rule.substitution != "-" && rule.flags.status.is_none() && !rule.flags.ends();
                self.moved |= goes_on;
            }
            Err((of, says)) => {
                self.guard(rule, None);
                self.left_out(rule, of, says);
            }
        }
    }

    /// Notes that a rule is left out because of what is said of `of`.
    fn left_out(&mut self, rule: &Rule, of: SubjectId, says: &'static Capability) {
        for condition in rule.conditions.iter().filter(|condition| condition.from != of) {
            self.ledger.note(condition.from, &can::CONDITION_LEFT_OUT);
        }
        self.ledger.note(of, says);
        self.ledger.note(rule.from, if rule.flags.protects() { &can::REFUSED } else { &can::LEFT_OUT });
    }

    /// What the rule says of those behind it. `around` is not known where it is left out.
    fn guard(&mut self, rule: &Rule, around: Option<Around>) {
        let variable = |name: &str, value| match around {
            Some(around) => Guard::Variable(format!("apache{}_{name}", around.rule), value),
            None => Guard::Lost,
        };
        if rule.flags.chain {
            self.guards.push((1, variable("chain", "1")));
        }
        if rule.flags.skip > 0 {
            self.guards.push((rule.flags.skip, variable("skip", "")));
        }
    }

    fn plan(&self, rule: &Rule, place: &Place, around: Around) -> Result<Plan, (SubjectId, &'static Capability)> {
        let own = |says: &'static Capability| (rule.from, says);
        let mut says = vec![(rule.from, &can::RULE)];
        let mut all = Vec::new();
        if at_index(rule, place) {
            all.push(vec![Step::of(Test::same(AGAIN, ""))]);
        }
        for (_, guard) in &self.guards {
            let Guard::Variable(variable, value) = guard else { return Err(own(&can::LEFT_OUT)) };
            all.push(vec![Step::of(Test::same(variable, value))]);
        }
        let mut action: Vec<String> = Vec::new();
        for (name, sets) in [("chain", rule.flags.chain), ("skip", rule.flags.skip > 0)] {
            action.extend(sets.then(|| format!("set $apache{}_{name} 1;", around.rule)));
        }
        if self.tells_status && is_internal(rule) && rule.substitution != "-" {
            action.push(format!("set ${STATUS} 200;"));
        }
        let sets = !action.is_empty();
        let done = done(rule, place, around).map_err(own)?;
        says.extend(done.says.iter().map(|says| (rule.from, *says)));
        action.extend(done.line);
        let for_conditions = used(rule.conditions.iter().map(|condition| &*condition.test), false);
        let tested = done.tests_pattern && !sets && for_conditions.is_empty();
        let is_all = pattern::matches_all(&rule.pattern) && place.is_whole() && for_conditions.is_empty();
        let mut missing = Vec::new();
        if !tested && (!is_all || rule.negated) {
            let expression = on_path(&rule.pattern, &place.held(), false);
            let test = Test::regex("uri", &expression, rule.flags.caseless);
            let test = if rule.negated { test.not() } else { test };
            let (test, none) = named(test, 'r', &for_conditions, around).map_err(own)?;
            missing.extend(none);
            all.push(vec![Step::of(test)]);
        }
        missing.extend(conditions(rule, around, done.tests, &mut all, &mut says)?);
        Ok(Plan { all, missing, action, says })
    }

    fn line(&mut self, rule: &Rule, text: &str) {
        if let Some(comment) = self.comment.take() {
            self.out.plain(&comment);
        }
        let from: Vec<SubjectId> = rule.conditions.iter().map(|condition| condition.from).chain([rule.from]).collect();
        self.out.line(&from, &format!("{}{text}", self.indent));
    }

    fn steps(&mut self, rule: &Rule, plan: &Plan, around: Around) {
        // Later rules ask for these, whatever becomes of this one.
        for name in plan.action.iter().filter_map(|line| line.strip_prefix("set $")?.strip_suffix(" 1;")) {
            self.line(rule, &format!("set ${name} \"\";"));
        }
        let mut all: Vec<Vec<&Step>> = Vec::new();
        for any in &plan.all {
            let fixed = |holds: bool| any.iter().any(|step| step.outcome == Outcome::Fixed(holds));
            let tests: Vec<&Step> = any.iter().filter(|step| matches!(step.outcome, Outcome::Test(_))).collect();
            match (fixed(true), tests.is_empty()) {
                (true, _) => {}
                // It never holds.
                (false, true) => return,
                (false, false) => all.push(tests),
            }
        }
        if plan.action.is_empty() {
            return;
        }
        let state = format!("apache{}", around.rule);
        for name in &plan.missing {
            self.line(rule, &format!("set ${name} \"\";"));
        }
        match &*all {
            [] => plan.action.iter().for_each(|line| self.line(rule, line)),
            [any] if any.len() == 1 => self.test(rule, any[0], false, &plan.action),
            _ => {
                self.line(rule, &format!("set ${state} 1;"));
                for (number, any) in all.iter().enumerate() {
                    self.part(rule, any, &state, number);
                }
                self.block(rule, &format!("${state}"), &plan.action);
            }
        }
    }

    /// Sets the rule's variable to 0 unless one of the tests holds.
    fn part(&mut self, rule: &Rule, any: &[&Step], state: &str, number: usize) {
        let unset = [format!("set ${state} 0;")];
        if let [step] = any {
            self.test(rule, step, true, &unset);
            return;
        }
        let one = format!("{state}_or{number}");
        self.line(rule, &format!("set ${one} 0;"));
        // The first that holds has the last word on what was captured.
        for step in any.iter().rev() {
            self.test(rule, step, false, &[format!("set ${one} 1;")]);
        }
        self.block(rule, &format!("${one} = 0"), &unset);
    }

    fn test(&mut self, rule: &Rule, step: &Step, negated: bool, action: &[String]) {
        if let Some((variable, value)) = &step.before {
            self.line(rule, &format!("set ${variable} {};", word(value)));
        }
        let Outcome::Test(test) = &step.outcome else { return };
        if negated {
            return self.block(rule, &test.clone().not().text(), action);
        }
        self.block(rule, &test.text(), action);
    }

    fn block(&mut self, rule: &Rule, test: &str, action: &[String]) {
        self.line(rule, &format!("if ({test}) {{"));
        for line in action {
            self.line(rule, &format!("    {line}"));
        }
        self.line(rule, "}");
    }

    /// The path before all rules, for the conditions of those behind one that changes it and goes on.
    pub(super) fn first_path(&mut self) {
        self.out.plain(&format!("{}set ${FIRST_PATH} $uri;", self.indent));
    }
}

impl Step {
    fn of(test: Test) -> Step {
        Step { before: None, outcome: Outcome::Test(test) }
    }
}

/// What a rule does.
struct Done {
    line: Option<String>,
    tests_pattern: bool,
    tests: Option<usize>,
    says: Vec<&'static Capability>,
}

fn done(rule: &Rule, place: &Place, around: Around) -> Result<Done, &'static Capability> {
    let flags = &rule.flags;
    let mut says = Vec::new();
    says.extend((flags.others).then_some(&can::FLAGS));
    let is_authorization = |env: &String| env.to_ascii_uppercase().starts_with("HTTP_AUTHORIZATION:");
    says.extend(flags.env.iter().map(|env| if is_authorization(env) { &can::AUTHORIZATION } else { &can::ENV }));
    if flags.proxy {
        return Err(&can::PROXY);
    }
    if flags.next {
        return Err(&can::NEXT);
    }
    let line = match flags.status {
        Some(status) if flags.redirect().is_none() => Some(format!("return {status};")),
        Some(_) if rule.substitution == "-" => return Err(&can::NOWHERE),
        None if rule.substitution == "-" => flags.ends().then(|| "break;".to_owned()),
        _ => {
            let target = target(rule, place, around)?;
            says.extend(target.says);
            return Ok(Done {
                line: Some(target.line),
                tests_pattern: target.tests_pattern,
                tests: target.tests,
                says,
            });
        }
    };
    Ok(Done { line, tests_pattern: false, tests: None, says })
}

/// The numbers of the groups that texts use.
fn used<'t>(texts: impl Iterator<Item = &'t str>, matched: bool) -> Vec<u8> {
    let parts = texts.flat_map(parts);
    let mut found: Vec<u8> = parts
        .filter_map(|part| match part {
            Part::Group(number) if !matched => Some(number),
            Part::Matched(number) if matched => Some(number),
            _ => None,
        })
        .collect();
    found.sort_unstable();
    found.dedup();
    found
}

/// A test with variables for the groups that are used; and those that it does not capture.
fn named(test: Test, of: char, used: &[u8], around: Around) -> Result<(Test, Vec<String>), &'static Capability> {
    let names: Vec<(u8, String)> = used.iter().map(|number| (*number, around.group(of, *number))).collect();
    if used.contains(&0) {
        return Err(&can::EXPRESSION);
    }
    test.named(&names).ok_or(&can::EXPRESSION)
}

/// The conditions of a rule, those that are one by `OR` together; `skipped` is tested by the rule's own line. Returns the
/// variables that no condition captures.
fn conditions(
    rule: &Rule,
    around: Around,
    skipped: Option<usize>,
    all: &mut Vec<Vec<Step>>,
    says: &mut Vec<(SubjectId, &'static Capability)>,
) -> Result<Vec<String>, (SubjectId, &'static Capability)> {
    let texts = rule.conditions.iter().map(|condition| &*condition.test).chain([&*rule.substitution]);
    let matched = if skipped.is_none() { used(texts, true) } else { Vec::new() };
    let mut nowhere: Vec<String> = matched.iter().map(|number| around.group('c', *number)).collect();
    let (mut any, mut caught) = (Vec::new(), Vec::new());
    for (number, condition) in rule.conditions.iter().enumerate() {
        let own = |says| (condition.from, says);
        let Made { mut outcome, before, says: said } = made(condition, number, around).map_err(own)?;
        says.push((condition.from, said));
        if skipped != Some(number) {
            if let (Outcome::Test(test), Against::Regex(_), false) = (&outcome, &condition.against, condition.negated) {
                let (test, missing) = named(test.clone(), 'c', &matched, around).map_err(own)?;
                caught.extend(nowhere.iter().filter(|name| !missing.contains(name)).cloned());
                outcome = Outcome::Test(test);
            }
            any.push(Step { before, outcome });
        }
        if !condition.or && !any.is_empty() {
            all.push(std::mem::take(&mut any));
            nowhere.retain(|name| !caught.contains(name));
        }
    }
    // An `OR` with nothing behind it holds.
    Ok(nowhere)
}
