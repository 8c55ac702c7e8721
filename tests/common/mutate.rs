//! Seeded damage: a configuration with one or two things wrong, the way hands and merges make them wrong.

use rand::seq::IndexedRandom;
use rand::{RngExt, rngs::StdRng};

/// Text cut into words, punctuation, comments and blanks; joined, it is the text again.
fn tokens(text: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '{' | '}' | ';' => 1,
            '#' => rest.find('\n').unwrap_or(rest.len()),
            '"' | '\'' => quoted_length(rest, first),
            c if c.is_whitespace() => rest.find(|c: char| !c.is_whitespace()).unwrap_or(rest.len()),
            _ => rest.find(|c: char| c.is_whitespace() || "{};".contains(c)).unwrap_or(rest.len()),
        };
        found.push(rest[..length].to_owned());
        rest = &rest[length..];
    }
    found
}

fn quoted_length(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        if c == quote && !escaped {
            return at + 1;
        }
        escaped = c == '\\' && !escaped;
    }
    text.len()
}

fn is_solid(token: &str) -> bool {
    !token.trim().is_empty() && !token.starts_with('#')
}

/// Words of directives that fit somewhere else.
pub fn pool(texts: &[String]) -> Vec<String> {
    let mut names: Vec<String> = texts
        .iter()
        .flat_map(|text| tokens(text))
        .filter(|t| t.len() >= 3 && t.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'))
        .collect();
    names.sort();
    names.dedup();
    names
}

const STRANGE: &[&str] = &[
    ";",
    "{",
    "}",
    "\"",
    "'",
    "$",
    "${x",
    "\\",
    "#",
    "on",
    "off",
    "-1",
    "0",
    "99999999999",
    "10x",
    "default",
    "\"\"",
    "~(",
    "~*^/a$",
    "http://u",
    "backup",
    "weight=0",
    "resolve",
    "$nope",
    "1m",
    "*",
    "=",
];

/// One mutant of `text`.
pub fn mutate(text: &str, rng: &mut StdRng, pool: &[String]) -> String {
    let mut tokens = tokens(text);
    let times = *[1, 1, 1, 2].choose(rng).unwrap();
    for _ in 0..times {
        let solid: Vec<usize> = (0..tokens.len()).filter(|at| is_solid(&tokens[*at])).collect();
        let Some(&at) = solid.choose(rng) else { break };
        match rng.random_range(0..9) {
            0 => tokens[at].clear(),
            1 => tokens[at] = format!("{0} {0}", tokens[at]),
            2 => tokens.swap(at, *solid.choose(rng).unwrap()),
            3 => tokens[at] = STRANGE.choose(rng).unwrap().to_string(),
            4 => misspell(&mut tokens[at], rng),
            5 => tokens[at].clone_from(pool.choose(rng).unwrap()),
            6 | 7 => transplant(&mut tokens, rng),
            _ => tokens.truncate(rng.random_range(0..tokens.len())),
        }
    }
    tokens.concat()
}

fn misspell(token: &mut String, rng: &mut StdRng) {
    let mut letters: Vec<char> = token.chars().collect();
    let letter = *"abcxyz019_-$\"'{};~ /:.=\\".chars().collect::<Vec<_>>().choose(rng).unwrap();
    let at = rng.random_range(0..letters.len());
    letters[at] = letter;
    *token = letters.into_iter().collect();
}

/// Copies or moves one simple directive to another place.
fn transplant(tokens: &mut Vec<String>, rng: &mut StdRng) {
    let mut directives = Vec::new();
    let mut start = None;
    for (at, token) in tokens.iter().enumerate() {
        match token.as_str() {
            "{" | "}" => start = None,
            ";" => directives.extend(start.take().map(|start| start..at + 1)),
            token if is_solid(token) && start.is_none() => start = Some(at),
            _ => {}
        }
    }
    let Some(range) = directives.choose(rng).cloned() else { return };
    let mut moved: Vec<String> = tokens[range.clone()].to_vec();
    if rng.random_bool(0.5) {
        tokens.drain(range);
    }
    moved.insert(0, " ".to_owned());
    moved.push("\n".to_owned());
    let at = rng.random_range(0..=tokens.len());
    tokens.splice(at..at, moved);
}
