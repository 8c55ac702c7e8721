//! `--from apache`: what becomes of an `.htaccess` (golden outputs), and whether a real nginx with it answers as a real Apache
//! did with the original. Apache's answers were recorded (`testdata/translate/apache/record.py`).

mod common;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::io::{Read as _, Write as _};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use common::{live, oracle, program};
use nginxlb::modules::Target;
use nginxlb::translate::from::apache;
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;

fn inputs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/translate/apache")
}

const SAMPLES: &[&str] = &[
    "deny.htaccess",
    "drupal.htaccess",
    "edges.htaccess",
    "https-www.htaccess",
    "laravel.htaccess",
    "public.htaccess",
    "rewrites.htaccess",
    "vhost.conf",
    "wordpress.htaccess",
];

/// What `vhost.conf` loses besides: other parts of Apache.
const ALLOWED: &[&str] = &["--allow-loss", "from-apache/protection"];

fn translated(arguments: &[&str]) -> std::process::Output {
    program::run(&inputs(), &[&["translate", "--from", "apache"], arguments].concat(), "")
}

#[test]
fn golden() {
    for name in SAMPLES {
        let arguments = [&["translate", "--from", "apache"], ALLOWED, &[name]].concat();
        let output = program::run(&inputs(), &arguments, "");
        insta::with_settings!({
            snapshot_path => concat!(env!("CARGO_MANIFEST_DIR"), "/snapshots/translate_apache"),
            prepend_module_to_snapshot => false,
            omit_expression => true,
        }, { insta::assert_snapshot!(*name, program::shown(&arguments, &output)) });
    }
}

/// Where nginx answers otherwise, and the code in the report that says so.
const DIFFERENT: &[(&str, &str, Answer, &str)] = &[
    ("drupal.htaccess", "GET /module/x.module", ("403", "-", "-"), "from-apache/files-denied"),
    ("edges.htaccess", "GET /raw/a%2Bb?x=1", ("302", "http://example.com/target/raw/a+b", "-"), "from-apache/escaping"),
    (
        "vhost.conf",
        "GET /a%20b | Host: example.com",
        ("301", "http://www.example.com/a%20b", "-"),
        "from-apache/escaping",
    ),
    (
        "vhost.conf",
        "GET /see/x?y | Host: www.example.com",
        ("302", "http://www.example.com/other/x?y", "-"),
        "from-apache/redirect-method",
    ),
];

/// Status, Location, and the path and query in the end.
type Answer<'a> = (&'a str, &'a str, &'a str);

#[test]
fn nginx_answers_as_apache_did() {
    let configurations: Vec<String> = SAMPLES
        .iter()
        .map(|name| {
            let output = translated(&[ALLOWED, &[name]].concat());
            String::from_utf8(output.stdout).unwrap()
        })
        .collect();
    let nginx = Nginx::start(&configurations);
    let recorded = fs::read_to_string(inputs().join("answers.tsv")).unwrap();
    let mut wrong = Vec::new();
    let mut different = 0;
    for row in recorded.lines() {
        let columns: Vec<&str> = row.split('\t').collect();
        let [name, request, status, location, last] = *columns else { panic!("{row}") };
        let sample = SAMPLES.iter().position(|sample| *sample == name).unwrap();
        let real = nginx.ask(sample, request);
        let known = DIFFERENT.iter().find(|(file, asked, ..)| (*file, *asked) == (name, request));
        let expected = known.map_or((status, location, last), |(_, _, answer, _)| *answer);
        if (&*real.0, &*spelled(&real.1), &*real.2) != (expected.0, &*spelled(expected.1), expected.2) {
            wrong.push(format!("{name}: {request}\n  expected {expected:?}\n  nginx    {real:?}"));
        }
        if let Some((.., code)) = known {
            different += 1;
            let said = String::from_utf8(translated(&[ALLOWED, &[name]].concat()).stderr).unwrap();
            assert!(said.contains(&format!("[{code}]")), "{name} does not say {code}");
        }
    }
    assert!(wrong.is_empty(), "{} of {} answers:\n{}", wrong.len(), recorded.lines().count(), wrong.join("\n"));
    assert_eq!(different, DIFFERENT.len());
    assert!(recorded.lines().count() > 100);
}

