//! The `mail` modules, which the nginx of PyPI does not have: what nginx 1.31.3 (built with them) and Debian's 1.22.1
//! said was recorded at the head of each configuration, with lines counted from the end of that head.

use std::fmt::Write as _;
use std::path::Path;

use nginxlb::config::{NoHost, Options, compile};
use nginxlb::diagnostics::{self, Level};
use nginxlb::modules::{Target, Version};
use nginxlb::syntax::{NoFiles, Sources};

/// What nginx would print up to the fault at which it stops, without `nginx: `; `ok` for nothing.
fn said(version: &str, text: &str) -> String {
    let target = Target::mainline(Version::read(version));
    let sources = Sources::from_text("mail.conf", text.to_owned(), "", &NoFiles);
    let compiled = compile(&sources, &target, &NoHost, Options::default());
    let mut lines = String::new();
    for at in &compiled.said {
        let finding = &compiled.diagnostics[*at];
        let line = diagnostics::nginx::line(finding, &sources);
        let line = String::from_utf8(line).expect("text");
        writeln!(lines, "{}", line.trim_start_matches("nginx: ")).unwrap();
        if finding.level == Level::Emerg {
            break;
        }
    }
    if lines.is_empty() { "ok\n".to_owned() } else { lines }
}

#[test]
fn mail_is_judged_as_recorded() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/mail");
    let mut wrong = String::new();
    let mut count = 0;
    for entry in std::fs::read_dir(folder).expect("the folder") {
        let path = entry.expect("an entry").path();
        let text = std::fs::read_to_string(&path).expect("a file");
        let body = text.find("events {}").expect("a configuration begins so");
        let (head, body) = text.split_at(body);
        for version in ["1.31.3", "1.22.1"] {
            let start = format!("# {version}: ");
            let recorded: Vec<&str> = head.lines().filter_map(|line| line.strip_prefix(&start)).collect();
            let recorded = recorded.join(
                "
",
            ) + "
";
            let said = said(version, body);
            count += 1;
            if said != recorded {
                writeln!(wrong, "{} {version}\n  nginx: {recorded}  ours:  {said}", path.display()).unwrap();
            }
        }
    }
    assert!(count > 80 && wrong.is_empty(), "{count} compared\n{wrong}");
}
