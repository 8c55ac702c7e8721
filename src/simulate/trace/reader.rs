//! A trace's text as a [`Source`]: packed or not, of whatever form, read by one thread or several.
//!
//! One thread reads, unpacks and cuts; others read the blocks' lines, each every so many; the results are taken from
//! them in turn. So the batches are the same however many there are, and what is under way is bounded.

use std::collections::VecDeque;
use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use super::arrange::Arrange;
use super::blocks::Blocks;
use super::log::Format;
use super::page::{self, Block, Tally};
use super::{Batch, Source, assume, csv, json, log};

/// Blocks that wait between two threads.
const WAITING: usize = 2;

/// The form of a trace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// An object of JSON per line.
    Json,
    /// Values separated by commas, under a header line.
    Csv,
    /// An access log.
    Log,
}

/// What reads lines.
#[derive(Debug, Clone)]
enum Parser {
    Json(json::Reader),
    Csv(csv::Reader),
    Log(Box<log::Reader>),
}

impl Parser {
    fn read(&mut self, block: &mut Block, behind: &mut Vec<u8>) {
        match self {
            Parser::Json(reader) => page::read(reader, block, behind),
            Parser::Csv(reader) => page::read(reader, block, behind),
            Parser::Log(reader) => page::read(&mut **reader, block, behind),
        }
    }
}

/// Where blocks come from, their lines read.
enum Feed {
    Here(Box<Here>),
    Threads { results: Vec<Receiver<io::Result<Block>>>, turn: usize },
}

/// All in one thread.
struct Here {
    first: Option<Block>,
    blocks: Blocks,
    parser: Parser,
    behind: Vec<u8>,
}

impl Here {
    fn next(&mut self, spare: &mut Vec<Batch>) -> io::Result<Option<Block>> {
        let next = match self.first.take() {
            Some(block) => Some(block),
            None => self.blocks.next(spare.pop().unwrap_or_default())?,
        };
        Ok(next.map(|mut block| {
            self.parser.read(&mut block, &mut self.behind);
            block
        }))
    }
}

/// A trace that is being read.
pub struct Reader {
    feed: Feed,
    form: Form,
    arrange: Arrange,
    ready: VecDeque<Batch>,
    spare: Vec<Batch>,
    assumed: Vec<String>,
    tally: Tally,
    bytes: Arc<AtomicU64>,
    ended: bool,
    failed: Option<io::Error>,
}

/// Opens a trace. Its form is found out where it is not given; `format` is that of lines of a log. With one thread all is
/// done by the caller's.
///
/// # Errors
/// The system's; `InvalidData` with words where the header line of CSV lacks something.
pub fn open(
    input: impl Read + Send + 'static,
    form: Option<Form>,
    format: Format,
    threads: usize,
) -> io::Result<Reader> {
    let bytes = Arc::new(AtomicU64::new(0));
    let mut blocks = Blocks::new(input, Arc::clone(&bytes))?;
    let first = blocks.next(Batch::default())?;
    let (number, line) = first.as_ref().map_or((1, &[][..]), first_line);
    let form = form.unwrap_or_else(|| detect(line, &format));
    let (mut assumed, mut arrange) = (Vec::new(), Arrange::new(false, false));
    let parser = match form {
        Form::Json => Parser::Json(json::Reader::default()),
        Form::Csv => {
            let invalid = |message| io::Error::new(io::ErrorKind::InvalidData, message);
            Parser::Csv(csv::Reader::new(number, line).map_err(invalid)?)
        }
        Form::Log => {
            assumed = assume::of_format(&format);
            arrange = Arrange::new(!format.has(&["msec"]), format.has(&["request_time"]));
            Parser::Log(Box::new(log::Reader::new(Arc::new(format))))
        }
    };
    let feed = match threads {
        0 | 1 => Feed::Here(Box::new(Here { first, blocks, parser, behind: Vec::new() })),
        _ => Feed::Threads { results: start(first, blocks, &parser, threads - 1)?, turn: 0 },
    };
    Ok(Reader {
        feed,
        form,
        arrange,
        ready: VecDeque::new(),
        spare: Vec::new(),
        assumed,
        tally: Tally::default(),
        bytes,
        ended: false,
        failed: None,
    })
}

