//! `map` of `http` and `stream`: a variable whose value is looked up by another's.
//!
//! An exact key wins over `*.example.com`, that over `www.example.*`, that over regular expressions in their order;
//! what matches nothing gets the default. Keys are compared in lower case.

use std::sync::OnceLock;

use super::hash::{HostNames, Refused, Table, align};
use super::keys::Keys;
use crate::modules::prelude::*;

pub use super::keys::Key;

/// The maps of a realm, in order.
#[derive(Debug, Default)]
pub struct Maps {
    /// Each map.
    pub maps: Vec<Map>,
    /// Once a map was read the sizes of the hash tables are settled.
    settled: bool,
}

/// One `map`.
#[derive(Debug)]
pub struct Map {
    /// What is looked up.
    pub source: Text,
    /// The variable's name, without `$`.
    pub variable: String,
    /// The keys, in order.
    pub entries: Vec<Entry>,
    /// The value of what matches nothing; empty if there is none.
    pub default: Option<Text>,
    /// Keys may have wildcards at their ends, and a dot at the end of the source does not count.
    pub hostnames: bool,
    /// The value is not kept for the rest of the request.
    pub volatile: bool,
    /// The word that names the variable.
    pub span: Span,
    keys: OnceLock<Keys>,
}

/// One row of a map.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// What to look for.
    pub key: Key,
    /// What it gives.
    pub value: Text,
    /// The key's word.
    pub span: Span,
}

impl Map {
    /// The row that a text finds; none where the default holds.
    #[must_use]
    pub fn find(&self, text: &str) -> Option<&Entry> {
        let text = if self.hostnames { text.strip_suffix('.').unwrap_or(text) } else { text };
        let keys = self.keys.get_or_init(|| {
            let mut keys = Keys::default();
            self.entries.iter().enumerate().for_each(|(number, entry)| keys.add(&entry.key, number));
            keys
        });
        self.entries.get(keys.find(text)?)
    }
}

/// `map_hash_max_size`, `map_hash_bucket_size`: nginx takes them only before the first map.
///
/// # Errors
/// nginx's messages.
pub fn hash_size(cx: &mut Cx, call: &Call) -> Verdict {
    let duplicate = Fault::directive("is duplicate").at(call.span(0));
    let maps = cx.realm_slot::<Maps>();
    if maps.settled {
        let first = maps.maps.first().map(|map| map.span);
        let fault = duplicate.help(format!("nginx takes \"{}\" only before the first map", call.name()));
        return Err(match first {
            Some(first) => fault.related(first, "the first map"),
            None => fault,
        });
    }
    cx.once(call)?;
    let size = values::number(call.arg(1)).ok_or_else(|| Fault::directive("invalid number").at(call.span(1)))?;
    cx.keep(call, Value::Number(size));
    Ok(())
}

/// `ngx_http_map_block`, `ngx_stream_map_block`
///
/// # Errors
/// nginx's messages.
pub fn block(cx: &mut Cx, call: &Call) -> Verdict {
    cx.realm_slot::<Maps>().settled = true;
    let source = cx.complex(&call.words[1])?;
    let variable = variable_name(call, 2)?;
    cx.define(variable, CHANGEABLE, call.span(2))?;
    cx.keep(call, Value::Own);
    let mut draft = Draft {
        map: Map {
            source,
            variable: variable.to_owned(),
            entries: Vec::new(),
            default: None,
            hostnames: false,
            volatile: false,
            span: call.span(2),
            keys: OnceLock::new(),
        },
        names: HostNames::default(),
    };
    let read = cx.rows(call, true, &mut |cx, row| draft.row(cx, row));
    let checked = read.and_then(|()| {
        let scope = cx.scope;
        let max_size = cx.config.number(scope, "map_hash_max_size", 2048);
        let bucket_size = align(cx.config.number(scope, "map_hash_bucket_size", 64));
        draft.names.check(cx, &Table { name: "map_hash", max_size, bucket_size, span: Some(call.span(0)) })
    });
    cx.realm_slot::<Maps>().maps.push(draft.map);
    checked
}

/// The name of the variable that the n-th word defines.
///
/// # Errors
/// nginx's `invalid variable name "x"` when it has no `$`.
pub fn variable_name<'a>(call: &Call<'a>, n: usize) -> Result<&'a str, Fault> {
    let word = call.arg(n);
    word.strip_prefix('$').ok_or_else(|| {
        let fault = Fault::emerg(format!("invalid variable name \"{word}\"")).at(call.span(n));
        fault.help("the name of a variable starts with \"$\"")
    })
}

struct Draft {
    map: Map,
    names: HostNames,
}

impl Draft {
    fn row(&mut self, cx: &mut Cx, row: &Row) -> Verdict {
        let (key, value) = match row.words.as_ref() {
            [word] if &*word.value == "hostnames" => {
                self.map.hostnames = true;
                return Ok(());
            }
            [word] if &*word.value == "volatile" => {
                self.map.volatile = true;
                return Ok(());
            }
            [key, value] => (key, value),
            words => {
                let fault = Fault::emerg("invalid number of the map parameters").at(words[0].span);
                return Err(fault.help("a row of a map is KEY VALUE; quote what holds blanks"));
            }
        };
        // nginx compiles both in the name of the block's own file.
        let value = cx.at_place(row.outer, |cx| cx.complex(value))?;
        let text = &*key.value;
        if text == "default" {
            if self.map.default.is_some() {
                return Err(Fault::emerg("duplicate default map parameter").at(key.span));
            }
            self.map.default = Some(value);
            return Ok(());
        }
        let key_read = match text.strip_prefix('~') {
            Some(pattern) => {
                let (pattern, caseless) = pattern.strip_prefix('*').map_or((pattern, false), |rest| (rest, true));
                Key::Regex(cx.at_place(row.outer, |cx| cx.capturing_regex(pattern, caseless, key.span))?)
            }
            None => self.plain(text, key.span)?,
        };
        self.map.entries.push(Entry { key: key_read, value, span: key.span });
        Ok(())
    }

    fn plain(&mut self, text: &str, span: Span) -> Result<Key, Fault> {
        let text = text.strip_prefix('\\').unwrap_or(text);
        let (added, key) = if self.map.hostnames {
            (self.names.add(text), Key::host(text))
        } else {
            (self.names.add_exact(text), Key::Exact(text.to_ascii_lowercase()))
        };
        match added {
            Ok(()) => Ok(key),
            Err(refused) => Err(refusal(refused, text, span, self.first(&key))),
        }
    }

    fn first(&self, key: &Key) -> Option<Span> {
        self.map.entries.iter().find(|entry| entry.key == *key).map(|entry| entry.span)
    }
}

/// nginx's words for a name that cannot be added to a table of names with wildcards.
#[must_use]
pub fn refusal(refused: Refused, text: &str, span: Span, first: Option<Span>) -> Fault {
    match refused {
        Refused::Invalid => Fault::emerg(format!("invalid hostname or wildcard \"{text}\""))
            .at(span)
            .help("one \"*\", at the start as in \"*.example.com\" or at the end as in \"www.example.*\""),
        Refused::Busy => {
            // By then nginx has turned it to lower case.
            let fault = Fault::emerg(format!("conflicting parameter \"{}\"", text.to_ascii_lowercase())).at(span);
            match first {
                Some(first) => fault.related(first, "first given here"),
                None => fault,
            }
        }
    }
}
