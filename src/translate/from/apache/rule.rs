//! `RewriteRule` and `RewriteCond` as Apache reads them.

use super::read::{Node, Wrong};
use crate::translate::subject::SubjectId;

/// A rule with its conditions.
#[derive(Debug, Clone)]
pub(super) struct Rule {
    pub(super) from: SubjectId,
    pub(super) conditions: Vec<Condition>,
    pub(super) negated: bool,
    pub(super) pattern: String,
    pub(super) substitution: String,
    pub(super) flags: Flags,
}

/// A condition.
#[derive(Debug, Clone)]
pub(super) struct Condition {
    pub(super) from: SubjectId,
    pub(super) test: String,
    pub(super) negated: bool,
    pub(super) against: Against,
    pub(super) caseless: bool,
    /// It and the next are one, of which either may hold.
    pub(super) or: bool,
}

/// What a condition's text is held against.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Against {
    Regex(String),
    Same(String),
    /// `-f` and its like, by their letter.
    File(char),
    /// What is not translated: an expression, an order of texts or numbers.
    Other,
}

/// The flags of a rule.
#[derive(Debug, Clone, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub(super) struct Flags {
    pub(super) last: bool,
    pub(super) end: bool,
    /// `PT`
    pub(super) pass_through: bool,
    /// The status of `R`, `F` or `G`, whichever comes last.
    pub(super) status: Option<u16>,
    /// The status is that of `R`.
    pub(super) by_r: bool,
    pub(super) caseless: bool,
    pub(super) not_escaped: bool,
    pub(super) appends_query: bool,
    pub(super) drops_query: bool,
    /// `B`
    pub(super) escapes_captures: bool,
    pub(super) chain: bool,
    /// `S`: how many rules are skipped.
    pub(super) skip: usize,
    /// `DPI`
    pub(super) discards_path: bool,
    pub(super) proxy: bool,
    pub(super) next: bool,
    /// `E`, without the `E=`.
    pub(super) env: Vec<String>,
    /// `CO`, `T`, `H`: what nginx has in other places.
    pub(super) others: bool,
}

impl Flags {
    /// The status, if it is one that sends the client elsewhere.
    pub(super) fn redirect(&self) -> Option<u16> {
        self.status.filter(|status| (300..400).contains(status))
    }

    /// Whether it keeps requests out.
    pub(super) fn protects(&self) -> bool {
        self.status.is_some_and(|status| status >= 400 && status != 410)
    }

    /// No rule comes after it.
    pub(super) fn ends(&self) -> bool {
        self.last || self.end || self.pass_through || self.proxy
    }
}

fn wrong(node: &Node, message: String) -> Wrong {
    let last = node.words.last().map(|word| word.span);
    Wrong { span: node.words[0].span.to(last.unwrap_or(node.words[0].span)), message }
}

/// A condition from its directive.
pub(super) fn condition(node: &Node, from: SubjectId) -> Result<Condition, Wrong> {
    let (Some(test), Some(pattern)) = (node.arg(1), node.arg(2)) else {
        return Err(wrong(node, "RewriteCond needs a text and a pattern".to_owned()));
    };
    let (mut caseless, mut or) = (false, false);
    for flag in flag_words(node, 3)? {
        match flag.to_ascii_lowercase().as_str() {
            "nc" | "nocase" => caseless = true,
            "or" | "ornext" => or = true,
            "nv" | "novary" => {}
            _ => return Err(wrong(node, format!("RewriteCond has no flag {flag}"))),
        }
    }
    let (negated, pattern) = pattern.strip_prefix('!').map_or((false, pattern), |pattern| (true, pattern));
    let against = if test.eq_ignore_ascii_case("expr") { Against::Other } else { against(pattern) };
    Ok(Condition { from, test: test.to_owned(), negated, against, caseless, or })
}

