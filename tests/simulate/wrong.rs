//! What goes wrong, and what is said of it.

use super::check;

const TWO: &str = "gen:requests=2";

#[test]
fn lines_of_the_trace() {
    check("broken_lines", &["weights.conf", "--trace", "broken.jsonl"]);
    check("broken_lines_strict", &["weights.conf", "--trace", "broken.jsonl", "--strict"]);
    check("no_line_can_be_read", &["weights.conf", "--trace", "noise.log"]);
    check("no_lines", &["weights.conf", "--trace", "empty.log"]);
}

#[test]
fn specifications() {
    check("gen_unknown_key", &["weights.conf", "--trace", "gen:requsts=2"]);
    check("gen_no_number", &["weights.conf", "--trace", "gen:requests=two"]);
    check("rng_no_number", &["weights.conf", "--trace", TWO, "--rng", "glibc:x"]);
    check("rng_unknown", &["weights.conf", "--trace", TWO, "--rng", "musl:1"]);
    check("kill_window", &["weights.conf", "--trace", TWO, "--kill", "10.0.0.1:80@9s..5s"]);
    check("kill_no_window", &["weights.conf", "--trace", TWO, "--kill", "10.0.0.1:80@5s"]);
    check("kill_nobody", &["weights.conf", "--trace", TWO, "--kill", "10.0.0.9:80"]);
    check("fail_kind", &["weights.conf", "--trace", TWO, "--fail", "broken:10.0.0.1:80"]);
    check("fail_status", &["weights.conf", "--trace", TWO, "--fail", "status=999:10.0.0.1:80"]);
    check("slow_how", &["weights.conf", "--trace", TWO, "--slow", "10.0.0.1:80=3"]);
    check("latency_form", &["weights.conf", "--trace", TWO, "--latency", "triangular:20ms"]);
    check("log_format_unknown", &["weights.conf", "--trace", "broken.jsonl", "--log-format", "main"]);
    check("why_nobody", &["weights.conf", "--trace", TWO, "--why", "9"]);
    check("why_and_backtest", &["weights.conf", "--trace", TWO, "--why", "1", "--backtest"]);
}

#[test]
fn scenarios() {
    check("scenario_unknown_key", &["weights.conf", "--trace", TWO, "--scenario", "unknown_key.toml"]);
}

#[test]
fn names() {
    check("name_unknown", &["unknown_name.conf", "--trace", TWO]);
    check("name_stand_in", &["unknown_name.conf", "--trace", TWO, "--stand-in"]);
    let resolve = "app.example.com=10.0.0.7,10.0.0.8";
    check("name_resolved", &["unknown_name.conf", "--trace", "gen:requests=3", "--resolve", resolve]);
    check("name_no_address", &["unknown_name.conf", "--trace", TWO, "--resolve", "app.example.com=nowhere"]);
}

/// Names that nginx resolves while it serves.
#[test]
fn names_of_requests() {
    check("name_of_request_unknown", &["variable_name.conf", "--trace", TWO]);
    check("name_of_request_stand_in", &["variable_name.conf", "--trace", TWO, "--stand-in"]);
    check("name_of_request_resolved", &["variable_name.conf", "--trace", TWO, "--resolve", "App.example.com=10.0.0.7"]);
    check("name_at_run_time_unknown", &["names.conf", "--trace", TWO]);
    check(
        "name_at_run_time_resolved",
        &["names.conf", "--trace", TWO, "--resolve", "app.example.com=10.0.0.7,10.0.0.8"],
    );
}

#[test]
fn files() {
    check("one_standard_input", &["-", "--trace", "-"]);
    check("no_trace", &["weights.conf", "--trace", "nowhere.log"]);
    check("no_configuration", &["nowhere.conf", "--trace", TWO]);
    check("no_scenario", &["weights.conf", "--trace", TWO, "--scenario", "nowhere.toml"]);
    check("no_other", &["weights.conf", "--trace", TWO, "--against", "nowhere.conf"]);
    check("no_place_for_picks", &["weights.conf", "--trace", TWO, "--picks", "nowhere/picks.jsonl"]);
    check("no_place_for_a_page", &["weights.conf", "--trace", TWO, "--report", "nowhere/page.html"]);
}

#[test]
fn configurations() {
    check("faulty", &["faulty.conf", "--trace", TWO]);
    check("no_server", &["stream_only.conf", "--trace", TWO]);
    check("faulty_other", &["weights.conf", "--trace", TWO, "--against", "faulty.conf"]);
    check("faulty_backup", &["hash_backup.conf", "--trace", TWO]);
    check("faulty_without_plus", &["queue.conf", "--trace", TWO, "--target", "nginx@1.31.3"]);
}
