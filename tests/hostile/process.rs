//! The process stays up, and the endings of a script run, whatever the script or the data does; memory is bounded.

use crate::support::Program;
use std::process::{Command, Stdio};

/// What a run may hold beside its bound, in KiB: the program itself, and one value that doubled.
const BESIDE: u64 = 200 << 10;

/// Run a script with this bound on memory; how it ended, what it wrote, and its peak in KiB.
fn bounded(script: &str, mib: u64) -> (Option<i32>, String, u64) {
    let program = Program::new();
    program.file("book.rhai", script);
    let memory = format!("{mib}MiB");
    let mut command = Command::new(env!("CARGO_BIN_EXE_rhain"));
    command
        .args(["--cloud", "sim", "--max-memory", &memory, "run", "book.rhai"])
        .current_dir(program.folder())
        .env_clear()
        .envs(program.environment())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let child = command.spawn().expect("the program starts");
    let status = format!("/proc/{}/status", child.id());
    let watch = std::thread::spawn(move || {
        let mut peak = 0;
        while let Ok(text) = std::fs::read_to_string(&status) {
            let line = text.lines().find(|line| line.starts_with("VmHWM"));
            let Some(now) = line.and_then(|line| line.split_whitespace().nth(1)?.parse().ok()) else { break };
            peak = now;
            std::thread::sleep(std::time::Duration::from_millis(2));
        }
        peak
    });
    let output = child.wait_with_output().expect("it ends");
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    let said = format!("{out}{err}");
    (output.status.code(), said, watch.join().expect("a peak"))
}

#[test]
fn memory_that_a_script_takes_is_bounded_and_its_endings_run() {
    for script in [
        "let s = \"x\"; loop { s += s; }",
        "let a = [1]; loop { a = [a, a]; }",
        "let a = []; loop { a.push(\"0123456789012345678901234567890123456789\" + a.len()); }",
        "let m = #{}; let i = 0; loop { m[`${i}`] = i; i += 1; }",
        "let b = blob(1); loop { b += b; }",
        "let s = \"x\"; s.pad(1000000000000, 'x');",
        "let a = []; a.pad(1000000000000, 1);",
        "blob(1000000000000)",
        "let s = \"a\"; s.pad(1000000, 'a'); let t = s; s.replace(\"a\", t);",
    ] {
        let (code, said, peak) = bounded(&format!("defer(|| print(\"ended\"));\n{script}"), 48);
        assert_eq!(code, Some(1), "{script}: {said}");
        assert!(said.contains("more memory than it may"), "{script}: {said}");
        assert!(said.contains("ended\n"), "{script}: {said}");
        assert!(peak < ((2 * 48) << 10) + BESIDE, "{script}: {peak} KiB");
    }
}

#[test]
fn helpers_refuse_what_would_end_the_process() {
    for (script, words) in [
        ("let s = \"ab\"; s.pad(9, \"\");", "nothing to fill with"),
        ("parallel(0..9223372036854775807, |x| x);", "takes 1000000 at the most"),
        ("parallel(0..=9223372036854775807, |x| x);", "takes 1000000 at the most"),
        (
            "let t = \"a: &a [1,1,1,1,1,1,1,1,1,1]\\n\"; let n = [\"a\",\"b\",\"c\",\"d\",\"e\",\"f\",\"g\",\"h\",\"i\",\"j\"];\n\
             for i in 1..10 { t += `${n[i]}: &${n[i]} [`; for j in 0..10 { t += `*${n[i-1]},`; } t += \"]\\n\"; }\n\
             parse_yaml(t);",
            "too many values",
        ),
        ("let t = \"\"; t.pad(100000, '['); parse_yaml(t);", "is no YAML"),
        ("let t = \"\"; t.pad(100000, '['); parse_json(t);", "is no JSON"),
    ] {
        let whole = format!(
            "defer(|| print(\"ended\"));\ntry {{ {script} }} catch (e) {{ print(e.kind) }}\n{script}"
        );
        let (code, said, peak) = bounded(&whole, 256);
        assert_eq!(code, Some(1), "{script}: {said}");
        let told = said.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(told.contains(words), "{script}: {said}");
        assert!(said.contains("ended\n"), "{script}: {said}");
        assert!(said.starts_with("script\n") || said.starts_with("invalid_argument\n"), "{script}: {said}");
        assert!(peak < (256 << 10) + BESIDE, "{script}: {peak} KiB");
    }
}
