//! Which nginx to judge as: `--target`, or the environment variable where no option can be given.

use std::path::Path;

use crate::modules::Target;

/// The environment variable that names the target on nginx's own command line.
pub const VARIABLE: &str = "NGINXLB_TARGET";

/// A target by name, or from the file with the output of `nginx -V`.
///
/// # Errors
/// What is wrong with it, in words.
pub fn read(name: &str) -> Result<Target, String> {
    let path = Path::new(name);
    if path.is_file() {
        let text = std::fs::read(path).map_err(|error| format!("cannot read the target {name}: {error}"))?;
        let text = String::from_utf8_lossy(&text);
        return Target::from_version_output(&text).map_err(|error| format!("{name}: {error}"));
    }
    Target::parse(name).map_err(|error| error.to_string())
}

/// The target that the environment names, or the default one.
///
/// # Errors
/// As [`read`].
pub fn from_environment() -> Result<Target, String> {
    match std::env::var(VARIABLE) {
        Ok(name) if !name.is_empty() => read(&name).map_err(|error| format!("{VARIABLE}: {error}")),
        _ => Ok(Target::default()),
    }
}

/// Whether the environment names a target.
pub fn is_chosen() -> bool {
    std::env::var_os(VARIABLE).is_some_and(|name| !name.is_empty())
}

/// `--target` and `--module`.
#[derive(Debug, clap::Args)]
pub struct Options {
    /// The nginx to judge as: nginx@1.22, nginx@1.31.3, plus@r37, or a file with the output of nginx -V
    /// [default: $NGINXLB_TARGET, or the newest nginx with all its modules]
    #[arg(long, value_name = "TARGET")]
    target: Option<String>,
    /// A third-party module that the target has, too: njs, lua, headers-more, brotli, ...
    #[arg(long = "module", value_name = "NAME")]
    modules: Vec<String>,
}

impl Options {
    /// Whether a target is named, here or in the environment.
    pub fn is_given(&self) -> bool {
        self.target.is_some() || is_chosen()
    }

    /// The target with its modules.
    ///
    /// # Errors
    /// What is wrong with it, in words.
    pub fn target(&self) -> Result<Target, String> {
        let mut target = match &self.target {
            Some(name) => read(name)?,
            None => from_environment()?,
        };
        for module in &self.modules {
            target.add_third_party(module).map_err(|error| error.to_string())?;
        }
        Ok(target)
    }
}
