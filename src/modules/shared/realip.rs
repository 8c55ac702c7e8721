//! `set_real_ip_from` of `http`, `stream` and `mail`: whose word on the client's address is taken.

use super::access::meaningless_bits;
use crate::config::cidr::Cidr;
use crate::modules::Version;
use crate::modules::prelude::*;

/// The trusted senders of one block. A block without any has those of the block around it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Trusted(pub Vec<Cidr>);

/// The first version that takes a host name.
const NAMES: Version = Version::read("1.13.1");

/// `ngx_http_realip_from`, `ngx_stream_realip_from`
///
/// # Errors
/// nginx's messages.
pub fn set_real_ip_from(cx: &mut Cx, call: &Call) -> Verdict {
    let text = call.arg(1);
    let networks = match Cidr::parse(text) {
        _ if text == "unix:" => vec![Cidr::Unix],
        Some((network, low_bits)) => {
            if low_bits {
                meaningless_bits(cx, text, call.span(1));
            }
            vec![network]
        }
        None if cx.target.version < NAMES => return Err(call.invalid_parameter(1)),
        None => resolved(cx, call)?,
    };
    cx.keep(call, Value::Own);
    cx.slot::<Trusted>().0.extend(networks);
    Ok(())
}

fn resolved(cx: &Cx, call: &Call) -> Result<Vec<Cidr>, Fault> {
    let name = call.arg(1);
    let addresses = cx.host.resolve(name).ok_or_else(|| {
        Fault::emerg(format!("host not found in set_real_ip_from \"{name}\"")).at(call.span(1)).of_host()
    })?;
    Ok(addresses.into_iter().map(|address| Cidr::network(address, if address.is_ipv4() { 32 } else { 128 })).collect())
}