/// The first line that is not empty, with its number.
fn first_line(block: &Block) -> (u64, &[u8]) {
    let lines = (block.line..).zip(block.batch.bytes.split(|byte| *byte == b'\n'));
    let mut lines = lines.map(|(number, line)| (number, line.strip_suffix(b"\r").unwrap_or(line)));
    lines.find(|(_, line)| !line.trim_ascii().is_empty()).unwrap_or((block.line, &[]))
}

/// The form of a trace by its first line. A `log_format` may look like JSON: then its own first text tells.
fn detect(line: &[u8], format: &Format) -> Form {
    let own = !format.start.is_empty() && line.starts_with(&format.start);
    match line.trim_ascii_start().first() {
        Some(b'{') if !own => Form::Json,
        _ if csv::is_header(line) => Form::Csv,
        _ => Form::Log,
    }
}

/// Starts the thread that cuts and those that read lines.
fn start(
    first: Option<Block>,
    blocks: Blocks,
    parser: &Parser,
    readers: usize,
) -> io::Result<Vec<Receiver<io::Result<Block>>>> {
    let (mut work, mut results) = (Vec::new(), Vec::new());
    for _ in 0..readers {
        let (to_reader, from_cutter) = sync_channel(WAITING);
        let (to_caller, from_reader) = sync_channel(WAITING);
        let parser = parser.clone();
        thread::Builder::new().spawn(move || read(parser, &from_cutter, &to_caller))?;
        work.push(to_reader);
        results.push(from_reader);
    }
    thread::Builder::new().spawn(move || cut(first, blocks, &work))?;
    Ok(results)
}

/// Whoever finds that nobody listens any more ends; so does then who feeds it.
fn cut(first: Option<Block>, mut blocks: Blocks, work: &[SyncSender<io::Result<Block>>]) {
    let mut next = Ok(first);
    for reader in work.iter().cycle() {
        let (block, last) = match next {
            Ok(Some(block)) => (Ok(block), false),
            Ok(None) => return,
            Err(error) => (Err(error), true),
        };
        if reader.send(block).is_err() || last {
            return;
        }
        next = blocks.next(Batch::default());
    }
}

fn read(mut parser: Parser, work: &Receiver<io::Result<Block>>, results: &SyncSender<io::Result<Block>>) {
    let mut behind = Vec::new();
    while let Ok(mut block) = work.recv() {
        if let Ok(block) = &mut block {
            parser.read(block, &mut behind);
        }
        if results.send(block).is_err() {
            return;
        }
    }
}

impl Feed {
    fn next(&mut self, spare: &mut Vec<Batch>) -> io::Result<Option<Block>> {
        match self {
            Feed::Here(here) => here.next(spare),
            Feed::Threads { results, turn } => {
                let next = results[*turn].recv();
                *turn = (*turn + 1) % results.len();
                next.ok().transpose()
            }
        }
    }
}

impl Reader {
    /// The form of the trace.
    #[must_use]
    pub fn form(&self) -> Form {
        self.form
    }

    /// Bytes of the file that have been read, packed if it is packed.
    #[must_use]
    pub fn bytes_read(&self) -> Arc<AtomicU64> {
        Arc::clone(&self.bytes)
    }

    /// Unix seconds of the trace's zero, known with the first batch; `None` where its times count from a zero of their own.
    #[must_use]
    pub fn started(&self) -> Option<i64> {
        self.arrange.started()
    }

    /// What is assumed where the trace tells nothing: from its format, and from what has been read so far.
    #[must_use]
    pub fn assumptions(&self) -> Vec<String> {
        let counted = assume::of_counts(self.tally, self.form == Form::Log, self.arrange.late());
        self.assumed.iter().cloned().chain(counted).collect()
    }

    /// Reads until a batch is ready or there is no more.
    fn advance(&mut self) {
        while self.ready.is_empty() && !self.ended {
            match self.feed.next(&mut self.spare) {
                Ok(Some(block)) => {
                    self.tally.add(block.tally);
                    self.arrange.push(block.batch, &mut self.ready);
                }
                end => {
                    self.failed = end.err();
                    self.ended = true;
                    self.arrange.finish(&mut self.ready);
                }
            }
        }
    }
}

impl Source for Reader {
    fn next(&mut self, batch: &mut Batch) -> io::Result<bool> {
        batch.clear();
        self.advance();
        match self.ready.pop_front() {
            Some(ready) => {
                self.spare.push(std::mem::replace(batch, ready));
                self.spare.truncate(WAITING);
                Ok(true)
            }
            None => self.failed.take().map_or(Ok(false), Err),
        }
    }
}
