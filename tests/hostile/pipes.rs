//! Named pipes in the place of files: nobody may ever open the other end, and no signal ends the wait for it.

use crate::support::Program;

fn with_pipe(name: &str) -> Program {
    let program = Program::new();
    let made = std::process::Command::new("mkfifo").arg(program.folder().join(name)).status();
    assert!(made.expect("mkfifo").success());
    program
}

#[test]
fn a_named_pipe_is_neither_read_nor_written() {
    let program = with_pipe("pipe");
    for call in [
        "read_file(\"pipe\")",
        "write_file(\"pipe\", \"x\")",
        "write_file(\"pipe\", \"x\", #{ append: true })",
    ] {
        program.file(
            "book.rhai",
            &format!("try {{ {call}; }} catch (e) {{ print(`${{e.kind}} ${{e.message}}`); }}"),
        );
        let ended = program.run(&["run", "book.rhai", "--cloud", "sim", "--allow-read", "--allow-write"]);
        assert_eq!(ended.code, Some(0), "{}", ended.all());
        assert!(ended.out.contains("it is a named pipe"), "{call}: {}", ended.all());
    }
}

#[test]
fn a_named_pipe_is_no_script_module_or_parameters() {
    let program = with_pipe("pipe.rhai");
    program.file("book.rhai", "import \"pipe\" as p; p::f();");
    program.file("plain.rhai", "print(1);");
    for words in [
        &["run", "pipe.rhai", "--cloud", "sim"][..],
        &["check", "pipe.rhai"],
        &["fmt", "--check", "pipe.rhai"],
        &["audit", "pipe.rhai"],
        &["doc", "./pipe.rhai"],
        &["check", "book.rhai"],
        &["run", "book.rhai", "--cloud", "sim"],
        &["run", "plain.rhai", "--cloud", "sim", "--params", "pipe.rhai"],
        &["apply", "pipe.rhai"],
    ] {
        let ended = program.run(words);
        assert_ne!(ended.code, Some(0), "{words:?}: {}", ended.all());
        assert!(ended.all().contains("named pipe"), "{words:?}: {}", ended.all());
    }
}
