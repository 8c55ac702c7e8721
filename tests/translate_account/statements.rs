//! The directives of a text, found by other means than the product's: quotes, comments, `;`, `{` and `}` by hand. The rows of
//! a block that is a table are no directives.

use std::iter::Peekable;
use std::str::CharIndices;

/// Blocks whose content is rows.
const TABLES: &[&str] = &["types", "map", "geo", "split_clients", "charset_map"];

/// The first word of each directive with the line it begins on, in order.
pub fn statements(text: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    let mut rest = text.char_indices().peekable();
    let mut first: Option<(usize, String)> = None;
    // How deep in blocks, and inside of which depth all is rows.
    let (mut depth, mut table) = (0_usize, None);
    while let Some((at, c)) = rest.next() {
        match c {
            '#' => while rest.next_if(|(_, c)| *c != '\n').is_some() {},
            c if c.is_ascii_whitespace() => {}
            ';' | '{' => {
                if let Some((at, name)) = first.take().filter(|_| table.is_none()) {
                    table = (c == '{' && TABLES.contains(&&*name)).then_some(depth);
                    found.push((text[..at].matches('\n').count() + 1, name));
                }
                depth += usize::from(c == '{');
            }
            '}' => {
                depth = depth.saturating_sub(1);
                table = table.filter(|outside| *outside < depth);
            }
            c => {
                let word = if matches!(c, '"' | '\'') { quoted(c, &mut rest) } else { bare(c, &mut rest) };
                first.get_or_insert((at, word));
            }
        }
    }
    found
}

/// The rest of a word behind its quote.
fn quoted(quote: char, rest: &mut Peekable<CharIndices>) -> String {
    let mut word = String::new();
    while let Some((_, c)) = rest.next().filter(|(_, c)| *c != quote) {
        word.push(c);
        if c == '\\' {
            word.extend(rest.next().map(|(_, c)| c));
        }
    }
    word
}

/// A word up to the space, `;` or `{` behind it.
fn bare(first: char, rest: &mut Peekable<CharIndices>) -> String {
    let mut word = first.to_string();
    let ends = |word: &str, c: char| c.is_ascii_whitespace() || c == ';' || (c == '{' && !word.ends_with('$'));
    while let Some((_, c)) = rest.next_if(|(_, c)| word.ends_with('\\') || !ends(&word, *c)) {
        word.push(c);
    }
    word
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_comments_and_tables_are_known() {
        let text = "a b; # c d;\n'e' \"f;{\" ${g}h {\n i 'j\\'k;';\n map x y { default 1; z 2; }\n}\nl\n m;";
        let wanted = [(1, "a"), (2, "e"), (3, "i"), (4, "map"), (6, "l")];
        assert_eq!(statements(text), wanted.map(|(line, name)| (line, name.to_owned())));
    }
}
