//! A stream of bytes, unpacked if it is gzip, cut into blocks that end where a line ends.

use std::io::{self, Cursor, Read};
use std::mem;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use flate2::read::MultiGzDecoder;

use super::Batch;
use super::page::{Block, Wrong, complaint};

/// Bytes of a block: few enough for a processor's cache, many enough that a system call costs nothing.
const BLOCK: usize = 256 << 10;
/// The longest line. nginx's own buffers for a request's line and headers are far smaller.
pub const LONGEST_LINE: usize = 1 << 20;
/// How a gzip stream begins.
const GZIP: [u8; 2] = [0x1f, 0x8b];
/// How some editors begin a file of UTF-8.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Counts what is read of the file itself.
struct Counted<R> {
    input: R,
    bytes: Arc<AtomicU64>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.input.read(buffer)?;
        self.bytes.fetch_add(length as u64, Ordering::Relaxed);
        Ok(length)
    }
}

/// Cuts a stream.
pub struct Blocks {
    input: Box<dyn Read + Send>,
    /// The beginning of a line whose end has not been read yet.
    rest: Vec<u8>,
    line: u64,
    ended: bool,
    /// Why it ended too early.
    failed: Option<io::Error>,
}

impl Blocks {
    /// Looks whether the input is packed. `bytes` counts what is read of it.
    ///
    /// # Errors
    /// The system's.
    pub fn new(input: impl Read + Send + 'static, bytes: Arc<AtomicU64>) -> io::Result<Blocks> {
        let mut input = Counted { input, bytes };
        let mut head = [0; GZIP.len()];
        let length = first(&mut input, &mut head)?;
        let whole = Cursor::new(head).take(length as u64).chain(input);
        let input: Box<dyn Read + Send> =
            if head == GZIP { Box::new(MultiGzDecoder::new(whole)) } else { Box::new(whole) };
        Ok(Blocks { input, rest: Vec::new(), line: 1, ended: false, failed: None })
    }

    /// The next block, in the room of a batch that is not needed any more.
    ///
    /// # Errors
    /// The system's, or what is wrong with the packing.
    pub fn next(&mut self, mut batch: Batch) -> io::Result<Option<Block>> {
        batch.clear();
        let mut block = Block { batch, line: self.line, ..Block::default() };
        let bytes = &mut block.batch.bytes;
        mem::swap(bytes, &mut self.rest);
        let end = loop {
            self.read(bytes);
            if self.line == 1 && bytes.starts_with(BYTE_ORDER_MARK) {
                bytes.drain(..BYTE_ORDER_MARK.len());
            }
            if self.ended && self.failed.is_none() {
                break bytes.len();
            }
            match memchr::memrchr(b'\n', bytes) {
                Some(last) => break last + 1,
                // What is left where reading broke off is no whole line.
                None if self.failed.is_some() => {
                    bytes.clear();
                    break 0;
                }
                None if bytes.len() > LONGEST_LINE => break 0,
                None => {}
            }
        };
        if end == 0 && !bytes.is_empty() {
            let message = format!("the line is longer than {LONGEST_LINE} bytes");
            block.batch.complaints.push(complaint(self.line, bytes, Wrong { span: 0..bytes.len(), message }));
            bytes.clear();
            self.skip_line();
            return Ok(Some(block));
        }
        self.rest.clear();
        self.rest.extend_from_slice(&bytes[end..]);
        bytes.truncate(end);
        self.line += memchr::memchr_iter(b'\n', bytes).count() as u64;
        match self.failed.take_if(|_| bytes.is_empty()) {
            Some(error) => Err(error),
            None => Ok((!bytes.is_empty()).then_some(block)),
        }
    }

    /// Reads on until there is a block's length, or a block more.
    fn read(&mut self, bytes: &mut Vec<u8>) {
        let had = bytes.len();
        let wanted = if had < BLOCK { BLOCK } else { had + BLOCK };
        // What its lines need written behind them should not make it move.
        bytes.reserve(wanted - had + BLOCK / 16);
        bytes.resize(wanted, 0);
        let mut filled = had;
        while filled < wanted && !self.ended {
            match self.input.read(&mut bytes[filled..]) {
                Ok(length) => {
                    self.ended = length == 0;
                    filled += length;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    self.failed = Some(error);
                    self.ended = true;
                }
            }
        }
        bytes.truncate(filled);
    }

    /// Reads on behind the next line's end.
    fn skip_line(&mut self) {
        self.line += 1;
        let mut bytes = Vec::new();
        while !self.ended {
            bytes.clear();
            self.read(&mut bytes);
            if let Some(end) = memchr::memchr(b'\n', &bytes) {
                self.rest.clear();
                self.rest.extend_from_slice(&bytes[end + 1..]);
                return;
            }
        }
    }
}

/// Reads a file's first bytes; how many there were.
fn first(input: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
        match input.read(&mut buffer[filled..]) {
            Ok(0) => break,
            Ok(length) => filled += length,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    /// Every block ends where a line does, and together they are the input.
    fn check(input: &[u8], lines: u64, complaints: &[u64]) {
        let mut blocks = Blocks::new(Cursor::new(input.to_vec()), Arc::default()).unwrap();
        let (mut whole, mut complained) = (Vec::new(), Vec::new());
        while let Some(block) = blocks.next(Batch::default()).unwrap() {
            assert!(block.batch.bytes.is_empty() || blocks.ended || block.batch.bytes.ends_with(b"\n"));
            whole.extend(block.batch.bytes);
            complained.extend(block.batch.complaints.iter().map(|complaint| complaint.line));
        }
        assert_eq!((blocks.line - 1, &*complained), (lines, complaints));
        if complaints.is_empty() {
            assert!(whole == input.strip_prefix(BYTE_ORDER_MARK).unwrap_or(input));
        }
    }

    #[test]
    fn lines_and_blocks() {
        check(b"", 0, &[]);
        check(b"\n", 1, &[]);
        check(b"a\nb", 1, &[]);
        check(b"\xef\xbb\xbfa\n", 1, &[]);
        check(&b"0123456789\n".repeat(100_000), 100_000, &[]);
        let long = |length| [b"a\n", &*vec![b'x'; length], b"\nb\n"].concat();
        check(&long(LONGEST_LINE / 2), 3, &[]);
        check(&long(LONGEST_LINE * 3), 3, &[2]);
        check(&vec![b'x'; LONGEST_LINE * 2], 1, &[1]);
    }

    #[test]
    fn what_is_packed_is_unpacked() {
        let text = b"0123456789\n".repeat(50_000);
        let mut packed = Vec::new();
        for part in text.chunks(100_000) {
            let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
            encoder.write_all(part).unwrap();
            packed.extend(encoder.finish().unwrap());
        }
        let count = Arc::new(AtomicU64::new(0));
        let length = packed.len() as u64;
        let mut blocks = Blocks::new(Cursor::new(packed.clone()), Arc::clone(&count)).unwrap();
        let mut whole = Vec::new();
        while let Some(block) = blocks.next(Batch::default()).unwrap() {
            whole.extend(block.batch.bytes);
        }
        assert!(whole == text);
        assert_eq!(count.load(Ordering::Relaxed), length);
        packed.truncate(packed.len() - 9);
        let mut blocks = Blocks::new(Cursor::new(packed), Arc::default()).unwrap();
        let mut read = 0;
        while let Ok(block) = blocks.next(Batch::default()) {
            read += block.expect("the end is missing, and nobody says so").batch.bytes.len();
        }
        assert!(read > 400_000, "{read}: what could be read is lost");
    }
}
