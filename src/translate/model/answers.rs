//! What nginx answers by itself: which statuses are redirects, its pages, and the content types of its texts.

use crate::config::ScopeId;
use crate::modules::http::core::types::{DEFAULT_TYPES, Types};

use super::{Added, Model};
use crate::translate::subject::SubjectId;

/// Statuses of `return` with which a text is the place to go to.
pub const REDIRECTS: [u16; 5] = [301, 302, 303, 307, 308];

impl Added {
    /// The statuses on which a header is added that is not said to be added always.
    pub const STATUSES: [u16; 10] = [200, 201, 204, 206, 301, 302, 303, 304, 307, 308];
}

/// The title of a page; nothing where nginx sends no body.
fn title(status: u16) -> Option<&'static str> {
    Some(match status {
        301 => "Moved Permanently",
        302 => "Found",
        303 => "See Other",
        307 => "Temporary Redirect",
        308 => "Permanent Redirect",
        400 => "Bad Request",
        401 => "Authorization Required",
        402 => "Payment Required",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Not Allowed",
        406 => "Not Acceptable",
        407 => "Proxy Authentication Required",
        408 => "Request Time-out",
        409 => "Conflict",
        410 => "Gone",
        411 => "Length Required",
        412 => "Precondition Failed",
        413 => "Request Entity Too Large",
        414 => "Request-URI Too Large",
        415 => "Unsupported Media Type",
        416 => "Requested Range Not Satisfiable",
        421 => "Misdirected Request",
        429 => "Too Many Requests",
        500 => "Internal Server Error",
        501 => "Not Implemented",
        502 => "Bad Gateway",
        503 => "Service Temporarily Unavailable",
        504 => "Gateway Time-out",
        505 => "HTTP Version Not Supported",
        507 => "Insufficient Storage",
        _ => return None,
    })
}

/// nginx's page for a status, with this signature: `nginx/1.31.5`. Nothing where nginx sends no body.
#[must_use]
pub fn page(status: u16, signature: &str) -> Option<String> {
    let title = title(status)?;
    Some(format!(
        "<html>\r\n<head><title>{status} {title}</title></head>\r\n<body>\r\n<center><h1>{status} {title}</h1></center>\r\n\
         <hr><center>{signature}</center>\r\n</body>\r\n</html>\r\n"
    ))
}

/// The content types of the texts that nginx answers with.
#[derive(Debug)]
pub struct Kinds<'c> {
    /// That of paths whose end nobody knows.
    pub default: &'c str,
    /// The `default_type` that says so.
    pub from: Option<SubjectId>,
    /// Ends of paths, without the dot and in lower case, with their types.
    pub by_end: Vec<(&'c str, &'c str)>,
    /// A `types` block gives them: they are not those that nginx has by itself.
    pub is_given: bool,
}

impl<'c> Kinds<'c> {
    /// The end of this path and its type, unless that is the default.
    #[must_use]
    pub fn of(&self, path: &str) -> Option<(&'c str, &'c str)> {
        let file = path.rsplit('/').next().unwrap_or("");
        let end = file.rsplit_once('.')?.1.to_ascii_lowercase();
        self.by_end.iter().copied().find(|(own, _)| *own == end)
    }
}

impl<'c> Model<'c> {
    /// The content types that hold in a scope.
    #[must_use]
    pub fn kinds(&self, scope: ScopeId) -> Kinds<'c> {
        let default = self.setting(scope, "default_type");
        let types = self.config.effective_slot::<Types>(scope);
        let mut by_end = match types {
            Some(types) => types.by_extension.iter().map(|(end, kind)| (end.as_str(), kind.as_str())).collect(),
            None => DEFAULT_TYPES.to_vec(),
        };
        if types.is_some() {
            by_end.sort_unstable();
        }
        Kinds {
            default: default.map_or("text/plain", |(setting, _)| setting.arg(1)),
            from: default.map(|(_, from)| from),
            by_end,
            is_given: types.is_some(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages() {
        assert!(
            page(404, "nginx")
                .is_some_and(|page| page.ends_with("<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"))
        );
        assert_eq!(page(204, "nginx"), None);
        assert_eq!(page(417, "nginx"), None);
        assert!(REDIRECTS.iter().all(|status| page(*status, "").is_some()));
    }

    #[test]
    fn kinds_go_by_the_end_of_the_file() {
        let kinds = Kinds { default: "text/plain", from: None, by_end: DEFAULT_TYPES.to_vec(), is_given: false };
        assert_eq!(kinds.of("/a.b/x.HTML"), Some(("html", "text/html")));
        assert_eq!(kinds.of("/a.html/x"), None);
        assert_eq!(kinds.of("/x.txt"), None);
    }
}
