//! A seed for `random()`: a library, preloaded, whose `srandom` ignores what nginx's workers give it.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use tempfile::TempDir;

const SOURCE: &str = r#"
#define _GNU_SOURCE
#include <dlfcn.h>
void srandom(unsigned seed) {
    void (*real)(unsigned) = (void (*)(unsigned)) dlsym(RTLD_NEXT, "srandom");
    (void) seed;
    real(42);
}
"#;

/// The library, for as long as somebody has it.
#[derive(Debug)]
pub struct Shim(TempDir);

impl Shim {
    /// What `LD_PRELOAD` names.
    pub fn path(&self) -> PathBuf {
        self.0.path().join("seed.so")
    }

    /// The library compiled for a binary, `None` for one that loads no libraries.
    ///
    /// # Panics
    /// When there is no C compiler.
    pub fn compile_for(binary: &Path) -> Option<Arc<Shim>> {
        let program = std::fs::read(binary).unwrap();
        if !program.windows(9).any(|part| part == b"ld-linux-") {
            return None;
        }
        let shim = Shim(tempfile::tempdir().unwrap());
        let source = shim.0.path().join("seed.c");
        std::fs::write(&source, SOURCE).unwrap();
        let done = Command::new("cc").args(["-shared", "-fPIC", "-o"]).arg(shim.path()).arg(&source).status();
        assert!(done.as_ref().is_ok_and(std::process::ExitStatus::success), "a C compiler seeds random(): {done:?}");
        Some(Arc::new(shim))
    }
}
