//! Which peer a live request gets: names resolved at run time, zones and sessions over reloads, sticky cookies, queues, idle
//! connections, local addresses. The servers behind the groups are `server` blocks of the same process.

#[path = "../common/mod.rs"]
mod common;

mod failing;
mod names;
mod reload;
mod server;
mod sharing;
