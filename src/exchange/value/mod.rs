//! Values with variables, compiled: what a configuration writes as `"$host:$server_port"`.
//!
//! nginx evaluates such a text in two passes, first the length, then the bytes. All variables are known after the first,
//! so a capture (`$1`) in the same text already sees the regular expressions that they ran.

mod browser;
mod builtin;
mod clues;
mod format;
mod geoip;
mod live;
mod lookup;
mod referer;
mod script;
mod secure_link;
mod table;
mod upstream;

pub(super) use builtin::{basic_credentials, by_name, decode_base64};
pub(super) use clues::Clues;
pub(super) use format::{base64_encode, cookie_time};
pub use format::{http_time, list_time, xml_time};
pub(super) use geoip::Geoip;
pub(super) use live::Live;
pub(super) use lookup::{Geo, Map, Ranges, Split, real_client};
pub(super) use script::Script;
pub(super) use table::{Builtin, Variable, builtin, of_session};

/// `$upstream_addr`
pub(super) fn upstream_addr(exchange: &mut Exchange) -> Option<Slice> {
    upstream::list(exchange, upstream::addr)
}

/// `$upstream_status`
pub(super) fn upstream_status(exchange: &mut Exchange) -> Option<Slice> {
    upstream::list(exchange, upstream::status)
}

use super::request::{CONSTANT, Slice};
use super::site::Site;
use super::state::Exchange;

/// How deep variables may depend on each other: nginx's `ngx_http_variable_depth`.
const DEPTH: u8 = 100;

/// A part of a text.
#[derive(Debug, Clone, Copy)]
pub(super) enum Part {
    /// As it stands.
    Literal(Slice),
    /// A variable.
    Variable(Variable),
    /// `$1` to `$9`.
    Capture(u8),
}

/// A text with variables.
#[derive(Debug, Clone, Default)]
pub struct Template {
    pub(super) parts: Box<[Part]>,
}

impl Template {
    /// The text itself, where no variable is in it.
    pub(super) fn literal(&self) -> Option<Slice> {
        match *self.parts {
            [] => Some(Slice::default()),
            [Part::Literal(text)] => Some(text),
            _ => None,
        }
    }

    /// The text itself, where no variable is in it.
    #[must_use]
    pub fn constant<'s>(&self, site: &'s Site) -> Option<&'s [u8]> {
        self.literal().map(|text| site.constant(text))
    }

    /// Appends the value to `out`.
    pub fn write(&self, site: &Site, exchange: &mut Exchange, out: &mut Vec<u8>) {
        let value = self.eval(site, exchange);
        out.extend_from_slice(exchange.text(site, value));
    }

    /// The value; its bytes are [`Exchange::text`]. Where nginx fails it is empty.
    pub fn eval(&self, site: &Site, exchange: &mut Exchange) -> Slice {
        self.try_eval(site, exchange).unwrap_or_default()
    }

    /// The value; none where the second pass would need more room than the first found, which nginx calls an error.
    pub(super) fn try_eval(&self, site: &Site, exchange: &mut Exchange) -> Option<Slice> {
        match *self.parts {
            [] => Some(Slice::default()),
            [part] => Some(piece(site, exchange, part)),
            _ => self.append(site, exchange, false),
        }
    }

    /// The value, made at the end of the request's buffer; with `escape` captures stand in it as they do among arguments.
    pub(super) fn append(&self, site: &Site, exchange: &mut Exchange, escape: bool) -> Option<Slice> {
        let stack = exchange.route.stack.len();
        let room = self.measure(site, exchange, escape);
        let start = exchange.request.bytes.len();
        self.build(site, exchange, stack, escape);
        exchange.route.stack.truncate(stack);
        let value = exchange.request.since(start);
        (value.len as usize <= room).then_some(value)
    }

    /// The first pass: puts the values of the variables on the stack, and finds the length. With `escape` captures count
    /// as they are among arguments.
    pub(super) fn measure(&self, site: &Site, exchange: &mut Exchange, escape: bool) -> usize {
        let mut length = 0;
        for part in &self.parts {
            length += match *part {
                Part::Literal(text) => text.len as usize,
                Part::Capture(n) if escape => format::escaped_length(site, exchange, n),
                Part::Capture(n) => exchange.route.capture(n).len as usize,
                Part::Variable(variable) => {
                    let value = variable.eval(site, exchange).unwrap_or_default();
                    exchange.route.stack.push(value);
                    value.len as usize
                }
            };
        }
        length
    }

    /// The second pass: appends the parts to the request's buffer; the values of the variables begin at `next` on the
    /// stack. Gives where they end.
    pub(super) fn build(&self, site: &Site, exchange: &mut Exchange, mut next: usize, escape: bool) -> usize {
        for part in &self.parts {
            let slice = match *part {
                Part::Literal(text) => text,
                Part::Capture(n) if escape => {
                    let capture = exchange.route.capture(n);
                    format::push_escaped(site, &mut exchange.request, capture);
                    continue;
                }
                Part::Capture(n) => exchange.route.capture(n),
                Part::Variable(_) => {
                    next += 1;
                    exchange.route.stack[next - 1]
                }
            };
            copy(site, &mut exchange.request.bytes, slice);
        }
        next
    }
}

/// Appends a slice of either buffer to the request's.
pub(super) fn copy(site: &Site, bytes: &mut Vec<u8>, slice: Slice) {
    if slice.start & CONSTANT == 0 {
        let start = slice.start as usize;
        bytes.extend_from_within(start..start + slice.len as usize);
    } else {
        bytes.extend_from_slice(site.constant(slice));
    }
}

fn piece(site: &Site, exchange: &mut Exchange, part: Part) -> Slice {
    match part {
        Part::Literal(text) => text,
        Part::Variable(variable) => variable.eval(site, exchange).unwrap_or_default(),
        Part::Capture(n) => exchange.route.capture(n),
    }
}

/// Where the value of a variable that directives define comes from.
#[derive(Debug, Clone, Copy)]
pub(super) enum Source {
    /// Nothing but `set` or a named group gives it one.
    Unset,
    /// `map`
    Map(u32),
    /// `geo`
    Geo(u32),
    /// `split_clients`
    Split(u32),
    /// A variable that nginx has anyhow.
    Builtin(Variable),
}

/// A variable that directives define.
#[derive(Debug, Clone, Copy)]
pub(super) struct Named {
    /// Where its value comes from unless it was set.
    pub source: Source,
    /// It keeps its value for the rest of the request.
    pub kept: bool,
}

impl Variable {
    /// Its value, if it has one.
    pub(super) fn eval(self, site: &Site, exchange: &mut Exchange) -> Option<Slice> {
        let Variable::Named(number) = self else { return builtin::eval(self, site, exchange) };
        if let Some(known) = exchange.route.known(number) {
            return known;
        }
        let Named { source, kept } = site.named(number);
        if exchange.route.depth >= DEPTH {
            return None;
        }
        exchange.route.depth += 1;
        let value = match source {
            Source::Unset => Some(Slice::default()),
            Source::Map(map) => site.map(map).eval(site, exchange),
            Source::Geo(geo) => Some(site.geo(geo).eval(site, exchange)),
            Source::Split(split) => site.split(split).eval(site, exchange),
            Source::Builtin(variable) => variable.eval(site, exchange),
        };
        exchange.route.depth -= 1;
        if kept {
            exchange.route.keep(number, value);
        }
        value
    }
}
