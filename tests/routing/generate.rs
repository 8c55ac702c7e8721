//! Made-up servers: what stands in them is drawn by dice from a small stock, so that it meets in unforeseen ways.

/// A xorshift generator.
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Dice {
        Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % sides
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.roll(from.len())]
    }
}

/// Requests that fit the stock.
pub const REQUESTS: &[&str] = &[
    "GET /",
    "GET /?a=abc&b=o",
    "GET /a",
    "GET /a/",
    "GET /a?a=xyz&b=1",
    "GET /a/b?a=y",
    "GET /a/b/c.php?a=q&b=b",
    "GET /a.php",
    "GET /A/12",
    "POST /a/b\nContent-Length: 0",
    "POST /dir/x",
    "GET /dir",
    "GET /dir?x=1",
    "GET /dir/x",
    "HEAD /dir/y?a=abc",
    "GET /err",
    "GET /x/42?a=k8",
    "GET /x/42/deep",
    "GET /a%20b/c?a=x%20y",
    "GET /new/a?b=d",
    "GET /fb\nHost: www.example.com",
    "PUT /a/put",
];

const PATTERNS: &[&str] = &[
    "/",
    "= /",
    "/a",
    "/a/",
    "^~ /a/b",
    "= /a",
    "~ \\.php$",
    "~* ^/(?<sec>[a-z]+)/(\\d+)",
    "/dir/",
    "= /dir",
    "/err",
    "/new",
    "~ ^/x/(.*)$",
    "/x",
    "~ ^/a(?<id>.)",
    "/dir/x",
];

const VALUES: &[&str] =
    &["$uri", "x$1", "$arg_a", "$m1", "const", "$v1-$2", "${sec}y", "$args", "$m2", "", "0", "$1$m1", "$kept"];

const REGEXES: &[&str] =
    &["^/a(.*)$", "^/(a|dir)/(.)", "^", "php$", "(.)$", "^/x/(\\d+)(/.*)?", "^/(?<id>[a-z]+)", "nothing"];

const REPLACEMENTS: &[&str] = &[
    "/new$1",
    "/new/$2?r=$1",
    "/err",
    "/dir/$1?",
    "/x/$v1",
    "/$m1?z",
    "$uri",
    "/a?$args",
    "http://h/$1",
    "/new?id=$id&v=$v1?",
];

const FLAGS: &[&str] = &["", "", "last", "break", "redirect", "permanent"];

const RETURNS: &[&str] = &[
    "404",
    "403",
    "200 'b $uri|$args|$1|$2|$v1|$v2|$m1|$sec|$id'",
    "500",
    "301 /moved$uri",
    "302 $v1",
    "200 ''",
    "418 'tea $v1'",
    "503",
    "200 '$1|$m1|$1|$kept|$request_method'",
];

const CONDITIONS: &[&str] = &[
    "$arg_a",
    "$v1",
    "$v1 = const",
    "$arg_b != o",
    "$uri ~ ^/a(.*)",
    "$uri !~ php",
    "$request_method = POST",
    "$m1 ~* ^(R)-?(.)",
    "$arg_a ~ (.)(?<id>.)",
    "$m2",
];

const ENDS: &[&str] = &[
    "proxy_pass http://app;",
    "proxy_pass http://other;",
    "proxy_pass http://$up;",
    "proxy_pass http://bad;",
    "proxy_pass http://bad; proxy_intercept_errors on;",
    "proxy_pass http://dead;",
    "",
    "empty_gif;",
    "return 200 'e $uri|$args|$1|$2|$v1|$v2|$m1|$sec|$id';",
    "return 200 'f $1|$v3|$m2|$kept|$id';",
    "try_files $uri /new$uri?$args;",
    "try_files /none @fb;",
    "try_files $uri =404;",
    "return 403;",
    "return 404;",
];

const SETTINGS: &[&str] = &[
    "error_page 404 /err;",
    "error_page 404 = @fb;",
    "error_page 403 =200 /err?was=$request_method;",
    "error_page 502 503 = @fb;",
    "error_page 404 500 =410 /new;",
    "error_page 301 302 =307 http://moved/;",
    "recursive_error_pages on;",
    "internal;",
    "deny all;",
    "allow all;",
    "limit_except GET { deny all; }",
    "limit_except POST { proxy_pass http://other; }",
    "error_page 403 404 @none;",
];

/// What may stand in an `if` inside a location only.
const OWN_OF_IF: &[&str] = &["proxy_pass http://other;", "error_page 404 = /new;", "proxy_pass http://$up;"];

/// Steps of the rewrite module.
fn steps(dice: &mut Dice, most: usize, nested: bool) -> String {
    let mut text = String::new();
    for _ in 0..dice.roll(most + 1) {
        let step = match dice.roll(if nested { 9 } else { 7 }) {
            0..=2 => format!("set $v{} \"{}\"; ", 1 + dice.roll(3), dice.pick(VALUES)),
            3 | 4 => format!("rewrite {} {} {}; ", dice.pick(REGEXES), dice.pick(REPLACEMENTS), dice.pick(FLAGS)),
            5 if dice.roll(3) == 0 => format!("return {}; ", dice.pick(RETURNS)),
            6 if dice.roll(2) == 0 => "break; ".to_owned(),
            7 | 8 => {
                let condition = dice.pick(CONDITIONS);
                format!("if ({condition}) {{ {}{} }} ", steps(dice, 2, false), inside_if(dice))
            }
            _ => String::new(),
        };
        text += &step;
    }
    text
}

fn inside_if(dice: &mut Dice) -> &'static str {
    if dice.roll(3) == 0 { dice.pick(OWN_OF_IF) } else { "" }
}

fn location(dice: &mut Dice, pattern: &str, inner: &str) -> String {
    let mut settings = String::new();
    if dice.roll(3) == 0 {
        settings += dice.pick(SETTINGS);
    }
    let end = dice.pick(ENDS);
    if settings.contains("limit_except") && inner.is_empty() && dice.roll(2) == 0 {
        return format!("    location {pattern} {{ {settings} {end} }}\n");
    }
    format!("    location {pattern} {{ {}{settings} {end} {inner} }}\n", steps(dice, 4, true))
}

/// The inside of a server.
pub fn server(dice: &mut Dice) -> String {
    let mut text = String::new();
    if dice.roll(2) == 0 {
        let program = steps(dice, 3, true);
        text += &OWN_OF_IF.iter().fold(program, |program, own| program.replace(own, ""));
    }
    if dice.roll(3) == 0 {
        text += dice.pick(&["error_page 404 /err;", "error_page 403 404 = @fb;", "error_page 400 500 502 /new;"]);
    }
    text.push('\n');
    for pattern in PATTERNS {
        if dice.roll(5) < 2 {
            let nests = ["/", "/a", "/a/"].contains(pattern) && dice.roll(3) == 0;
            let inner = if nests { location(dice, "/a/b", "") + &location(dice, "~ c", "") } else { String::new() };
            text += &location(dice, pattern, &inner);
        }
    }
    text += &location(dice, "@fb", "");
    text
}
