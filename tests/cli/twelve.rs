//! Twelve bad scripts and what the program says of them, whole. With `BLESS=1` the pictures are written anew.

use crate::support::{Program, Served, normalised, of_tests};
use rhain_sim::FaultKind;

/// Run one of the twelve; the picture beside it is what standard error must hold.
#[track_caller]
fn pictured(name: &str, program: &Program, options: &[&str]) {
    let script = format!("{name}.rhai");
    let read =
        |path: &str| std::fs::read_to_string(of_tests("diagnostics/twelve").join(path)).expect("a file");
    program.file(&script, &read(&script));
    program.file("lib/web.rhai", &read("lib/web.rhai"));
    let mut words = vec!["run", &script];
    words.extend(options);
    let ended = program.run(&words);
    // What is certain before anything runs is not run.
    let code = match &name[..2] {
        "04" | "05" | "06" | "07" => 2,
        "09" => 3,
        _ => 1,
    };
    assert_eq!(ended.code, Some(code), "{}", ended.err);
    // How long attempts took in all is another time each time, and may stand on either side of a line's end.
    let took = regex::Regex::new(r"\d+(\.\d+)?\s+m?s\s+in\s+all").expect("a pattern");
    let said = took.replace(&normalised(&ended.err), "TIME in all").into_owned();
    #[allow(clippy::disallowed_methods)] // the test runner's own environment
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(of_tests("diagnostics/twelve").join(format!("{name}.txt")), &said).expect("a file");
    }
    let wanted = read(&format!("{name}.txt"));
    assert!(said == wanted, "said:\n{said}\nwanted:\n{wanted}");
    for line in normalised(&ended.err).lines() {
        assert!(unicode_width::UnicodeWidthStr::width(line) <= 80, "wider than 80 columns:\n{line}");
    }
}

#[track_caller]
fn simulated(name: &str) {
    pictured(name, &Program::new(), &["--cloud", "sim"]);
}

#[test]
fn unknown_flavor() {
    simulated("01-unknown-flavor");
}

#[test]
fn unknown_image() {
    simulated("02-unknown-image");
}

#[test]
fn ambiguous_name() {
    simulated("03-ambiguous-name");
}

#[test]
fn misspelt_option() {
    simulated("04-misspelt-option");
}

#[test]
fn wrong_type() {
    simulated("05-wrong-type");
}

#[test]
fn missing_argument() {
    simulated("06-missing-argument");
}

#[test]
fn unknown_verb() {
    simulated("07-unknown-verb");
}

#[test]
fn quota_exceeded() {
    simulated("08-quota-exceeded");
}

#[test]
fn bad_password() {
    let served = Served::new();
    pictured("09-bad-password", &Program::with_clouds(&served.lab_with("wrong")), &[]);
}

#[test]
fn cloud_down() {
    // Port 1 is nobody's.
    let clouds = Served::new().lab();
    let at = clouds.find("http://").expect("an address");
    let end = at + clouds[at..].find('\n').expect("a line");
    let clouds = format!("{}http://127.0.0.1:1/v3{}", &clouds[..at], &clouds[end..]);
    pictured("10-cloud-down", &Program::with_clouds(&clouds), &[]);
}

#[test]
fn error_in_a_wait() {
    let served = Served::new();
    let message = "No valid host was found. There are not enough hosts available.".to_string();
    served.fault("server.create", 1, FaultKind::ErrorState { message });
    pictured("11-error-in-a-wait", &served.program(), &[]);
}

#[test]
fn in_a_module() {
    simulated("12-in-a-module");
}
