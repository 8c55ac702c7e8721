//! A path on its way to an upstream: `ngx_escape_uri`.

/// Whether a byte of a decoded path is escaped: `NGX_ESCAPE_URI`.
fn is_escaped(byte: u8) -> bool {
    byte <= b' '
        || byte >= 0x7f
        || matches!(byte, b'"' | b'#' | b'%' | b'<' | b'>' | b'?' | b'\\' | b'^' | b'`' | b'{' | b'|' | b'}')
}

/// Appends a decoded path, escaped.
pub fn escape(path: &[u8], out: &mut Vec<u8>) {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    for byte in path.iter().copied() {
        if is_escaped(byte) {
            out.extend([b'%', HEX[usize::from(byte >> 4)], HEX[usize::from(byte & 15)]]);
        } else {
            out.push(byte);
        }
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn escapes() {
        let mut out = Vec::new();
        super::escape("/a b?c%é~+".as_bytes(), &mut out);
        assert_eq!(out, b"/a%20b%3Fc%25%C3%A9~+");
    }
}