/// `%c3` is `%C3`.
fn spelled(url: &str) -> String {
    let mut parts = url.split('%');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |url, part| match part.split_at_checked(2) {
        Some((hex, rest)) => format!("{url}%{}{rest}", hex.to_ascii_uppercase()),
        None => format!("{url}%{part}"),
    })
}

/// A line feed in a path stays out of the headers.
#[test]
fn nobody_writes_headers() {
    let conf = String::from_utf8(translated(&["laravel.htaccess"]).stdout).unwrap();
    let nginx = Nginx::start(&[conf]);
    for target in ["/x%0d%0aX-Final:%20a/", "/%0d%0aX-Final:%20a/"] {
        let (status, _, last) = nginx.ask(0, &format!("GET {target}"));
        assert_eq!((&*status, &*last), ("301", "-"), "{target}");
    }
}

/// Every directive has one entry, and what protects is not lost without a word.
#[test]
fn every_directive_is_in_the_report() {
    for name in SAMPLES {
        let output = translated(&["--report", "json", name]);
        let entries = entries(&output.stderr);
        let text = fs::read_to_string(inputs().join(name)).unwrap();
        let is_directive =
            |line: &&str| !line.trim().is_empty() && !line.trim().starts_with(['#']) && !line.trim().starts_with("</");
        let lines: Vec<usize> =
            (1..).zip(text.lines()).filter(|(_, line)| is_directive(line)).map(|(n, _)| n).collect();
        let told: Vec<usize> = entries.iter().map(|entry| entry["at"]["line"].as_u64().unwrap() as usize).collect();
        assert_eq!(told, lines, "{name}");
        for entry in &entries {
            let code = entry["code"].as_str().unwrap();
            assert!(code.starts_with("from-apache/"), "{entry}");
            let is_said =
                entry["class"] == "exact" || entry["difference"].as_str().is_some_and(|says| !says.is_empty());
            assert!(is_said, "{entry}");
        }
    }
}

/// Before rules that change the path.
const SLASH: &str = "if (-d $request_filename) { rewrite ^(.*[^/])$ $1/ permanent; } ";

/// A rule in a folder's file: its class and code, the exit status, what is written.
#[track_caller]
fn check(rules: &str, code: &str, exit: i32, written: &str) {
    let text = format!("RewriteEngine On\n{rules}\n");
    let output = program::run(&inputs(), &["translate", "--from", "apache", "--report", "json", "-"], &text);
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(exit), "{rules}: {stderr}");
    let entries = entries(&output.stderr);
    assert_eq!(entries.last().unwrap()["code"], format!("from-apache/{code}"), "{rules}");
    let lines: Vec<String> = String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect();
    let lines: Vec<&str> = lines.iter().map(|line| line.trim()).filter(|line| !line.starts_with('#')).collect();
    assert_eq!((lines.join(" ") + " ").replace(SLASH, "").trim(), written, "{rules}");
}

