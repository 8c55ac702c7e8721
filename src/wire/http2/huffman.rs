//! The Huffman code of HPACK (RFC 7541, appendix B). It is canonical: codes of one length follow each other in the order of
//! the bytes, so the lengths are all that has to be written down.

/// The length of each byte's code in bits; the last is the end's, which must not occur.
static LENGTHS: [u8; 257] = [
    13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 30, 28, 28, 28, 28, 28, 28,
    28, 28, 28, 6, 10, 10, 12, 13, 6, 8, 11, 10, 10, 8, 11, 8, 6, 6, 6, 5, 5, 5, 6, 6, 6, 6, 6, 6, 6, 7, 8, 15, 6, 12,
    10, 13, 6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 8, 7, 8, 13, 19, 13, 14, 6, 15, 5, 6,
    5, 6, 5, 6, 6, 6, 5, 7, 7, 6, 6, 6, 5, 6, 7, 6, 5, 5, 6, 7, 7, 7, 7, 7, 15, 11, 14, 13, 28, 20, 22, 20, 20, 22, 22,
    22, 23, 22, 23, 23, 23, 23, 23, 24, 23, 24, 24, 22, 23, 24, 23, 23, 23, 23, 21, 22, 23, 22, 23, 23, 24, 22, 21, 20,
    22, 22, 23, 23, 21, 23, 22, 22, 24, 21, 22, 23, 23, 21, 21, 22, 21, 23, 22, 23, 23, 20, 22, 22, 22, 23, 22, 22, 23,
    26, 26, 20, 19, 22, 23, 22, 25, 26, 26, 26, 27, 27, 26, 24, 25, 19, 21, 26, 27, 27, 26, 27, 24, 21, 21, 26, 26, 28,
    27, 27, 27, 20, 24, 20, 21, 22, 21, 21, 23, 22, 22, 25, 25, 24, 24, 26, 23, 26, 27, 26, 26, 27, 27, 27, 27, 27, 28,
    27, 27, 27, 27, 27, 26, 30,
];

/// The longest code.
const LONGEST: usize = 30;
/// The end.
const END: u16 = 256;
/// Codes up to this length are found by one look.
const SHORT: u32 = 8;

/// All that follows from the lengths.
struct Codes {
    /// By byte.
    code: [u32; 257],
    /// The first code of each length, and where its symbols begin among `symbols`.
    first: [u32; LONGEST + 2],
    start: [u16; LONGEST + 2],
    /// Bytes in the order of their codes.
    symbols: [u16; 257],
    /// By the next eight bits: byte and length; length 0 for a longer code.
    short: [(u8, u8); 1 << SHORT],
}

static CODES: Codes = codes();

const fn codes() -> Codes {
    let mut made = Codes {
        code: [0; 257],
        first: [0; LONGEST + 2],
        start: [0; LONGEST + 2],
        symbols: [0; 257],
        short: [(0, 0); 1 << SHORT],
    };
    let (mut length, mut code, mut count) = (1, 0, 0);
    while length <= LONGEST + 1 {
        made.first[length] = code;
        made.start[length] = count;
        let mut symbol = 0;
        while symbol < LENGTHS.len() {
            if LENGTHS[symbol] as usize == length {
                made.code[symbol] = code;
                made.symbols[count as usize] = symbol as u16;
                if length <= SHORT as usize {
                    let shift = SHORT - length as u32;
                    let mut at = code << shift;
                    while at < (code + 1) << shift {
                        made.short[at as usize] = (symbol as u8, length as u8);
                        at += 1;
                    }
                }
                code += 1;
                count += 1;
            }
            symbol += 1;
        }
        code <<= 1;
        length += 1;
    }
    made
}

/// Appends what `bytes` stand for; whether they are well formed.
pub fn decode(bytes: &[u8], out: &mut Vec<u8>) -> bool {
    let mut bits: u64 = 0;
    let mut count: u32 = 0;
    let mut rest = bytes.iter();
    loop {
        while count <= 56 - 8 {
            let Some(byte) = rest.next() else { break };
            bits = bits << 8 | u64::from(*byte);
            count += 8;
        }
        // Left-aligned; what is missing is ones, as padding is.
        let window =
            if count >= 32 { (bits >> (count - 32)) as u32 } else { (bits << (32 - count)) as u32 | ones(32 - count) };
        let (symbol, length) = next(window);
        if symbol == END || length > count {
            // nginx takes padding of more than seven bits, as long as it is not the end's code.
            return count < LONGEST as u32 && window == u32::MAX;
        }
        out.push(symbol as u8);
        count -= length;
        bits &= (1 << count) - 1;
    }
}

fn ones(count: u32) -> u32 {
    if count >= 32 { u32::MAX } else { (1 << count) - 1 }
}

/// The first symbol of these bits, and the length of its code.
fn next(window: u32) -> (u16, u32) {
    let (symbol, length) = CODES.short[(window >> (32 - SHORT)) as usize];
    if length > 0 {
        return (u16::from(symbol), u32::from(length));
    }
    for length in SHORT as usize + 1..=LONGEST {
        let code = window >> (32 - length);
        let count = u32::from(CODES.start[length + 1] - CODES.start[length]);
        let at = code.wrapping_sub(CODES.first[length]);
        if at < count {
            return (CODES.symbols[usize::from(CODES.start[length]) + at as usize], length as u32);
        }
    }
    (END, LONGEST as u32)
}

/// The length of `bytes` encoded.
pub fn length(bytes: impl Iterator<Item = u8>) -> usize {
    bytes.map(|byte| usize::from(LENGTHS[usize::from(byte)])).sum::<usize>().div_ceil(8)
}

/// Appends `bytes`, encoded.
pub fn encode(bytes: impl Iterator<Item = u8>, out: &mut Vec<u8>) {
    let (mut bits, mut count) = (0_u64, 0);
    for byte in bytes {
        let length = u32::from(LENGTHS[usize::from(byte)]);
        bits = bits << length | u64::from(CODES.code[usize::from(byte)]);
        count += length;
        while count >= 8 {
            count -= 8;
            out.push((bits >> count) as u8);
        }
    }
    if count > 0 {
        out.push((bits << (8 - count)) as u8 | ones(8 - count) as u8);
    }
}
