//! Traces: the requests to replay, from wherever they come.

mod record;

pub use record::{Batch, Complaint, Header, Id, Record, Slice};

/// Where requests come from, in the order of their arrival.
pub trait Source {
    /// Fills `batch` (cleared first) with the next requests; `false` when there are no more.
    ///
    /// # Errors
    /// What the system says of a file that cannot be read on.
    fn next(&mut self, batch: &mut Batch) -> std::io::Result<bool>;
}
