//! What only NGINX Plus has in `main`.

use super::readers;
use crate::modules::prelude::*;

/// The module.
pub static MODULE: Module =
    Module { directives: DIRECTIVES, ..Module::new("plus_main_module", Kind::Core, Presence::Plus) };

#[rustfmt::skip]
static DIRECTIVES: &[Directive] = &[
    d("mgmt", "main", "block 0", Custom(readers::mgmt), "1.0.0", "",
        "Opens the block for licence and usage reporting settings of NGINX Plus.").release(31),
];
