//! NGINX Plus: directives that open-source nginx does not have, by realm.

pub mod events;
pub mod http;
pub mod main;
pub mod mgmt;
pub mod oidc;
mod readers;
pub mod stream;

use super::Module;

/// In order of their names.
pub static MODULES: &[&Module] =
    &[&events::MODULE, &http::MODULE, &main::MODULE, &mgmt::MODULE, &oidc::MODULE, &stream::MODULE];
