//! Why a file is not formatted: nginx's lexer refuses it, so that what it means is not known.

use crate::diagnostics::{Diagnostic, Level, Nature, Stage};
use crate::syntax::{Body, Directive, Fault, FaultKind, Item, Place, Span, Tree, UNCLOSED_BLOCK};

/// The first lexical fault, which is where nginx stops.
pub(super) fn first(tree: &Tree, text: &str) -> Option<Diagnostic> {
    of_items(&tree.items, text)
}

fn of_items(items: &[Item], text: &str) -> Option<Diagnostic> {
    items.iter().find_map(|item| match item {
        Item::Directive(directive) => of_directive(directive, text),
        Item::Comment(_) => None,
        Item::Stray(fault) => Some(said(fault, text)),
    })
}

fn of_directive(directive: &Directive, text: &str) -> Option<Diagnostic> {
    if let Some(fault) = &directive.fault {
        return Some(said(fault, text));
    }
    let Body::Block(block) = &directive.body else { return None };
    of_items(&block.items, text).or_else(|| {
        let end = block.close.err()?;
        let head = directive.words.first().map_or(block.open, |name| name.span.to(block.open));
        let opened = (head, "this block is never closed".to_owned());
        Some(diagnostic(UNCLOSED_BLOCK.to_owned(), end, at(end), vec![opened]))
    })
}

fn said(fault: &Fault, text: &str) -> Diagnostic {
    let related = match fault.kind {
        FaultKind::EndOfFile { opened: Some(quote) } => vec![(quote, "this quote is never closed".to_owned())],
        _ => Vec::new(),
    };
    diagnostic(fault.message(text), fault.place, fault.span, related)
}

fn diagnostic(message: String, place: Place, span: Span, related: Vec<(Span, String)>) -> Diagnostic {
    Diagnostic {
        level: Level::Emerg,
        code: "nginx",
        message,
        place: Some(place),
        span: Some(span),
        related,
        chain: Vec::new(),
        help: None,
        stage: Stage::Read,
        nature: Nature::Nginx,
    }
}

fn at(place: Place) -> Span {
    Span { file: place.file, start: place.offset, end: place.offset }
}
