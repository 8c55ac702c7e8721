//! What nginx says of a lexical fault, word for word (`ngx_conf_read_token` in src/core/ngx_conf_file.c).

use super::parser::MAX_DEPTH;
use super::text::{decode, encode};
use super::tree::{Fault, FaultKind, Quote};

impl Fault {
    /// nginx's message, without level and place; `text` is the file's.
    #[must_use]
    pub fn message(&self, text: &str) -> String {
        self.kind.message(&text[self.span.range()])
    }
}

impl FaultKind {
    /// nginx's message, without level and place; `guilty` is the text of the fault's span.
    #[must_use]
    pub fn message(&self, guilty: &str) -> String {
        match self {
            // nginx prints one byte of a longer character.
            FaultKind::Unexpected(ch) => format!("unexpected \"{}\"", first_bytes(&ch.to_string(), 1)),
            FaultKind::EndOfFile { .. } => "unexpected end of file, expecting \";\" or \"}\"".into(),
            FaultKind::TooLong(Quote::Bare) => {
                // Only a quoted word starts with a quote, and nginx counts and prints it from behind that.
                let token = guilty.strip_prefix(['"', '\'']).unwrap_or(guilty);
                format!("too long parameter \"{}...\" started", first_bytes(token, 10))
            }
            FaultKind::TooLong(quote) => {
                let quote = if *quote == Quote::Single { '\'' } else { '"' };
                format!("too long parameter, probably missing terminating \"{quote}\" character")
            }
            FaultKind::UnclosedLua => {
                "unexpected end of file, expecting terminating characters for lua code block".into()
            }
            FaultKind::TooDeep => format!("blocks are nested more than {MAX_DEPTH} deep"),
        }
    }
}

/// nginx's message for a block that the end of the file cuts off ([`Block::close`](super::Block::close)).
pub const UNCLOSED_BLOCK: &str = "unexpected end of file, expecting \"}\"";

fn first_bytes(text: &str, count: usize) -> String {
    let mut bytes = encode(&text.chars().take(count).collect::<String>());
    bytes.truncate(count);
    decode(&bytes)
}
