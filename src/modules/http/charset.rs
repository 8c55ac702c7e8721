//! `ngx_http_charset_filter_module`.

use crate::modules::Version;
use crate::modules::prelude::*;
use crate::modules::shared::types_slot;

/// The module.
pub static MODULE: Module = Module {
    directives: DIRECTIVES,
    merge_location: Some(merge),
    finish: Some(finish),
    ..Module::new("http_charset_filter_module", Kind::Http, Presence::Default("http_charset"))
};

#[rustfmt::skip]
static DIRECTIVES: &[Directive] = &[
    d("charset", "http server location location-if", "1", Custom(charset), "1.0.0", "off",
        "Adds the given charset to the Content-Type header and converts the body if source_charset differs."),
    d("charset_map", "http", "block 2", Custom(charset_map), "1.0.0", "",
        "Defines a character conversion table between two charsets, using pairs of hexadecimal codes."),
    d("charset_types", "http server location", "1+", Custom(types_slot::types), "1.0.0", "text/html text/xml text/plain text/vnd.wap.wml application/javascript application/rss+xml",
        "Lists the MIME types whose responses are subject to charset labelling and conversion."),
    d("override_charset", "http server location location-if", "flag", Flag, "1.0.0", "off",
        "Converts proxied or FastCGI responses even when their Content-Type already carries a charset."),
    d("source_charset", "http server location location-if", "1", Custom(charset), "1.0.0", "",
        "Names the original charset of the response, which is converted if charset differs."),
];

/// The character sets that are named, and the tables between them.
#[derive(Debug, Clone, Default)]
pub struct Charsets {
    /// Names as first written; compared without regard to case.
    pub names: Vec<String>,
    /// Pairs of numbers: from, to. A table serves both ways.
    pub tables: Vec<(usize, usize)>,
    /// The rows of each table: a byte, and what it is in the other set.
    pub rows: Vec<Vec<(u8, Vec<u8>)>>,
    /// Pairs that some location needs, each with the word that asks for it.
    recodes: Vec<(usize, usize, Span)>,
}

impl Charsets {
    fn add(&mut self, name: &str) -> usize {
        let known = self.names.iter().position(|known| known.eq_ignore_ascii_case(name));
        known.unwrap_or_else(|| {
            self.names.push(name.to_owned());
            self.names.len() - 1
        })
    }

    fn has_table(&self, one: usize, other: usize) -> bool {
        self.tables.contains(&(one, other)) || self.tables.contains(&(other, one))
    }
}

/// The only set with more than one byte a character.
const UTF8: &str = "utf-8";

/// Since then UTF-8 is refused as the first of `charset_map`.
const SECOND_COLUMN: Version = Version::read("1.31.3");

/// Since then more than three bytes are refused at once.
const THREE_BYTES: Version = Version::read("1.27.5");

/// `charset` and `source_charset`; only `charset` knows `off`.
fn charset(cx: &mut Cx, call: &Call) -> Verdict {
    cx.once(call)?;
    let text = call.arg(1);
    if let Some(variable) = text.strip_prefix('$') {
        cx.index_of_variable(variable, call.span(1))?;
    } else if text != "off" || call.name() != "charset" {
        cx.realm_slot::<Charsets>().add(text);
    }
    cx.keep(call, Value::Words);
    Ok(())
}

