//! Which peer a live request gets: names resolved at run time, zones and sessions over reloads, sticky cookies, queues, idle
//! connections, local addresses. The servers behind the groups are `server` blocks of the same process.

#![allow(clippy::disallowed_methods, reason = "what another process does is waited for by the clock")]

mod names;
mod reload;
mod server;
mod sharing;