#[test]
fn what_is_lost_is_said() {
    check("RewriteRule ^a$ http://b/ [P]", "proxy", 2, "");
    check("RewriteRule ^a$ b [N]", "loop", 2, "");
    check("RewriteRule ^(.*)$ ${map:$1}", "map", 2, "");
    check("RewriteRule ^ - [E=A:b]", "environment", 2, "");
    check("RewriteRule ^a$ b [L,CO=a:b:c]", "flags", 2, "rewrite ^/a$ /b last;");
    check("RewriteRule ^a$ \\$b [L]", "dollar", 2, "");
    check("RewriteCond %{TIME_HOUR} >12\nRewriteRule ^a$ b [L]", "rule-left-out", 2, "");
    check("RewriteCond %{TIME_HOUR} 12\nRewriteRule ^ - [F]", "rule-that-protects", 3, "");
    check("RewriteCond expr \"-R '10.0.0.0/8'\"\nRewriteRule ^ - [R=404]", "rule-that-protects", 3, "");
    check("RewriteCond %{ENV:A} 1\nRewriteRule ^ - [S=1]\nRewriteRule ^a - [F]", "rule-that-protects", 3, "");
    check("Require ip 10.0.0.1", "protection", 3, "");
    check("RewriteEngine Off\nRewriteRule ^a$ - [F]", "engine-off", 0, "");
}

#[test]
fn rules_by_rules() {
    check("RewriteRule ^a$ b [L]", "rule", 0, "rewrite ^/a$ /b last;");
    check("RewriteRule ^a$ b [END]", "rule", 0, "rewrite ^/a$ /b last;");
    check("RewriteRule ^a(.*) $0x [R,L]", "rule", 0, "rewrite \"^/(?s:.*?)(?:((?<=^/)a(.*)))\" /$1x redirect;");
    check("RewriteRule ^a#(b)$ /c#$1 [R,L,NE]", "escaping", 1, "rewrite \"^/a#(b)$\" \"/c#$1\" redirect;");
    check("RewriteRule ^a$ /b\\ c#d [R,L]", "rule", 0, "rewrite ^/a$ /b%20c%23d redirect;");
    check("RewriteRule ^a$ http://x.example/b", "own-host", 1, "rewrite ^/a$ http://x.example/b redirect;");
    check("RewriteRule ^a$ /b [R=308,L]", "rule", 0, "if ($uri ~ ^/a$) { return 308 /b$is_args$args; }");
    check("RewriteRule ^a$ /b? [R=307,L]", "rule", 0, "if ($uri ~ ^/a$) { return 307 /b; }");
    check("RewriteRule ^(a)$ /b/$1 [R=308,L]", "redirect-method", 1, "rewrite ^/(a)$ /b/$1 permanent;");
    check("RewriteRule !^a b [L]", "rule", 0, "if ($uri !~ ^/a) { rewrite ^ /b last; }");
    check(
        "RewriteRule ^ https://%{HTTP_HOST}%{REQUEST_URI} [R=301,L]",
        "rule",
        0,
        "rewrite ^(.*)$ https://$http_host$1 permanent;",
    );
    check(
        "RewriteRule ^a/(.*) https://b.example%{REQUEST_URI}?x=$1 [R=301,L]",
        "rule",
        0,
        "rewrite ^(?=(?s:.*?)(?:^/a/(.*)))(.*)$ https://b.example$2?x=$1? permanent;",
    );
    check(
        "RewriteCond %{HTTPS} =on\nRewriteRule ^a$ b [L]",
        "rule",
        0,
        "if ($scheme = https) { rewrite ^/a$ /b last; }",
    );
    check(
        "RewriteCond %{HTTPS} ^off$\nRewriteRule ^a$ - [F]",
        "rule",
        0,
        "set $apache1 1; if ($uri !~ ^/a$) { set $apache1 0; } if ($scheme != http) { set $apache1 0; } if ($apache1) { return 403; }",
    );
    check(
        "RewriteCond %{ENV:REDIRECT_STATUS} ^$\nRewriteRule ^(.*)$ public/$1 [L]",
        "rule",
        0,
        "uninitialized_variable_warn off; set $apache_status $apache_status; if ($apache_status = \"\") { set $apache_status 200; rewrite ^/(.*)$ /public/$1 last; }",
    );
    check(
        "RewriteRule \\.php$ /x [R,L]",
        "rule",
        0,
        "uninitialized_variable_warn off; set $apache_again $apache_done; set $apache_done 1; if ($apache_again = \"\") { rewrite ^/(?s:.*?)\\.php$ /x redirect; }",
    );
    check(
        "RewriteCond %{QUERY_STRING} ^$\nRewriteRule ^a$ b? [L]",
        "rule",
        0,
        "if ($args = \"\") { rewrite ^/a$ /b? last; }",
    );
    check(
        "RewriteCond %{REMOTE_ADDR}-%{HTTP:X-Y} !^1-2$\nRewriteRule ^ - [F]",
        "rule",
        0,
        "set $apache1_t0 $remote_addr-$http_x_y; if ($apache1_t0 !~ ^1-2$) { return 403; }",
    );
    check("Redirect 404 /x", "redirect-status", 0, "if ($uri ~ ^/x((?:/.*)?)$) { return 404; }");
    check("RedirectMatch 301 \"^/a b(.*)$\" /c$1?d", "redirect", 0, "rewrite \"^/a b(.*)$\" /c$1?d? permanent;");
    check("RewriteBase /sub/\nRewriteRule ^a$ b [L]", "rule", 0, "rewrite ^/sub/a$ /sub/b last;");
}

