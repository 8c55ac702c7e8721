//! `nginx -T` as input.

use nginxlb::syntax::{Dump, Files, Sources, decode, encode, is_dump};

/// What nginx writes: `files` as it would dump them.
fn dump(files: &[(&str, &str)]) -> String {
    let dumped = files.iter().map(|(path, text)| format!("# configuration file {path}:\n{text}\n"));
    dumped.collect::<Vec<_>>().concat()
}

const SAID: &str = "nginx: [warn] duplicate MIME type in /etc/nginx/nginx.conf:9\n\
    nginx: the configuration file /etc/nginx/nginx.conf syntax is ok\n\
    nginx: configuration file /etc/nginx/nginx.conf test is successful\n";

#[test]
fn a_dump_is_known_by_its_first_marker() {
    let files = dump(&[("/etc/nginx/nginx.conf", "events { }\n")]);
    assert!(is_dump(&files));
    assert!(is_dump(&format!("{SAID}{files}")));
    assert!(!is_dump(&format!("events {{ }}\n{files}")));
    assert!(!is_dump("# configuration file of ours\nevents { }\n"));
    assert!(!is_dump(SAID));
    assert!(!is_dump(""));
}

#[test]
fn each_file_comes_back_as_it_was() {
    let files = [
        ("/etc/nginx/nginx.conf", "http {\r\n\n}\n\n"),
        ("/etc/nginx/empty", ""),
        ("/etc/nginx/no-line-feed", "a b;"),
        ("/etc/nginx/bytes", &decode(b"\xff\n")),
    ];
    let dump = Dump::split(&format!("{SAID}{}", dump(&files))).expect("a dump");
    assert_eq!((dump.entry(), dump.prefix()), ("/etc/nginx/nginx.conf", "/etc/nginx/"));
    for (path, text) in files {
        assert_eq!(dump.read(path), Ok(encode(text)), "{path}");
    }
    assert_eq!(dump.read("/etc/nginx/other").expect_err("not dumped").errno, 2);
}

#[test]
fn includes_are_found_among_what_was_dumped() {
    let files = [
        ("/etc/nginx/nginx.conf", "include d/*.conf; include mime.types;"),
        ("/etc/nginx/d/b.conf", "b;"),
        ("/etc/nginx/d/a.conf", "a;"),
        ("/etc/nginx/mime.types", "types { }"),
    ];
    let dump = Dump::split(&dump(&files)).expect("a dump");
    let sources = Sources::load(dump.entry(), dump.prefix(), &dump).expect("the entry");
    let paths: Vec<_> = sources.files.iter().map(|file| &*file.path).collect();
    assert_eq!(paths, ["nginx.conf", "d/a.conf", "d/b.conf", "mime.types"].map(|path| format!("/etc/nginx/{path}")));
}
