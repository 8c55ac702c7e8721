//! Files, folders, and what stands for them.

use std::os::unix::fs::symlink;

use crate::common::served::Served;

#[test]
fn a_file_has_its_type_its_time_and_its_tag() {
    let server = Served::start(&[("a.html", "SEE THIS"), ("b.bin", "")], "", "default_type text/x;");
    let answer = server.get("/a.html", "");
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.body(), "SEE THIS");
    let names =
        ["Server", "Date", "Content-Type", "Content-Length", "Last-Modified", "Connection", "ETag", "Accept-Ranges"];
    assert_eq!(answer.names(), names);
    assert_eq!(answer.header("Content-Type"), "text/html");
    assert!(answer.header("ETag").ends_with("-8\""));
    assert_eq!(server.get("/b.bin", "").header("Content-Type"), "text/x");
    let head = server.send("HEAD /a.html HTTP/1.0\r\n\r\n");
    assert_eq!((head.header("Content-Length"), head.body()), ("8", ""));
    assert_eq!(server.send("GET /a.html\r\n").0, "SEE THIS");
}

#[test]
fn what_cannot_be_served_is_refused_and_logged() {
    let server = Served::start(&[("d/f", ""), ("e/", "")], "location /quiet/ { log_not_found off; }", "");
    assert_eq!(server.get("/none", "").status(), 404);
    let path = server.path("html/none");
    let path = path.display();
    server.logged(&format!(
        "open() \"{path}\" failed (2: No such file or directory), client: 127.0.0.1, server: localhost, request: \"GET \
         /none HTTP/1.1\", host: \"localhost\""
    ));
    assert_eq!(server.get("/quiet/x", "").status(), 404);
    assert_eq!(server.get("/d/f/g", "").status(), 404);
    server.logged("failed (20: Not a directory)");
    assert_eq!(server.send("POST /d/f HTTP/1.0\r\n\r\n").status(), 405);
    assert_eq!(server.send("DELETE /d/f HTTP/1.0\r\n\r\n").status(), 405);
    let folder = server.get("/d?a=b", "");
    assert_eq!((folder.status(), folder.header("Location")), (301, "http://localhost:PORT/d/?a=b"));
    assert_eq!(server.get("/e/", "").status(), 403);
    server.logged(&format!("directory index of \"{}/\" is forbidden", server.path("html/e").display()));
    assert_eq!(server.get("/none/", "").status(), 404);
    server.logged(&format!(
        "\"{}/index.html\" is not found (2: No such file or directory)",
        server.path("html/none").display()
    ));
    assert!(!server.log().contains("quiet"));
}

#[test]
fn an_index_stands_for_its_folder() {
    let files = [("index.html", "TOP"), ("d/two.txt", "TWO"), ("e/one.x", "ONE"), ("last", "LAST"), ("f/", "")];
    let rules = "index $arg_a.x two.txt /last;\n location = / { index index.html; }\n types { text/plain txt; }";
    let server = Served::start(&files, rules, "");
    let cases = [("/", "TOP"), ("/d/", "TWO"), ("/e/?a=one", "ONE"), ("/f/", "LAST")];
    for (path, want) in cases {
        assert_eq!(server.get(path, "").body(), want, "{path}");
    }
}

#[test]
fn folders_are_listed() {
    let server = Served::start(
        &[("l/a&b", "1234"), ("l/.hidden", ""), ("l/sub/x", "")],
        "location /l/ { autoindex on; } location /j/ { alias html/l/; autoindex on; autoindex_format jsonp; }",
        "",
    );
    let page = server.get("/l/", "");
    assert_eq!(page.header("Content-Type"), "text/html");
    let sub = page.body().find("<a href=\"sub/\">sub/</a>").expect("the folder");
    let file = page.body().find("<a href=\"a%26b\">a&amp;b</a>").expect("the file");
    assert!(sub < file && !page.body().contains("hidden"));
    let data = server.get("/j/?callback=f", "");
    assert_eq!(data.header("Content-Type"), "application/javascript");
    assert!(data.body().contains("\r\nf([") && data.body().contains("\"type\":\"directory\""));
    assert_eq!(server.get("/j/?callback=f(", "").status(), 400);
}

#[test]
fn files_are_tried_under_roots_and_aliases() {
    let files = [("found", "FOUND"), ("dir/re.html", "RE"), ("other/x", "X")];
    let rules = "location / { try_files $uri /found; }\n\
                 location ~ re.html { alias html/dir; try_files $uri =404; }\n\
                 location /alias/ { alias html/other/; try_files $uri =410; }\n\
                 location /if { if (-f html/found) { return 204; } if (!-e $document_root/found) { return 500; } }";
    let server = Served::start(&files, rules, "");
    let cases = [("/none", 200, "FOUND"), ("/re.html", 200, "RE"), ("/alias/x", 200, "X"), ("/alias/y", 410, "")];
    for (path, status, body) in cases {
        let answer = server.get(path, "");
        assert_eq!(answer.status(), status, "{path}");
        assert!(body.is_empty() || answer.body() == body, "{path}");
    }
}

#[test]
fn links_lead_nowhere_where_they_are_disabled() {
    let rules = "location /on/ { alias html/; disable_symlinks on from=$document_root; }\n\
                 location /owner/ { alias html/; disable_symlinks if_not_owner; }";
    let server = Served::start(&[("file", "F"), ("d/x", "X")], rules, "");
    symlink("file", server.path("html/link")).unwrap();
    symlink("d", server.path("html/to")).unwrap();
    let cases = [("/on/file", 200), ("/on/link", 403), ("/on/to/x", 403), ("/owner/link", 200), ("/link", 200)];
    for (path, status) in cases {
        assert_eq!(server.get(path, "").status(), status, "{path}");
    }
    server.logged("openat() \"");
}