#[test]
fn faults_are_apaches() {
    for (text, said) in [
        ("RewriteRule ^a$", "-:1: RewriteRule needs a pattern and a substitution"),
        ("\nRewriteRule ^a$ b [X]", "-:2: RewriteRule has no flag X"),
        ("RewriteRule ^(a$ b", "-:1: pcre2_compile() failed: missing closing parenthesis"),
        ("<IfModule mod_rewrite.c>", "-:1: <IfModule> is not closed"),
        ("</IfModule>", "-:1: </IfModule> closes nothing"),
        ("RewriteCond a b [L]", "-:1: RewriteCond has no flag L"),
        ("RewriteRule \"a b", "-:1: this quote is not closed"),
        ("Redirect 301 /a", "-:1: Redirect 301 needs a URL"),
    ] {
        let output = program::run(&inputs(), &["translate", "--from", "apache", "-"], text);
        let told = String::from_utf8_lossy(&output.stderr).replace("<stdin>", "-");
        assert!(told.contains(said), "{text}: {told}");
        assert_eq!((output.status.code(), output.stdout.len()), (Some(4), 0), "{text}");
    }
}

fn entries(report: &[u8]) -> Vec<serde_json::Value> {
    let report: serde_json::Value =
        serde_json::from_slice(report).unwrap_or_else(|e| panic!("{e}: {}", String::from_utf8_lossy(report)));
    report["entries"].as_array().unwrap().clone()
}

/// The real nginx, each configuration on a socket of its own.
struct Nginx {
    child: Child,
    folder: tempfile::TempDir,
}

