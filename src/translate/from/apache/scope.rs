//! The rules and redirects of one folder or host, and their lines.

use super::again::{again, at_index};
use super::capabilities as can;
use super::read::{Node, Wrong};
use super::redirect::{self, Written};
use super::rule::{self, Against, Condition, Rule};
use super::target::{Place, capturing, target};
use super::test::Around;
use super::text::{Part, STATUS, parts, word};
use super::write::{AGAIN, Writer};
use super::{Account, Item};
use crate::config::Regex;
use crate::translate::output::Lines;
use crate::translate::subject::SubjectId;

/// What one folder or host says of rewriting.
#[derive(Debug, Default)]
pub(super) struct Scope {
    engine: bool,
    base: Option<String>,
    rules: Vec<(usize, Rule)>,
    conditions: Vec<Condition>,
    /// The line of the first of them.
    started: Option<usize>,
    redirects: Vec<(usize, Written)>,
    denied: Vec<(usize, Written)>,
}

/// Where lines go.
pub(super) struct Page<'a> {
    pub(super) account: &'a mut Account,
    pub(super) out: &'a mut Lines,
    pub(super) rules: &'a mut usize,
    pub(super) name: &'a str,
    pub(super) indent: &'static str,
    /// The server does not tell yet whether nginx began anew.
    pub(super) once: bool,
}

fn wrong(node: &Node, message: String) -> Wrong {
    Wrong { span: node.words[0].span, message }
}

