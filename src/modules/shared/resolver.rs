//! `resolver`, wherever it stands: `ngx_resolver_create`.

use crate::modules::Version;
use crate::modules::prelude::*;

/// State of a scope with `resolver`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resolver {
    /// The name servers.
    pub servers: Vec<Address>,
    /// Seconds for which answers are good, whatever they say themselves.
    pub valid: Option<u64>,
    /// IPv4 addresses are asked for.
    pub ipv4: bool,
    /// IPv6 addresses are asked for.
    pub ipv6: bool,
}

impl Default for Resolver {
    fn default() -> Resolver {
        Resolver { servers: Vec::new(), valid: None, ipv4: true, ipv6: true }
    }
}

/// The first version that knows `ipv4=`.
const IPV4: Version = Version::read("1.23.1");

/// The reader of `resolver`.
///
/// # Errors
/// nginx's messages.
pub fn set(cx: &mut Cx, call: &Call) -> Verdict {
    cx.once(call)?;
    let resolver = read(cx, call)?;
    *cx.slot() = resolver;
    cx.keep(call, Value::Own);
    Ok(())
}

fn read(cx: &Cx, call: &Call) -> Result<Resolver, Fault> {
    let mut resolver = Resolver::default();
    for word in call.args() {
        let text = &*word.value;
        let invalid = || Fault::emerg(format!("invalid parameter: {text}")).at(word.span);
        let on_off = |value: &str| match value {
            "on" => Ok(true),
            "off" => Ok(false),
            _ => Err(invalid()),
        };
        if let Some(time) = text.strip_prefix("valid=") {
            resolver.valid = Some(values::sec(time).ok_or_else(invalid)?);
        } else if let Some(value) = text.strip_prefix("ipv4=").filter(|_| cx.target.version >= IPV4) {
            resolver.ipv4 = on_off(value)?;
        } else if let Some(value) = text.strip_prefix("ipv6=") {
            resolver.ipv6 = on_off(value)?;
        } else if let Some(zone) = text.strip_prefix("status_zone=").filter(|_| cx.target.plus.is_some()) {
            if zone.is_empty() {
                return Err(invalid());
            }
        } else {
            let form = UrlForm { default_port: 53, ..UrlForm::default() };
            let url = Url::read(text, form, cx.host);
            let url = url.map_err(|bad| bad.fault(format!("resolver \"{text}\"")).at(word.span))?;
            resolver.servers.extend(url.addresses);
        }
    }
    if !resolver.ipv4 && !resolver.ipv6 {
        return Err(Fault::emerg("\"ipv4\" and \"ipv6\" cannot both be \"off\"").at(call.span(0)));
    }
    if resolver.servers.is_empty() {
        return Err(Fault::emerg("no name servers defined").at(call.span(0)));
    }
    Ok(resolver)
}
