//! FastCGI: requests as nginx writes them, one to a connection at a time and always number 1, and answers as it reads them.
//!
//! [`Params`] and [`stdin`] write. [`Reader`] cuts what comes into events; [`Head`] and [`Body`] judge them as nginx does,
//! before and after the head of the answer is whole.

mod answer;
mod record;
mod request;

pub use answer::{Bad, Body, Head, MORE_THAN_PROMISED, Started, Step, catches, stderr_text};
pub use record::{BadRecord, Event, Reader};
pub use request::{Params, STDIN_MOST, TooBig, padding, stdin, stdin_end, stdin_header};

/// nginx's request number.
const ID: u8 = 1;
const VERSION: u8 = 1;
const BEGIN_REQUEST: u8 = 1;
const END_REQUEST: u8 = 3;
const PARAMS: u8 = 4;
const STDIN: u8 = 5;
const STDOUT: u8 = 6;
const STDERR: u8 = 7;

#[cfg(test)]
mod tests;
