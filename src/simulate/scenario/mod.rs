//! Scenarios: what the backends do while the trace is replayed.
//!
//! A scenario is a TOML file ([`Scenario::parse`]), or flags for the common cases ([`flags`]). [`Backends`] answers from
//! it what becomes of one attempt, [`Scenario::events`] what happens at which time, [`Pace`] when requests arrive.
//!
//! | table | keys |
//! |---|---|
//! | `[[fault]]` | `peer` or `upstream`; `from`, `to`; `kind` = `refuse`, `unreachable`, `timeout`, `reset`, `invalid`, `status` (with `code`), `slow` (with `factor`, `extra`) |
//! | `[[backend]]` | `peer` or `upstream`; `service`, `connect`, `body`, `concurrency`, `queue` |
//! | `[[health]]` | `peer` or `upstream`; `from`, `to`; `ok`: what a health check gets |
//! | `[[dns]]` | `name`, `at`, `addresses`: the answer from then on |
//! | `[[reload]]` | `at`, `config` |
//! | `[[rate]]` | `from`, `to`, `factor`: requests arrive so many times as fast |
//! | `[resolve]` | a name = its addresses |
//! | `[client]` | `abort_after`: clients wait no longer |
//!
//! Times are seconds (`1.5`) or nginx's own texts (`"1m30s"`, `"500ms"`). A window holds its `from` and not its `to`;
//! without `from` it begins with the trace, without `to` it never ends. `peer` is an address or the text of a `server` directive, either without
//! port (all ports of the machine), `*`, or `group/NAME`, which is `upstream = "NAME"`. Where several tables speak of a peer the
//! first listed wins; `slow` joins with what else is wrong at the time.

mod backends;
mod distribution;
mod error;
mod events;
pub mod flags;
mod model;
mod pace;
mod quantity;
mod read;
mod slots;
mod table;
mod target;
mod timeline;

pub use backends::{BackendId, Backends, Fate};
pub use distribution::{Distribution, Service};
pub use error::ScenarioError;
pub use events::Event;
pub use model::{Backend, Dns, Fault, Health, Rate, Reload, Scenario, Slow, Trouble, Window};
pub use pace::Pace;
pub use target::{Known, Target};
