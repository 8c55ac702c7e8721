//! `ngx_mail_realip_module`.

use crate::modules::prelude::*;
use crate::modules::shared::realip::set_real_ip_from;

/// The module.
pub static MODULE: Module =
    Module { directives: DIRECTIVES, ..Module::new("mail_realip_module", Kind::Mail, Presence::With("mail")) };

#[rustfmt::skip]
static DIRECTIVES: &[Directive] = &[
    d("set_real_ip_from", "mail mail-server", "1", Custom(set_real_ip_from), "1.19.8", "",
        "Names trusted addresses whose PROXY protocol header may replace the mail client address."),
];
