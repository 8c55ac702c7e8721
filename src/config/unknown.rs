//! A directive that the target does not have, or not here: nginx's message, and what nginx does not say.

use super::fault::Fault;
use crate::modules::{self, Contexts, Target};

/// nginx's verdict on a name that no module present takes in this context, with the reason in the help.
pub(super) fn explain(target: &Target, name: &str, context: Contexts) -> Fault {
    let known: Vec<_> = target.directives(name).collect();
    if known.is_empty() {
        return match help(target, name) {
            Some(help) => Fault::emerg(format!("unknown directive \"{name}\"")).help(help),
            None => Fault::emerg(format!("unknown directive \"{name}\"")),
        };
    }
    let places: Vec<String> = known
        .iter()
        .flat_map(|(_, row)| row.form_in(target.version).0.names())
        .map(|name| format!("\"{name}\""))
        .collect();
    let here = context.names().next().unwrap_or("main");
    Fault::emerg(format!("\"{name}\" directive is not allowed here"))
        .help(format!("this is \"{here}\"; \"{name}\" belongs in {}", places.join(", ")))
}

fn help(target: &Target, name: &str) -> Option<String> {
    for (module, row) in modules::all_directives().filter(|(_, row)| row.name == name) {
        if row.since > target.version {
            return Some(format!("\"{name}\" exists since nginx {}; the target is {target}", row.since));
        }
        if let Some(last) = row.last.filter(|last| *last < target.version) {
            return Some(format!("\"{name}\" was last in nginx {last}; the target is {target}. {}", row.doc));
        }
        if !target.has(module) {
            return Some(module.presence.help(module.name));
        }
    }
    nearest(target, name).map(|meant| format!("did you mean \"{meant}\"?"))
}

/// The known name that differs least, if it differs little enough to be what was meant.
fn nearest(target: &Target, name: &str) -> Option<&'static str> {
    let limit = 1 + name.chars().count() / 5;
    modules::all_directives()
        .filter(|(module, row)| target.has(module) && row.exists_in(target.version))
        .map(|(_, row)| (distance(name, row.name), row.name))
        .filter(|(distance, _)| *distance <= limit)
        .min()
        .map(|(_, name)| name)
}

/// Levenshtein's distance, over characters.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], i + 1);
        for (j, y) in b.iter().enumerate() {
            let substituted = diagonal + usize::from(x != *y);
            diagonal = row[j + 1];
            row[j + 1] = substituted.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}
