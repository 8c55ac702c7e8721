//! A trace from its first request to its last, at the scenario's pace.

use std::io;
use std::ops::ControlFlow;

use super::scenario::Pace;
use super::trace::{Batch, Record, Source};
use crate::balance::Millis;

/// Gives every request of a trace to `each`, with its time of arrival, which never goes back. After each batch `between`,
/// which is told how many requests there have been, may see to complaints and progress, and stop.
///
/// # Errors
/// What the system says of a trace that cannot be read on.
pub fn play(
    source: &mut impl Source,
    pace: &Pace,
    mut each: impl FnMut(&Record, &Batch, Millis),
    mut between: impl FnMut(&Batch, u64) -> ControlFlow<()>,
) -> io::Result<u64> {
    let (mut batch, mut last, mut requests) = (Batch::default(), Millis(0), 0);
    while source.next(&mut batch)? {
        for record in &batch.records {
            last = last.max(pace.at(record.time));
            each(record, &batch, last);
        }
        requests += batch.records.len() as u64;
        if between(&batch, requests).is_break() {
            break;
        }
    }
    Ok(requests)
}
