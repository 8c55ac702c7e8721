//! Where a rule sends a request: its substitution as the replacement of nginx's `rewrite`, with the expression that
//! captures what the replacement needs.

use super::capabilities as can;
use super::pattern::{self, Held};
use super::rule::{Against, Condition, Rule};
use super::test::Around;
use super::text::{Known, Part, Piece, escaped, joined, known, parts, word};
use crate::config::Regex;
use crate::translate::class::Capability;

/// The folder that rules are for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    /// The beginning of the paths that patterns do not see, with slashes at both ends; `None` outside of folders.
    pub(super) folder: Option<String>,
    /// What stands before a substitution that has no slash: `RewriteBase`, or the folder.
    pub(super) base: String,
}

impl Place {
    pub(super) fn held(&self) -> Held<'_> {
        self.folder.as_deref().map_or(Held::Path, Held::Behind)
    }

    /// Whether the rules are for all paths.
    pub(super) fn is_whole(&self) -> bool {
        self.folder.as_deref().is_none_or(|folder| folder == "/")
    }
}

/// A `rewrite`, or a `return` with a place to go.
#[derive(Debug)]
pub(super) struct Target {
    /// The directive.
    pub(super) line: String,
    /// Whether the directive itself looks whether the pattern matches.
    pub(super) tests_pattern: bool,
    /// The condition that its expression tests, too.
    pub(super) tests: Option<usize>,
    /// The path that it leads to, up to the first thing that is not known; and whether that is all of it. `None` if it
    /// redirects.
    pub(super) path: Option<(String, bool)>,
    pub(super) says: Vec<&'static Capability>,
}

/// What is known while a target is made.
struct Maker<'a> {
    rule: &'a Rule,
    place: &'a Place,
    around: Around,
    /// How many groups stand before those of the pattern and of the condition in the expression.
    shift: (usize, usize),
    /// The group that holds the whole path.
    whole: Option<usize>,
    /// The condition whose groups are in the expression.
    folded: Option<usize>,
}

/// The condition whose groups `%N` means, as far as the order of conditions tells.
pub(super) fn capturing(conditions: &[Condition]) -> Option<usize> {
    conditions.iter().rposition(|one| !one.negated && matches!(one.against, Against::Regex(_)))
}

/// The target of a rule whose substitution is not `-`.
pub(super) fn target(rule: &Rule, place: &Place, around: Around) -> Result<Target, &'static Capability> {
    let all = parts(&rule.substitution);
    let (path, query) = split(&all);
    let path: Vec<Part> = match &*path {
        // What names a file below the root is a path for nginx.
        [Part::Variable(root), rest @ ..] if root == "DOCUMENT_ROOT" && rule.flags.status.is_none() => rest.to_vec(),
        path => path.to_vec(),
    };
    let is_absolute = is_absolute(&path);
    let status = rule.flags.redirect().or(is_absolute.then_some(302));
    let mut says = Vec::new();
    if is_absolute && rule.flags.status.is_none() {
        says.push(&can::OWN_HOST);
    }
    let uses_matched = all.iter().any(|part| matches!(part, Part::Matched(_)));
    let capturing = capturing(&rule.conditions).filter(|_| uses_matched);
    let folded = capturing.filter(|at| can_be_folded(&rule.conditions, *at, around));
    if let Some(at) = capturing.filter(|at| status.is_some() && folded != Some(*at)) {
        unsafe_capture(&rule.conditions[..=at], &mut says)?;
    }
    let mut maker = Maker { rule, place, around, shift: (0, 0), whole: None, folded };
    let expression = maker.expression(&all, status.is_some())?;
    let mut replacement = maker.path(&path, is_absolute, status.is_some())?;
    let known_path = status.is_none().then(|| beginning(&replacement));
    maker.query(&mut replacement, query.as_deref(), status.is_some(), &mut says)?;
    maker.escaping(&path, query.as_deref(), status.is_some(), &mut says);
    let (flag, is_exact) = match status {
        Some(301) => (" permanent", true),
        Some(302) => (" redirect", true),
        Some(308) => (" permanent", false),
        Some(_) => (" redirect", false),
        None if rule.flags.ends() => (" last", true),
        None => ("", true),
    };
    let captures = all.iter().any(|part| matches!(part, Part::Group(_))) || maker.whole.is_some() || folded.is_some();
    if let (Some(status), false, false) = (status, is_exact, captures) {
        let arguments = if replacement.contains('?') { "" } else { "$is_args$args" };
        let url = format!("{}{arguments}", replacement.trim_end_matches('?'));
        let line = format!("return {status} {};", word(&url));
        return Ok(Target { line, tests_pattern: false, tests: None, path: None, says });
    }
    says.extend((!is_exact).then_some(&can::STATUS));
    let line = format!("rewrite {} {}{flag};", word(&expression), word(&replacement));
    Ok(Target { line, tests_pattern: !rule.negated, tests: folded, path: known_path, says })
}

