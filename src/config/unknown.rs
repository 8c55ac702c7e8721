//! A directive that the target does not have, or not here: nginx's message, and what nginx does not say.

use super::fault::Fault;
use super::nearest::nearest;
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
    meant(target, name).map(|meant| format!("did you mean \"{meant}\"?"))
}

/// The known name that was probably meant.
fn meant(target: &Target, name: &str) -> Option<&'static str> {
    let known = modules::all_directives().filter(|(module, row)| target.has(module) && row.exists_in(target.version));
    nearest(name, known.map(|(_, row)| row.name))
}
