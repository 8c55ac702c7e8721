//! What is known of a name: a rule, a directive, a variable.

use std::fmt::Write as _;

use super::markdown::level;
use super::rules::{self, RULES};
use super::{Rule, Tier};
use crate::config::nearest;
use crate::modules::{self, Directive, Kind, Module, Presence, Set, Variable, Version};

/// What a name stands for.
#[derive(Clone, Copy)]
enum Topic {
    /// A rule.
    Rule(&'static Rule),
    /// The directives of this name.
    Directives(&'static [(&'static Module, &'static Directive)]),
    /// A variable, and the modules that define it.
    Variable(&'static str),
    /// The code of nginx's own faults.
    Nginx,
}

/// What nginx's own faults have in common.
const NGINX: &str = "nginx: what nginx itself says of the configuration, in its own words, with the line that it names.\n\n\
    emerg and alert keep nginx from starting (and `nginx -t` from passing), warn does not. `nginx -t` stops at the first;\n\
    here every one is shown, with the exact place and, where nginx does not say it, the way out.\n";

impl Topic {
    /// What `name` stands for: a rule, a directive, or a variable, with or without its `$`.
    fn find(name: &str) -> Option<Topic> {
        if let Some(variable) = name.strip_prefix('$') {
            return variable_named(variable.trim_matches(['{', '}'])).map(|found| Topic::Variable(found.name));
        }
        if name == "nginx" {
            return Some(Topic::Nginx);
        }
        if let Some(rule) = rules::find(name) {
            return Some(Topic::Rule(rule));
        }
        match modules::rows_named(name) {
            [] => variable_named(name).map(|found| Topic::Variable(found.name)),
            rows => Some(Topic::Directives(rows)),
        }
    }

    /// The text, for people.
    fn text(self) -> String {
        match self {
            Topic::Rule(rule) => of_rule(rule),
            Topic::Directives(rows) => of_directives(rows),
            Topic::Variable(name) => of_variable(name),
            Topic::Nginx => NGINX.to_owned(),
        }
    }
}

/// The text on `name`.
///
/// # Errors
/// The name that was probably meant, if there is one, when nothing is known.
pub fn explain(name: &str) -> Result<String, Option<&'static str>> {
    Topic::find(name).map(Topic::text).ok_or_else(|| meant(name))
}

/// Every rule with its summary, and how to ask for the rest.
#[must_use]
pub fn topics() -> String {
    let width = RULES.iter().map(|rule| rule.name.len()).max().unwrap_or_default();
    let mut text = String::from("Rules (* runs only with --pedantic or --rule):\n\n");
    for rule in RULES {
        let mark = if rule.tier == Tier::Pedantic { '*' } else { ' ' };
        let _ = writeln!(text, "  {:width$} {mark} {}", rule.name, rule.summary);
    }
    text.push_str("\n`nginxlb explain NAME` says more of a rule, of a directive of nginx or of a $variable.\n");
    text
}

fn meant(name: &str) -> Option<&'static str> {
    if let Some(variable) = name.strip_prefix('$') {
        return nearest(variable, variables().map(|(_, variable)| variable.name));
    }
    let directives = || modules::all_directives().map(|(_, row)| row.name);
    let names = || RULES.iter().map(|rule| rule.name).chain(directives());
    nearest(name, names()).or_else(|| names().find(|known| !name.is_empty() && known.starts_with(name)))
}

fn of_rule(rule: &Rule) -> String {
    let mut text = format!("{} ({})\n{}.\n\n{}\n", rule.name, level(rule), rule.summary, wrapped(rule.doc));
    if let Some(targets) = rule.targets.words() {
        let _ = write!(text, "\nApplies to {targets}.\n");
    }
    let _ = write!(text, "\nReported:\n\n{}\nNot reported:\n\n{}\n", indented(rule.bad), indented(rule.good));
    let _ = write!(text, "See {}.\n\nSilence it with `# nginxlb: ignore {}`.\n", rule.source, rule.name);
    text
}

fn of_directives(rows: &[(&'static Module, &'static Directive)]) -> String {
    let mut text = String::new();
    for (module, row) in rows {
        if !text.is_empty() {
            text.push('\n');
        }
        of_directive(&mut text, module, row);
    }
    let quoted = rows.first().map(|(_, row)| format!("`{}`", row.name)).unwrap_or_default();
    let related: Vec<_> = RULES
        .iter()
        .filter(|rule| rule.summary.contains(&quoted) || rule.doc.contains(&quoted))
        .map(|r| r.name)
        .collect();
    if !related.is_empty() {
        let _ = write!(text, "\n{}\n", wrapped(&format!("Rules: {}", related.join(", "))));
    }
    text
}

fn of_directive(text: &mut String, module: &Module, row: &Directive) {
    let contexts = |set: modules::Contexts| set.names().collect::<Vec<_>>().join(", ");
    let _ = write!(text, "{} (ngx_{})\n{}\n\n", row.name, module.name, wrapped(row.doc));
    let _ = writeln!(text, "  context    {}", contexts(row.contexts));
    let _ = writeln!(text, "  takes      {}", row.arguments);
    match row.set {
        Set::Enum(words) => drop(writeln!(text, "  one of     {}", words.join(", "))),
        Set::Mask(words) => drop(writeln!(text, "  some of    {}", words.join(", "))),
        _ => {}
    }
    if !row.default.is_empty() {
        let _ = writeln!(text, "  default    {}", row.default);
    }
    match (module.presence, row.release) {
        (Presence::Plus, None) => text.push_str("  since      NGINX Plus only\n"),
        (_, Some(release)) => drop(writeln!(text, "  since      NGINX Plus R{release}")),
        (Presence::ThirdParty(_), None) => {}
        (_, None) => drop(writeln!(text, "  since      {}", since(row.since))),
    }
    if let Some(last) = row.last {
        let _ = writeln!(text, "  last in    nginx {last}");
    }
    if let Some(to) = row.renamed {
        let _ = writeln!(text, "  now        {to}");
    }
    for was in row.was {
        let _ = writeln!(text, "  before {}  {}: {}", was.until, contexts(was.contexts), was.arguments);
    }
    if module.presence != Presence::Always {
        let _ = writeln!(text, "  module     {}", module.presence.needs());
    }
}

/// The tables begin with 1.0.0: what it has may be older.
fn since(version: Version) -> String {
    const FIRST: Version = Version::read("1.0.0");
    let older = if version == FIRST { " or earlier" } else { "" };
    format!("nginx {version}{older}")
}

fn variables() -> impl Iterator<Item = (&'static Module, &'static Variable)> {
    modules::modules().flat_map(|module| module.variables.iter().map(move |variable| (module, variable)))
}

/// The variable of this name, or the prefix that it begins with.
fn variable_named(name: &str) -> Option<&'static Variable> {
    let exact = variables().find(|(_, variable)| !variable.prefix && variable.name == name);
    let prefixed = || variables().find(|(_, variable)| variable.prefix && name.starts_with(variable.name));
    exact.or_else(prefixed).map(|(_, variable)| variable)
}