impl Nginx {
    fn start(configurations: &[String]) -> Nginx {
        let folder = tempfile::tempdir().unwrap();
        let at = folder.path().display().to_string();
        let script = fs::read_to_string(inputs().join("record.py")).unwrap();
        let (_, files) = script.split_once("FILES = \"\"\"").unwrap();
        for name in files.split("\"\"\"").next().unwrap().split_whitespace() {
            let path = folder.path().join("www").join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, name).unwrap();
        }
        let mut servers = String::new();
        for (n, conf) in configurations.iter().enumerate() {
            let listen = format!("listen unix:{at}/{n}.sock;");
            let server = if conf.contains("server {") {
                conf.replace("listen 8080;", &listen).replace("/srv/www", &format!("{at}/www"))
            } else {
                format!("server {{\n{listen}\nroot {at}/www;\n{conf}}}\n")
            };
            servers += &server;
        }
        fs::create_dir(folder.path().join("logs")).unwrap();
        let conf = format!(
            "daemon off;\nmaster_process off;\npid {at}/pid;\nevents {{}}\nhttp {{\n\
             access_log off;\nindex index.php index.html;\nadd_header X-Final \"$uri?$args\" always;\n\
             client_body_temp_path {at}/b;\nproxy_temp_path {at}/p;\nfastcgi_temp_path {at}/f;\n\
             uwsgi_temp_path {at}/u;\nscgi_temp_path {at}/s;\n{servers}}}\n"
        );
        let path = folder.path().join("nginx.conf");
        fs::write(&path, &conf).unwrap();
        let said = oracle::test(oracle::nginx(), folder.path(), &path);
        assert_eq!(said.code, 0, "{}\n{conf}", said.text);
        let mut command = Command::new(oracle::nginx());
        command.arg("-p").arg(folder.path()).arg("-c").arg(&path).arg("-e").arg(folder.path().join("error.log"));
        let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let nginx = Nginx { child, folder };
        let all = || (0..configurations.len()).all(|n| UnixStream::connect(nginx.socket(n)).is_ok());
        live::wait_until("nginx listens", all);
        nginx
    }

    fn socket(&self, n: usize) -> PathBuf {
        self.folder.path().join(format!("{n}.sock"))
    }

    /// Sends `METHOD TARGET | HEADER | ...`.
    fn ask(&self, n: usize, request: &str) -> (String, String, String) {
        let mut parts = request.split(" | ");
        let mut text = format!("{} HTTP/1.1\r\nConnection: close\r\nContent-Length: 0\r\n", parts.next().unwrap());
        let headers: Vec<&str> = parts.collect();
        if !headers.iter().any(|header| header.starts_with("Host:")) {
            text += "Host: example.com\r\n";
        }
        for header in headers {
            text = text + header + "\r\n";
        }
        let mut stream = UnixStream::connect(self.socket(n)).unwrap();
        stream.write_all((text + "\r\n").as_bytes()).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        let answer = String::from_utf8_lossy(&answer);
        let head = answer.split("\r\n\r\n").next().unwrap();
        let status = head.split(' ').nth(1).unwrap_or_default().to_owned();
        let headers: BTreeMap<&str, &str> = head.lines().filter_map(|line| line.split_once(": ")).collect();
        let header = |name: &str| headers.get(name).map_or_else(|| "-".to_owned(), |value| (*value).to_owned());
        let last = if ["200", "404"].contains(&&*status) { header("X-Final") } else { "-".to_owned() };
        (status, header("Location"), last)
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Pieces of rules, put together anyhow.
const PATTERNS: &[&str] = &[
    "^",
    "^a$",
    "!^a",
    "^(.*)$",
    ".",
    "(a|b)c",
    "^(a)|(b)$",
    "a{2}",
    "^\\.x",
    "\"^a b\"",
    "^a\\ b;",
    "^(x)(?:y)#$",
    "^(.+)\\1",
];
const SUBSTITUTIONS: &[&str] = &[
    "-",
    "b",
    "/b/$1",
    "$1.php",
    "https://%{HTTP_HOST}/$1",
    "https://%1%{REQUEST_URI}",
    "%{REQUEST_URI}x?y=%2&$1",
    "b?c=$1",
    "/b?",
    "%{DOCUMENT_ROOT}/x",
    "$0",
    "\"a b;{}\"",
    "/%{TIME}",
    "/$1{2}",
    "/\\$x",
    "/%{QUERY_STRING}%",
    "b#c",
    "$2$3",
];
const FLAGS: &[&str] = &[
    "L", "R", "R=301", "R=308", "R=404", "F", "G", "NC", "NE", "QSA", "QSD", "END", "PT", "S=2", "C", "P", "N",
    "E=a:b", "B", "DPI",
];
const TESTS: &[&str] = &[
    "%{HTTP_HOST}",
    "%{REQUEST_URI}",
    "%{HTTPS}",
    "%{REQUEST_FILENAME}",
    "%{QUERY_STRING}",
    "%{HTTP:X-Y}",
    "$1",
    "%1-$2",
    "x",
    "%{DOCUMENT_ROOT}/$1",
    "%{THE_REQUEST}",
    "%{ENV:REDIRECT_STATUS}",
    "%{REMOTE_ADDR}:%{SERVER_PORT}",
    "%{UNKNOWN}",
];
const AGAINST: &[&str] =
    &["^$", "!^x", "(a)(b)", "-f", "!-d", "-l", "=on", "!=\"\"", "^(?<n>a)", "on", "\"a b\"", "^200$", "-s", "<a"];

fn some(list: &'static [&'static str]) -> impl Strategy<Value = &'static str> {
    prop::sample::select(list)
}

