//! Files that are not whole: a `conf.d` file, one `server`, the rows of a `map`. They are read as included from a small
//! configuration that has what they need around them; which one is told by the caller or found by the directives.

use crate::modules::{self, Contexts, Kind};
use crate::syntax::{Body, Directive, Item, Tree};

/// What stands around a fragment.
#[derive(Debug)]
pub struct Surroundings {
    /// The name by which `--context` knows it.
    pub name: &'static str,
    /// The context of the fragment's own directives; `None` where they are free words.
    context: Option<Contexts>,
    /// What comes before the `include` of the fragment.
    before: &'static str,
    /// What comes after it.
    after: &'static str,
}

/// All of them. Where directives tell nothing the first that fits is taken.
pub const SURROUNDINGS: &[Surroundings] = &[
    around("http", Some(Contexts::HTTP), "events {} http {", "}"),
    around("server", Some(Contexts::SERVER), "events {} http { server { listen 8080;", "} }"),
    around("location", Some(Contexts::LOCATION), "events {} http { server { listen 8080; location / {", "} } }"),
    around("main", Some(Contexts::MAIN), "", ""),
    around("main-noevents", None, "", "events {}"),
    around("stream", Some(Contexts::STREAM), "events {} stream {", "}"),
    around("stream-server", Some(Contexts::STREAM_SERVER), "events {} stream { server { listen 8080;", "} }"),
    around("upstream", Some(Contexts::UPSTREAM), "events {} http { upstream fragment {", "} }"),
    around("stream-upstream", Some(Contexts::STREAM_UPSTREAM), "events {} stream { upstream fragment {", "} }"),
    around("events", Some(Contexts::EVENTS), "events {", "}"),
    around("mail", Some(Contexts::MAIL), "events {} mail { auth_http 127.0.0.1:8081;", "}"),
    around(
        "mail-server",
        Some(Contexts::MAIL_SERVER),
        "events {} mail { auth_http 127.0.0.1:8081; server { listen 143;",
        "} }",
    ),
    around("server-if", Some(Contexts::SERVER_IF), "events {} http { server { listen 8080; if ($host) {", "} } }"),
    around(
        "location-if",
        Some(Contexts::LOCATION_IF),
        "events {} http { server { listen 8080; location / { if ($host) {",
        "} } } }",
    ),
    around(
        "limit_except",
        Some(Contexts::LIMIT_EXCEPT),
        "events {} http { server { listen 8080; location / { limit_except GET {",
        "} } } }",
    ),
    around("map", None, "events {} http { map $host $fragment {", "} }"),
    around("geo", None, "events {} http { geo $fragment {", "} }"),
    around("types", None, "events {} http { types {", "} }"),
];

const fn around(
    name: &'static str,
    context: Option<Contexts>,
    before: &'static str,
    after: &'static str,
) -> Surroundings {
    Surroundings { name, context, before, after }
}

impl Surroundings {
    /// The one of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Surroundings> {
        SURROUNDINGS.iter().find(|surroundings| surroundings.name == name)
    }

    /// Those that a file's own directives ask for: the context that allows most of them.
    #[must_use]
    pub fn of(tree: &Tree) -> &'static Surroundings {
        if tree.items.iter().any(opens_realm) {
            return Surroundings::named("main").unwrap_or(&SURROUNDINGS[0]);
        }
        let weighed = SURROUNDINGS.iter().filter_map(|around| Some((around, weigh(&tree.items, around.context?))));
        // The first of the best: max_by_key would take the last.
        let best = weighed.rev().max_by_key(|(_, weight)| *weight);
        match best {
            Some((around, weight)) if weight > 0 => around,
            _ => free_words(tree).unwrap_or(&SURROUNDINGS[0]),
        }
    }

    /// The configuration that includes the fragment at `path`; `None` if nothing is needed around it.
    #[must_use]
    pub fn wrap(&self, path: &str) -> Option<String> {
        let path = path.replace('\\', "\\\\").replace('"', "\\\"");
        let bare = self.before.is_empty() && self.after.is_empty();
        (!bare).then(|| format!("{} include \"{path}\"; {}\n", self.before, self.after))
    }
}

