//! What nginx answers itself in its content phase: files, lists of files, the modules that answer by themselves. `dav`,
//! `flv`, `mp4`, `gzip_static`, `perl` are left out. Opening and reading files blocks the worker, as it does in nginx
//! without threads; `open_file_cache`, `aio`, `sendfile` and `directio` change nothing that can be seen.

mod autoindex;
mod complain;
mod disk;
mod files;
mod index;
mod listing;
mod open;
mod status;

use std::rc::Rc;

use super::client::Client;
use super::flight::Flight;
use super::send::{Source, send};
use super::state::Worker;
use crate::exchange::{Event, Handler};

pub use complain::complain;
pub use disk::Disk;
pub use status::{Counts, State, connections};

/// What a handler makes of a request.
pub enum Made {
    /// It is not for this handler.
    Declined,
    /// This happens instead of an answer.
    Event(Event),
    /// The head is in the flight, and this is the content.
    Content(Source),
}

impl Made {
    fn failed(status: u16) -> Made {
        Made::Event(Event::Failed(status))
    }
}

/// A handler.
type Make = fn(&Worker, &mut Flight) -> Made;

/// Those of the content phase that ask for no directive of the location, in nginx's order.
const HANDLERS: &[Make] =
    &[index::random, index::index, autoindex::autoindex, files::ready, files::file, files::nobody];

/// Makes the answer.
pub async fn serve<C: Client>(worker: &Rc<Worker>, client: &mut C, flight: &mut Flight, handler: Handler) -> Event {
    let handlers: &[Make] = match handler {
        Handler::Own("empty_gif") => &[gif],
        Handler::Own("stub_status") => &[status::page],
        Handler::Own(_) => &[unknown],
        Handler::Files | Handler::Pass => HANDLERS,
    };
    for make in handlers {
        let source = match make(worker, flight) {
            Made::Declined => continue,
            Made::Event(event) => return event,
            Made::Content(source) => source,
        };
        if let Err(status) = client.discard_body() {
            return Event::Failed(status);
        }
        return match send(worker, client, flight, &source).await {
            Ok(()) => Event::Served(flight.answer.status),
            Err(refused) => {
                if !refused.keeps_headers {
                    flight.answer.clear();
                }
                Event::Failed(refused.status)
            }
        };
    }
    Event::Failed(404)
}

/// Begins the head of a good answer.
fn begin(flight: &mut Flight, length: Option<u64>) {
    let Flight { answer, exchange, .. } = flight;
    answer.restart();
    answer.status = exchange.route.outcome(200);
    answer.header_only = exchange.request.method() == b"HEAD";
    answer.length = length;
}

fn is_get(flight: &Flight) -> bool {
    matches!(flight.exchange.request.method(), b"GET" | b"HEAD")
}

fn unknown(_: &Worker, _: &mut Flight) -> Made {
    Made::failed(501)
}

/// One transparent point: `ngx_http_empty_gif_handler`.
fn gif(_: &Worker, flight: &mut Flight) -> Made {
    #[rustfmt::skip]
    const GIF: &[u8] = &[
        b'G', b'I', b'F', b'8', b'9', b'a', 1, 0, 1, 0, 0x80, 1, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0x21, 0xf9, 4, 1, 0, 0, 1,
        0, 0x2c, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x4c, 1, 0, 0x3b,
    ];
    /// When it was made: 1970-09-28 06:00:00.
    const MADE: i64 = 23_349_600;
    if !is_get(flight) {
        return Made::failed(405);
    }
    begin(flight, Some(GIF.len() as u64));
    flight.answer.set_type(b"image/gif");
    flight.answer.last_modified = Some(MADE);
    Made::Content(Source::Memory(GIF.to_vec()))
}
