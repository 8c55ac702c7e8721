//! `# nginxlb: ignore RULE[, RULE]`: silences the rules on its own line or, alone on its line, on the next line that is
//! not blank and not a comment. A reason may follow behind a second `#`.

use crate::syntax::{FileId, Item, Sources, Span};

/// What a comment must begin with.
const MARK: &str = "nginxlb: ignore";

/// A comment that silences rules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suppression {
    /// The names, each with its place.
    pub rules: Vec<(String, Span)>,
    /// The comment.
    pub span: Span,
    /// The line it speaks of.
    line: usize,
}

/// All suppressions of all files.
pub(super) fn collect(sources: &Sources) -> Vec<Suppression> {
    let mut found = Vec::new();
    for source in &sources.files {
        // A look at the text is much cheaper than a walk through the tree, and nearly always enough.
        if source.text.contains(MARK) {
            comments(&source.tree.items, &mut |comment| found.extend(read(sources, comment)));
        }
    }
    found
}

/// Whether a comment silences `rule` at `span`.
pub(super) fn silences(all: &[Suppression], sources: &Sources, rule: &str, span: Span) -> bool {
    if all.is_empty() {
        return false;
    }
    let lines = &sources.file(span.file).lines;
    let lines = lines.line(span.start)..=lines.line(span.end);
    all.iter().any(|suppression| {
        suppression.span.file == span.file
            && lines.contains(&suppression.line)
            && suppression.rules.iter().any(|(name, _)| name == rule)
    })
}

fn comments(items: &[Item], each: &mut dyn FnMut(Span)) {
    for item in items {
        match item {
            Item::Comment(span) => each(*span),
            Item::Directive(node) => {
                node.comments.iter().for_each(|span| each(*span));
                if let Some(block) = node.block() {
                    comments(&block.items, each);
                }
            }
            Item::Stray(_) => {}
        }
    }
}

fn read(sources: &Sources, span: Span) -> Option<Suppression> {
    let text = sources.text(span);
    let names = text.trim_start_matches('#').trim_start().strip_prefix(MARK)?;
    if !names.is_empty() && !names.starts_with([' ', '\t', ':']) {
        return None;
    }
    let start = span.end as usize - names.len();
    let names = names.split('#').next().unwrap_or_default();
    let rules = words(names).map(|(at, name)| {
        let from = (start + at) as u32;
        (name.to_owned(), Span { start: from, end: from + name.len() as u32, ..span })
    });
    Some(Suppression { rules: rules.collect(), span, line: line_meant(sources, span.file, span.start) })
}

/// The words between commas and blanks, with their offsets.
fn words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let is_gap = |c: char| c == ',' || c == ':' || c.is_ascii_whitespace();
    let mut at = 0;
    text.split(is_gap).filter_map(move |word| {
        let start = at;
        at = start + word.len() + 1;
        (!word.is_empty()).then_some((start, word))
    })
}

/// The comment's own line if something stands before it, otherwise the next that is not blank and not a comment.
fn line_meant(sources: &Sources, file: FileId, offset: u32) -> usize {
    let source = sources.file(file);
    let own = source.lines.line(offset);
    let before = &source.text[source.lines.line_start(offset) as usize..offset as usize];
    if !before.trim().is_empty() {
        return own;
    }
    let after = source.text[offset as usize..].lines().skip(1);
    let passed = after.take_while(|line| line.trim().is_empty() || line.trim_start().starts_with('#')).count();
    own + 1 + passed
}
