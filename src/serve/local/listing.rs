//! Lists of files as text: HTML, JSON, XML.

use std::io::Write;

use super::files::escape;
use crate::exchange::{http_time, list_time, xml_time};

/// A file or folder of a list.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Its name.
    pub name: Vec<u8>,
    /// It is a folder.
    pub dir: bool,
    /// It is a plain file.
    pub file: bool,
    /// Unix time of its last change.
    pub mtime: i64,
    /// Bytes.
    pub size: u64,
}

impl Entry {
    fn kind(&self) -> &'static str {
        match (self.dir, self.file) {
            (true, _) => "directory",
            (_, true) => "file",
            _ => "other",
        }
    }
}

/// Columns for a name.
const NAME: usize = 50;

/// A page. A name's length is that of its characters where the page is UTF-8.
pub fn html(uri: &[u8], entries: &[Entry], exact: bool, utf8: bool) -> Vec<u8> {
    let title = escape_html(uri);
    let mut out = Vec::new();
    for piece in [
        b"<html>\r\n<head><title>Index of ",
        &title[..],
        b"</title></head>\r\n<body>\r\n<h1>Index of ",
        &title,
        b"</h1><hr><pre><a href=\"../\">../</a>\r\n",
    ] {
        out.extend_from_slice(piece);
    }
    for entry in entries {
        row(entry, exact, utf8, &mut out);
    }
    out.extend_from_slice(b"</pre><hr></body>\r\n</html>\r\n");
    out
}

fn row(entry: &Entry, exact: bool, utf8: bool, out: &mut Vec<u8>) {
    let slash: &[u8] = if entry.dir { b"/" } else { b"" };
    let link = escape(&entry.name, |byte| !(byte.is_ascii_alphanumeric() || b"-._~".contains(&byte)));
    let mut length = characters(&entry.name, utf8).count();
    let shown = if length > NAME { NAME - 3 } else { length };
    let shown: usize = characters(&entry.name, utf8).take(shown).sum();
    for piece in [b"<a href=\"", &link[..], slash, b"\">", &escape_html(&entry.name[..shown])] {
        out.extend_from_slice(piece);
    }
    if length > NAME {
        out.extend_from_slice(b"..&gt;</a>");
    } else {
        if entry.dir && length < NAME {
            out.push(b'/');
            length += 1;
        }
        out.extend_from_slice(b"</a>");
        out.resize(out.len() + NAME - length, b' ');
    }
    // A vector takes all that is written.
    let _ = write!(out, " {} ", list_time(entry.mtime));
    let _ = match (entry.dir, exact) {
        (true, true) => write!(out, "{:>19}", "-"),
        (true, false) => write!(out, "{:>7}", "-"),
        (false, true) => write!(out, "{:>19}", entry.size),
        (false, false) => write!(out, "{}", rounded(entry.size)),
    };
    out.extend_from_slice(b"\r\n");
}

/// The lengths of the characters of a name; of its bytes where it is not UTF-8.
fn characters(name: &[u8], utf8: bool) -> Box<dyn Iterator<Item = usize> + '_> {
    match std::str::from_utf8(name) {
        Ok(text) if utf8 => Box::new(text.chars().map(char::len_utf8)),
        _ => Box::new(name.iter().map(|_| 1)),
    }
}

/// A size of at most seven characters.
fn rounded(size: u64) -> String {
    const UNITS: [(u64, u64, char); 3] = [(30, 1 << 30, 'G'), (20, 1 << 20, 'M'), (10, 10_000, 'K')];
    match UNITS.iter().find(|(_, least, _)| size >= *least) {
        None => format!(" {size:6}"),
        Some((bits, _, unit)) => {
            let half = u64::from(size & ((1 << bits) - 1) >= 1 << (bits - 1));
            format!("{:6}{unit}", (size >> bits) + half)
        }
    }
}

/// JSON; as the argument of a function, if it has a name.
pub fn json(entries: &[Entry], callback: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    if !callback.is_empty() {
        out.extend_from_slice(b"/* callback */\r\n");
        out.extend_from_slice(callback);
        out.push(b'(');
    }
    out.push(b'[');
    for (n, entry) in entries.iter().enumerate() {
        out.extend_from_slice(if n > 0 { b",\r\n{ \"name\":\"" } else { b"\r\n{ \"name\":\"" });
        escape_json(&entry.name, &mut out);
        let _ = write!(out, "\", \"type\":\"{}\", \"mtime\":\"{}\"", entry.kind(), http_time(entry.mtime));
        if entry.file {
            let _ = write!(out, ", \"size\":{}", entry.size);
        }
        out.extend_from_slice(b" }");
    }
    out.extend_from_slice(b"\r\n]");
    if !callback.is_empty() {
        out.extend_from_slice(b");");
    }
    out
}

