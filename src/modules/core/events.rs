//! `ngx_events_module`: the `events` block.

use crate::modules::prelude::*;

/// The module.
pub static MODULE: Module = Module {
    directives: DIRECTIVES,
    finish: Some(required),
    ..Module::new("events_module", Kind::Core, Presence::Always)
};

#[rustfmt::skip]
static DIRECTIVES: &[Directive] = &[
    d("events", "main", "block 0", Custom(events), "1.0.0", "",
        "Opens the block that holds the settings of connection processing."),
];

fn events(cx: &mut Cx, call: &Call) -> Verdict {
    cx.once(call)?;
    cx.block(call, Contexts::EVENTS).map(drop)
}

fn required(cx: &mut Cx) -> Verdict {
    match cx.config.scope(ScopeId(0)).setting("events") {
        Some(_) => Ok(()),
        None => Err(Fault::emerg("no \"events\" section in configuration").unlocated()),
    }
}