fn of_variable(name: &str) -> String {
    let mut text = String::new();
    for (module, variable) in variables().filter(|(_, variable)| variable.name == name) {
        let rest = if variable.prefix { "NAME: any name that begins so" } else { "" };
        let realm = if module.kind == Kind::Stream { "stream" } else { "http" };
        let _ =
            write!(text, "${name}{rest} (ngx_{}, in {realm})\n\n  since      {}\n", module.name, since(variable.since));
        if let Some(last) = variable.last {
            let _ = writeln!(text, "  last in    nginx {last}");
        }
        let changeable = if variable.changeable { "may be set again" } else { "may not be set" };
        let _ = write!(text, "  value      {changeable} by set, map and the like\n\n");
    }
    text.truncate(text.trim_end().len());
    text.push('\n');
    text
}

/// The paragraph in lines that a terminal holds.
fn wrapped(text: &str) -> String {
    const WIDTH: usize = 100;
    let (mut lines, mut line) = (Vec::new(), String::new());
    for word in text.split_whitespace() {
        if !line.is_empty() && line.chars().count() + word.chars().count() >= WIDTH {
            lines.push(std::mem::take(&mut line));
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    lines.push(line);
    lines.join("\n")
}

fn indented(text: &str) -> String {
    text.lines().fold(String::new(), |text, line| text + "    " + line + "\n")
}