fn flags(list: &'static [&'static str]) -> impl Strategy<Value = String> {
    prop::collection::vec(some(list), 0..3)
        .prop_map(|flags| if flags.is_empty() { String::new() } else { format!(" [{}]", flags.join(",")) })
}

fn rule() -> impl Strategy<Value = String> {
    let condition = (some(TESTS), some(AGAINST), flags(&["NC", "OR"]))
        .prop_map(|(test, against, flags)| format!("RewriteCond {test} {against}{flags}\n"));
    let rule = (some(PATTERNS), some(SUBSTITUTIONS), flags(FLAGS))
        .prop_map(|(pattern, to, flags)| format!("RewriteRule {pattern} {to}{flags}\n"));
    let redirect = some(&[
        "Redirect 301 /a /b\n",
        "RedirectMatch \"^/(a b|;)$\" https://x/$1?y\n",
        "RewriteBase /s/\n",
        "Redirect gone /\n",
    ]);
    prop_oneof![8 => (prop::collection::vec(condition, 0..4), rule).prop_map(|(conditions, rule)| conditions.concat() + &rule), 1 => redirect.prop_map(str::to_owned)]
}

/// Whatever the rules are, what comes out is nginx's, as nginx itself says; and every directive has its entry.
#[test]
fn what_comes_out_is_nginxs() {
    let mut runner = TestRunner::deterministic();
    let mut servers = String::new();
    for number in 0..600 {
        let rules = prop::collection::vec(rule(), 1..6).new_tree(&mut runner).unwrap().current();
        let text = format!("RewriteEngine On\n{}", rules.concat());
        let read = apache::read("x", &text, &Target::default()).unwrap_or_else(|error| panic!("{text}{error}"));
        assert_eq!(read.translation.entries.len(), text.lines().count(), "{text}");
        let unnoted = read.translation.entries.iter().find(|entry| !entry.code.starts_with(apache::NAME));
        assert!(unnoted.is_none(), "{text}{unnoted:?}");
        let _ = write!(
            servers,
            "server {{ listen unix:/tmp/none; server_name n{number};\n{} }}\n",
            read.translation.files[0].text
        );
    }
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("logs")).unwrap();
    let path = folder.path().join("nginx.conf");
    let at = folder.path().display();
    fs::write(
        &path,
        format!("pid {at}/pid;\nevents {{}}\nhttp {{\nvariables_hash_max_size 8192;\n{servers}}}\n")
            .replace("/tmp/none", &format!("{at}/s")),
    )
    .unwrap();
    let said = oracle::test(oracle::nginx(), folder.path(), &path);
    let line = said.text.rsplit(':').next().and_then(|line| line.trim().parse::<usize>().ok());
    assert_eq!(
        said.code,
        0,
        "{} {:?}",
        said.text,
        line.and_then(|n| fs::read_to_string(&path).ok()?.lines().nth(n - 1).map(str::to_owned))
    );
}

proptest! {
    /// No text makes it panic.
    #[test]
    fn any_text_is_read(text in "(Rewrite(Rule|Cond|Base|Engine)|Redirect|<Files|</?[A-Z]{1,3}>|[ -~\n\u{e9}]){0,40}") {
        let _ = apache::read("x", &text, &Target::default());
    }
}
