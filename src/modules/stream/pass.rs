//! `ngx_stream_pass_module`: hands a connection to another listening socket of this nginx.

use crate::config::address::{Address, Url, UrlForm};
use crate::modules::prelude::*;

/// The module.
pub static MODULE: Module = Module {
    directives: DIRECTIVES,
    ..Module::new("stream_pass_module", Kind::Stream, Presence::Default("stream_pass"))
};

#[rustfmt::skip]
static DIRECTIVES: &[Directive] = &[
    d("pass", "stream-server", "1", Custom(pass), "1.25.5", "",
        "Hands the accepted connection directly to another listening socket configured in this nginx."),
];

/// The listening socket that gets the connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PassTo {
    /// Always this one.
    Fixed(Address),
    /// What the variables say at the time.
    Dynamic(Text),
}

fn pass(cx: &mut Cx, call: &Call) -> Verdict {
    cx.once(call)?;
    cx.keep(call, Value::Own);
    let text = cx.complex(&call.words[1])?;
    let to = if text.is_dynamic() {
        PassTo::Dynamic(text)
    } else {
        let form = UrlForm { no_resolve: true, ..UrlForm::default() };
        let url = Url::read(call.arg(1), form, cx.host)
            .map_err(|bad| bad.fault(format!("\"{}\" of the \"pass\" directive", call.arg(1))).at(call.span(1)))?;
        let Some(address) = url.addresses.into_iter().next() else {
            let fault = Fault::directive("has no addresses").at(call.span(1));
            return Err(fault.help("names are not resolved here; give an IP address or a UNIX domain socket"));
        };
        if url.no_port {
            return Err(Fault::directive("has no port").at(call.span(1)));
        }
        PassTo::Fixed(address)
    };
    *cx.slot::<Option<PassTo>>() = Some(to);
    Ok(())
}
