//! What nginx reads without complaint, and how it cuts it.

use crate::outline::check;

#[test]
fn white_space_is_blank_tab_and_both_line_ends() {
    check("a\tb\r\nc d;", "a|b|c|d;");
    check("a\rb\r;\r", "a|b;");
    check("a\u{b}b\u{c}c\u{a0}d;", "a\\u{b}b\\u{c}c\\u{a0}d;");
    check("\u{feff}events { }", "\\u{feff}events {\n}");
    check("a\0b;", "a\\0b;");
    check(" \r\n\t", "");
    check("", "");
}

#[test]
fn quotes_quote_at_the_start_of_a_word_only() {
    check(r#"a "b c" 'd;{}#';"#, "a|b c|d;{}#;");
    check(r#"a b"c d'e';"#, "a|b\\\"c|d\\'e\\';");
    check(r#"a "" '';"#, "a||;");
    check("a \"b\nc\";", "a|b\\nc;");
    check(r#""a" b;"#, "a|b;");
    check(r#"if ("$a" = "b") { }"#, "if|(\\\"$a\\\"|=|b|) {\n}");
    check(r#"if ("a" ~ "b"){ }"#, "if|(\\\"a\\\"|~|b|) {\n}");
    check(r#"a "b"{ c "d"; }"#, "a|b {\n  c|d;\n}");
}

#[test]
fn a_backslash_takes_the_next_character() {
    check(r"a \;b c\ d e\{f;", r"a|\\;b|c\\ d|e\\{f;");
    check(r#"a "b\"c" 'd\'e' f\"g;"#, "a|b\\\"c|d\\'e|f\\\"g;");
    check(r#"a "b\\" c\\d;"#, r"a|b\\|c\\d;");
    check(r#"a \t\r\n "\t\r\n";"#, r"a|\t\r\n|\t\r\n;");
    check(r"a \d\.\/\é;", r"a|\\d\\.\\/\\é;");
    check(r#"a \"b c;"#, "a|\\\"b|c;");
    check("a \\\nb;", "a|\\\\\\nb;");
    check(r"\#a;", r"\\#a;");
}

#[test]
fn a_brace_after_a_dollar_opens_no_block() {
    check("a ${b} $${c} ${{d;", "a|${b}|$${c}|${{d;");
    check("a x${b}y;", "a|x${b}y;");
    check("a \"${b}\";", "a|${b};");
    check("a $b{ }", "a|$b {\n}");
    check(r"a $\{b;", r"a|$\\{b;");
    check("a $ { }", "a|$ {\n}");
    check("a ${ ;", "a|${;");
    check("a b$;", "a|b$;");
}

#[test]
fn any_other_brace_opens_a_block() {
    check(r"location ~ \d{3}/ { }", "location|~|\\\\d {\n  3}/ {\n  }\n !1: unexpected end of file, expecting \"}\"");
    check("a{b{c;}}", "a {\n  b {\n    c;\n  }\n}");
    check("a b}c {}", "a|b}c {\n}");
}

#[test]
fn comments_start_where_words_start() {
    check("# a\n#b;{\"\nc;#d", "# a\n#b;{\"\nc;\n#d");
    check("a # b ;\n c#d # e\n;", "a|c#d; # b ; # e");
    check("# a\rb;\nc;", "# a\rb;\nc;");
}

#[test]
fn lua_blocks_hold_lua() {
    check("content_by_lua_block { a = {1, {2}} } b;", "content_by_lua_block { a = {1, {2}} }\nb;");
    check("set_by_lua_block $x{ return '}' }", "set_by_lua_block|$x { return '}' }");
    check("a_by_lua_block {s = \"}\\\"}\"}", "a_by_lua_block {s = \"}\\\"}\"}");
    check("a_by_lua_block {s = [[ } ]] .. [==[ ]] } ]=] ]==]}", "a_by_lua_block {s = [[ } ]] .. [==[ ]] } ]=] ]==]}");
    check("a_by_lua_block {-- }\n--[[ }\n} ]] --[=[ } ]=] }", "a_by_lua_block {-- }\n--[[ }\n} ]] --[=[ } ]=] }");
    check("a_by_lua_block {x[y[1]] = #z - 1}", "a_by_lua_block {x[y[1]] = #z - 1}");
    check("http { a_by_lua_block # {\n { \"#\" } b; }", "http {\n  a_by_lua_block { \"#\" } # {\n  b;\n}");
}

#[test]
fn only_the_first_word_makes_a_lua_block() {
    check("a b_by_lua_block { c; }", "a|b_by_lua_block {\n  c;\n}");
    check("a_by_lua_block b; c;", "a_by_lua_block|b;\nc;");
    check("a_by_lua_blocks { b; }", "a_by_lua_blocks {\n  b;\n}");
    check("_by_lua_block { b; }", "_by_lua_block {\n  b;\n}");
}
