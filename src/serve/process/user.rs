//! What the process takes on once it has all that only the super-user may get: limits, user, folder.

use std::ffi::CString;

use nix::errno::Errno;
use nix::sys::resource::{Resource, setrlimit};
use nix::unistd::{Gid, Group, Uid, User, chdir, initgroups, setgid, setuid};

use crate::serve::log::native;
use crate::serve::settings::Settings;
use crate::syntax;

/// The user that [`become_worker`] makes of the super-user.
pub fn named(settings: &Settings) -> Option<Uid> {
    let (name, _) = settings.user.as_ref().filter(|_| Uid::effective().is_root())?;
    User::from_name(name).ok().flatten().map(|user| user.uid)
}

/// Follows `worker_rlimit_nofile`, `user` and `working_directory`.
///
/// # Errors
/// nginx's message, for what ends a worker there.
pub fn become_worker(settings: &Settings, warn: &mut dyn FnMut(String)) -> Result<(), String> {
    if let Some(files) = settings.open_files
        && let Err(error) = setrlimit(Resource::RLIMIT_NOFILE, files, files)
    {
        warn(format!("setrlimit(RLIMIT_NOFILE, {files}) failed ({})", said(error)));
    }
    if let Some((user, group)) = settings.user.as_ref().filter(|_| Uid::effective().is_root()) {
        become_user(user, group)?;
    }
    if let Some(folder) = settings.folder.as_deref().filter(|folder| !folder.is_empty()) {
        chdir(&native(folder)).map_err(|error| format!("chdir(\"{folder}\") failed ({})", said(error)))?;
    }
    Ok(())
}

fn become_user(name: &str, group: &str) -> Result<(), String> {
    let user = User::from_name(name).ok().flatten().ok_or_else(|| format!("getpwnam(\"{name}\") failed"))?;
    let gid = group_of(group).ok_or_else(|| format!("getgrnam(\"{group}\") failed"))?;
    setgid(gid).map_err(|error| format!("setgid({gid}) failed ({})", said(error)))?;
    let native = CString::new(syntax::encode(name)).map_err(|_| format!("getpwnam(\"{name}\") failed"))?;
    initgroups(&native, gid).map_err(|error| format!("initgroups({name}, {gid}) failed ({})", said(error)))?;
    setuid(user.uid).map_err(|error| format!("setuid({}) failed ({})", user.uid, said(error)))
}

/// nobody's group is called otherwise on some systems.
fn group_of(name: &str) -> Option<Gid> {
    let named = |name: &str| Group::from_name(name).ok().flatten().map(|group| group.gid);
    named(name).or_else(|| if name == "nobody" { named("nogroup") } else { None })
}

fn said(error: Errno) -> String {
    format!("{}: {}", error as i32, error.desc())
}
