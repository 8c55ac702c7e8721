//! Examples of RFC 7541, appendix C, and laws.

use proptest::prelude::*;

use super::frame::{self, Head};
use super::hpack::{self, Decoder, Fault, Step};
use super::{Code, huffman};

fn hex(text: &str) -> Vec<u8> {
    let digits: Vec<u8> = text.bytes().filter(u8::is_ascii_hexdigit).collect();
    let digit = |byte: u8| (byte as char).to_digit(16).expect("hex") as u8;
    digits.chunks(2).map(|pair| digit(pair[0]) << 4 | digit(pair[1])).collect()
}

fn all(decoder: &mut Decoder, mut block: &[u8]) -> Result<Vec<(String, String)>, Fault> {
    let mut fields = Vec::new();
    while !block.is_empty() {
        match decoder.read(block, 8192)? {
            Step::More => return Err(Fault::Cut),
            Step::Update(count) => block = &block[count..],
            Step::Field(count) => {
                block = &block[count..];
                let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
                fields.push((text(decoder.name()), text(decoder.value())));
            }
        }
    }
    Ok(fields)
}

#[test]
fn examples_of_the_rfc() {
    // C.4: requests with Huffman codes, on one connection.
    let mut decoder = Decoder::new(hpack::TABLE);
    let first = all(&mut decoder, &hex("828684418cf1e3c2e5f23a6ba0ab90f4ff"));
    assert_eq!(first.expect("a block")[3], (":authority".into(), "www.example.com".into()));
    let second = all(&mut decoder, &hex("828684be5886a8eb10649cbf"));
    assert_eq!(
        second.expect("a block")[3..],
        [(":authority".into(), "www.example.com".into()), ("cache-control".into(), "no-cache".into())]
    );
    let third = all(&mut decoder, &hex("828785bf408825a849e95ba97d7f8925a849e95bb8e8b4bf")).expect("a block");
    assert_eq!(third[4], ("custom-key".into(), "custom-value".into()));
    // C.5: a table of 256 bytes drops the oldest.
    let mut small = Decoder::new(256);
    let block = "4803333032580770726976617465611d4d6f6e2c203231204f637420323031332032303a31333a323120474d546e1768747470733a2f2f7777772e6578616d706c652e636f6d";
    assert_eq!(all(&mut small, &hex(block)).expect("a block")[0], (":status".into(), "302".into()));
    assert_eq!(all(&mut small, &hex("4803333037c1c0bf")).expect("a block")[1].0, "cache-control");
    assert_eq!(all(&mut small, &hex("c1")).expect("a block")[0].0, "cache-control");
    assert_eq!(all(&mut small, &hex("c2")), Err(Fault::Index(4)));
}

#[test]
fn what_is_refused() {
    let check = |block: &str, fault: Fault, code: Code| {
        assert_eq!(all(&mut Decoder::new(hpack::TABLE), &hex(block)), Err(fault), "{block}");
        assert_eq!(fault.code(), code);
    };
    check("80", Fault::NoIndex, Code::COMPRESSION);
    check("be", Fault::Index(0), Code::COMPRESSION);
    check("ff808080", Fault::LongIndex, Code::COMPRESSION);
    check("3f808080", Fault::LongUpdate, Code::COMPRESSION);
    check("3fe21f", Fault::Update(4097), Code::COMPRESSION);
    check("017f808080", Fault::LongLength, Code::COMPRESSION);
    check("017fc240", Fault::TooLarge, Code::CALM);
    check("0000", Fault::NoName, Code::PROTOCOL);
    check("010261", Fault::Cut, Code::FRAME_SIZE);
    // Padding of zeros, padding that has the end in it, and the end itself.
    check("018118", Fault::Huffman, Code::COMPRESSION);
    check("01851fffffffff", Fault::Huffman, Code::COMPRESSION);
    check("0184ffffffff", Fault::Huffman, Code::COMPRESSION);
}

