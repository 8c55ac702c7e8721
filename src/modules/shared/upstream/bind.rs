//! Small directives that `proxy`, `fastcgi`, `uwsgi`, `scgi`, `grpc` and `memcached` have alike: the local address
//! (`ngx_http_upstream_bind_set_slot`) and parameters (`ngx_http_upstream_param_set_slot`).

use std::net::SocketAddr;

use crate::config::Setting;
use crate::config::address::ip_address_port;
use crate::modules::Version;
use crate::modules::prelude::*;

/// What `proxy_bind` and its kin say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Bind {
    /// The system chooses the local address.
    Off,
    /// This one; port 0 for any. Then whether it may be one of another machine.
    Address(SocketAddr, bool),
    /// What the text gives. Then as above.
    Text(Text, bool),
}

impl Bind {
    /// What a call of [`bind`] that was kept says.
    #[must_use]
    pub fn of(setting: &Setting, version: Version) -> Bind {
        let transparent = setting.words.len() > 2;
        let text = Text::read(setting.arg(1)).unwrap_or_default();
        match ip_address_port(setting.arg(1), version) {
            _ if text.is_dynamic() => Bind::Text(text, transparent),
            Some(address) => Bind::Address(address, transparent),
            None => Bind::Off,
        }
    }
}

/// `proxy_bind ADDRESS [transparent] | off;` and its kin.
///
/// # Errors
/// A second call, an address that is none, and a second word that is not `transparent`.
pub fn bind(cx: &mut Cx, call: &Call) -> Verdict {
    cx.once(call)?;
    let off = call.words.len() == 2 && call.arg(1) == "off";
    if !off {
        let text = cx.complex(&call.words[1])?;
        if !text.is_dynamic() && ip_address_port(call.arg(1), cx.target.version).is_none() {
            return Err(Fault::emerg(format!("invalid address \"{}\"", call.arg(1))).at(call.span(1)));
        }
        if call.words.len() > 2 && call.arg(2) != "transparent" {
            return Err(call.invalid_parameter(2).help("the only parameter is `transparent`"));
        }
    }
    cx.keep(call, Value::Words);
    Ok(())
}

/// `fastcgi_param NAME VALUE [if_not_empty];` and its kin.
///
/// # Errors
/// A third word that is not `if_not_empty`.
pub fn parameter(cx: &mut Cx, call: &Call) -> Verdict {
    if call.words.len() > 3 && call.arg(3) != "if_not_empty" {
        return Err(call.invalid_parameter(3).help("the only parameter is `if_not_empty`"));
    }
    cx.keep(call, Value::Words);
    Ok(())
}
