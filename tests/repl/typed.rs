//! Each feature of the session, on a terminal.

use super::terminal::Terminal;
use crate::support::{Program, Served};

const SIM: &[&str] = &["--cloud", "sim"];
const BOOT: &str = "let s = boot(\"web\", #{ image: \"cirros\", flavor: \"m1.tiny\" })";

#[test]
fn it_greets_and_leaves() {
    let program = Program::new();
    let terminal = Terminal::start(&program, SIM);
    terminal.ready();
    let rows = terminal.rows();
    assert_eq!(rows[0], "rhain 0.1 on sim (simulated)      :help for help, Ctrl-D to leave");
    assert_eq!(rows[1], "sim>");
    assert_eq!(terminal.leave(), Some(0));
}

#[test]
fn the_cloud_is_greeted_with_its_project_before_it_is_asked_anything() {
    let served = Served::new();
    let program = served.program();
    let terminal = Terminal::start(&program, &["repl"]);
    terminal.ready();
    assert!(terminal.screen().starts_with("rhain 0.1 on lab (openstack, demo)  "), "{}", terminal.screen());
    assert!(terminal.rows()[1].starts_with("lab>"));
    assert_eq!(terminal.leave(), Some(0));
}

#[test]
fn without_a_cloud_the_simulated_one_stands_in() {
    let program = Program::new();
    let terminal = Terminal::start(&program, &[]);
    terminal.ready();
    assert!(terminal.rows()[0].starts_with("no cloud is configured: this is the simulated one"));
    // It is said once.
    assert_eq!(terminal.ask("servers()"), ["[]"]);
}

#[test]
fn results_are_tables_cards_and_trees() {
    let program = Program::new();
    let terminal = Terminal::start(&program, SIM);
    assert_eq!(terminal.ask("1 + 1"), ["2"]);
    assert_eq!(terminal.ask("let quiet = 5;"), [] as [&str; 0]);
    assert_eq!(terminal.ask("()"), [] as [&str; 0]);
    assert_eq!(terminal.ask("#{ a: 1, b: #{ c: #{ d: 2 } } }"), ["a  1", "b", "  c  d=2"]);
    assert_eq!(terminal.ask("secret(\"hunter2\")"), ["••••••"]);
    terminal.ask(BOOT);
    terminal.ask("s.wait_active()");
    let table = terminal.ask("servers()");
    assert!(table[0].starts_with(" name  status"), "{table:?}");
    assert!(table[1].starts_with(" web   ACTIVE  m1.tiny"), "{table:?}");
    assert_eq!(table[2], " 1 server");
    let card = terminal.ask("server(\"web\")");
    assert!(card.iter().any(|row| row.starts_with("flavor ") && row.ends_with(" m1.tiny")), "{card:?}");
    let changed = terminal.told("s.stop().wait_status(\"SHUTOFF\")");
    assert!(changed.starts_with("web  SHUTOFF  m1.tiny  cirros"), "{changed}");
    assert!(changed.ends_with("(was ACTIVE)"), "{changed}");
}

#[test]
fn a_long_result_is_shown_in_parts() {
    let program = Program::new();
    let terminal = Terminal::start(&program, SIM);
    terminal.ask("let rows = []; for n in 1..=120 { rows.push(#{ n: n }); }");
    let rows = terminal.ask("rows");
    assert_eq!((rows.len(), rows[51].as_str()), (52, " rows 1 to 50 of 120; `:more` shows the next"));
    let rows = terminal.ask(":more");
    assert_eq!(
        (rows[1].as_str(), rows[51].as_str()),
        (" 51", " rows 51 to 100 of 120; `:more` shows the next")
    );
    let rows = terminal.ask(":more all");
    assert_eq!(rows.last().map(String::as_str), Some(" rows 101 to 120 of 120"));
    assert_eq!(terminal.ask(":more"), ["nothing is left to show"]);
}

