//! What the report says of Apache's directives.

use crate::translate::class::{Capability, Shows};

pub static RULE: Capability = Capability::exact("rewrite", "rule", "`rewrite`, or `if` with `return` or `break`");
pub static CONDITION: Capability = Capability::exact("if", "condition", "`if`, or a part of one");
pub static BASE: Capability = Capability::exact("rewrite", "base", "a part of the paths in the rules");
pub static REDIRECT: Capability =
    Capability::exact("return-redirect", "redirect", "`rewrite ... permanent` and the like");
pub static REDIRECT_STATUS: Capability = Capability::exact("return-text", "redirect-status", "`if` with `return`");
pub static HOST: Capability = Capability::exact("server-name", "host", "`server`, `listen`, `server_name`, `root`");
pub static ENGINE: Capability =
    Capability::automatic("rewrite", "engine", "nginx rewrites without being told that it should");
pub static SECTION: Capability = Capability::automatic("text", "section", "what it holds stands for itself");
pub static OPTION: Capability = Capability::automatic("files", "option", "nginx does so by itself");
pub static AUTHORIZATION: Capability =
    Capability::automatic("rewrite", "authorization", "nginx passes Authorization to FastCGI by itself");
pub static ENGINE_OFF: Capability =
    Capability::harmless("rewrite", "engine-off", "the engine is not on here, so Apache does not look at it");
pub static NOT_THERE: Capability =
    Capability::harmless("text", "section-not-there", "it is for an Apache that cannot rewrite");
pub static OWN: Capability = Capability::harmless("text", "own-process", "it only concerns Apache's own process");

pub static FILE: Capability = Capability::approximate(
    "if",
    "file-test",
    "a path that goes on behind a file's name is that file for Apache, and none for nginx",
    &[Shows::Uri],
    "",
);
pub static FILE_IN_HOST: Capability = Capability::approximate(
    "if",
    "file-test-in-host",
    "outside of a folder Apache tests the path of the URL as if it were a whole file name, which hardly ever is there; so \
     does nginx now",
    &[Shows::Uri],
    "put %{DOCUMENT_ROOT} before it",
);
pub static SIZE: Capability =
    Capability::approximate("if", "file-size-test", "nginx does not look whether a file is empty", &[Shows::Uri], "");
pub static LINK: Capability = Capability::approximate(
    "if",
    "link-test",
    "nginx does not tell links: a link is what it leads to, and one that leads nowhere is nothing",
    &[Shows::Uri],
    "",
);
pub static SECOND_PASS: Capability = Capability::approximate(
    "rewrite",
    "second-pass",
    "Apache has a folder's rules look at the new path, too, and nginx does not",
    &[Shows::Status, Shows::Uri],
    "if another rule is for the new path, write that rule's result here",
);
pub static GOES_ON: Capability = Capability::approximate(
    "rewrite",
    "goes-on",
    "the rules behind this one see Apache's new path with its first slash where it was written so, and, without flag DPI, \
     with what stood behind the name of a missing folder once more; nginx's see just the path",
    &[Shows::Uri],
    "leave out the first slash of the substitution and add flag DPI, or end the rule with L",
);
pub static UNENDED: Capability = Capability::approximate(
    "return-redirect",
    "redirect-goes-on",
    "without flag L Apache runs the rules behind over the URL, too; nginx redirects at once",
    &[Shows::Headers, Shows::Status],
    "add flag L",
);
pub static DENIED: Capability = Capability::approximate(
    "access",
    "files-denied",
    "nginx refuses such names also where the folder that they would be in is not there",
    &[Shows::Status],
    "",
);
pub static FRONT: Capability = Capability::approximate(
    "files",
    "front-controller",
    "`try_files` in a `location` does it where no other location, such as one for .php, takes the request",
    &[Shows::Uri],
    "give those locations `try_files $uri =404`, or what is right there",
);
pub static QUERY: Capability = Capability::approximate(
    "rewrite",
    "captured-query",
    "what was captured out of the path and had %XX is escaped again in the query, by Apache only with flag B",
    &[Shows::Uri],
    "",
);
pub static ESCAPES: Capability = Capability::approximate(
    "rewrite",
    "escaping",
    "nginx escapes what was captured as a path needs it, whether flag NE or B is there or not",
    &[Shows::Headers, Shows::Uri],
    "",
);
pub static STATUS: Capability = Capability::approximate(
    "return-redirect",
    "redirect-method",
    "nginx's `rewrite` knows 301 and 302 only: a POST may come back as GET",
    &[Shows::Status],
    "where the path may stay as the client wrote it, `return 308` with $request_uri",
);
pub static ORDER: Capability = Capability::approximate(
    "rewrite",
    "redirect-order",
    "Apache has all `RewriteRule` that redirect before the `Redirect` here, nginx those that stand before the first that \
     rewrites",
    &[Shows::Headers],
    "move the rules that redirect to the top",
);
pub static OWN_HOST: Capability = Capability::approximate(
    "rewrite",
    "own-host",
    "without flag R Apache answers from itself if the URL names its own host; nginx redirects",
    &[Shows::Status],
    "leave scheme and host out",
);

