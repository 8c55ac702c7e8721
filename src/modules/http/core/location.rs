//! `location`: which requests its block is for, and which locations may stand inside which.

use crate::modules::prelude::*;

/// What a location matches.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Pattern {
    /// `/path`: the longest such prefix wins, unless a regular expression matches too.
    #[default]
    Prefix,
    /// `^~ /path`: if it is the longest prefix, regular expressions are not tried.
    PrefixFirst,
    /// `= /path`
    Exact,
    /// `~ regex`, `~* regex`
    Regex(Regex),
    /// `@name`: for internal redirects.
    Named,
}

/// State of a `location` scope.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Location {
    /// What it matches.
    pub pattern: Pattern,
    /// The path, pattern or name, without modifier; a name with its `@`.
    pub name: String,
}

impl Location {
    /// Whether it is one of those that nginx sorts into a tree by path.
    #[must_use]
    pub fn is_static(&self) -> bool {
        matches!(self.pattern, Pattern::Prefix | Pattern::PrefixFirst | Pattern::Exact)
    }
}

/// `ngx_http_core_location`
pub(super) fn read(cx: &mut Cx, call: &Call) -> Verdict {
    let location = read_pattern(cx, call).and_then(|location| nested(cx, call, &location).map(|()| location));
    cx.keep(call, Value::Own);
    let scope = match location {
        Ok(location) => {
            let scope = cx.open(call, Contexts::LOCATION);
            cx.within(scope, |cx| *cx.slot() = location);
            scope
        }
        Err(fault) => {
            cx.judge(Err(fault));
            cx.open(call, Contexts::LOCATION)
        }
    };
    cx.read(call, scope)
}

fn read_pattern(cx: &mut Cx, call: &Call) -> Result<Location, Fault> {
    let (modifier, name, span) = if call.words.len() == 3 {
        (call.arg(1), call.arg(2), call.span(2))
    } else {
        let (modifier, name) = cut(call.arg(1));
        (modifier, name, call.span(1))
    };
    let pattern = match modifier {
        "" if call.words.len() == 2 && name.starts_with('@') => Pattern::Named,
        "" if call.words.len() == 2 => Pattern::Prefix,
        "=" => Pattern::Exact,
        "^~" => Pattern::PrefixFirst,
        "~" => Pattern::Regex(cx.capturing_regex(name, false, span)?),
        "~*" => Pattern::Regex(cx.capturing_regex(name, true, span)?),
        _ => {
            let fault = Fault::emerg(format!("invalid location modifier \"{modifier}\"")).at(call.span(1));
            return Err(fault.help("one of =, ^~, ~, ~*, or none"));
        }
    };
    Ok(Location { pattern, name: name.to_owned() })
}

/// A modifier may be glued to what follows.
fn cut(word: &str) -> (&str, &str) {
    ["=", "^~", "~*", "~"]
        .iter()
        .find_map(|modifier| word.strip_prefix(modifier).map(|name| (*modifier, name)))
        .unwrap_or(("", word))
}

/// What may stand inside the location around it, if there is one.
fn nested(cx: &Cx, call: &Call, inner: &Location) -> Verdict {
    let around = cx.config.scope(cx.scope);
    let Some(outer) = around.slot::<Location>() else { return Ok(()) };
    let (name, outside) = (&inner.name, &outer.name);
    let last = call.words.len() - 1;
    let refused = |message: String| {
        let fault = Fault::emerg(message).at(call.span(last));
        match around.words.last() {
            Some(word) => fault.related(word.span, "the location around it"),
            None => fault,
        }
    };
    if outer.pattern == Pattern::Exact {
        return Err(refused(format!("location \"{name}\" cannot be inside the exact location \"{outside}\"")));
    }
    if outer.pattern == Pattern::Named {
        return Err(refused(format!("location \"{name}\" cannot be inside the named location \"{outside}\"")));
    }
    if inner.pattern == Pattern::Named {
        return Err(refused(format!("named location \"{name}\" can be on the server level only")));
    }
    if !matches!(inner.pattern, Pattern::Regex(_)) && !name.starts_with(outside.as_str()) {
        let fault = refused(format!("location \"{name}\" is outside location \"{outside}\""));
        return Err(fault.help("a location inside another matches the whole path, so it begins with the outer one's"));
    }
    Ok(())
}
