//! `nginxlb fmt` as a user meets it.

use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::Path;
use std::process::{Command, Stdio};

use tempfile::TempDir;

use crate::common::program;

const UGLY: &str = "events{}\nhttp {\n  server { listen 80; }\n}\n";
const NEAT: &str = "events {}\nhttp {\n    server {\n        listen 80;\n    }\n}\n";
const FAULTY: &str = "http {\n  server { listen \"80; }\n}\n";

/// A folder with these files.
fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

fn usual() -> TempDir {
    folder(&[("a.conf", UGLY), ("b.conf", NEAT), ("sub/c.conf", UGLY), ("d.txt", UGLY), (".e.conf", UGLY)])
}

fn read(folder: &TempDir, path: &str) -> String {
    fs::read_to_string(folder.path().join(path)).unwrap()
}

/// Runs `fmt` and compares all that is seen with the snapshot of this name.
fn check(name: &str, folder: &TempDir, arguments: &[&str], input: &str) {
    let arguments = [&["fmt"], arguments].concat();
    let output = program::run(folder.path(), &arguments, input);
    insta::with_settings!({
        snapshot_path => concat!(env!("CARGO_MANIFEST_DIR"), "/snapshots/fmt/command"),
        prepend_module_to_snapshot => false,
        omit_expression => true,
    }, { insta::assert_snapshot!(name, program::shown(&arguments, &output)) });
}

fn status(folder: &TempDir, arguments: &[&str]) -> Option<i32> {
    program::run(folder.path(), &[&["fmt"], arguments].concat(), "").status.code()
}

#[test]
fn rewrites_the_files_of_a_folder() {
    let folder = usual();
    check("folder", &folder, &[], "");
    assert_eq!(["a.conf", "b.conf", "sub/c.conf"].map(|path| read(&folder, path)), [NEAT, NEAT, NEAT]);
    assert_eq!(["d.txt", ".e.conf"].map(|path| read(&folder, path)), [UGLY, UGLY]);
    check("folder_again", &folder, &["."], "");
    assert_eq!(status(&folder, &["d.txt"]), Some(0), "what is named is formatted, whatever its name");
    assert_eq!(read(&folder, "d.txt"), NEAT);
}

#[test]
fn looks_only() {
    let folder = usual();
    check("check", &folder, &["--check", "."], "");
    check("diff", &folder, &["--diff", "a.conf", "b.conf"], "");
    check("stdout", &folder, &["--stdout", "a.conf"], "");
    assert_eq!(read(&folder, "a.conf"), UGLY);
    assert_eq!(status(&folder, &["--check", "b.conf"]), Some(0));
    assert_eq!(status(&folder, &["--diff", "b.conf"]), Some(0));
    assert_eq!(status(&folder, &["--diff", "--check", "b.conf"]), Some(2), "one of them");
}

#[test]
fn filters() {
    let folder = usual();
    check("stdin", &folder, &["-"], UGLY);
    check("stdin_faulty", &folder, &["-"], FAULTY);
    check("stdin_check", &folder, &["--check", "-"], UGLY);
}

#[test]
fn leaves_what_it_cannot_read() {
    let folder = folder(&[("a.conf", UGLY), ("f.conf", FAULTY)]);
    check("faulty", &folder, &["none.conf", "."], "");
    assert_eq!([read(&folder, "a.conf"), read(&folder, "f.conf")], [NEAT, FAULTY]);
    fs::remove_file(folder.path().join("f.conf")).unwrap();
    fs::create_dir(folder.path().join("empty")).unwrap();
    check("empty_folder", &folder, &["empty"], "");
}

#[test]
fn a_file_keeps_its_permissions() {
    let folder = folder(&[("a.conf", UGLY)]);
    let path = folder.path().join("a.conf");
    for mode in [0o600, 0o640, 0o664] {
        fs::write(&path, UGLY).unwrap();
        fs::set_permissions(&path, Permissions::from_mode(mode)).unwrap();
        let owner = fs::metadata(&path).unwrap().uid();
        assert_eq!(status(&folder, &["a.conf"]), Some(0));
        let metadata = fs::metadata(&path).unwrap();
        assert_eq!((metadata.mode() & 0o7777, metadata.uid()), (mode, owner));
        assert_eq!(read(&folder, "a.conf"), NEAT);
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing else is left");
}

#[test]
fn a_link_stays_a_link() {
    let folder = folder(&[("sites-available/a.conf", UGLY), ("sites-enabled/.keep", "")]);
    let link = folder.path().join("sites-enabled/a.conf");
    symlink("../sites-available/a.conf", &link).unwrap();
    symlink("..", folder.path().join("sites-enabled/up")).unwrap();
    // By its own path and by the link it is one file.
    check("link", &folder, &["."], "");
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    assert_eq!(read(&folder, "sites-available/a.conf"), NEAT);
}

#[test]
fn bytes_that_are_no_text_stay() {
    let folder = folder(&[]);
    let path = folder.path().join("a.conf");
    fs::write(&path, b"a  \"\xff\xfe\" \xe9; # \xf4\x8f\xbf\xbf\r\n").unwrap();
    assert_eq!(status(&folder, &["a.conf"]), Some(0));
    assert_eq!(fs::read(&path).unwrap(), b"a \"\xff\xfe\" \xe9; # \xf4\x8f\xbf\xbf\n");
}

/// What `--diff` says is what `patch` does.
#[test]
fn a_difference_is_a_patch() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/fmt");
    let mut texts: Vec<String> =
        fs::read_dir(root).unwrap().map(|file| fs::read_to_string(file.unwrap().path()).unwrap()).collect();
    texts.extend(["a{b;}", "a;\rb;\r", "a;\n# b\rc", "\n\n"].map(str::to_owned));
    for text in texts {
        let folder = folder(&[("a.conf", &text)]);
        let difference = program::run(folder.path(), &["fmt", "--diff", "a.conf"], "").stdout;
        fs::write(folder.path().join("a.diff"), difference).unwrap();
        let patched = Command::new("git")
            .args(["apply", "-p0", "--whitespace=nowarn", "a.diff"])
            .current_dir(folder.path())
            .stderr(Stdio::inherit())
            .status();
        assert!(patched.expect("git is there").success(), "{text:?}");
        assert_eq!(read(&folder, "a.conf"), crate::formatted(&text), "{text:?}");
    }
}
