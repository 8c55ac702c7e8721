//! What every module's file needs: the notation of the tables, and what readers and checks are made of.

pub use super::directive::Set::{
    Access, Bufs, Complex, ComplexSize, ComplexZero, Custom, Enum, Flag, Keyval, Mask, Msec, Number, Offset, Path,
    Predicate, Sec, Size, Str, StrArray, Unchecked,
};
pub use super::directive::{Contexts, Directive, d, was};
pub use super::module::{Kind, Module, Presence, Variable, v};
pub use crate::config::address::{Address, BadUrl, Url, UrlForm};
pub use crate::config::{CHANGEABLE, Call, Cx, Fault, Regex, Row, ScopeId, Text, Value, Verdict, WEAK, values};
pub use crate::syntax::{Span, Word};
