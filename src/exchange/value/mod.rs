//! Values with variables, compiled: what a configuration writes as `"$host:$server_port"`.
//!
//! nginx evaluates such a text in two passes, first the length, then the bytes. All variables are known after the first,
//! so a capture (`$1`) in the same text already sees the regular expressions that they ran.

mod builtin;
mod format;
mod lookup;
mod table;
mod upstream;

pub(super) use lookup::{Geo, Map, Ranges, Split, real_client};
pub(super) use table::{Builtin, Variable, builtin};

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

    /// Appends the value to `out`.
    pub fn write(&self, site: &Site, exchange: &mut Exchange, out: &mut Vec<u8>) {
        if let [part] = *self.parts {
            let slice = piece(site, exchange, part);
            out.extend_from_slice(exchange.text(site, slice));
            return;
        }
        let value = self.eval(site, exchange);
        out.extend_from_slice(exchange.text(site, value));
    }

    /// The value; its bytes are [`Exchange::text`].
    pub fn eval(&self, site: &Site, exchange: &mut Exchange) -> Slice {
        match *self.parts {
            [] => Slice::default(),
            [part] => piece(site, exchange, part),
            _ => {
                let start = self.begin(site, exchange);
                self.finish(site, exchange, start, false)
            }
        }
    }

    /// The value, copied to the end of the request's buffer; with `escape` captures are escaped as arguments.
    pub(super) fn append(&self, site: &Site, exchange: &mut Exchange, escape: bool) -> Slice {
        let start = self.begin(site, exchange);
        self.finish(site, exchange, start, escape)
    }

    /// Evaluates the variables, each to a slice on the stack; gives where they begin.
    fn begin(&self, site: &Site, exchange: &mut Exchange) -> usize {
        let start = exchange.route.stack.len();
        for part in &self.parts {
            if let Part::Variable(variable) = part {
                let value = variable.eval(site, exchange).unwrap_or_default();
                exchange.route.stack.push(value);
            }
        }
        start
    }

    /// Puts the parts together.
    fn finish(&self, site: &Site, exchange: &mut Exchange, start: usize, escape: bool) -> Slice {
        let begin = exchange.request.bytes.len();
        let mut next = start;
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
        exchange.route.stack.truncate(start);
        exchange.request.since(begin)
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
            Source::Map(map) => Some(site.map(map).eval(site, exchange)),
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
