//! Text to lossless tree and back, as nginx's own lexer reads it.
//!
//! [`parse`] never fails: what nginx would refuse becomes a [`Fault`] in the tree, and the rest is still read.
//! [`Sources::load`] follows `include` through a [`Files`] given by the caller, [`Dump`] among them. This room knows
//! spans, words, blocks and includes; it knows no directive by name except `include` and the `*_by_lua_block` family,
//! whose bodies are Lua.

mod dump;
pub mod glob;
mod limit;
mod load;
mod message;
mod parser;
mod print;
mod span;
mod text;
mod tree;
mod value;
mod walk;

pub use dump::{Dump, is_dump};
pub use load::{COMMAND_LINE, Files, Included, NoFiles, ReadError, SURROUNDINGS_PATH, SourceFile, Sources};
pub use message::UNCLOSED_BLOCK;
pub use parser::{MAX_DEPTH, parse};
pub use print::print;
pub use span::{FileId, Place, Span};
pub use text::{LineIndex, decode, encode, first_byte, last_byte};
pub use tree::{Block, Body, Directive, Fault, FaultKind, Item, Quote, Tree, Word};
