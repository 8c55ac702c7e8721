//! `ngx_http_charset_filter_module.c`: the charset of answers, and the recoding of their bodies. nginx logs a pair of
//! charsets without a table; here the answer only stays as it is.

use std::fmt::Debug;
use std::sync::Arc;

use super::filter::{Filtering, Refused};
use super::types::TypeList;
use crate::config::{Config, ScopeId, Text};
use crate::exchange::body::{BodyFilter, Broken};
use crate::exchange::site::Builder;
use crate::exchange::value::Template;
use crate::modules::http::charset::Charsets;
use crate::syntax::encode;

/// `charset`, `source_charset` and `override_charset` of one location.
#[derive(Debug)]
pub struct CharsetTerms {
    to: Template,
    from: Option<Template>,
    overrides: bool,
    types: TypeList,
    tables: Arc<CharsetTables>,
    is_utf8: bool,
}

/// The tables between charsets.
#[derive(Debug, Default)]
pub struct CharsetTables {
    names: Vec<Box<[u8]>>,
    /// From, to.
    tables: Vec<(usize, usize, Arc<Table>)>,
}

/// How bytes become others.
#[derive(Debug)]
enum Table {
    /// One becomes one.
    Bytes(Box<[u8; 256]>),
    /// One becomes a character of UTF-8.
    ToUtf8(Vec<Vec<u8>>),
    /// A character of UTF-8 below 65536 becomes one; 0 for none.
    FromUtf8(Vec<u8>),
}

/// Types whose charset is told.
const TYPES: &str = "text/html text/xml text/plain text/vnd.wap.wml application/javascript application/rss+xml";

impl CharsetTerms {
    pub(super) fn compile(scope: ScopeId, builder: &mut Builder) -> Option<CharsetTerms> {
        let config = builder.config;
        let set = |name| config.effective(scope, name).map(|set| set.arg(1));
        let to = set("charset").filter(|name| *name != "off")?;
        let from = set("source_charset");
        let tables = match &builder.charsets {
            Some(tables) => Arc::clone(tables),
            None => Arc::new(CharsetTables::compile(config)),
        };
        builder.charsets = Some(Arc::clone(&tables));
        Some(CharsetTerms {
            to: name(to, builder),
            from: from.map(|from| name(from, builder)),
            overrides: config.flag(scope, "override_charset", false),
            types: TypeList::new(config, scope, "charset_types", "text/html", TYPES),
            tables,
            is_utf8: to.eq_ignore_ascii_case("utf-8"),
        })
    }
}

impl CharsetTerms {
    /// Whether answers of this type are said to be UTF-8.
    pub(super) fn is_utf8(&self, content_type: &[u8]) -> bool {
        self.is_utf8 && self.types.has(content_type)
    }
}

fn name(text: &str, builder: &mut Builder) -> Template {
    let part = match text.strip_prefix('$') {
        Some(variable) => crate::config::Part::Variable(variable.to_owned()),
        None => crate::config::Part::Literal(text.to_owned()),
    };
    builder.template(&Text(vec![part]))
}

impl CharsetTables {
    fn compile(config: &Config) -> CharsetTables {
        let http = config.http.map(|http| config.scope(http));
        let Some(charsets) = http.and_then(|http| http.slot::<Charsets>()) else { return CharsetTables::default() };
        let mut all = CharsetTables {
            names: charsets.names.iter().map(|name| encode(name).into()).collect(),
            tables: Vec::new(),
        };
        for ((from, to), rows) in charsets.tables.iter().zip(&charsets.rows) {
            let (there, back) = if all.names[*to].eq_ignore_ascii_case(b"utf-8") {
                (to_utf8(rows), from_utf8(rows))
            } else {
                let bytes = |backwards| Table::Bytes(Box::new(bytes(rows, backwards)));
                (bytes(false), bytes(true))
            };
            all.tables.push((*from, *to, Arc::new(there)));
            all.tables.push((*to, *from, Arc::new(back)));
        }
        all
    }

    fn number(&self, name: &[u8]) -> Option<usize> {
        self.names.iter().position(|known| known.eq_ignore_ascii_case(name))
    }

    fn table(&self, from: usize, to: usize) -> Option<&Arc<Table>> {
        self.tables.iter().find(|(one, other, _)| (*one, *other) == (from, to)).map(|(_, _, table)| table)
    }
}

/// What stands for a byte that the other charset has not.
const UNKNOWN: u8 = b'?';

fn plain(byte: usize) -> u8 {
    if byte < 128 { byte as u8 } else { UNKNOWN }
}

fn bytes(rows: &[(u8, Vec<u8>)], backwards: bool) -> [u8; 256] {
    let mut table = std::array::from_fn(plain);
    for (from, to) in rows {
        let to = to.first().copied().unwrap_or(UNKNOWN);
        let (from, to) = if backwards { (to, *from) } else { (*from, to) };
        table[usize::from(from)] = to;
    }
    table
}

fn to_utf8(rows: &[(u8, Vec<u8>)]) -> Table {
    let mut table: Vec<Vec<u8>> = (0..256).map(|byte| vec![plain(byte)]).collect();
    for (from, to) in rows {
        table[usize::from(*from)].clone_from(to);
    }
    Table::ToUtf8(table)
}

fn from_utf8(rows: &[(u8, Vec<u8>)]) -> Table {
    let mut table: Vec<u8> = (0..65536).map(|character| if character < 128 { character as u8 } else { 0 }).collect();
    for (from, to) in rows {
        if let (Character::Is(character), _) = decode_utf8(to)
            && let Some(entry) = table.get_mut(character as usize)
        {
            *entry = *from;
        }
    }
    Table::FromUtf8(table)
}