/// At the first `?`.
fn split(parts: &[Part]) -> (Vec<Part>, Option<Vec<Part>>) {
    for (at, part) in parts.iter().enumerate() {
        let Part::Text(text) = part else { continue };
        if let Some((before, after)) = text.split_once('?') {
            let text = |text: &str| (!text.is_empty()).then(|| Part::Text(text.to_owned()));
            let path = parts[..at].iter().cloned().chain(text(before)).collect();
            return (path, Some(text(after).into_iter().chain(parts[at + 1..].iter().cloned()).collect()));
        }
    }
    (parts.to_vec(), None)
}

fn is_absolute(path: &[Part]) -> bool {
    let scheme = |text: &str| {
        text.split_once("://")
            .is_some_and(|(scheme, _)| !scheme.is_empty() && scheme.bytes().all(|b| b.is_ascii_alphanumeric()))
    };
    match path {
        [Part::Text(text), ..] if scheme(text) => true,
        [Part::Variable(name), Part::Text(text), ..] => name == "REQUEST_SCHEME" && text.starts_with("://"),
        _ => false,
    }
}

/// The text before the first variable, and whether there is none.
fn beginning(replacement: &str) -> (String, bool) {
    let end = replacement.find('$');
    (replacement[..end.unwrap_or(replacement.len())].to_owned(), end.is_none())
}

/// A condition on the path, alone, before anything has changed the path: `rewrite` can make it itself, and escapes what
/// it captures.
fn can_be_folded(conditions: &[Condition], at: usize, around: Around) -> bool {
    let one = &conditions[at];
    let alone = !one.or && (at == 0 || !conditions[at - 1].or);
    let later = &conditions[at + 1..];
    let used_later = later.iter().any(|later| parts(&later.test).iter().any(|part| matches!(part, Part::Matched(_))));
    alone && !used_later && !around.moved && one.test == "%{REQUEST_URI}"
}