/// XML.
pub fn xml(entries: &[Entry]) -> Vec<u8> {
    let mut out = b"<?xml version=\"1.0\"?>\r\n<list>\r\n".to_vec();
    for entry in entries {
        let kind = entry.kind();
        let _ = write!(out, "<{kind} mtime=\"{}\"", xml_time(entry.mtime));
        if entry.file {
            let _ = write!(out, " size=\"{}\"", entry.size);
        }
        out.push(b'>');
        out.extend_from_slice(&escape_html(&entry.name));
        let _ = write!(out, "</{kind}>\r\n");
    }
    out.extend_from_slice(b"</list>\r\n");
    out
}

/// `ngx_escape_html`
fn escape_html(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    for byte in text {
        match byte {
            b'<' => out.extend_from_slice(b"&lt;"),
            b'>' => out.extend_from_slice(b"&gt;"),
            b'&' => out.extend_from_slice(b"&amp;"),
            b'"' => out.extend_from_slice(b"&quot;"),
            byte => out.push(*byte),
        }
    }
    out
}

/// `ngx_escape_json`
fn escape_json(text: &[u8], out: &mut Vec<u8>) {
    for byte in text {
        match byte {
            b'\\' | b'"' => out.extend([b'\\', *byte]),
            b'\n' => out.extend_from_slice(b"\\n"),
            b'\r' => out.extend_from_slice(b"\\r"),
            b'\t' => out.extend_from_slice(b"\\t"),
            8 => out.extend_from_slice(b"\\b"),
            12 => out.extend_from_slice(b"\\f"),
            0..=0x1f => out.extend_from_slice(format!("\\u{byte:04X}").as_bytes()),
            byte => out.push(*byte),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entries() -> Vec<Entry> {
        let entry = |name: &str, dir, size| Entry { name: name.into(), dir, file: !dir, mtime: 1_700_000_000, size };
        vec![entry("d<", true, 0), entry("a b", false, 20_000), entry(&"x".repeat(51), false, 1)]
    }

    fn text(bytes: Vec<u8>) -> String {
        String::from_utf8(bytes).expect("text")
    }

    #[test]
    fn pages() {
        let page = text(html(b"/&/", &entries(), false, false));
        assert!(
            page.starts_with(
                "<html>\r\n<head><title>Index of /&amp;/</title></head>\r\n<body>\r\n<h1>Index of /&amp;/"
            )
        );
        let blank = " ".repeat(47);
        assert!(page.contains(&format!("<a href=\"d%3C/\">d&lt;/</a>{blank} 14-Nov-2023 22:13       -\r\n")));
        assert!(page.contains(&format!("<a href=\"a%20b\">a b</a>{blank} 14-Nov-2023 22:13     20K\r\n")));
        assert!(page.contains(&format!("\">{}..&gt;</a> 14-Nov-2023 22:13       1\r\n", "x".repeat(47))));
    }

    #[test]
    fn sizes() {
        let cases = [
            (9999, "   9999"),
            (10_000, "    10K"),
            (1_048_575, "  1024K"),
            (1 << 20, "     1M"),
            (1 << 30, "     1G"),
        ];
        for (size, want) in cases {
            assert_eq!(rounded(size), want, "{size}");
        }
    }

    #[test]
    fn data() {
        let entries = &entries()[..2];
        assert_eq!(
            text(json(entries, b"f")),
            "/* callback */\r\nf([\r\n{ \"name\":\"d<\", \"type\":\"directory\", \"mtime\":\"Tue, 14 Nov 2023 22:13:20 GMT\" \
             },\r\n{ \"name\":\"a b\", \"type\":\"file\", \"mtime\":\"Tue, 14 Nov 2023 22:13:20 GMT\", \"size\":20000 }\r\n]);"
        );
        assert_eq!(
            text(xml(entries)),
            "<?xml version=\"1.0\"?>\r\n<list>\r\n<directory mtime=\"2023-11-14T22:13:20Z\">d&lt;</directory>\r\n\
             <file mtime=\"2023-11-14T22:13:20Z\" size=\"20000\">a b</file>\r\n</list>\r\n"
        );
    }
}
