//! How to draw for whoever is looking.

use std::io::IsTerminal;

use crate::diagnostics::fancy;

/// Columns where there is no terminal to ask.
const WIDTH: usize = 120;

/// How to draw on a stream: in colour and as wide as the terminal, if it is one.
pub fn style(stream: &impl IsTerminal) -> fancy::Style {
    let terminal = stream.is_terminal();
    let refused = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    fancy::Style { colour: terminal && !refused, width: if terminal { width() } else { WIDTH } }
}

fn width() -> usize {
    let columns = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    columns.or_else(|| terminal_size::terminal_size().map(|(width, _)| usize::from(width.0))).unwrap_or(WIDTH)
}
