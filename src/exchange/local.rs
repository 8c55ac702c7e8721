//! What a live proxy needs to know to serve files: `index`, `autoindex`, `random_index`.

use super::site::Builder;
use super::value::Template;
use crate::config::{Config, ScopeId, Text};
use crate::modules::http::index::Indices;

/// What holds in one location.
#[derive(Debug, Default)]
pub struct LocalTerms {
    /// Names to look for in a folder, in order. One that begins with `/` is a path to go to.
    pub indices: Vec<Template>,
    /// A file is taken by chance.
    pub random_index: bool,
    /// Folders are listed.
    pub autoindex: Option<Autoindex>,
    /// The location has an `alias`.
    pub has_alias: bool,
}

/// How folders are listed.
#[derive(Debug, Clone, Copy)]
pub struct Autoindex {
    /// The text that is made.
    pub format: Format,
    /// Sizes are those in bytes.
    pub exact_size: bool,
}

/// What a list of files is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// A page.
    Html,
    /// JSON.
    Json,
    /// JSON as an argument of a function.
    Jsonp,
    /// XML.
    Xml,
}

impl LocalTerms {
    pub(super) fn compile(scope: ScopeId, builder: &mut Builder) -> LocalTerms {
        let config = builder.config;
        let indices = match config.effective_slot::<Indices>(scope) {
            Some(indices) => indices.0.iter().map(|name| builder.template(name)).collect(),
            None => vec![builder.template(&Text(vec![crate::config::Part::Literal("index.html".to_owned())]))],
        };
        LocalTerms {
            indices,
            random_index: config.flag(scope, "random_index", false),
            autoindex: config.flag(scope, "autoindex", false).then(|| Autoindex::of(config, scope)),
            has_alias: config
                .effective_slot::<crate::modules::http::core::root::Root>(scope)
                .is_some_and(|root| root.alias),
        }
    }
}

impl Autoindex {
    fn of(config: &Config, scope: ScopeId) -> Autoindex {
        let format = match config.effective(scope, "autoindex_format").map(|set| set.arg(1)) {
            Some("json") => Format::Json,
            Some("jsonp") => Format::Jsonp,
            Some("xml") => Format::Xml,
            _ => Format::Html,
        };
        Autoindex { format, exact_size: config.flag(scope, "autoindex_exact_size", true) }
    }
}
