//! nginx's own pages: `ngx_http_special_response.c`.

use super::status::reason;

/// The title of a page, and a second line of those that nginx has for statuses of its own; nothing where nginx sends no
/// body.
fn texts(status: u16) -> Option<(&'static str, Option<&'static str>)> {
    const BAD: &str = "Bad Request";
    Some(match status {
        302 => ("Found", None),
        401 => ("Authorization Required", None),
        301 | 303 | 307 | 308 | 400 | 402..=416 | 421 | 429 | 500..=505 | 507 => (reason(status)?, None),
        494 => (BAD, Some("Request Header Or Cookie Too Large")),
        495 => (BAD, Some("The SSL certificate error")),
        496 => (BAD, Some("No required SSL certificate was sent")),
        497 => (BAD, Some("The plain HTTP request was sent to HTTPS port")),
        _ => return None,
    })
}

/// The line that keeps old browsers from showing a page of their own, six times.
const PADDING: &[u8] = b"<!-- a padding to disable MSIE and Chrome friendly error page -->\r\n";

/// Appends the page for a status; `signature` stands at its end: `nginx/1.31.5`. Whether there is one.
pub fn write(status: u16, signature: &[u8], padded: bool, out: &mut Vec<u8>) -> bool {
    let Some((title, second)) = texts(status) else { return false };
    let shown = if (494..=497).contains(&status) { 400 } else { status };
    let head = second.map_or_else(|| format!("{shown} {title}"), |second| format!("{shown} {second}"));
    let page = format!(
        "<html>\r\n<head><title>{head}</title></head>\r\n<body>\r\n<center><h1>{shown} {title}</h1></center>\r\n"
    );
    out.extend_from_slice(page.as_bytes());
    if let Some(second) = second {
        out.extend_from_slice(format!("<center>{second}</center>\r\n").as_bytes());
    }
    out.extend_from_slice(b"<hr><center>");
    out.extend_from_slice(signature);
    out.extend_from_slice(b"</center>\r\n</body>\r\n</html>\r\n");
    if padded && status >= 400 {
        for _ in 0..6 {
            out.extend_from_slice(PADDING);
        }
    }
    true
}

/// Appends the page that sends old browsers elsewhere: `msie_refresh`.
pub fn write_refresh(to: &[u8], out: &mut Vec<u8>) {
    out.extend_from_slice(b"<html><head><meta http-equiv=\"Refresh\" content=\"0; URL=");
    for byte in to {
        if byte.is_ascii_alphanumeric() || b"!#$&()*+,-./:;=?@[]_~".contains(byte) || *byte == b'%' {
            out.push(*byte);
        } else {
            out.extend_from_slice(format!("%{byte:02X}").as_bytes());
        }
    }
    out.extend_from_slice(b"\"></head><body></body></html>\r\n");
}

#[cfg(test)]
mod tests {
    use super::write;

    fn page(status: u16) -> String {
        let mut out = Vec::new();
        assert!(write(status, b"nginx", false, &mut out));
        String::from_utf8(out).expect("ASCII")
    }

    #[test]
    fn titles() {
        assert!(page(404).starts_with("<html>\r\n<head><title>404 Not Found</title></head>\r\n<body>\r\n<center><h1>"));
        assert!(page(497).contains(
            "<title>400 The plain HTTP request was sent to HTTPS port</title></head>\r\n\
             <body>\r\n<center><h1>400 Bad Request</h1></center>\r\n<center>The plain"
        ));
        assert!(page(503).ends_with("<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"));
        assert!(!write(204, b"", false, &mut Vec::new()));
    }
}
