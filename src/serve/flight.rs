//! One request under way: what the exchange knows of it, and the buffers that it needs. A worker keeps some and uses them
//! again.

use std::cell::RefCell;
use std::rc::Rc;

use tokio::task::JoinHandle;

use crate::exchange::answer::Answer;
use crate::exchange::body::Filters;
use crate::exchange::body::ssi::Shared;
use crate::exchange::{Exchange, Headers};
use crate::serve::log::Stage;
use crate::serve::spool::Spool;
use crate::serve::upstream::{Asked, Reading};
use crate::wire::http1::{RequestHead, ResponseHead};

/// A request under way.
#[derive(Debug, Default)]
pub struct Flight {
    /// Its life.
    pub exchange: Exchange,
    /// What the client gets.
    pub answer: Answer,
    /// What its body goes through; mostly nothing.
    pub filters: Filters,
    /// The head of the request as it is read.
    pub head: RequestHead,
    /// The head of the upstream's answer as it is read.
    pub upstream_head: ResponseHead,
    /// The same, of other protocols than HTTP.
    pub reading: Reading,
    /// Where the parts of a request for HTTP/2 end.
    pub asked: Asked,
    /// Early hints of the upstream that wait to be passed on, one block of headers each.
    pub hints: Vec<Headers>,
    /// Bytes of the upstream's early hints so far.
    pub hinted: u64,
    /// Status and words of the upstream's answer, as it wrote them.
    pub status_line: Vec<u8>,
    /// The request as it goes to the upstream.
    pub request: Vec<u8>,
    /// The client's body, as far as it was read.
    pub body: Spool,
    /// All of the client's body was read.
    pub body_is_whole: bool,
    /// What is done with the peer, or was when the try failed, in nginx's words.
    pub about: &'static str,
    /// Of the answer, only the head is wanted.
    pub head_only: bool,
    /// What the pages of the request have together, where there are any.
    pub shared: Option<Rc<RefCell<Shared>>>,
    /// What the answer is if it would be none: `stub` of the SSI command that asked for it, and its type.
    pub stub: Option<(Vec<u8>, Vec<u8>)>,
    /// The answer depends on `Accept-Encoding`.
    pub varies: bool,
    /// Subrequests that nobody waits for, but that end before the next request of the connection begins.
    pub background: Vec<JoinHandle<()>>,
    /// Bytes of the answer, before its body.
    pub out: Vec<u8>,
    /// What is wrong with the head of the request, to be logged once it is known whose request it is.
    pub complaint: Option<(Stage, Vec<u8>)>,
    /// Room for whatever.
    pub room: Vec<u8>,
}

/// A buffer that grew beyond this is not kept.
const KEPT: usize = 64 << 10;

impl Flight {
    /// Forgets the request.
    pub fn clear(&mut self) {
        self.answer.clear();
        self.filters.clear();
        self.head.clear();
        self.upstream_head.clear();
        self.complaint = None;
        self.reading = Reading::Http;
        self.hints.clear();
        (self.body_is_whole, self.head_only, self.varies) = (false, false, false);
        self.background.clear();
        (self.shared, self.stub) = (None, None);
        self.body.clear();
        for buffer in [&mut self.request, &mut self.out, &mut self.room] {
            buffer.clear();
            if buffer.capacity() > KEPT {
                *buffer = Vec::new();
            }
        }
    }
}
