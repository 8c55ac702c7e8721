//! `include` as nginx follows it.

use std::cell::RefCell;
use std::collections::BTreeMap;

use nginxlb::syntax::{FileId, Files, Included, ReadError, Sources, Span, glob};

/// Files in memory that count how often they are read.
#[derive(Default)]
struct Memory {
    files: BTreeMap<String, String>,
    read: RefCell<Vec<String>>,
}

impl Files for Memory {
    fn read(&self, path: &str) -> Result<Vec<u8>, ReadError> {
        self.read.borrow_mut().push(path.into());
        self.files.get(path).map(|text| text.clone().into_bytes()).ok_or_else(ReadError::not_found)
    }

    fn glob(&self, pattern: &str) -> Result<Vec<String>, ReadError> {
        Ok(self.files.keys().filter(|path| glob::matches_path(pattern, path)).cloned().collect())
    }
}

fn memory(files: &[(&str, &str)]) -> Memory {
    let files = files.iter().map(|(path, text)| (format!("/etc/{path}"), (*text).to_string())).collect();
    Memory { files, ..Memory::default() }
}

fn load(files: &Memory) -> Sources {
    Sources::load("/etc/nginx.conf", "/etc", files).expect("the entry is there")
}

/// Shows every include of every file as `file:line -> what it led to`.
fn show(sources: &Sources) -> String {
    let mut lines = Vec::new();
    for file in &sources.files {
        for directive in file.tree.directives().filter(|directive| directive.name() == "include") {
            let place = directive.words[0].span.first();
            let led_to = match sources.included(directive) {
                None => "nothing".into(),
                Some(Included::Files(files)) => names(sources, files),
                Some(Included::Failed { path, error }) => format!("{path} ({error})"),
                Some(Included::Cycle(sites)) => format!("cycle: {}", chain(sources, sites)),
            };
            lines.push(format!("{}:{} -> {led_to}", &file.path[5..], sources.line(place)));
        }
    }
    lines.join("\n")
}

fn names(sources: &Sources, files: &[FileId]) -> String {
    let names: Vec<_> = files.iter().map(|file| &sources.path(*file)[5..]).collect();
    format!("[{}]", names.join(", "))
}

fn chain(sources: &Sources, sites: &[Span]) -> String {
    let sites = sites.iter().map(|site| format!("{}: {}", &sources.path(site.file)[5..], sources.text(*site)));
    sites.collect::<Vec<_>>().join(" > ")
}

#[track_caller]
fn check(files: &[(&str, &str)], expected: &str) {
    assert_eq!(show(&load(&memory(files))), expected);
}

#[test]
fn a_plain_name_is_relative_to_the_main_configuration() {
    let files = [("nginx.conf", "include d/a;"), ("d/a", "include d/b; include /etc/d/b;"), ("d/b", "x;")];
    check(&files, "nginx.conf:1 -> [d/a]\nd/a:1 -> [d/b]\nd/a:1 -> [d/b]");
}

#[test]
fn a_pattern_may_match_nothing_and_a_name_may_not() {
    check(
        &[("nginx.conf", "include none/*;\ninclude none;")],
        "nginx.conf:1 -> []\nnginx.conf:2 -> /etc/none (2: No such file or directory)",
    );
}

#[test]
fn a_pattern_gives_its_files_in_order() {
    let files = [("nginx.conf", "http { include d/*.conf; }"), ("d/b.conf", ""), ("d/a.conf", ""), ("d/.c.conf", "")];
    check(&files, "nginx.conf:1 -> [d/a.conf, d/b.conf]");
}

#[test]
fn any_block_may_include() {
    let files = [("nginx.conf", "http { map $a $b {\n include m; } types {\n include 'm'; } }"), ("m", "a b;")];
    check(&files, "nginx.conf:2 -> [m]\nnginx.conf:3 -> [m]");
}

#[test]
fn what_nginx_would_refuse_is_not_followed() {
    let files =
        [("nginx.conf", "include; include a b; include a { } include \"a\"x; # include a;\nset include a; include a")];
    let refused = ["nginx.conf:1 -> nothing"; 4].join("\n");
    check(&files, &format!("{refused}\nnginx.conf:2 -> nothing"));
}

#[test]
fn each_file_is_read_once() {
    let files = memory(&[("nginx.conf", "include a; include a; include [a];"), ("a", "include b;"), ("b", "")]);
    load(&files);
    assert_eq!(*files.read.borrow(), ["/etc/nginx.conf", "/etc/a", "/etc/b"]);
}

#[test]
fn a_cycle_is_told_by_its_includes() {
    check(&[("nginx.conf", "include nginx.conf;")], "nginx.conf:1 -> cycle: nginx.conf: include nginx.conf;");
    let files =
        [("nginx.conf", "include a;"), ("a", "server { include b; }"), ("b", "include c; include *a;"), ("c", "")];
    check(&files, "nginx.conf:1 -> [a]\na:1 -> [b]\nb:1 -> [c]\nb:1 -> cycle: a: include b; > b: include *a;");
}

#[test]
fn a_file_that_was_read_before_is_no_cycle() {
    let files = [("nginx.conf", "include a; include b;"), ("a", "include b;"), ("b", "")];
    check(&files, "nginx.conf:1 -> [a]\nnginx.conf:1 -> [b]\na:1 -> [b]");
}

#[test]
fn thousands_of_levels_fail_as_open_files_run_out() {
    let files: Vec<_> = (0..3000).map(|n| (n.to_string(), format!("include {};", n + 1))).collect();
    let mut files: Vec<_> = files.iter().map(|(path, text)| (&**path, &**text)).collect();
    files.push(("nginx.conf", "include 0;"));
    let shown = show(&load(&memory(&files)));
    assert!(shown.ends_with("998:1 -> /etc/999 (24: Too many open files)"), "{shown}");
}

#[test]
fn more_files_join_and_share_what_was_read() {
    let files = memory(&[("nginx.conf", "include a;"), ("other.conf", "include a;"), ("a", "")]);
    let mut sources = load(&files);
    let other = sources.add("/etc/other.conf", "/etc", &files).expect("it is there");
    assert_eq!((other, sources.add("/etc/a", "/etc", &files)), (FileId(2), Ok(FileId(1))));
    let stdin = sources.add_text("-", "include a;".into(), "/etc", &files);
    let included = sources.file(stdin).tree.directives().find_map(|include| sources.included(include));
    assert_eq!(included, Some(&Included::Files(vec![FileId(1)])));
    assert_eq!(files.read.borrow().len(), 3);
}