fn against(pattern: &str) -> Against {
    let letters = ["-eq", "-ne", "-ge", "-gt", "-le", "-lt"];
    match pattern.as_bytes() {
        [b'-', letter] if b"dfFhlLsUx".contains(letter) => Against::File(*letter as char),
        _ if letters.iter().any(|name| pattern.starts_with(name)) => Against::Other,
        [b'=', b'"', b'"'] => Against::Same(String::new()),
        [b'=', ..] => Against::Same(pattern[1..].to_owned()),
        [b'<' | b'>', ..] => Against::Other,
        _ => Against::Regex(pattern.to_owned()),
    }
}

/// A rule from its directive and the conditions before it.
pub(super) fn rule(node: &Node, from: SubjectId, conditions: Vec<Condition>) -> Result<Rule, Wrong> {
    let (Some(pattern), Some(substitution)) = (node.arg(1), node.arg(2)) else {
        return Err(wrong(node, "RewriteRule needs a pattern and a substitution".to_owned()));
    };
    let mut flags = Flags::default();
    for flag in flag_words(node, 3)? {
        set(&mut flags, flag).map_err(|message| wrong(node, message))?;
    }
    let (negated, pattern) = pattern.strip_prefix('!').map_or((false, pattern), |pattern| (true, pattern));
    let (pattern, substitution) = (pattern.to_owned(), substitution.to_owned());
    Ok(Rule { from, conditions, negated, pattern, substitution, flags })
}

/// `[A,B=C]`
fn flag_words(node: &Node, at: usize) -> Result<impl Iterator<Item = &str>, Wrong> {
    let text = node.arg(at).unwrap_or("[]");
    let inside = text.strip_prefix('[').and_then(|text| text.strip_suffix(']'));
    let inside = inside.ok_or_else(|| wrong(node, format!("flags stand in brackets: [{text}]")))?;
    Ok(inside.split(',').map(str::trim).filter(|flag| !flag.is_empty()))
}

fn set(flags: &mut Flags, flag: &str) -> Result<(), String> {
    let (name, value) = flag.split_once('=').unwrap_or((flag, ""));
    match name.to_ascii_lowercase().as_str() {
        "l" | "last" => flags.last = true,
        "end" => flags.end = true,
        "pt" | "passthrough" => flags.pass_through = true,
        "f" | "forbidden" => (flags.status, flags.by_r) = (Some(403), false),
        "g" | "gone" => (flags.status, flags.by_r) = (Some(410), false),
        "nc" | "nocase" => flags.caseless = true,
        "ne" | "noescape" => flags.not_escaped = true,
        "qsa" | "qsappend" => flags.appends_query = true,
        "qsd" | "qsdiscard" => flags.drops_query = true,
        "b" | "bne" | "bctls" | "bnp" | "backrefnoplus" => flags.escapes_captures = true,
        "c" | "chain" => flags.chain = true,
        "p" | "proxy" => flags.proxy = true,
        "n" | "next" => flags.next = true,
        "s" | "skip" => flags.skip = value.parse().map_err(|_| format!("S needs a number: {flag}"))?,
        "r" | "redirect" => {
            let status = status(value).ok_or_else(|| format!("{value} is no status"))?;
            (flags.status, flags.by_r) = (Some(status), true);
        }
        "e" | "env" => flags.env.push(value.to_owned()),
        "co" | "cookie" | "t" | "type" | "h" | "handler" => flags.others = true,
        "dpi" | "discardpath" => flags.discards_path = true,
        "ns" | "nosubreq" | "qsl" | "qslast" | "unsafeallow3f" | "unsafeprefixstat" => {}
        _ => return Err(format!("RewriteRule has no flag {flag}")),
    }
    Ok(())
}

/// A status as `R` and `Redirect` name it.
pub(super) fn status(word: &str) -> Option<u16> {
    match word.to_ascii_lowercase().as_str() {
        "" | "temp" => Some(302),
        "permanent" => Some(301),
        "seeother" => Some(303),
        "gone" => Some(410),
        number => number.parse().ok().filter(|number| (100..600).contains(number)),
    }
}
