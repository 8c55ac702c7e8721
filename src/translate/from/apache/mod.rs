//! Apache's rewriting as nginx's: `RewriteRule` with its conditions, `Redirect` and its like, and files that nobody may
//! have, out of an `.htaccess` or a configuration with virtual hosts.
//!
//! ```text
//! text --read--> Nodes --Item--> Scopes (rules and redirects of a folder or a host) --write--> `rewrite`, `if`, `return`
//! ```
//!
//! All of it becomes directives of a `server`: they see every request before a `location` is looked for, as Apache's rules
//! do. A front controller at the end becomes `try_files`. Apache tries a rule's pattern first, then its conditions; nginx
//! must set variables for what both captured. In a folder's file Apache begins anew with the path that came out; nginx does
//! not, so `again` checks whether another rule would take that path.
//!
//! Left out: everything else that such files hold is said to be lost, or refused where it protects something.

mod again;
mod capabilities;
mod host;
mod pattern;
mod read;
mod redirect;
mod rule;
mod scope;
mod target;
mod test;
mod text;
mod write;

use crate::config::{self, Config, NoHost};
use crate::diagnostics::position;
use crate::modules::Target;
use crate::syntax::{Files, ReadError, Sources};
use crate::translate::Translation;
use crate::translate::ledger::Ledger;
use crate::translate::output::{self, Lines};
use crate::translate::subject::{SubjectId, Subjects};
use capabilities as can;
use read::{Node, Wrong};

/// In the report.
pub const NAME: &str = "from-apache";

/// What was read, with what a report needs.
#[derive(Debug)]
pub struct Read {
    /// The output and the account.
    pub translation: Translation,
    /// Apache's text.
    pub sources: Sources,
    /// What came out, in what it needs around it.
    pub config: Config,
}

/// A node that Apache looks at, with its subject.
#[derive(Debug)]
struct Item<'n> {
    id: SubjectId,
    node: &'n Node,
    inside: Option<Vec<Item<'n>>>,
}

/// Everything that is known while a text is read.
#[derive(Debug, Default)]
struct Account {
    subjects: Subjects,
    ledger: Ledger,
}

/// Reads Apache's `text`, whose name is `path`, for an nginx of this kind.
///
/// # Errors
/// What Apache would refuse, with its line; and what nginx would refuse of the result.
pub fn read(path: &str, text: &str, nginx: &Target) -> Result<Read, String> {
    let sources = Sources::from_text(path, text.to_owned(), "", &Nothing);
    let at = |wrong: &Wrong| format!("{path}:{}: {}", position::of(wrong.span.first(), &sources).line, wrong.message);
    let nodes = read::nodes(text).map_err(|wrong| at(&wrong))?;
    let mut account = Account::default();
    let items = account.items(&nodes);
    let mut out = Lines::default();
    let line = |item: &Item| sources.line(item.node.words[0].span.first());
    let has_hosts = items.iter().any(|item| item.node.name() == "virtualhost");
    let mut rules = 0;
    let mut writer = host::Hosts { account: &mut account, out: &mut out, rules: &mut rules, name: path, line: &line };
    if has_hosts { writer.hosts(&items) } else { writer.folder(&items) }.map_err(|wrong| at(&wrong))?;
    let file = out.file(if has_hosts { "servers.conf" } else { "rewrites.conf" });
    let around =
        if has_hosts { ("events {} http {\n", "}") } else { ("events {} http { server { listen 8080;\n", "} }") };
    let whole = Sources::from_text("", format!("{}{}{}\n", around.0, file.text, around.1), "", &Nothing);
    let compiled = config::compile(&whole, nginx, &NoHost, config::Options::default());
    if let Some(finding) = compiled.diagnostics.iter().find(|finding| finding.level.stops()) {
        let line = finding.start().map_or(0, |place| position::of(place, &whole).line);
        let text = whole.files[0].text.lines().nth(line.saturating_sub(1)).unwrap_or_default();
        return Err(format!("{path}: nginx would not take what comes out: {} in \"{}\"", finding.message, text.trim()));
    }
    let files = vec![file];
    let lines = output::lines_of(&files);
    let entries = account.ledger.close(NAME, &account.subjects, &lines);
    let translation = Translation { files, entries, subjects: account.subjects };
    Ok(Read { translation, sources, config: compiled.config })
}

