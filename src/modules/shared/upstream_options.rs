//! Small readers and defaults that the modules with an upstream share: `..._limit_rate`,
//! `..._next_upstream`, `..._send_lowat`.

use crate::config::Config;
use crate::modules::Version;
use crate::modules::directive::Set;
use crate::modules::prelude::*;

/// Reads `..._limit_rate RATE`: a size, and text with variables since 1.27.0.
///
/// # Errors
/// nginx's `is duplicate`, `invalid value`.
pub fn limit_rate(cx: &mut Cx, call: &Call) -> Verdict {
    /// The first version that takes variables.
    const VARIABLES: Version = Version::read("1.27.0");
    cx.once(call)?;
    if cx.target.version >= VARIABLES && cx.complex(&call.words[1])?.is_dynamic() {
        cx.keep(call, Value::Words);
        return Ok(());
    }
    let size = values::size(call.arg(1)).ok_or_else(|| Fault::directive("invalid value").at(call.span(1)))?;
    cx.keep(call, Value::Size(size));
    Ok(())
}

/// What nginx says of `..._send_lowat` on Linux.
///
/// # Errors
/// None.
pub fn lowat(cx: &mut Cx, call: &Call) -> Verdict {
    let message = format!("\"{}\" is not supported, ignored", call.name());
    cx.warn(Fault::warn(message).at(call.span(0)));
    Ok(())
}

/// The conditions on which the next server is tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Conditions {
    names: &'static [&'static str],
    bits: u32,
}

impl Conditions {
    /// The conditions that `..._next_upstream` or `..._cache_use_stale` names in a scope; with `off` among them none.
    /// Where nothing is set: `default`.
    #[must_use]
    pub fn effective(config: &Config, scope: ScopeId, directive: &str, default: &'static [&'static str]) -> Conditions {
        let all = Conditions { names: default, bits: u32::MAX };
        let Some(setting) = config.effective(scope, directive) else { return all };
        match (setting.directive.set, &setting.value) {
            (Set::Mask(names), Value::Mask(bits)) => {
                let off = names.iter().position(|name| *name == "off").is_some_and(|bit| bits & (1 << bit) != 0);
                Conditions { names, bits: if off { 0 } else { *bits } }
            }
            _ => all,
        }
    }

    /// Whether this one is among them.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.names.iter().position(|known| *known == name).is_some_and(|bit| self.bits & (1 << bit) != 0)
    }

    /// Their names, in nginx's order.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        let bits = self.bits;
        self.names.iter().enumerate().filter(move |(bit, _)| bits & (1 << bit) != 0).map(|(_, name)| *name)
    }
}
