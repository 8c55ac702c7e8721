//! Folders as `nginx -t` makes them: `ngx_create_paths`.

use std::fs::{self, DirBuilder, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt, chown};

use super::{listed, native, refusal};

/// What the owner may do with a folder: everything.
const OWN: u32 = 0o700;

/// Makes a folder, or takes the one that is there, for `owner`.
///
/// # Errors
/// nginx's message.
pub fn make(name: &str, owner: Option<&str>) -> Result<(), String> {
    let path = native(name);
    let failed = |call: String| move |error: io::Error| format!("{call} failed ({})", refusal(&error));
    match DirBuilder::new().mode(OWN).create(&path) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
            return Err(failed(format!("mkdir() \"{name}\""))(error));
        }
        _ => {}
    }
    let Some(user) = owner.and_then(number_of) else { return Ok(()) };
    let found = fs::metadata(&path).map_err(failed(format!("stat() \"{name}\"")))?;
    if found.uid() != user {
        chown(&path, Some(user), None).map_err(failed(format!("chown(\"{name}\", {user})")))?;
    }
    if found.mode() & OWN != OWN {
        let mode = Permissions::from_mode(found.mode() | OWN);
        fs::set_permissions(&path, mode).map_err(failed(format!("chmod() \"{name}\"")))?;
    }
    Ok(())
}

/// The number of a user.
fn number_of(user: &str) -> Option<u32> {
    listed("/etc/passwd", user)?.split(':').nth(2)?.parse().ok()
}