impl Account {
    /// Gives everything its subject, in order. What is in an `<IfModule>` belongs where that stands: every module is taken
    /// to be there.
    fn items<'n>(&mut self, nodes: &'n [Node]) -> Vec<Item<'n>> {
        let mut items = Vec::new();
        for node in nodes {
            let id = self.subjects.written(node.words.clone().into());
            match (&node.inside, node.name().as_str()) {
                (Some(inside), "ifmodule") if node.arg(1).is_some_and(|name| name.starts_with('!')) => {
                    self.ledger.note(id, &can::NOT_THERE);
                    for item in self.items(inside) {
                        self.all(&item, &can::NOT_THERE);
                    }
                }
                (Some(inside), "ifmodule") => {
                    self.ledger.note(id, &can::SECTION);
                    items.extend(self.items(inside));
                }
                (Some(inside), _) => {
                    let inside = self.items(inside);
                    items.push(Item { id, node, inside: Some(inside) });
                }
                (None, _) => items.push(Item { id, node, inside: None }),
            }
        }
        items
    }

    /// Notes the same of a node and of all that is in it.
    fn all(&mut self, item: &Item, says: &'static crate::translate::Capability) {
        self.ledger.note(item.id, says);
        for inside in item.inside.iter().flatten() {
            self.all(inside, says);
        }
    }

    /// Notes what becomes of a node that is not translated.
    fn lost(&mut self, item: &Item) {
        let name = item.node.name();
        let words: Vec<String> = item.node.args().map(str::to_ascii_lowercase).collect();
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let says = match (name.as_str(), &*words) {
            ("require", ["all", "granted"]) | ("allow", ["from", "all"]) => &can::OPTION,
            ("options", words) if words.iter().all(|word| OPTIONS.contains(word)) => &can::OPTION,
            ("rewriteoptions", [word, ..]) if word.starts_with("inherit") => &can::INHERITED,
            ("rewritemap", _) => &can::MAP,
            ("rewritecond", _) => &can::CONDITION_LEFT_OUT,
            ("rewriterule", _) if item.node.args().nth(2).is_some_and(is_refusal) => &can::REFUSED,
            ("rewriterule" | "rewriteengine" | "rewritebase", _) => &can::LEFT_OUT,
            (name, _) if OWN.contains(&name) => &can::OWN,
            (name, _) if PROTECTS.contains(&name) => &can::PROTECTS,
            (_, _) if item.inside.is_some() => &can::SECTION,
            _ => &can::OTHER,
        };
        self.ledger.note(item.id, says);
        for inside in item.inside.iter().flatten() {
            self.lost(inside);
        }
    }
}

fn is_refusal(flags: &str) -> bool {
    let flags = flags.to_ascii_lowercase();
    flags.trim_matches(['[', ']']).split(',').any(|flag| flag.trim() == "f" || flag.trim().starts_with("r=4"))
}

/// `Options` that nginx needs not to be told of.
const OPTIONS: &[&str] =
    &["-indexes", "-multiviews", "+followsymlinks", "followsymlinks", "+symlinksifownermatch", "symlinksifownermatch"];

/// What only concerns Apache's own process.
const OWN: &[&str] = &[
    "allowoverride",
    "errorlog",
    "loglevel",
    "rewritelog",
    "rewriteloglevel",
    "serveradmin",
    "serversignature",
    "servertokens",
];

/// What keeps somebody or something out.
const PROTECTS: &[&str] = &[
    "allow",
    "authbasicprovider",
    "authgroupfile",
    "authname",
    "authtype",
    "authuserfile",
    "deny",
    "limit",
    "limitexcept",
    "limitrequestbody",
    "order",
    "require",
    "requireall",
    "requireany",
    "requirenone",
    "satisfy",
    "sslciphersuite",
    "sslengine",
    "sslprotocol",
    "sslrequire",
    "sslrequiressl",
    "sslverifyclient",
];

/// What Apache's text seems to include for nginx is not there.
struct Nothing;

impl Files for Nothing {
    fn read(&self, _path: &str) -> Result<Vec<u8>, ReadError> {
        Err(ReadError::not_found())
    }

    fn glob(&self, _pattern: &str) -> Result<Vec<String>, ReadError> {
        Ok(Vec::new())
    }
}