impl Scope {
    /// Takes a directive or section that is about rewriting; tells whether it was one.
    pub(super) fn take(&mut self, item: &Item, line: usize, account: &mut Account) -> Result<bool, Wrong> {
        let node = item.node;
        let ledger = &mut account.ledger;
        match node.name().as_str() {
            "rewriteengine" => {
                self.engine = node.arg(1).is_some_and(|word| word.eq_ignore_ascii_case("on"));
                ledger.note(item.id, &can::ENGINE);
            }
            "rewritebase" => {
                let base = node.arg(1).filter(|base| base.starts_with('/'));
                let base = base.ok_or_else(|| wrong(node, "RewriteBase begins with a slash".to_owned()))?;
                self.base = Some(format!("{}/", base.trim_end_matches('/')));
                ledger.note(item.id, &can::BASE);
            }
            "rewritecond" => {
                let condition = rule::condition(node, item.id)?;
                if let Against::Regex(pattern) = &condition.against {
                    Regex::at_run_time(pattern).map_err(|error| wrong(node, error))?;
                }
                self.started.get_or_insert(line);
                self.conditions.push(condition);
            }
            "rewriterule" => {
                let rule = rule::rule(node, item.id, std::mem::take(&mut self.conditions))?;
                Regex::at_run_time(&rule.pattern).map_err(|error| wrong(node, error))?;
                let line = self.started.take().unwrap_or(line);
                self.rules.extend(one_by_one(rule).into_iter().map(|rule| (line, rule)));
            }
            "redirect" | "redirectmatch" | "redirectpermanent" | "redirecttemp" => {
                let written = redirect::redirect(node, item.id).map_err(|error| wrong(node, error))?;
                for says in &written.says {
                    ledger.note(item.id, says);
                }
                self.redirects.push((line, written));
            }
            "files" | "filesmatch" => {
                let Some(written) = redirect::denied(item) else { return Ok(false) };
                let written = written.map_err(|error| wrong(node, error))?;
                for from in &written.from {
                    ledger.note(*from, &can::DENIED);
                }
                self.denied.push((line, written));
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// Whether rules are looked at.
    pub(super) fn has_rules(&self) -> bool {
        self.engine && !self.rules.is_empty()
    }

    /// Writes everything. `folder` is the beginning of the paths that it is for; `None` for a host. `followed` tells that
    /// rules of a folder come behind.
    pub(super) fn write(mut self, folder: Option<&str>, followed: bool, page: &mut Page) {
        let folder = folder.map(|folder| self.base.clone().unwrap_or_else(|| folder.to_owned()));
        let base = self.base.clone().or_else(|| folder.clone()).unwrap_or_else(|| "/".to_owned());
        let place = Place { folder, base };
        for condition in &self.conditions {
            page.account.ledger.note(condition.from, &can::CONDITION_LEFT_OUT);
        }
        if !self.engine {
            for (_, rule) in self.rules.drain(..) {
                let all = rule.conditions.iter().map(|condition| condition.from).chain([rule.from]);
                all.for_each(|of| page.account.ledger.note(of, &can::ENGINE_OFF));
            }
        }
        self.denied.iter().for_each(|(line, written)| page.written(*line, written));
        let rules: Vec<Rule> = self.rules.iter().map(|(_, rule)| rule.clone()).collect();
        // In a folder's file Apache redirects before it goes on with a path that was rewritten.
        let first = rules.iter().position(is_internal).filter(|_| place.folder.is_some());
        let first = first.unwrap_or(rules.len());
        let late = rules[first..].iter().any(|rule| rule.flags.status.is_some());
        let fronts = |at: usize, rule: &Rule| at + 1 == rules.len() && !followed && front(rule, &place).is_some();
        let asks = |one: &Condition| one.test.contains("%{ENV:REDIRECT_STATUS}");
        let tells_status = rules.iter().any(|rule| rule.conditions.iter().any(asks));
        page.prelude(rules.iter().any(|rule| at_index(rule, &place)), tells_status);
        let mut moved = None;
        let mut guards = Vec::new();
        for (at, (line, rule)) in self.rules.iter().enumerate() {
            if at == first {
                page.redirects(&self.redirects, late);
                let changes = |(at, rule): (usize, &Rule)| {
                    is_internal(rule) && rule.substitution != "-" && !fronts(at, rule) && may_be_folder(rule)
                };
                if place.folder.is_some() && rules.iter().enumerate().any(changes) {
                    page.folders();
                }
            }
            let is_last = at + 1 == rules.len() && !followed;
            if is_last
                && guards.is_empty()
                && let Some(path) = front(rule, &place)
            {
                page.front(*line, rule, &place, &path);
                continue;
            }
            let again = if place.folder.is_some() { again(at, &rules, &place) } else { None };
            let again = again.or((followed && is_internal(rule)).then_some(&can::SECOND_PASS));
            let differs = rule.substitution.starts_with('/') || !rule.flags.discards_path;
            if goes_on(rule) && place.folder.is_some() && differs && at + 1 < rules.len() {
                page.account.ledger.note(rule.from, &can::GOES_ON);
            }
            if rule.flags.redirect().is_some() && !rule.flags.ends() && at + 1 < rules.len() {
                page.account.ledger.note(rule.from, &can::UNENDED);
            }
            let needs_first = moved.is_none() && goes_on(rule) && asks_path(&rules[at + 1..]);
            let mut writer = page.writer(*line, moved == Some(true), std::mem::take(&mut guards));
            writer.tells_status = tells_status && (rule.flags.ends() || at + 1 == rules.len());
            if needs_first {
                writer.first_path();
            }
            writer.rule(rule, &place, again);
            moved = if needs_first || moved.is_some() { Some(writer.moved) } else { None };
            guards = writer.guards;
        }
        if first >= rules.len() {
            page.redirects(&self.redirects, false);
        }
    }
}

impl Page<'_> {
    fn comment(&mut self, line: usize) {
        self.out.plain(&self.place(line));
    }

    fn place(&self, line: usize) -> String {
        format!("{}# {}:{line}", self.indent, self.name)
    }

    /// nginx begins anew with the path of an index, where Apache does not redirect; and variables stay.
    fn prelude(&mut self, again: bool, status: bool) {
        let again = again && std::mem::take(&mut self.once);
        let lines = [
            (again || status).then(|| "uninitialized_variable_warn off;".to_owned()),
            again.then(|| format!("set ${AGAIN} $apache_done;\nset $apache_done 1;")),
            status.then(|| format!("set ${STATUS} ${STATUS};")),
        ];
        for line in lines.iter().flatten().flat_map(|lines| lines.lines()) {
            self.out.plain(&format!("{}{line}", self.indent));
        }
    }

    /// Apache sends whoever asks for a folder without its last slash there before it goes on with a new path.
    fn folders(&mut self) {
        for line in ["if (-d $request_filename) {", "    rewrite ^(.*[^/])$ $1/ permanent;", "}"] {
            self.out.plain(&format!("{}{line}", self.indent));
        }
    }

    fn written(&mut self, line: usize, written: &Written) {
        if written.lines.iter().all(String::is_empty) {
            return;
        }
        self.comment(line);
        for line in written.lines.iter().flat_map(|line| line.lines()) {
            self.out.line(&written.from, &format!("{}{line}", self.indent));
        }
    }

    fn redirects(&mut self, redirects: &[(usize, Written)], late: bool) {
        for (line, written) in redirects {
            self.written(*line, written);
            for from in written.from.iter().filter(|_| late) {
                self.account.ledger.note(*from, &can::ORDER);
            }
        }
    }

    fn writer(&mut self, line: usize, moved: bool, guards: Vec<(usize, super::write::Guard)>) -> Writer<'_> {
        let comment = Some(self.place(line));
        let (out, ledger, indent) = (&mut *self.out, &mut self.account.ledger, self.indent);
        Writer { out, ledger, indent, comment, rules: self.rules, moved, guards, tells_status: false }
    }

    /// A front controller: what is no file and no folder goes to one path.
    fn front(&mut self, line: usize, rule: &Rule, place: &Place, path: &str) {
        let from: Vec<SubjectId> = rule.conditions.iter().map(|one| one.from).chain([rule.from]).collect();
        for condition in &rule.conditions {
            let says = match condition.against {
                Against::File('d') => &can::CONDITION,
                Against::File('s') => &can::SIZE,
                Against::File('f') => &can::FILE,
                _ => &can::LINK,
            };
            self.account.ledger.note(condition.from, says);
        }
        self.account.ledger.note(rule.from, &can::FRONT);
        let folders = rule.conditions.iter().any(|one| one.against == Against::File('d'));
        let folders = if folders { " $uri/" } else { "" };
        self.comment(line);
        let location = word(place.folder.as_deref().unwrap_or("/"));
        let end = word(&format!("{path}$is_args$args"));
        let indent = self.indent;
        for text in [format!("location {location} {{"), format!("    try_files $uri{folders} {end};"), "}".to_owned()] {
            self.out.line(&from, &format!("{indent}{text}"));
        }
    }
}

/// A redirect that uses what one of several conditions captured becomes a redirect for each of them: so `rewrite` can do
/// the capturing.
fn one_by_one(rule: Rule) -> Vec<Rule> {
    let flags = &rule.flags;
    let redirects = flags.redirect().is_some() && !flags.chain && flags.skip == 0;
    let captures = parts(&rule.substitution).iter().any(|part| matches!(part, Part::Matched(_)));
    let ends = rule.conditions.last().is_some_and(|one| !one.or);
    let Some(last) = capturing(&rule.conditions).filter(|_| redirects && captures && ends) else { return vec![rule] };
    let before = rule.conditions[..last].iter().rposition(|one| !one.or).map_or(0, |at| at + 1);
    let end = rule.conditions[last..].iter().position(|one| !one.or).map_or(rule.conditions.len(), |at| last + at + 1);
    let one = |at: usize| {
        let (first, rest) = (&rule.conditions[..before], &rule.conditions[end..]);
        let own = Condition { or: false, ..rule.conditions[at].clone() };
        let conditions = first.iter().cloned().chain([own]).chain(rest.iter().cloned()).collect();
        Rule { conditions, ..rule.clone() }
    };
    (before..end).map(one).collect()
}

/// Whether it is translated, and its conditions leave it possible that the path is a folder's.
fn may_be_folder(rule: &Rule) -> bool {
    if rule.flags.next || rule.flags.proxy {
        return false;
    }
    let is_name = |one: &Condition| ["%{REQUEST_FILENAME}", "%{SCRIPT_FILENAME}"].contains(&&*one.test);
    let excludes = |at: usize, one: &Condition| {
        let alone = !one.or && (at == 0 || !rule.conditions[at - 1].or);
        let file = matches!(one.against, Against::File('f' | 's'));
        alone && is_name(one) && ((one.against == Against::File('d') && one.negated) || (file && !one.negated))
    };
    !rule.conditions.iter().enumerate().any(|(at, one)| excludes(at, one))
}

/// Whether it changes the path for Apache's own use, or ends the rules with the path as it is.
pub(super) fn is_internal(rule: &Rule) -> bool {
    let flags = &rule.flags;
    let answers = flags.status.is_some() || rule.substitution.contains("://");
    !answers && (rule.substitution != "-" || flags.ends())
}

/// Whether it changes the path and others come behind.
fn goes_on(rule: &Rule) -> bool {
    is_internal(rule) && !rule.flags.ends() && rule.substitution != "-"
}

/// Whether a rule asks for the path that there was at first.
fn asks_path(rules: &[Rule]) -> bool {
    let asks = |text: &str| text.contains("%{REQUEST_URI}");
    rules.iter().any(|rule| asks(&rule.substitution) || rule.conditions.iter().any(|one| asks(&one.test)))
}

/// The path of a front controller.
fn front(rule: &Rule, place: &Place) -> Option<String> {
    const ALL: &[&str] =
        &["", ".", "^", ".*", "(.*)", "^(.*)$", "^.*$", "^(.+)$", "^.+$", ".+", "(.+)", "^.*", "^(.*)", "."];
    place.folder.as_ref()?;
    let flags = &rule.flags;
    let plain = !rule.negated && flags.status.is_none() && !flags.drops_query && flags.env.is_empty();
    let plain = plain && !flags.others && !flags.proxy && !flags.next && !flags.chain && flags.skip == 0;
    if !plain || rule.substitution == "-" || !ALL.contains(&&*rule.pattern) {
        return None;
    }
    let is_file = |one: &Condition| {
        let named = ["%{REQUEST_FILENAME}", "%{SCRIPT_FILENAME}"].contains(&&*one.test);
        named && one.negated && !one.or && matches!(one.against, Against::File('d' | 'f' | 'l' | 'L' | 'h' | 's'))
    };
    let tests_file = rule.conditions.iter().any(|one| matches!(one.against, Against::File('f' | 's')));
    if !tests_file || !rule.conditions.iter().all(is_file) || rule.substitution.contains('?') {
        return None;
    }
    let around = Around { rule: 0, in_folder: true, moved: false };
    let target = target(rule, place, around).ok()?;
    target.path.filter(|(_, whole)| *whole).map(|(path, _)| path)
}
