//! `ngx_mail_module`.

use crate::modules::prelude::*;
use crate::modules::realm::{self, Steps};
use crate::modules::shared::listen;

/// The module.
pub static MODULE: Module =
    Module { directives: DIRECTIVES, ..Module::new("mail_module", Kind::Core, Presence::With("mail")) };

#[rustfmt::skip]
static DIRECTIVES: &[Directive] = &[
    d("imap", "main", "block 0", Custom(block), "1.0.0", "",
        "Obsolete block name from early nginx versions that configured the mail proxy before the mail block.")
        .last("1.9.0"),
    d("mail", "main", "block 0", Custom(block), "1.0.0", "",
        "Opens the block that holds the configuration of all mail proxy servers."),
];

/// What happens at the end of the block besides the modules' own checks.
const STEPS: Steps = Steps { arrange: None, settle: Some(listen::settle) };

fn block(cx: &mut Cx, call: &Call) -> Verdict {
    realm::read(cx, call, Contexts::MAIL, &STEPS)
}