pub static LEFT_OUT: Capability = Capability::dropped(
    "rewrite",
    "rule-left-out",
    "something in it or in its conditions is not translated, so it is left out whole",
    &[Shows::Status, Shows::Headers, Shows::Uri],
    "write it by hand",
);
pub static REFUSED: Capability = Capability::refused(
    "access",
    "rule-that-protects",
    "it keeps requests out, and something in it or in its conditions is not translated",
    &[Shows::Status],
    "keep them out in another way, then allow the loss",
);
pub static VARIABLE: Capability = Capability::dropped(
    "if",
    "variable",
    "it asks for something that nginx has no variable for",
    &[Shows::Status, Shows::Uri],
    "ask for something else",
);
pub static EXPRESSION: Capability = Capability::dropped(
    "if",
    "test",
    "nginx's `if` has no such test",
    &[Shows::Status, Shows::Uri],
    "a `map` may do it",
);
pub static MAP: Capability = Capability::dropped(
    "if",
    "map",
    "maps are not translated",
    &[Shows::Status, Shows::Uri],
    "write a `map` block with its rows",
);
pub static DOLLAR: Capability = Capability::dropped(
    "rewrite",
    "dollar",
    "nginx cannot write a $ that is no variable",
    &[Shows::Uri],
    "write %24 in a query or a redirect",
);
pub static UNSAFE: Capability = Capability::dropped(
    "rewrite",
    "unsafe-redirect",
    "nginx would write the decoded path into a header as it is, line feeds and all",
    &[Shows::Headers],
    "capture it in the pattern of the rule",
);
pub static NOWHERE: Capability = Capability::dropped(
    "return-redirect",
    "redirect-to-nowhere",
    "a redirect without a place to go is not translated",
    &[Shows::Status, Shows::Headers],
    "give it a substitution",
);
pub static PROXY: Capability = Capability::dropped(
    "pass",
    "proxy",
    "flag P passes the request on, which is no rewrite",
    &[Shows::Status, Shows::Body],
    "write a `location` with `proxy_pass`",
);
pub static NEXT: Capability = Capability::dropped(
    "rewrite",
    "loop",
    "nginx cannot begin the rules anew (flag N)",
    &[Shows::Uri],
    "one regular expression may do all of it",
);
pub static ENV: Capability = Capability::dropped(
    "if",
    "environment",
    "environment variables are not set",
    &[Shows::UpstreamHeaders],
    "`set` a variable and give it to `fastcgi_param`",
);
pub static FLAGS: Capability = Capability::dropped(
    "rewrite",
    "flags",
    "flags that set cookies, types or handlers are not translated",
    &[Shows::Headers, Shows::Body],
    "`add_header Set-Cookie`, `types`, or a `location`",
);
pub static CONDITION_LEFT_OUT: Capability =
    Capability::dropped("if", "condition-left-out", "its rule is left out", &[Shows::Status, Shows::Uri], "");
pub static INHERITED: Capability = Capability::dropped(
    "rewrite",
    "options",
    "rules of other files are not inherited",
    &[Shows::Status, Shows::Uri],
    "translate them together",
);
pub static OTHER: Capability = Capability::dropped(
    "text",
    "other",
    "it is not about rewriting, and is not translated",
    &[Shows::Status, Shows::Headers, Shows::Body],
    "look whether it is needed",
);
pub static PROTECTS: Capability = Capability::refused(
    "access",
    "protection",
    "it protects something, and it is not translated",
    &[Shows::Status],
    "protect it in another way, then allow the loss",
);

/// All of them.
#[cfg(test)]
pub static ALL: &[&Capability] = &[
    &RULE,
    &CONDITION,
    &BASE,
    &REDIRECT,
    &REDIRECT_STATUS,
    &HOST,
    &ENGINE,
    &SECTION,
    &OPTION,
    &AUTHORIZATION,
    &ENGINE_OFF,
    &NOT_THERE,
    &OWN,
    &FILE,
    &FILE_IN_HOST,
    &SIZE,
    &LINK,
    &SECOND_PASS,
    &GOES_ON,
    &UNENDED,
    &DENIED,
    &FRONT,
    &QUERY,
    &ESCAPES,
    &STATUS,
    &ORDER,
    &OWN_HOST,
    &LEFT_OUT,
    &REFUSED,
    &VARIABLE,
    &EXPRESSION,
    &MAP,
    &DOLLAR,
    &UNSAFE,
    &NOWHERE,
    &PROXY,
    &NEXT,
    &ENV,
    &FLAGS,
    &CONDITION_LEFT_OUT,
    &INHERITED,
    &OTHER,
    &PROTECTS,
];

#[cfg(test)]
mod tests {
    use super::ALL;
    use crate::translate::{Class, features};
    use std::collections::HashSet;

    #[test]
    fn capabilities_are_whole() {
        let mut codes = HashSet::new();
        for own in ALL {
            assert!(codes.insert(own.code), "{} twice", own.code);
            assert!(features::named(own.feature).is_some(), "{}", own.code);
            assert!(!own.says.is_empty() && !own.says.ends_with('.'), "{}", own.code);
            let differs = matches!(own.class, Class::Approximate | Class::DroppedBehaviour | Class::Refused);
            assert_eq!(differs, !own.shows.is_empty(), "{}: where does it show?", own.code);
        }
    }
}
