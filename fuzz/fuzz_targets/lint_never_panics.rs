#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| nginxlb::fuzzing::lint_never_panics(data));
