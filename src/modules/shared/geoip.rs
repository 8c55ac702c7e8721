//! `geoip_country`, `geoip_city`, `geoip_org` of `http` and `stream`: databases that are opened when the configuration
//! is read.

use super::geo::network;
use crate::config::cidr::Cidr;
use crate::modules::prelude::*;

/// Networks whose `X-Forwarded-For` is believed.
#[derive(Debug, Clone, Default)]
pub struct GeoipProxies(pub Vec<Cidr>);

/// Opens a database. Of which kind it is nginx asks the file.
///
/// # Errors
/// nginx's, when it cannot be opened.
pub fn database(cx: &mut Cx, call: &Call) -> Verdict {
    cx.once(call)?;
    let path = call.arg(1);
    if cx.host.read(path).is_err() {
        return Err(Fault::emerg(format!("GeoIP_open(\"{path}\") failed")).at(call.span(1)).of_host());
    }
    if call.words.len() == 3 && call.arg(2) != "utf8" {
        return Err(call.invalid_parameter(2).help("only \"utf8\" can stand here"));
    }
    cx.keep(call, Value::Words);
    Ok(())
}

/// `geoip_proxy`
///
/// # Errors
/// nginx's messages.
pub fn proxy(cx: &mut Cx, call: &Call) -> Verdict {
    let network = network(cx, &call.words[1])?;
    cx.slot::<GeoipProxies>().0.push(network);
    cx.keep(call, Value::Own);
    Ok(())
}
