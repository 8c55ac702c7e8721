//! nginx's options, read as nginx reads them (`ngx_get_options`): letters may be joined, values may follow at once.

/// What nginx's command line asks for. Values are decoded text, see [`crate::syntax::decode`].
#[derive(Debug, Default, PartialEq, Eq)]
#[allow(clippy::struct_excessive_bools, reason = "one letter, one flag")]
pub struct Options {
    /// `-h`, `-?`
    pub help: bool,
    /// `-v`
    pub version: bool,
    /// `-V`
    pub configure: bool,
    /// `-t`
    pub test: bool,
    /// `-T`
    pub dump: bool,
    /// `-q`
    pub quiet: bool,
    /// `-p`
    pub prefix: Option<String>,
    /// `-c`
    pub conf: Option<String>,
    /// `-e`
    pub error_log: Option<String>,
    /// `-g`
    pub directives: Option<String>,
    /// `-s`
    pub signal: Option<String>,
}

/// What a letter that takes a value is called when the value is missing.
const VALUES: &[(char, &str)] =
    &[('p', "directory name"), ('e', "file name"), ('c', "file name"), ('g', "parameter"), ('s', "parameter")];

/// The signals that `-s` knows.
const SIGNALS: &[&str] = &["stop", "quit", "reopen", "reload"];

impl Options {
    /// Reads the arguments after the program's name.
    ///
    /// # Errors
    /// nginx's words for what it does not understand.
    pub fn read(arguments: &[String]) -> Result<Options, String> {
        let mut options = Options::default();
        let mut arguments = arguments.iter();
        while let Some(argument) = arguments.next() {
            let Some(letters) = argument.strip_prefix('-') else {
                return Err(format!("invalid option: \"{argument}\""));
            };
            let mut chars = letters.chars();
            while let Some(letter) = chars.next() {
                if let Some((_, needs)) = VALUES.iter().find(|(known, _)| *known == letter) {
                    let joined = Some(chars.as_str()).filter(|rest| !rest.is_empty()).map(str::to_owned);
                    let value = joined.or_else(|| arguments.next().cloned());
                    let value = value.ok_or_else(|| format!("option \"-{letter}\" requires {needs}"))?;
                    options.set(letter, value)?;
                    break;
                }
                options.flag(letter)?;
            }
        }
        Ok(options)
    }

    fn flag(&mut self, letter: char) -> Result<(), String> {
        match letter {
            '?' | 'h' => (self.version, self.help) = (true, true),
            'v' => self.version = true,
            'V' => (self.version, self.configure) = (true, true),
            't' => self.test = true,
            'T' => (self.test, self.dump) = (true, true),
            'q' => self.quiet = true,
            // nginx prints one byte of a longer character.
            _ => return Err(format!("invalid option: \"{}\"", crate::syntax::first_byte(letter))),
        }
        Ok(())
    }

    fn set(&mut self, letter: char, value: String) -> Result<(), String> {
        match letter {
            'p' => self.prefix = Some(value),
            'e' => self.error_log = Some(if value == "stderr" { String::new() } else { value }),
            'c' => self.conf = Some(value),
            'g' => self.directives = Some(value),
            _ if SIGNALS.contains(&value.as_str()) => self.signal = Some(value),
            _ => return Err(format!("invalid option: \"-s {value}\"")),
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Result<Options, String> {
        Options::read(&line.split(' ').map(str::to_owned).collect::<Vec<_>>())
    }

    #[test]
    fn letters_and_values_may_be_joined() {
        let options = read("-tqp/x -c a.conf -e stderr").expect("nginx takes these");
        assert!(options.test && options.quiet);
        assert_eq!(options.prefix.as_deref(), Some("/x"));
        assert_eq!(options.conf.as_deref(), Some("a.conf"));
        assert_eq!(options.error_log.as_deref(), Some(""));
    }

    #[test]
    fn refuses_in_nginx_words() {
        let cases = [
            ("-x", "invalid option: \"x\""),
            ("file", "invalid option: \"file\""),
            ("-p", "option \"-p\" requires directory name"),
            ("-s hup", "invalid option: \"-s hup\""),
        ];
        for (line, want) in cases {
            assert_eq!(read(line).expect_err(line), want);
        }
    }
}
