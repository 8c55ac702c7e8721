//! One play: a program with a configuration, its backends and its client, in a network of their own. The parent writes an
//! order into a folder and starts this test program again; the child writes what it saw.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use tempfile::TempDir;

use crate::backend::Backends;
use crate::case::{Case, Observed, Step};
use crate::client;
use crate::common::apart;
use crate::programs::{Checked, Place, Running, named};

/// The variable that tells the child where its order is.
pub const FOLDER: &str = "NGINXLB_PLAY";
/// The test that is the child's way in.
const ENTRY: &str = "a_play_has_a_network_of_its_own";

#[derive(Serialize, Deserialize)]
struct Order {
    program: String,
    files: PathBuf,
    case: Case,
    act: Act,
}

/// What is wanted of a play.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Act {
    /// Only what the checker says.
    Check,
    /// What the checker says and, where that is good, what comes of the steps.
    Play,
    /// Only what comes of the steps.
    PlayUnchecked,
}

/// What came of a play.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Played {
    pub checked: Checked,
    /// One for each request.
    pub observed: Vec<Observed>,
    /// What the program wrote.
    pub log: String,
}

/// Plays a case with a program and the configuration in the folder `files`, in a namespace of its own.
///
/// # Errors
/// What the play complained of.
///
/// # Panics
/// When the program cannot be had.
pub fn apart(program: &str, files: &Path, case: &Case, act: Act) -> Result<Played, String> {
    // There is no network where it runs.
    named(program).binary();
    let folder = tempfile::tempdir().unwrap();
    let order = Order { program: program.to_owned(), files: files.to_owned(), case: case.clone(), act };
    std::fs::write(folder.path().join("order.json"), serde_json::to_string(&order).unwrap()).unwrap();
    let mut command = apart::command(case.peers.iter().map(|peer| peer.address.ip()), None);
    command.args(["--exact", ENTRY, "--nocapture", "--test-threads=1"]).env(FOLDER, folder.path());
    let output = command.output();
    let output = output.map_err(|e| format!("`unshare` of util-linux gives the play a network of its own: {e}"))?;
    let played = std::fs::read_to_string(folder.path().join("played.json"));
    if let (true, Ok(played)) = (output.status.success(), played) {
        return serde_json::from_str(&played).map_err(|e| e.to_string());
    }
    Err(String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned())
}

/// A folder with these files: names below it, and contents.
pub fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

/// The child's part: does what the order in `folder` says, here.
///
/// # Panics
/// When the program does not start, or anything else goes wrong: the play is worth nothing then.
pub fn here(folder: &Path) {
    let order = std::fs::read_to_string(folder.join("order.json")).unwrap();
    let Order { program, files, case, act } = serde_json::from_str(&order).unwrap();
    let program = named(&program);
    let scratch = folder.join("scratch");
    std::fs::create_dir(&scratch).unwrap();
    let place = Place { files, scratch, ports: case.ports.clone() };
    let backends = Backends::start(&case.peers);
    let unchecked = Checked { good: true, text: String::new() };
    let late = act == Act::Play && program.checks_by_running();
    let mut checked = if late || act == Act::PlayUnchecked { unchecked } else { program.check(&place) };
    let mut observed = Vec::new();
    if checked.good && act != Act::Check {
        let _running = Running::start(program, &place);
        if late {
            checked = program.opinion(&place);
        }
        for step in case.steps.iter().filter(|_| checked.good) {
            match step {
                Step::Send(request) => observed.push(client::send(request, &backends)),
                Step::Fault { peer, fault } => backends.fault(peer, *fault),
            }
        }
    }
    let played = Played { checked, observed, log: place.said() };
    std::fs::write(folder.join("played.json"), serde_json::to_string(&played).unwrap()).unwrap();
}
