//! After 101: bytes go both ways, whatever they are, until one side closes (`ngx_http_upstream_process_upgraded`).

use std::future::poll_fn;
use std::io;
use std::task::{Context, Poll, ready};

use super::link::Link;
use crate::exchange::Event;
use crate::serve::client::Client;
use crate::serve::flight::Flight;
use crate::serve::state::Worker;

/// Bytes on their way.
#[derive(Default)]
struct Way {
    bytes: Vec<u8>,
    at: usize,
    is_over: bool,
}

impl Way {
    fn is_empty(&self) -> bool {
        self.at == self.bytes.len()
    }
}

/// Passes bytes both ways; the head was given to the client.
pub async fn tunnel<C: Client>(worker: &Worker, client: &mut C, flight: &Flight, mut link: Box<Link>) -> Event {
    client.open_tunnel();
    let timeout = flight.exchange.passing().read_timeout;
    let (mut up, mut down) = (Way::default(), Way { bytes: std::mem::take(&mut link.rest), ..Way::default() });
    client.timer().set_after(timeout);
    let event = poll_fn(|cx| {
        let moved_down = match poll_down(cx, worker, client, &mut link, &mut down) {
            Poll::Ready(Err(_)) => return Poll::Ready(Event::LastByte),
            Poll::Ready(Ok(moved)) => moved,
            Poll::Pending => false,
        };
        let moved_up = match poll_up(cx, worker, client, &mut link, &mut up) {
            Poll::Ready(Err(_)) => return Poll::Ready(Event::LastByte),
            Poll::Ready(Ok(moved)) => moved,
            Poll::Pending => false,
        };
        if (down.is_over && down.is_empty()) || (up.is_over && up.is_empty()) {
            return match client.poll_flush(cx) {
                Poll::Pending => Poll::Pending,
                Poll::Ready(_) => Poll::Ready(Event::LastByte),
            };
        }
        if moved_down || moved_up {
            client.timer().set_after(timeout);
        }
        if client.timer().poll(cx).is_ready() { Poll::Ready(Event::ReadTimeout) } else { Poll::Pending }
    })
    .await;
    client.timer().clear();
    event
}

/// From the peer to the client, as far as it goes; whether anything moved.
fn poll_down<C: Client>(
    cx: &mut Context,
    worker: &Worker,
    client: &mut C,
    link: &mut Link,
    way: &mut Way,
) -> Poll<io::Result<bool>> {
    let mut moved = false;
    loop {
        while !way.is_empty() {
            let mut left = &way.bytes[way.at..];
            let before = left.len();
            let done = client.poll_send(cx, &mut left);
            way.at += before - left.len();
            moved |= before > left.len();
            if done?.is_pending() {
                return Poll::Ready(Ok(moved));
            }
        }
        if client.poll_flush(cx)?.is_pending() || way.is_over {
            return Poll::Ready(Ok(moved));
        }
        let mut scratch = worker.scratch.borrow_mut();
        let Poll::Ready(count) = link.stream.poll_read(cx, &mut scratch) else { return Poll::Ready(Ok(moved)) };
        let count = count?;
        way.is_over = count == 0;
        way.bytes.clear();
        way.bytes.extend_from_slice(&scratch[..count]);
        way.at = 0;
    }
}

/// From the client to the peer, as far as it goes; whether anything moved.
fn poll_up<C: Client>(
    cx: &mut Context,
    worker: &Worker,
    client: &mut C,
    link: &mut Link,
    way: &mut Way,
) -> Poll<io::Result<bool>> {
    let mut moved = false;
    loop {
        while !way.is_empty() {
            let Poll::Ready(count) = link.stream.poll_write(cx, &way.bytes[way.at..]) else {
                return Poll::Ready(Ok(moved));
            };
            way.at += count?;
            moved = true;
        }
        if link.stream.poll_flush(cx)?.is_pending() || way.is_over {
            return Poll::Ready(Ok(moved));
        }
        way.bytes.clear();
        way.at = 0;
        match ready!(client.poll_body(cx, worker, &mut way.bytes)) {
            Ok(is_last) => way.is_over = is_last,
            Err(_) => way.is_over = true,
        }
    }
}