/// `http {` and the like, which stand in no other block: whatever else is there, this is a whole configuration.
fn opens_realm(item: &Item) -> bool {
    match item {
        Item::Directive(directive) => {
            ["events", "http", "stream", "mail"].contains(&directive.name()) && directive.block().is_some()
        }
        Item::Comment(_) | Item::Stray(_) => false,
    }
}

/// How many directives the context allows, less those that it does not, at any depth of blocks that are allowed.
fn weigh(items: &[Item], context: Contexts) -> i64 {
    let directives = items.iter().filter_map(|item| match item {
        Item::Directive(directive) => Some(directive),
        Item::Comment(_) | Item::Stray(_) => None,
    });
    directives.map(|directive| weight(directive, context)).sum()
}

fn weight(directive: &Directive, context: Contexts) -> i64 {
    let name = directive.name();
    let block = matches!(directive.body, Body::Block(_));
    let mut rows = modules::rows_named(name).iter();
    if rows.clone().any(|(module, _)| module.kind == Kind::Conf) {
        return 0;
    }
    let kind = Kind::of_context(context);
    let allowed =
        rows.any(|(module, row)| module.kind == kind && row.contexts.meets(context) && row.arguments.block == block);
    // A block says more than a setting that many contexts have.
    let own = if block { 3 } else { 1 };
    if !allowed {
        return -own;
    }
    let inside = directive.block().zip(inner(context, name));
    own + inside.map_or(0, |(block, context)| weigh(&block.items, context))
}

/// The context inside a block.
fn inner(context: Contexts, name: &str) -> Option<Contexts> {
    Some(match (Kind::of_context(context), name) {
        (Kind::Http, "server") => Contexts::SERVER,
        (Kind::Http, "upstream") => Contexts::UPSTREAM,
        (Kind::Http, "location") => Contexts::LOCATION,
        (Kind::Http, "limit_except") => Contexts::LIMIT_EXCEPT,
        (Kind::Http, "if") if context == Contexts::SERVER => Contexts::SERVER_IF,
        (Kind::Http, "if") => Contexts::LOCATION_IF,
        (Kind::Stream, "server") => Contexts::STREAM_SERVER,
        (Kind::Stream, "upstream") => Contexts::STREAM_UPSTREAM,
        (Kind::Mail, "server") => Contexts::MAIL_SERVER,
        (Kind::Core, "http") => Contexts::HTTP,
        (Kind::Core, "stream") => Contexts::STREAM,
        (Kind::Core, "mail") => Contexts::MAIL,
        (Kind::Core, "events") => Contexts::EVENTS,
        _ => return None,
    })
}

/// Rows of `types` or of a `map`, if no word that starts one is a directive.
fn free_words(tree: &Tree) -> Option<&'static Surroundings> {
    let names: Vec<&str> = tree.items.iter().filter_map(first_word).collect();
    let known = |name: &&str| !modules::rows_named(name).is_empty() && !["default", "include"].contains(name);
    if names.is_empty() || names.iter().any(known) {
        return None;
    }
    let mime = |name: &&str| name.split_once('/').is_some_and(|(kind, _)| kind.bytes().all(|b| b.is_ascii_lowercase()));
    if names.iter().all(mime) {
        return Surroundings::named("types");
    }
    let row = |name: &&str| *name == "default" || name.starts_with(['~', '*', '.']) || name.contains(['.', '/', ':']);
    names.iter().any(row).then(|| Surroundings::named("map")).flatten()
}

fn first_word(item: &Item) -> Option<&str> {
    match item {
        Item::Directive(directive) => directive.words.first().map(|word| &*word.value),
        Item::Comment(_) | Item::Stray(_) => None,
    }
}
