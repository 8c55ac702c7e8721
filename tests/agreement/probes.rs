//! The recorded probes: what two versions of nginx said of small configurations on the edges of parser and checks.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use crate::judge::{Report, Verdict};

#[test]
fn probes_agree_with_both_versions() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata");
    let table = std::fs::read_to_string(root.join("probes/verdicts.tsv")).unwrap();
    let targets = BTreeMap::from([("1.22.1", "nginx-1.22.1-debian.txt"), ("1.31.3", "nginx-1.31.3-wheel.txt")]);
    let mut report = Report::default();
    for row in table.lines().skip(1) {
        let fields: Vec<&str> = row.split('\t').collect();
        let [file, version, status, said] = fields[..] else { panic!("{row}") };
        let theirs = Verdict::read(status.parse().unwrap(), &said.replace(" | ", "\n"));
        let output = Command::new(env!("CARGO_BIN_EXE_nginxlb"))
            .args(["nginx", "-t", "-e", "/dev/null", "-p"])
            .arg(root.join("probes").join(""))
            .args(["-c", file])
            .env("NGINXLB_TARGET", root.join("targets").join(targets[version]))
            .output()
            .unwrap();
        let stderr = String::from_utf8_lossy(&output.stderr).replace(&format!("{}/probes/", root.display()), "");
        report.add(
            &format!("{file} ({version})"),
            &theirs,
            &Verdict::read(output.status.code().unwrap_or(-1), &stderr),
        );
    }
    report.require("probes", 100.0, 100.0);
}
