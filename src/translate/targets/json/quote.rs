//! An argument of a payload to the word that nginx and crossplane read back as that argument.

/// The word, quoted if it must be.
pub(super) fn word(argument: &str) -> String {
    let seen = Seen::of(argument);
    if seen.can_be_bare && !seen.double.any() && !seen.single.any() {
        return whole(argument, &seen);
    }
    // A quote with a backslash before it keeps that only inside the other kind of quotes, or in a bare word.
    match () {
        () if !seen.double.any() => quoted(argument, '"', &seen),
        () if !seen.single.any() => quoted(argument, '\'', &seen),
        () if !seen.double.escaped => quoted(argument, '"', &seen),
        () if !seen.single.escaped => quoted(argument, '\'', &seen),
        () if seen.can_be_bare => whole(argument, &seen),
        () => quoted(argument, '"', &seen),
    }
}

/// Whether the word would be quoted.
pub(super) fn is_bare(word: &str) -> bool {
    !word.starts_with(['"', '\''])
}

/// What an argument has in it.
struct Seen {
    can_be_bare: bool,
    double: Marks,
    single: Marks,
    /// A last backslash with nothing to escape.
    open_end: bool,
}

/// One kind of quotes.
#[derive(Default)]
struct Marks {
    plain: bool,
    escaped: bool,
}

impl Marks {
    fn any(&self) -> bool {
        self.plain || self.escaped
    }
}

impl Seen {
    fn of(argument: &str) -> Seen {
        let can_be_bare = !argument.is_empty() && !argument.starts_with(['#', '"', '\'']);
        let mut seen = Seen { can_be_bare, double: Marks::default(), single: Marks::default(), open_end: false };
        let mut chars = argument.chars();
        while let Some(c) = chars.next() {
            let (c, escaped) = if c == '\\' { (chars.next(), true) } else { (Some(c), false) };
            match c {
                None => seen.open_end = true,
                Some('"') if escaped => seen.double.escaped = true,
                Some('\'') if escaped => seen.single.escaped = true,
                Some('"') => seen.double.plain = true,
                Some('\'') => seen.single.plain = true,
                // Python's lexer ends words at more blanks than nginx, and at "}", and reads on behind "${name}".
                Some(c) if !escaped && (c.is_whitespace() || c.is_control() || ";{}".contains(c)) => {
                    seen.can_be_bare = false;
                }
                Some(_) => {}
            }
        }
        seen
    }
}

fn whole(argument: &str, seen: &Seen) -> String {
    format!("{argument}{}", if seen.open_end { "\\" } else { "" })
}

fn quoted(argument: &str, quote: char, seen: &Seen) -> String {
    let mut out = String::with_capacity(argument.len() + 2);
    out.push(quote);
    let mut chars = argument.chars();
    while let Some(c) = chars.next() {
        if c == quote {
            out.push('\\');
        }
        out.push(c);
        if c == '\\' {
            out.extend(chars.next());
        }
    }
    if seen.open_end {
        out.push('\\');
    }
    out.push(quote);
    out
}
