//! The standard readers: nginx's `ngx_conf_set_*_slot`, with their messages.

use super::cx::{Call, Cx};
use super::fault::{Fault, Verdict};
use super::scope::Value;
use super::values;
use crate::modules::Set;

/// Reads a call with the reader its row names.
pub(super) fn read(cx: &mut Cx, call: &Call) -> Verdict {
    match call.directive.set {
        Set::Custom(setter) => return setter(cx, call),
        Set::Unchecked | Set::StrArray | Set::Keyval => cx.keep(call, Value::Words),
        Set::Predicate => {
            for word in call.args() {
                cx.complex(word)?;
            }
            cx.keep(call, Value::Words);
        }
        Set::Mask(names) => {
            let value = mask(cx, call, names)?;
            cx.keep(call, Value::Mask(value));
        }
        set => {
            cx.once(call)?;
            let value = single(cx, call, set)?;
            cx.keep(call, value);
        }
    }
    follow_up(cx, call)
}

/// What the row asks for after the standard reader: bounds, the warning of an old name, a check of its own.
fn follow_up(cx: &mut Cx, call: &Call) -> Verdict {
    if let (Some((from, to)), Some(value)) = (call.directive.bounds, values::number(call.arg(1))) {
        if to < 0 && value < from {
            let message = format!("value must be equal to or greater than {from}");
            return Err(Fault::emerg(message).at(call.span(1)));
        }
        if to >= 0 && !(from..=to).contains(&value) {
            return Err(Fault::emerg(format!("value must be between {from} and {to}")).at(call.span(1)));
        }
    }
    if let Some(name) = call.directive.renamed {
        let old = call.name();
        let message = format!("the \"{old}\" directive is deprecated, use the \"{name}\" directive instead");
        cx.warn(Fault::warn(message).at(call.span(0)));
    }
    call.directive.post.map_or(Ok(()), |post| post(cx, call))
}

/// The readers that allow one call a block.
fn single(cx: &mut Cx, call: &Call, set: Set) -> Result<Value, Fault> {
    let text = call.arg(1);
    let or = |value: Option<Value>, phrase: &str| value.ok_or_else(|| Fault::directive(phrase).at(call.span(1)));
    match set {
        Set::Flag => flag(call),
        Set::Number => or(values::number(text).map(Value::Number), "invalid number"),
        Set::Size => or(values::size(text).map(Value::Size), "invalid value"),
        Set::Offset => or(values::offset(text).map(Value::Size), "invalid value"),
        Set::Msec => or(values::msec(text).map(Value::Msec), "invalid value"),
        Set::Sec => or(values::sec(text).map(Value::Sec), "invalid value"),
        Set::Bufs => {
            let count = values::number(text).filter(|n| *n > 0).map(i64::cast_unsigned);
            let size = values::size(call.arg(2)).filter(|n| *n > 0);
            or(count.zip(size).map(|(count, size)| Value::Bufs(count, size)), "invalid value")
        }
        Set::Enum(names) => names
            .iter()
            .position(|name| name.eq_ignore_ascii_case(text))
            .map(Value::Enum)
            .ok_or_else(|| call.invalid_value(1).help(format!("one of {}", names.join(", ")))),
        Set::Path => {
            cx.path(call)?;
            Ok(Value::Words)
        }
        Set::Access => access(call).map(Value::Access),
        Set::Complex | Set::ComplexZero => {
            cx.complex(&call.words[1])?;
            Ok(Value::Words)
        }
        Set::ComplexSize => {
            cx.complex(&call.words[1])?;
            if text.contains('$') {
                return Ok(Value::Words);
            }
            or(values::size(text).map(Value::Size), "invalid value")
        }
        _ => Ok(Value::Words),
    }
}

fn flag(call: &Call) -> Result<Value, Fault> {
    let text = call.arg(1);
    if text.eq_ignore_ascii_case("on") {
        Ok(Value::Flag(true))
    } else if text.eq_ignore_ascii_case("off") {
        Ok(Value::Flag(false))
    } else {
        let name = call.name();
        let message = format!("invalid value \"{text}\" in \"{name}\" directive, it must be \"on\" or \"off\"");
        Err(Fault::emerg(message).at(call.span(1)))
    }
}

fn mask(cx: &mut Cx, call: &Call, names: &[&str]) -> Result<u32, Fault> {
    let mut value = match cx.config.scope(cx.scope).setting(call.name()).map(|s| &s.value) {
        Some(Value::Mask(before)) => *before,
        _ => 0,
    };
    for (n, word) in call.args().iter().enumerate() {
        let Some(bit) = names.iter().position(|name| name.eq_ignore_ascii_case(&word.value)) else {
            return Err(call.invalid_value(n + 1).help(format!("one of {}", names.join(", "))));
        };
        if value & (1 << bit) != 0 {
            cx.warn(Fault::warn(format!("duplicate value \"{}\"", word.value)).at(word.span));
        }
        value |= 1 << bit;
    }
    Ok(value)
}

/// `user:rw group:r all:r` to permission bits; the user has `rw` unless it is said otherwise.
fn access(call: &Call) -> Result<u32, Fault> {
    let (mut bits, mut user) = (0, 0o600);
    for (n, word) in call.args().iter().enumerate() {
        let (who, right) = word.value.split_once(':').ok_or_else(|| call.invalid_value(n + 1))?;
        let shift = match who {
            "user" => {
                user = 0;
                6
            }
            "group" => 3,
            "all" => 0,
            _ => return Err(call.invalid_value(n + 1)),
        };
        let right = match right {
            "rw" => 6,
            "r" => 4,
            _ => return Err(call.invalid_value(n + 1)),
        };
        bits |= right << shift;
    }
    Ok(bits | user)
}