#[test]
fn a_whole_byte_of_padding() {
    let fields = all(&mut Decoder::new(hpack::TABLE), &hex("01821fff")).expect("a block");
    assert_eq!(fields[0].1, "a");
}

#[test]
fn a_table_without_room_keeps_nothing() {
    let mut decoder = Decoder::new(hpack::TABLE);
    assert!(all(&mut decoder, &hex("4001610162")).is_ok());
    assert_eq!(all(&mut decoder, &hex("be")).expect("a block")[0].0, "a");
    assert!(all(&mut decoder, &hex("204001610162")).is_ok());
    assert_eq!(all(&mut decoder, &hex("be")), Err(Fault::Index(0)));
}

#[test]
fn a_long_block_goes_on_in_continuation() {
    let mut out = Vec::new();
    frame::headers(&mut out, 3, b"abcde", true, 2);
    let heads: Vec<Head> = [0, 11, 22].into_iter().filter_map(|at| Head::read(&out[at..])).collect();
    assert_eq!(
        heads.iter().map(|head| (head.kind, head.flags, head.length)).collect::<Vec<_>>(),
        [
            (frame::HEADERS, frame::END_STREAM, 2),
            (frame::CONTINUATION, 0, 2),
            (frame::CONTINUATION, frame::END_HEADERS, 1)
        ]
    );
    assert_eq!(Head::read(&out[..8]), None);
}

proptest! {
    #[test]
    fn huffman_gives_back(bytes: Vec<u8>) {
        let mut encoded = Vec::new();
        huffman::encode(bytes.iter().copied(), &mut encoded);
        prop_assert_eq!(encoded.len(), huffman::length(bytes.iter().copied()));
        let mut decoded = Vec::new();
        prop_assert!(huffman::decode(&encoded, &mut decoded));
        prop_assert_eq!(decoded, bytes);
    }

    #[test]
    fn fields_give_back(name in "[a-z-]{1,40}", value: Vec<u8>) {
        let mut out = Vec::new();
        hpack::write_field(&mut out, name.to_ascii_uppercase().as_bytes(), &value);
        hpack::write_named(&mut out, hpack::index::SERVER, &value, true);
        let mut decoder = Decoder::new(hpack::TABLE);
        let Ok(Step::Field(count)) = decoder.read(&out, usize::MAX) else { panic!("a field") };
        prop_assert_eq!((decoder.name(), decoder.value()), (name.as_bytes(), &value[..]));
        prop_assert_eq!(decoder.read(&out[count..], usize::MAX), Ok(Step::Field(out.len() - count)));
        prop_assert_eq!((decoder.name(), decoder.value()), (&b"server"[..], &value[..]));
    }

    /// Any bytes, wherever they are cut: the same fields, or the same fault.
    #[test]
    fn cuts_do_not_matter(block: Vec<u8>, cut: prop::sample::Index) {
        let whole = all(&mut Decoder::new(hpack::TABLE), &block);
        let mut decoder = Decoder::new(hpack::TABLE);
        let mut waiting = block[..cut.index(block.len() + 1)].to_vec();
        let mut read = |waiting: &mut Vec<u8>, fields: &mut Vec<String>| loop {
            match decoder.read(waiting, 8192)? {
                Step::More => return Ok(()),
                Step::Update(count) => drop(waiting.drain(..count)),
                Step::Field(count) => {
                    waiting.drain(..count);
                    fields.push(String::from_utf8_lossy(decoder.name()).into_owned());
                }
            }
        };
        let mut fields = Vec::new();
        let first = read(&mut waiting, &mut fields);
        let cut = if first.is_ok() {
            waiting.extend_from_slice(&block[cut.index(block.len() + 1)..]);
            read(&mut waiting, &mut fields)
        } else {
            first
        };
        let cut = cut.and(if waiting.is_empty() { Ok(fields) } else { Err(Fault::Cut) });
        prop_assert_eq!(cut, whole.map(|fields| fields.into_iter().map(|(name, _)| name).collect::<Vec<_>>()));
    }
}
