//! What variables tell of a request that only its driver knows: here what TLS and the PROXY protocol say of the
//! connection. A simulation knows none of it.

use std::fmt;
use std::sync::Arc;

/// What the driver tells.
#[derive(Debug, Default)]
pub struct Facts {
    /// What TLS says of the connection; none without TLS.
    pub secured: Option<Arc<dyn Told>>,
    /// What the PROXY protocol said; none without it.
    pub proxied: Option<Arc<dyn Told>>,
}

/// Someone who knows the values of some variables.
pub trait Told: fmt::Debug + Send + Sync {
    /// The value of a variable, its name without `$`, at a Unix time in seconds; none where it has none.
    fn tell(&self, name: &str, now: i64) -> Option<Vec<u8>>;
}
