//! Where the answer of a subrequest goes that is to stand in another answer: its own task writes here, the task of that
//! other answer reads.

use std::cell::{Cell, RefCell};
use std::io;
use std::task::{Context, Poll, Waker};

/// Bytes that may wait; a subrequest that has more waits.
const ROOM: usize = 64 << 10;

/// Content on its way.
#[derive(Debug)]
pub struct Pipe {
    inside: RefCell<Inside>,
    most: Cell<usize>,
    /// All of it is wanted at once.
    is_whole: bool,
}

#[derive(Debug, Default)]
struct Inside {
    content: Vec<u8>,
    end: Option<End>,
    /// Nobody reads any more.
    is_closed: bool,
    writer: Option<Waker>,
    reader: Option<Waker>,
}

/// How a subrequest ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// Its answer is complete and has this status.
    Whole(u16),
    /// It is not complete.
    Broken,
}

impl Pipe {
    /// One whose content is read as it comes.
    pub fn new() -> Pipe {
        Pipe { inside: RefCell::default(), most: Cell::new(ROOM), is_whole: false }
    }

    /// One whose content is read once it is complete.
    pub fn whole() -> Pipe {
        Pipe { inside: RefCell::default(), most: Cell::new(0), is_whole: true }
    }

    /// Sets how many bytes there may be of a whole content.
    pub fn limit(&self, most: u64) {
        self.most.set(most as usize);
    }

    /// All of the content is wanted at once.
    pub fn is_whole(&self) -> bool {
        self.is_whole
    }

    /// Takes content off `content`; ready once all was taken.
    ///
    /// # Errors
    /// Nobody reads any more, or there are more bytes than there may be.
    pub fn poll_write(&self, cx: &mut Context, content: &mut &[u8]) -> Poll<io::Result<()>> {
        let mut inside = self.inside.borrow_mut();
        if inside.is_closed {
            return Poll::Ready(Err(io::ErrorKind::BrokenPipe.into()));
        }
        let count = content.len().min(self.most.get().saturating_sub(inside.content.len()));
        inside.content.extend_from_slice(&content[..count]);
        *content = &content[count..];
        if count > 0
            && !self.is_whole
            && let Some(reader) = inside.reader.take()
        {
            reader.wake();
        }
        if content.is_empty() {
            return Poll::Ready(Ok(()));
        }
        if self.is_whole {
            return Poll::Ready(Err(io::ErrorKind::FileTooLarge.into()));
        }
        inside.writer = Some(cx.waker().clone());
        Poll::Pending
    }

    /// Ready once nobody reads any more.
    pub fn poll_closed(&self, cx: &mut Context) -> Poll<()> {
        let mut inside = self.inside.borrow_mut();
        if inside.is_closed {
            return Poll::Ready(());
        }
        inside.writer = Some(cx.waker().clone());
        Poll::Pending
    }

    /// Nothing more is written.
    pub fn end(&self, end: End) {
        let mut inside = self.inside.borrow_mut();
        inside.end = Some(end);
        if let Some(reader) = inside.reader.take() {
            reader.wake();
        }
    }

    /// Nobody reads any more.
    pub fn close(&self) {
        let mut inside = self.inside.borrow_mut();
        inside.is_closed = true;
        if let Some(writer) = inside.writer.take() {
            writer.wake();
        }
    }

    /// Puts what was written in the place of `content`; nothing at the end.
    ///
    /// # Errors
    /// The answer is not complete.
    pub fn poll_read(&self, cx: &mut Context, content: &mut Vec<u8>) -> Poll<io::Result<()>> {
        let mut inside = self.inside.borrow_mut();
        content.clear();
        if inside.content.is_empty() {
            return match inside.end {
                Some(End::Whole(_)) => Poll::Ready(Ok(())),
                Some(End::Broken) => Poll::Ready(Err(io::ErrorKind::UnexpectedEof.into())),
                None => {
                    inside.reader = Some(cx.waker().clone());
                    Poll::Pending
                }
            };
        }
        std::mem::swap(content, &mut inside.content);
        if let Some(writer) = inside.writer.take() {
            writer.wake();
        }
        Poll::Ready(Ok(()))
    }

    /// Ready once the subrequest is over; its status.
    ///
    /// # Errors
    /// The answer is not complete.
    pub fn poll_end(&self, cx: &mut Context) -> Poll<io::Result<u16>> {
        let mut inside = self.inside.borrow_mut();
        match inside.end {
            Some(End::Whole(status)) => Poll::Ready(Ok(status)),
            Some(End::Broken) => Poll::Ready(Err(io::ErrorKind::UnexpectedEof.into())),
            None => {
                inside.reader = Some(cx.waker().clone());
                Poll::Pending
            }
        }
    }

    /// The content, of an answer that is over.
    pub fn take(&self) -> Vec<u8> {
        std::mem::take(&mut self.inside.borrow_mut().content)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_waits_for_its_reader() {
        let cx = &mut Context::from_waker(Waker::noop());
        let pipe = Pipe::new();
        let all = vec![b'x'; ROOM + 1];
        let mut left = &all[..];
        assert!(pipe.poll_write(cx, &mut left).is_pending());
        assert_eq!(left.len(), 1);
        let mut read = Vec::new();
        assert!(matches!(pipe.poll_read(cx, &mut read), Poll::Ready(Ok(()))));
        assert_eq!(read.len(), ROOM);
        assert!(pipe.poll_read(cx, &mut read).is_pending());
        assert!(matches!(pipe.poll_write(cx, &mut left), Poll::Ready(Ok(()))));
        assert!(pipe.poll_end(cx).is_pending());
        pipe.end(End::Whole(200));
        assert!(matches!(pipe.poll_end(cx), Poll::Ready(Ok(200))));
        assert!(pipe.poll_read(cx, &mut read).is_ready() && read == b"x");
        assert!(pipe.poll_read(cx, &mut read).is_ready() && read.is_empty());
        pipe.close();
        assert!(matches!(pipe.poll_write(cx, &mut &b"y"[..]), Poll::Ready(Err(_))));
        assert!(pipe.poll_closed(cx).is_ready());
    }

    #[test]
    fn what_goes_into_a_variable_has_a_limit() {
        let cx = &mut Context::from_waker(Waker::noop());
        let pipe = Pipe::whole();
        pipe.limit(3);
        assert!(matches!(pipe.poll_write(cx, &mut &b"abc"[..]), Poll::Ready(Ok(()))));
        assert!(matches!(pipe.poll_write(cx, &mut &b"d"[..]), Poll::Ready(Err(_))));
        pipe.end(End::Broken);
        assert!(matches!(pipe.poll_end(cx), Poll::Ready(Err(_))));
        assert_eq!(pipe.take(), b"abc");
    }
}
