//! The `mail` modules; one nginx module, one file.

pub mod auth_http;
pub mod block;
pub mod core;
pub mod imap;
pub mod pop3;
pub mod proxy;
pub mod realip;
pub mod smtp;
pub mod ssl;

use super::Module;

/// In nginx's module order, in which they initialise, merge and finish.
pub static MODULES: &[&Module] = &[
    &block::MODULE,
    &core::MODULE,
    &ssl::MODULE,
    &pop3::MODULE,
    &imap::MODULE,
    &smtp::MODULE,
    &auth_http::MODULE,
    &proxy::MODULE,
    &realip::MODULE,
];