/// Tells the charset, and recodes the body where source and target are not the same.
pub fn filter(it: &mut Filtering) -> Result<(), Refused> {
    let Some(terms) = it.terms.charset.as_deref() else { return Ok(()) };
    let told = !it.answer.charset.is_empty();
    let applies = if told { terms.overrides } else { terms.types.has(it.answer.content_type()) };
    if it.answer.content_type.is_empty() || !applies {
        return Ok(());
    }
    let to = terms.to.eval(it.site, it.exchange);
    let to = it.exchange.text(it.site, to).to_vec();
    let from = if told {
        it.answer.charset.clone()
    } else if let Some(from) = &terms.from {
        let from = from.eval(it.site, it.exchange);
        it.exchange.text(it.site, from).to_vec()
    } else {
        return tell(it, &to);
    };
    let (source, target) = (terms.tables.number(&from), terms.tables.number(&to));
    let (Some(source), Some(target)) = (source, target) else {
        let same = source.is_none() && target.is_none() && from.eq_ignore_ascii_case(&to);
        return if same { tell(it, &to) } else { Ok(()) };
    };
    if source != target {
        if it.answer.list.get(b"Content-Encoding").is_some_and(|encoding| !encoding.is_empty()) {
            return Ok(());
        }
        let Some(table) = terms.tables.table(source, target) else { return Ok(()) };
        if !matches!(**table, Table::Bytes(_)) {
            it.answer.length = None;
        }
        it.filters.push(Box::new(Recode { table: Arc::clone(table), kept: Vec::new() }));
    }
    it.answer.content_type.truncate(it.answer.essence);
    tell(it, &to)
}

fn tell(it: &mut Filtering, charset: &[u8]) -> Result<(), Refused> {
    it.answer.charset.clear();
    // Old browsers would use it for the page that a redirect leads to.
    if !matches!(it.answer.status, 301 | 302) {
        it.answer.charset.extend_from_slice(charset);
    }
    Ok(())
}

/// Recodes a body.
#[derive(Debug)]
struct Recode {
    table: Arc<Table>,
    /// A character that has begun.
    kept: Vec<u8>,
}

impl BodyFilter for Recode {
    fn filter(&mut self, input: &[u8], _: bool, out: &mut Vec<u8>) -> Result<(), Broken> {
        match &*self.table {
            Table::Bytes(table) => out.extend(input.iter().map(|byte| table[usize::from(*byte)])),
            Table::ToUtf8(table) => out.extend(input.iter().flat_map(|byte| &table[usize::from(*byte)])),
            Table::FromUtf8(table) => {
                self.kept.extend_from_slice(input);
                let taken = recode_utf8(&self.kept, table, out);
                self.kept.drain(..taken);
            }
        }
        Ok(())
    }
}

/// Recodes all complete characters; how many bytes these are.
fn recode_utf8(text: &[u8], table: &[u8], out: &mut Vec<u8>) -> usize {
    let mut at = 0;
    while at < text.len() {
        let (character, length) = decode_utf8(&text[at..]);
        match character {
            Character::Is(character) => match table.get(character as usize) {
                Some(byte) if *byte != 0 => out.push(*byte),
                _ => out.extend_from_slice(format!("&#{character};").as_bytes()),
            },
            Character::Invalid => out.push(UNKNOWN),
            Character::Begun => break,
        }
        at += length;
    }
    at
}

#[derive(Debug, PartialEq, Eq)]
enum Character {
    Is(u32),
    Invalid,
    Begun,
}

/// `ngx_utf8_decode`: the first character, and its length in bytes.
fn decode_utf8(text: &[u8]) -> (Character, usize) {
    let first = text.first().copied().unwrap_or_default();
    let (bits, more, least) = match first {
        0..0x80 => return (Character::Is(u32::from(first)), 1),
        0xf0..0xf8 => (first & 7, 3, 0xffff),
        0xe0..0xf0 => (first & 0xf, 2, 0x7ff),
        0xc2..0xe0 => (first & 0x1f, 1, 0x7f),
        _ => return (Character::Invalid, 1),
    };
    if text.len() <= more {
        return (Character::Begun, 0);
    }
    let mut found = u32::from(bits);
    for (at, byte) in text[1..=more].iter().enumerate() {
        if *byte < 0x80 {
            return (Character::Invalid, at + 2);
        }
        found = found << 6 | u32::from(byte & 0x3f);
    }
    let good = found > least && found <= 0x10_ffff;
    (if good { Character::Is(found) } else { Character::Invalid }, more + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn recode(table: Table, pieces: &[&[u8]]) -> Vec<u8> {
        let mut filter = Recode { table: Arc::new(table), kept: Vec::new() };
        let mut out = Vec::new();
        for piece in pieces {
            assert_eq!(filter.filter(piece, false, &mut out), Ok(()));
        }
        out
    }

    #[test]
    fn tables_serve_both_ways() {
        let rows = [(0x80_u8, vec![0xe2, 0x82, 0xac]), (0xe4, vec![0xc3, 0xa4])];
        assert_eq!(recode(to_utf8(&rows), &[b"a\x80\xe4\x90"]), "a€ä?".as_bytes());
        let pieces: [&[u8]; 4] = [b"a\xe2", b"\x82", b"\xacb", "üä\u{1}".as_bytes()];
        assert_eq!(recode(from_utf8(&rows), &pieces), b"a\x80b&#252;\xe4\x01");
        assert_eq!(recode(from_utf8(&rows), &[b"\xff-\xc3-"]), b"?-?");
        let one = [(0xe4, vec![0x84])];
        assert_eq!(recode(Table::Bytes(Box::new(bytes(&one, false))), &[b"\xe4\xe5"]), b"\x84?");
        assert_eq!(recode(Table::Bytes(Box::new(bytes(&one, true))), &[b"\x84\xe5"]), b"\xe4?");
    }
}
