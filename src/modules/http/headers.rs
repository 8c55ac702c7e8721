//! `ngx_http_headers_filter_module`.

use crate::modules::prelude::*;

/// The module.
pub static MODULE: Module =
    Module { directives: DIRECTIVES, ..Module::new("http_headers_filter_module", Kind::Http, Presence::Always) };

#[rustfmt::skip]
static DIRECTIVES: &[Directive] = &[
    d("add_header", "http server location location-if", "2 3", Custom(add), "1.0.0", "",
        "Adds a field to the response header for common success and redirect codes, or for all with always.")
        .was(&[was("1.7.5", "http server location location-if", "2")]),
    d("add_header_inherit", "http server location location-if", "1", Enum(&["off", "on", "merge"]), "1.29.3", "on",
        "Chooses whether add_header settings from the outer level are inherited, dropped, or merged with those set here."),
    d("add_trailer", "http server location location-if", "2 3", Custom(add), "1.13.2", "",
        "Adds a trailer field after the response body for successful and redirect codes, or all with always."),
    d("add_trailer_inherit", "http server location location-if", "1", Enum(&["off", "on", "merge"]), "1.29.3", "on",
        "Chooses whether add_trailer settings from the outer level are inherited, dropped, or merged with those set here."),
    d("expires", "http server location location-if", "1 2", Custom(expires), "1.0.0", "off",
        "Sets the Expires and Cache-Control response headers from a time offset, daily time, epoch, max or variable."),
];

/// State of a scope with `add_header`.
#[derive(Debug, Default)]
pub struct Headers(pub Vec<Header>);

/// State of a scope with `add_trailer`.
#[derive(Debug, Default)]
pub struct Trailers(pub Vec<Header>);

/// A field to add.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// Its name.
    pub name: String,
    /// Its value; an empty one adds nothing, or removes.
    pub value: Text,
    /// Whatever the status.
    pub always: bool,
}

/// State of a scope with `expires`.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub enum Expires {
    /// Nothing is added.
    #[default]
    Off,
    /// The beginning of time.
    Epoch,
    /// As far ahead as can be.
    Max,
    /// Seconds from now.
    Access(i64),
    /// Seconds from the file's modification.
    Modified(i64),
    /// At these seconds of the day.
    Daily(i64),
    /// Judged for each request.
    Dynamic {
        /// What it will be made from.
        value: Text,
        /// Counted from the file's modification.
        modified: bool,
    },
}

/// `ngx_http_headers_add`
fn add(cx: &mut Cx, call: &Call) -> Verdict {
    let value = cx.complex(&call.words[2])?;
    let always = call.words.len() > 3;
    if always && call.arg(3) != "always" {
        return Err(call.invalid_parameter(3).help("only \"always\" may stand here; quote a value with blanks"));
    }
    let header = Header { name: call.arg(1).to_owned(), value, always };
    if call.name() == "add_header" {
        cx.slot::<Headers>().0.push(header);
    } else {
        cx.slot::<Trailers>().0.push(header);
    }
    cx.keep(call, Value::Own);
    Ok(())
}

/// `ngx_http_headers_expires`
fn expires(cx: &mut Cx, call: &Call) -> Verdict {
    cx.once(call)?;
    let last = call.words.len() - 1;
    let modified = last == 2;
    if modified && call.arg(1) != "modified" {
        return Err(Fault::directive("invalid value").at(call.span(1)));
    }
    let value = cx.complex(&call.words[last])?;
    let expires = if value.is_dynamic() {
        Expires::Dynamic { value, modified }
    } else {
        read(call.arg(last), modified).map_err(|fault| fault.at(call.span(last)))?
    };
    *cx.slot() = expires;
    cx.keep(call, Value::Own);
    Ok(())
}

/// What a value of `expires` that variables gave means; none where it is not one.
#[must_use]
pub fn parse_expires(text: &str, modified: bool) -> Option<Expires> {
    read(text, modified).ok()
}

/// `ngx_http_parse_expires`
fn read(text: &str, modified: bool) -> Result<Expires, Fault> {
    const DAY: i64 = 24 * 60 * 60;
    match text {
        "epoch" if !modified => return Ok(Expires::Epoch),
        "max" if !modified => return Ok(Expires::Max),
        "off" if !modified => return Ok(Expires::Off),
        _ => {}
    }
    let daily = text.strip_prefix('@');
    if daily.is_some() && modified {
        return Err(Fault::directive("daily time cannot be used with \"modified\" parameter"));
    }
    let earlier = text.strip_prefix('-');
    let time = daily.or(earlier).or_else(|| text.strip_prefix('+')).unwrap_or(text);
    let seconds = values::sec(time).ok_or_else(|| Fault::directive("invalid value"))?.cast_signed();
    if daily.is_some() && seconds > DAY {
        return Err(Fault::directive("daily time value must be less than 24 hours"));
    }
    let seconds = if earlier.is_some() { -seconds } else { seconds };
    Ok(match (daily, modified) {
        (Some(_), _) => Expires::Daily(seconds),
        (None, true) => Expires::Modified(seconds),
        (None, false) => Expires::Access(seconds),
    })
}
