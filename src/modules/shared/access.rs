//! `allow` and `deny` of `http` and `stream`: the first rule that names the client decides.

use std::net::IpAddr;

use crate::config::cidr::Cidr;
use crate::modules::prelude::*;

/// The rules of one block, in order. A block without rules has those of the block around it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rules(pub Vec<Rule>);

/// One `allow` or `deny`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    /// Whether it lets in.
    pub allow: bool,
    /// Whom; `None` is everyone.
    pub network: Option<Cidr>,
    /// The word that says whom.
    pub span: Span,
}

impl Rules {
    /// The rule that decides for a client (`None`: of a UNIX-domain socket); without one the client may pass.
    #[must_use]
    pub fn decide(&self, client: Option<IpAddr>) -> Option<&Rule> {
        self.0.iter().find(|rule| rule.network.is_none_or(|network| network.contains(client)))
    }
}

/// `ngx_http_access_rule`, `ngx_stream_access_rule`
///
/// # Errors
/// nginx's messages.
pub fn rule(cx: &mut Cx, call: &Call) -> Verdict {
    let text = call.arg(1);
    let network = match text {
        "all" => None,
        "unix:" => Some(Cidr::Unix),
        _ => {
            let (network, low_bits) = Cidr::parse(text).ok_or_else(|| {
                call.invalid_parameter(1).help("an address, a network such as 192.0.2.0/24, \"unix:\" or \"all\"")
            })?;
            if low_bits {
                meaningless_bits(cx, text, call.span(1));
            }
            Some(network)
        }
    };
    cx.keep(call, Value::Own);
    let rule = Rule { allow: call.name() == "allow", network, span: call.span(1) };
    cx.slot::<Rules>().0.push(rule);
    Ok(())
}

/// nginx's warning for bits that are set after those that count.
pub fn meaningless_bits(cx: &mut Cx, text: &str, span: Span) {
    let mut warning = Fault::warn(format!("low address bits of {text} are meaningless")).at(span);
    if let Some((network, _)) = Cidr::parse(text) {
        warning = warning.help(format!("nginx reads it as {network}"));
    }
    cx.warn(warning);
}
