//! Traces: the requests to replay, from wherever they come.
//!
//! ```text
//! bytes --blocks (gunzip, cut at lines)--> Block --page + log | json | csv--> Batch
//!       --arrange (sort, spread seconds, arrivals from ends, zero)--> Batch
//! ```

mod arrange;
mod assume;
mod blocks;
mod client;
mod csv;
mod fields;
pub mod generate;
mod json;
mod log;
mod page;
mod reader;
mod record;
mod sorter;
mod spread;
mod time;
mod write;

pub use generate::Generator;
pub use log::Format;
pub use reader::{Form, Reader, open};
pub use record::{Batch, Complaint, Header, Id, Record, Slice};
pub use write::{Writer, Written};

/// Where requests come from, in the order of their arrival.
pub trait Source {
    /// Fills `batch` (cleared first) with the next requests; `false` when there are no more.
    ///
    /// # Errors
    /// What the system says of a file that cannot be read on.
    fn next(&mut self, batch: &mut Batch) -> std::io::Result<bool>;
}