#[test]
fn json_is_shown_where_it_is_asked_for() {
    let program = Program::new();
    let terminal = Terminal::start(&program, &["--cloud", "sim", "--format", "json"]);
    assert_eq!(terminal.ask("#{ a: [1, \"b\"] }"), [r#"{"a":[1,"b"]}"#]);
    assert!(terminal.ask("1 / 0").concat().contains(r#""diagnostic":"language::arithmetic""#));
}

#[test]
fn an_input_goes_on_until_it_is_whole() {
    let program = Program::new();
    let terminal = Terminal::start(&program, SIM);
    terminal.ask("fn twice(n) {\nn * 2\n}");
    assert_eq!(terminal.ask("twice(\n21)").last().map(String::as_str), Some("42"));
    assert_eq!(terminal.ask("1 +\n2").last().map(String::as_str), Some("3"));
    assert_eq!(terminal.ask("`two\nlines`"), ["lines`", "two", "lines"]);
}

#[test]
fn an_error_leaves_the_session_as_it_was() {
    let program = Program::new();
    let terminal = Terminal::start(&program, SIM);
    let told = terminal.told("let a = 20; a.foo()");
    assert!(told.contains("input 1:1:15"), "{told}");
    assert_eq!(terminal.ask("a + 1"), ["21"]);
    assert_eq!(terminal.ask("_ * 2"), ["42"]);
}

#[test]
fn ctrl_c_at_the_prompt_takes_the_line_away() {
    let program = Program::new();
    let terminal = Terminal::start(&program, SIM);
    terminal.ready();
    terminal.send("let a = (1 +");
    terminal.see("(1 +");
    terminal.send("\x03");
    terminal.until("a new prompt", |screen| screen.ends_with("sim>"));
    assert_eq!(terminal.ask("40 + 2"), ["42"]);
    assert_eq!(terminal.leave(), Some(0));
}

#[test]
fn ctrl_c_stops_a_loop_and_keeps_the_session() {
    let program = Program::new();
    let terminal = Terminal::start(&program, SIM);
    terminal.ask("let a = 42");
    terminal.send("print(\"begun\"); loop { a += 0; }\r");
    terminal.see("\nbegun");
    terminal.send("\x03");
    terminal.see("the run was interrupted");
    terminal.until("a prompt", |screen| screen.ends_with("sim>"));
    assert_eq!(terminal.ask("a"), ["42"]);
    assert_eq!(terminal.leave(), Some(0));
}

#[test]
fn ctrl_c_stops_a_wait_and_says_what_exists() {
    let served = Served::frozen();
    let program = served.program();
    let terminal = Terminal::start(&program, &[]);
    terminal.ready();
    terminal.send("let s = boot(\"web\", #{ image: \"cirros\", flavor: \"m1.tiny\" }); print(\"made\"); s.wait_active()\r");
    terminal.see("\nmade");
    terminal.send("\x03");
    terminal.see("1 server of this run: web");
    terminal.until("a prompt", |screen| screen.ends_with("lab>"));
    assert_eq!(terminal.ask("s.name"), ["web"]);
    assert_eq!(terminal.ask("servers().len()"), ["1"]);
    assert_eq!(served.written(), ["server.create web"]);
    assert_eq!(terminal.leave(), Some(0));
}

#[test]
fn sigterm_ends_it_at_the_prompt_and_in_a_call() {
    let program = Program::new();
    let terminal = Terminal::start(&program, SIM);
    terminal.ready();
    terminal.signal("TERM");
    assert_eq!(terminal.end(), Some(143));
    let program = Program::new();
    let terminal = Terminal::start(&program, SIM);
    terminal.ready();
    terminal.send("print(\"begun\"); loop { }\r");
    terminal.see("\nbegun");
    terminal.signal("TERM");
    assert_eq!(terminal.end(), Some(143));
}

#[test]
fn exit_leaves_with_its_code() {
    let program = Program::new();
    let terminal = Terminal::start(&program, SIM);
    terminal.ready();
    terminal.send("exit(7)\r");
    assert_eq!(terminal.end(), Some(7));
    for word in [":quit", "quit", "exit"] {
        let program = Program::new();
        let terminal = Terminal::start(&program, SIM);
        terminal.ready();
        terminal.send(&format!("{word}\r"));
        assert_eq!(terminal.end(), Some(0), "{word}");
    }
}

#[test]
fn lines_are_remembered_but_not_those_with_secrets() {
    let program = Program::new();
    let terminal = Terminal::start(&program, SIM);
    terminal.ask("40 + 2");
    terminal.ask("let pw = secret(\"hunter2\")");
    terminal.ask(" 1 + 1");
    assert_eq!(terminal.leave(), Some(0));
    let file = program.folder().join("../home/.local/state/rhain/history");
    let kept = std::fs::read_to_string(&file).expect("a history");
    assert!(kept.contains("40 + 2"), "{kept}");
    assert!(!kept.contains("hunter2") && !kept.contains("1 + 1"), "{kept}");
    use std::os::unix::fs::PermissionsExt as _;
    assert_eq!(std::fs::metadata(&file).expect("a file").permissions().mode() & 0o777, 0o600);
    let terminal = Terminal::start(&program, SIM);
    terminal.ready();
    terminal.send("\x1b[A");
    terminal.see("sim> 40 + 2");
    terminal.send("\r");
    terminal.see("\n42");
}

#[test]
fn the_history_is_where_the_system_says() {
    let program = Program::new();
    let state = program.folder().join("state");
    let program = program.var("XDG_STATE_HOME", &state.to_string_lossy());
    let terminal = Terminal::start(&program, SIM);
    terminal.ask("40 + 2");
    assert_eq!(terminal.leave(), Some(0));
    assert!(std::fs::read_to_string(state.join("rhain/history")).expect("a history").contains("40 + 2"));
}

#[test]
fn tab_ends_names_and_commands() {
    let program = Program::new();
    let terminal = Terminal::start(&program, SIM);
    terminal.ready();
    // What is typed ahead is not lost either.
    terminal.send("let forty = 40;\rfort\t + 2\r");
    terminal.see("\n42");
    terminal.send(":cle\t\r");
    terminal.see("are forgotten");
    terminal.send("confirm_r\t");
    terminal.see("sim> confirm_resize");
}

#[test]
fn tab_offers_what_the_value_itself_can_do() {
    let program = Program::new();
    let terminal = Terminal::start(&program, SIM);
    terminal.ask(BOOT);
    terminal.ask("let settings = #{ colour: 1, coat: 2 }");
    terminal.send("s.res\t");
    terminal.until("the methods", |screen| screen.contains("rescue(") && screen.contains("resize(flavor)"));
    assert!(!terminal.screen().contains("restart"), "{}", terminal.screen());
    terminal.cancel();
    terminal.send("settings.col\t\r");
    terminal.see("\n1");
    terminal.send("boot(\"x\", #{ image: \"cirros\", fla\t");
    terminal.see("flavor: ");
    terminal.cancel();
    terminal.send("s.na\t\r");
    terminal.see("\nweb");
}

#[test]
fn tab_offers_the_names_that_the_cloud_has() {
    let program = Program::new();
    let terminal = Terminal::start(&program, SIM);
    terminal.ask("boot(\"a-long-name\", #{ image: \"cirros\", flavor: \"m1.tiny\" }).name");
    // The first Tab may come before the cloud's answer.
    terminal.send("server(\"a-l");
    terminal.insist("\t", "", "sim> server(\"a-long-name\"");
    terminal.cancel();
}

#[test]
fn colours_brackets_and_hints_while_typing() {
    let program = Program::new();
    let terminal = Terminal::with(&program, SIM, &[("TERM", "xterm-256color")]);
    terminal.ready();
    terminal.send("let a = rename(");
    terminal.see("rename(resource, name)");
    let plain = terminal.look_of(" a ");
    assert_ne!(terminal.look_of("let "), plain);
    assert_ne!(terminal.look_of("rename"), plain);
    assert_ne!(terminal.look_of("rename"), terminal.look_of("let "));
    // The hint is dim, and no part of what was typed.
    assert!(terminal.look_of("resource, name").dim);
    terminal.send("1)");
    terminal.see("rename(1)");
    terminal
        .until("marked brackets", |_| terminal.look_of("(1)").underlined && terminal.look_of(")").underlined);
    assert!(!terminal.screen().contains("resource, name"));
}

#[test]
fn a_dumb_terminal_is_one_too() {
    let program = Program::new();
    let terminal = Terminal::with(&program, SIM, &[("TERM", "dumb")]);
    terminal.ready();
    terminal.send("40 +\r");
    terminal.send("2\r");
    terminal.see("\n42");
    terminal.send("\x04");
    assert_eq!(terminal.look_of("40 +"), terminal.look_of("sim>"));
    assert_eq!(terminal.end(), Some(0));
}

#[test]
fn what_is_no_text_does_no_harm() {
    let program = Program::new();
    let terminal = Terminal::start(&program, SIM);
    terminal.ready();
    terminal.send_bytes(b"\xff\xfe\x80abc\xc3(\x00\x01\r");
    terminal.send_bytes(b"\x1b[200~\x00\x01\x02\xff\r\n\x1b[201~\r");
    // Whatever it made of that, and dropped with it: it goes on.
    terminal.insist("\x03", "print(\"still \" + \"there\")\r", "\nstill there");
}
