//! `queue` of NGINX Plus: requests that wait until a peer can have them.
//!
//! NGINX Plus's code is not public. Modelled: first come, first served; whenever a peer is freed the first one tries again
//! (and waits at the end if it finds none after all); a full queue and a wait of `timeout` both end in 502.

use std::collections::VecDeque;

use super::Millis;

/// Requests that wait, each with the time at which it gives up.
#[derive(Debug, Clone)]
pub struct Queue<T> {
    size: usize,
    timeout: u64,
    waiting: VecDeque<(T, Millis)>,
}

impl<T: Copy + PartialEq> Queue<T> {
    /// A queue of so many requests, each of which waits at most `timeout` milliseconds.
    #[must_use]
    pub fn new(size: u64, timeout: u64) -> Queue<T> {
        Queue { size: usize::try_from(size).unwrap_or(usize::MAX), timeout, waiting: VecDeque::new() }
    }

    /// A request waits, and until when; `None` if the queue is full.
    pub fn push(&mut self, request: T, now: Millis) -> Option<Millis> {
        if self.waiting.len() >= self.size {
            return None;
        }
        let until = now.plus(self.timeout);
        self.waiting.push_back((request, until));
        Some(until)
    }

    /// The one that has waited longest.
    pub fn pop(&mut self) -> Option<T> {
        self.waiting.pop_front().map(|(request, _)| request)
    }

    /// A request waits no longer.
    pub fn remove(&mut self, request: T) {
        self.waiting.retain(|(waiting, _)| *waiting != request);
    }

    /// How many wait.
    #[must_use]
    pub fn len(&self) -> usize {
        self.waiting.len()
    }

    /// Whether none waits.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_come_first_served() {
        let mut queue = Queue::new(2, 500);
        assert_eq!(queue.push(1, Millis(100)), Some(Millis(600)));
        assert_eq!(queue.push(2, Millis(200)), Some(Millis(700)));
        assert_eq!(queue.push(3, Millis(300)), None);
        queue.remove(1);
        assert_eq!(queue.len(), 1);
        assert_eq!((queue.pop(), queue.pop()), (Some(2), None));
        assert!(queue.is_empty());
    }
}