fn charset_map(cx: &mut Cx, call: &Call) -> Verdict {
    let (from, to) = (call.arg(1), call.arg(2));
    let charsets = cx.realm_slot::<Charsets>();
    let pair = (charsets.add(from), charsets.add(to));
    let duplicate = charsets.has_table(pair.0, pair.1);
    if pair.0 == pair.1 {
        let message = format!("\"charset_map\" between the same charsets \"{from}\" and \"{to}\"");
        return Err(Fault::emerg(message).at(call.span(2)));
    }
    if from.eq_ignore_ascii_case(UTF8) && cx.target.version >= SECOND_COLUMN {
        let message = "\"charset_map\" with \"utf-8\" charset should be given in the second column";
        return Err(Fault::emerg(message).at(call.span(1)));
    }
    if duplicate {
        let message = format!("duplicate \"charset_map\" between \"{from}\" and \"{to}\"");
        return Err(Fault::emerg(message).at(call.span(0)));
    }
    let charsets = cx.realm_slot::<Charsets>();
    charsets.tables.push(pair);
    charsets.rows.push(Vec::new());
    cx.keep(call, Value::Own);
    let utf8 = to.eq_ignore_ascii_case(UTF8);
    cx.rows(call, false, &mut |cx, row| {
        let [from, to] = row.words.as_ref() else {
            return Err(Fault::emerg("invalid parameters number").at(row.words[0].span));
        };
        let many = utf8 && to.value.len() / 2 > 3 && cx.target.version >= THREE_BYTES;
        let good = if utf8 { !many && is_utf8(&to.value) } else { byte(&to.value).is_some() };
        let invalid = |word: &Word| Fault::emerg(format!("invalid value \"{}\"", word.value)).at(word.span);
        let from = byte(&from.value).ok_or_else(|| invalid(from))?;
        if !good {
            return Err(invalid(to));
        }
        let to = if utf8 {
            to.value.as_bytes().chunks(2).filter_map(self::pair).collect()
        } else {
            vec![byte(&to.value).unwrap_or(0)]
        };
        if let Some(rows) = cx.realm_slot::<Charsets>().rows.last_mut() {
            rows.push((from, to));
        }
        Ok(())
    })
}

/// A byte in hexadecimal digits, of which there may be any number.
fn byte(digits: &str) -> Option<u8> {
    let digits = Some(digits).filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()))?;
    match digits.trim_start_matches('0') {
        "" => (!digits.is_empty()).then_some(0),
        digits => u8::from_str_radix(digits, 16).ok(),
    }
}

/// Whether the hexadecimal digits begin with a character of two or three bytes in UTF-8, as nginx decodes it.
fn is_utf8(digits: &str) -> bool {
    let bytes: Option<Vec<u8>> = digits.as_bytes().chunks(2).map(pair).collect();
    match bytes.as_deref() {
        Some([0xc2..=0xdf, 0x80..=0xff, ..] | [0xe1..=0xef, 0x80..=0xff, 0x80..=0xff, ..]) => true,
        Some([0xe0, second @ 0x80..=0xff, 0x80..=0xff, ..]) => second & 0x20 != 0,
        _ => false,
    }
}

fn pair(digits: &[u8]) -> Option<u8> {
    std::str::from_utf8(digits).ok().filter(|digits| digits.len() == 2).and_then(byte)
}

fn merge(cx: &mut Cx, scope: ScopeId) -> Verdict {
    types_slot::merge(cx, scope, "charset_types", "text/html")?;
    let set = |name: &str| cx.config.effective(scope, name).filter(|setting| !setting.arg(1).starts_with('$'));
    let Some(to) = set("charset").filter(|setting| setting.arg(1) != "off") else { return Ok(()) };
    let Some(from) = set("source_charset") else { return Ok(()) };
    let (to, from, span) = (to.arg(1).to_owned(), from.arg(1).to_owned(), to.span());
    let charsets = cx.realm_slot::<Charsets>();
    let (from, to) = (charsets.add(&from), charsets.add(&to));
    if from != to && !charsets.recodes.iter().any(|(src, dst, _)| (*src, *dst) == (from, to)) {
        charsets.recodes.push((from, to, span));
    }
    Ok(())
}

fn finish(cx: &mut Cx) -> Verdict {
    let charsets = cx.realm_slot::<Charsets>();
    let missing = charsets.recodes.iter().find(|(from, to, _)| !charsets.has_table(*from, *to));
    let Some((from, to, span)) = missing else { return Ok(()) };
    let (from, to) = (&charsets.names[*from], &charsets.names[*to]);
    let message = format!("no \"charset_map\" between the charsets \"{from}\" and \"{to}\"");
    Err(Fault::emerg(message).at(*span).unlocated())
}