/// What was captured out of a decoded path may hold line feeds, which must not get into a header.
fn unsafe_capture(conditions: &[Condition], says: &mut Vec<&'static Capability>) -> Result<(), &'static Capability> {
    let Some((last, before)) = conditions.split_last() else { return Ok(()) };
    for part in parts(&last.test) {
        match part {
            Part::Text(_) => {}
            Part::Matched(_) => {
                let earlier = capturing(before).map_or(0, |at| at + 1);
                unsafe_capture(&before[..earlier], says)?;
            }
            Part::Variable(name) => match known(&name)? {
                Known::Variable(of)
                    if ["http_host", "host", "scheme", "server_port", "remote_addr"].contains(&&*of) => {}
                Known::Variable(_) => says.push(&can::ESCAPES),
                Known::Path | Known::FileName => return Err(&can::UNSAFE),
                Known::Always(_) | Known::Tls => {}
            },
            Part::Group(_) | Part::Map => return Err(&can::UNSAFE),
        }
    }
    Ok(())
}

impl Maker<'_> {
    /// The expression, and with it what each group is called.
    fn expression(&mut self, parts: &[Part], redirects: bool) -> Result<String, &'static Capability> {
        let rule = self.rule;
        let flag = if rule.flags.caseless { "(?i)" } else { "" };
        let uses_groups = parts.iter().any(|part| matches!(part, Part::Group(_)));
        let all = rule.negated || (pattern::matches_all(&rule.pattern) && self.place.is_whole() && !uses_groups);
        let own = if rule.negated { "^".to_owned() } else { self.own(uses_groups && parts.contains(&Part::Group(0)))? };
        let groups = captures(&own)?;
        let is_path = |part: &Part| matches!(part, Part::Variable(name) if name == "REQUEST_URI");
        let whole = redirects && parts.iter().any(is_path);
        if whole && self.around.moved {
            return Err(&can::UNSAFE);
        }
        let condition = self.folded.map(|at| &rule.conditions[at]);
        let inner = condition.and_then(|one| match &one.against {
            Against::Regex(pattern) if one.caseless => Some(format!("(?i){pattern}")),
            Against::Regex(pattern) => Some(pattern.clone()),
            _ => None,
        });
        let ahead = if all { String::new() } else { format!("(?=(?s:.*?)(?:{flag}{own}))") };
        self.shift.1 = if all { 0 } else { groups };
        Ok(match inner {
            Some(inner) if all && !whole => inner,
            Some(inner) => {
                let before = format!("^{ahead}(?=(?s:.*?)(?:{inner}))");
                self.whole = whole.then_some(captures(&before)? + 1);
                if whole { format!("{before}(.*)$") } else { before }
            }
            None if whole => {
                self.whole = Some(self.shift.1 + 1);
                format!("^{ahead}(.*)$")
            }
            None if all => "^".to_owned(),
            None => format!("{flag}{own}"),
        })
    }

    /// The rule's own pattern for the whole path; with a group around all of it for `$0`.
    fn own(&mut self, with_zero: bool) -> Result<String, &'static Capability> {
        let rule = self.rule;
        if !with_zero {
            return Ok(pattern::on_path(&rule.pattern, &self.place.held(), false));
        }
        let refers = rule.pattern.as_bytes().windows(2).any(|two| two[0] == b'\\' && two[1].is_ascii_digit());
        if refers {
            return Err(&can::EXPRESSION);
        }
        self.shift.0 = 1;
        Ok(pattern::on_path(&format!("({})", rule.pattern), &self.place.held(), false))
    }

    fn pieces(&self, parts: &[Part], redirects: bool) -> Result<Vec<Piece>, &'static Capability> {
        let escapes = redirects && !self.rule.flags.not_escaped;
        let mut pieces = Vec::new();
        for part in parts {
            pieces.push(match part {
                Part::Text(text) if escapes => Piece::Text(escaped(text)),
                Part::Group(_) if self.rule.negated => Piece::Text(String::new()),
                Part::Group(number) => group(usize::from(*number) + self.shift.0)?,
                Part::Matched(0) if self.folded.is_some() => return Err(&can::EXPRESSION),
                Part::Matched(number) if self.folded.is_some() => group(usize::from(*number) + self.shift.1)?,
                Part::Matched(_) if capturing(&self.rule.conditions).is_none() => Piece::Text(String::new()),
                Part::Matched(0) => return Err(&can::EXPRESSION),
                Part::Variable(name) if redirects && known(name)? == Known::Path => group(self.whole.unwrap_or(10))?,
                Part::Variable(name) if redirects && known(name)? == Known::FileName => return Err(&can::UNSAFE),
                part => self.around.pieces(std::slice::from_ref(part))?.remove(0),
            });
        }
        Ok(pieces)
    }

    /// The path, or the URL without its query.
    fn path(&self, parts: &[Part], is_absolute: bool, redirects: bool) -> Result<String, &'static Capability> {
        let has_slash = match parts.first() {
            Some(Part::Text(text)) => text.starts_with('/'),
            Some(Part::Group(_)) => self.place.folder.is_none(),
            Some(Part::Matched(_)) => self.folded.is_some(),
            Some(Part::Variable(name)) => known(name)? == Known::Path,
            Some(Part::Map) | None => false,
        };
        let path = joined(&self.pieces(parts, redirects)?)?;
        Ok(if is_absolute || has_slash { path } else { format!("{}{path}", self.place.base) })
    }

    /// nginx appends the query that is there unless a `?` ends the replacement.
    fn query(
        &self,
        replacement: &mut String,
        query: Option<&[Part]>,
        redirects: bool,
        says: &mut Vec<&'static Capability>,
    ) -> Result<(), &'static Capability> {
        let flags = &self.rule.flags;
        let same = [Part::Variable("QUERY_STRING".to_owned())];
        match query {
            None => replacement.push_str(if flags.drops_query { "?" } else { "" }),
            Some(query) if query == same => {}
            Some([]) if flags.appends_query => {}
            Some([]) => replacement.push('?'),
            Some(query) => {
                replacement.push('?');
                replacement.push_str(&joined(&self.pieces(query, redirects)?)?);
                replacement.push_str(if flags.appends_query { "" } else { "?" });
                let captured = query.iter().any(|part| matches!(part, Part::Group(_)));
                says.extend((captured && !redirects && !flags.escapes_captures).then_some(&can::QUERY));
            }
        }
        Ok(())
    }

    fn escaping(&self, path: &[Part], query: Option<&[Part]>, redirects: bool, says: &mut Vec<&'static Capability>) {
        let flags = &self.rule.flags;
        let captured = path.iter().any(|part| matches!(part, Part::Group(_)));
        let differs = (captured && redirects && flags.not_escaped)
            || (captured && flags.escapes_captures)
            || (redirects && !flags.not_escaped && flags.appends_query && query.is_some_and(|query| !query.is_empty()));
        says.extend(differs.then_some(&can::ESCAPES));
    }
}

/// The variable with what a group captured: nginx has nine.
fn group(number: usize) -> Result<Piece, &'static Capability> {
    let name = (number <= 9).then(|| Piece::Variable(number.to_string()));
    name.ok_or(&can::EXPRESSION)
}

fn captures(expression: &str) -> Result<usize, &'static Capability> {
    Regex::at_run_time(expression).map(|regex| regex.captures()).map_err(|_| &can::EXPRESSION)
}
