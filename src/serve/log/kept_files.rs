//! Log files whose names have variables, kept open by `open_log_file_cache`: what `ngx_open_file_cache.c` does for logs.
//! Where nothing keeps them, each line opens its file anew.

use std::io;
use std::sync::Arc;

use super::file::LogFile;
use crate::balance::Millis;
use crate::exchange::LogCache;

/// Files that are kept, the last used first.
#[derive(Debug, Default)]
pub struct KeptFiles(Vec<Kept>);

/// A file, open or only counted.
#[derive(Debug)]
struct Kept {
    name: String,
    file: Option<Arc<LogFile>>,
    uses: u64,
    opened: Millis,
    used: Millis,
}

impl KeptFiles {
    /// The file of this name, open.
    ///
    /// # Errors
    /// The system's.
    pub fn open(&mut self, name: &str, cache: Option<&LogCache>, now: Millis) -> io::Result<Arc<LogFile>> {
        let Some(cache) = cache else { return LogFile::open(name).map(Arc::new) };
        self.0.retain(|kept| now.since(kept.used) < cache.inactive);
        let mut kept = match self.0.iter().position(|kept| kept.name == name) {
            Some(at) => self.0.remove(at),
            None => Kept { name: name.to_owned(), file: None, uses: 0, opened: now, used: now },
        };
        kept.uses += 1;
        kept.used = now;
        let fresh = kept.file.take().filter(|_| now.since(kept.opened) < cache.valid);
        let file = if let Some(file) = fresh {
            file
        } else {
            kept.opened = now;
            Arc::new(LogFile::open(name)?)
        };
        kept.file = (kept.uses >= cache.min_uses).then(|| Arc::clone(&file));
        self.0.insert(0, kept);
        self.0.truncate(cache.max);
        Ok(file)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_used_stay_open_once_they_are_used_often_enough() {
        let cache = LogCache { max: 2, min_uses: 2, inactive: 20_000, valid: 60_000 };
        let mut kept = KeptFiles::default();
        let mut open = |name: &str, now| {
            let file = kept.open(name, Some(&cache), Millis(now)).expect("it can be opened");
            // One that is kept is shared.
            Arc::strong_count(&file) > 1
        };
        let null = "/dev/null";
        assert!(!open(null, 0));
        assert!(open(null, 1));
        assert!(!open("/dev/zero", 2));
        assert!(!open("/dev/full", 3));
        assert!(!open(null, 4), "it was pushed out");
        assert!(!open(null, 30_000), "it was forgotten");
    }
}
