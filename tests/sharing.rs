//! Modules from elsewhere: published in a git repository, added, pinned, updated, bundled; and what is tried against them.

#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic)]

use crate::support::{Ended, Program, each};
use std::path::{Path, PathBuf};
use std::process::Command;

/// A git repository on this machine.
struct Repository {
    folder: tempfile::TempDir,
}

impl Repository {
    fn new(files: &[(&str, &str)]) -> Repository {
        let repository = Repository { folder: tempfile::tempdir().unwrap() };
        repository.git(&["init", "--quiet", "-b", "main"]);
        repository.commit(files);
        repository
    }

    fn git(&self, words: &[&str]) {
        let mut command = Command::new("git");
        command.args(words).current_dir(self.folder.path());
        for who in ["AUTHOR", "COMMITTER"] {
            command.env(format!("GIT_{who}_NAME"), "joe").env(format!("GIT_{who}_EMAIL"), "joe@example.org");
        }
        let done = command.env("GIT_CONFIG_GLOBAL", "/dev/null").output().expect("git is there");
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    }

    fn commit(&self, files: &[(&str, &str)]) {
        for (path, text) in files {
            let path = self.folder.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        self.git(&["add", "-A"]);
        self.git(&["commit", "--quiet", "-m", "a version"]);
    }

    fn url(&self, path: &str, revision: &str) -> String {
        format!("git+file://{}//{path}@{revision}", self.folder.path().canonicalize().unwrap().display())
    }
}

fn plain(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A report without its line ends and frames, in which an address may be broken anywhere.
fn dense(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

fn lock(program: &Program) -> String {
    program.read("rhain.lock")
}

fn cached(program: &Program) -> Vec<PathBuf> {
    let folder = program.folder().join("../home/.cache/rhain/modules");
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|entry| entry.path()).collect()
}

const FLEET: &str = "/// Boot some.\nfn up(name, n) {\n    parallel(1..=n, |i| boot(`${name}-${i}`, #{ image: \"cirros\", flavor: \"m1.tiny\" })).wait_active()\n}\n";
const GREEDY: &str = "/// Boot some.\nfn up(name, n) {\n    print(env(\"AWS_SECRET_ACCESS_KEY\", \"none\"));\n    delete(servers());\n    parallel(1..=n, |i| boot(`${name}-${i}`, #{ image: \"cirros\", flavor: \"m1.tiny\" })).wait_active()\n}\n";

fn run(program: &Program, cloud: &str, more: &[&str]) -> Ended {
    program.run(&[&["run", "--cloud", cloud, "site.rhai"], more].concat())
}

/// From one who publishes to one who uses it, and what happens when it changes.
#[test]
fn a_module_is_published_added_pinned_updated_and_refused() {
    let published = Repository::new(&[("fleet.rhai", FLEET)]);
    let url = published.url("fleet", "main");
    let program = Program::new();
    program.file(
        "site.rhai",
        &format!("import \"{url}\" as fleet;\nprint(fleet::up(\"web\", 2).map(|s| s.status));\n"),
    );
    // Not in a lock: nothing runs, by any command.
    for words in [
        &["run", "--cloud", "sim", "site.rhai"][..],
        &["check", "site.rhai"],
        &["audit", "site.rhai"],
        &["doc", "site.rhai"],
        &["fmt", "site.rhai"],
        &["bundle", "site.rhai", "-o", "one.rhai"],
    ] {
        let ended = program.run(words);
        assert_eq!(ended.code, Some(2), "{words:?}: {}", ended.all());
        let err = dense(&ended.all());
        assert!(err.contains("isnotinrhain.lock") && err.contains("rhainaddgit+file:"), "{words:?}: {err}");
    }
    let out = program.run(&["add", &url, "as", "fleet"]).ok();
    assert!(out.contains("creates  boot") && out.contains("write: import \"fleet\" as fleet;"), "{out}");
    let pinned = lock(&program);
    assert!(pinned.contains("name = \"fleet\"") && pinned.contains("\"create boot\""), "{pinned}");
    let audit = plain(&program.run(&["audit", "site.rhai"]).ok());
    assert!(audit.contains("creates boot git+file:"), "{audit}");
    // On two providers, by address and by name, the second time without a network.
    assert_eq!(run(&program, "sim", &[]).ok(), "[\"ACTIVE\", \"ACTIVE\"]\n");
    program.file("short.rhai", "import \"fleet\" as fleet;\nprint(fleet::up(\"web\", 1).len());\n");
    assert_eq!(program.run(&["run", "--cloud", "sim:aws", "--offline", "short.rhai"]).ok(), "1\n");
    // It changes: who pinned it has what was pinned.
    published.commit(&[("fleet.rhai", GREEDY)]);
    assert_eq!(run(&program, "sim", &[]).ok(), "[\"ACTIVE\", \"ACTIVE\"]\n");
    let ended = program.run(&["update"]);
    assert_eq!(ended.code, Some(1), "{}", ended.all());
    for more in ["+ variable AWS_SECRET_ACCESS_KEY", "+ deletes delete", "+ reads servers"] {
        assert!(ended.out.contains(more), "{more}: {}", ended.out);
    }
    assert!(!ended.out.contains("+ creates boot"), "{}", ended.out);
    assert_eq!(lock(&program), pinned, "without a word of anybody nothing changes");
    // A lock that was made to say that the old one did so too changes nothing about that.
    program.file("rhain.lock", &pinned.replace("\"create boot\"", "\"create boot\",\n    \"delete delete\""));
    let ended = program.run(&["update"]);
    assert!(ended.out.contains("+ deletes delete"), "{}", ended.out);
    program.file("rhain.lock", &pinned);
    let json = program.run(&["update", "fleet", "--format", "json"]);
    let line: serde_json::Value = serde_json::from_str(json.out.lines().next().unwrap()).unwrap();
    let more: Vec<&str> =
        line["more"].as_array().unwrap().iter().map(|one| one["what"].as_str().unwrap()).collect();
    assert_eq!(more, ["servers", "delete", "AWS_SECRET_ACCESS_KEY"]);
    // A lost cache is filled again with the pinned commit, not with what is there now.
    for file in cached(&program) {
        std::fs::remove_file(file).unwrap();
    }
    let err = run(&program, "sim", &["--offline"]).failed(2);
    assert!(plain(&err).contains("was never fetched to this machine"), "{err}");
    assert_eq!(run(&program, "sim", &[]).ok(), "[\"ACTIVE\", \"ACTIVE\"]\n");
    // Taken on purpose, it is what it is.
    let ended = program.run(&["update", "--yes"]);
    assert_eq!(ended.code, Some(0), "{}", ended.all());
    assert!(
        lock(&program).contains("\"variable AWS_SECRET_ACCESS_KEY\"")
            && lock(&program).contains("name = \"fleet\"")
    );
    let err = run(&program, "sim", &[]).failed(1);
    assert!(plain(&err).contains("may not read the environment variable"), "{err}");
    program.run(&["remove", "fleet"]).ok();
    assert!(!lock(&program).contains("[[module]]"), "{}", lock(&program));
    run(&program, "sim", &[]).failed(2);
}

#[test]
fn what_a_module_imports_is_pinned_and_stays_in_its_repository() {
    let published = Repository::new(&[
        ("lib/a.rhai", "import \"../b\" as b;\nimport \"std/wait\" as wait;\nfn f() { b::g() }\n"),
        ("b.rhai", "fn g() { 7 }\n"),
        ("out.rhai", "import \"../out\" as out;\nfn f() { out::f() }\n"),
        ("circle.rhai", "import \"./round\" as round;\nfn f() { 1 }\n"),
        ("round.rhai", "import \"./circle\" as circle;\nfn g() { 2 }\n"),
        ("does.rhai", "const HOME = env(\"HOME\");\nfn f() { 1 }\n"),
    ]);
    let program = Program::new();
    program.run(&["add", &published.url("lib/a", "main")]).ok();
    assert_eq!(lock(&program).matches("[[module]]").count(), 2);
    program
        .file("site.rhai", &format!("import \"{}\" as a;\nprint(a::f());\n", published.url("lib/a", "main")));
    assert_eq!(run(&program, "sim", &["--offline"]).ok(), "7\n");
    let before = lock(&program);
    let err = dense(&program.run(&["add", &published.url("out", "main")]).failed(2));
    assert!(err.contains("isoutsideofwhereitsimporteris"), "{err}");
    let err = dense(&program.run(&["add", &published.url("circle", "main")]).failed(2));
    assert!(err.contains("importsitself") && err.contains("round.rhai"), "{err}");
    let err = dense(&program.run(&["add", &published.url("does", "main")]).failed(2));
    assert!(err.contains("amodule'stopleveldoesnothing"), "{err}");
    assert_eq!(lock(&program), before);
    // What another module hangs on stays, and goes with it.
    program.run(&["remove", &published.url("lib/a", "main")]).ok();
    assert_eq!(lock(&program).matches("[[module]]").count(), 0);
}

#[test]
fn a_lock_that_was_changed_by_hand_holds_nothing_else() {
    let published = Repository::new(&[("fleet.rhai", FLEET), ("greedy.rhai", GREEDY)]);
    let program = Program::new();
    let url = published.url("fleet", "main");
    program.run(&["add", &url]).ok();
    program.file("site.rhai", &format!("import \"{url}\" as fleet;\nprint(1);\n"));
    run(&program, "sim", &[]).ok();
    let good = lock(&program);
    let line = |start: &str| good.lines().find(|line| line.starts_with(start)).unwrap().to_string();
    let cases = [
        (
            good.replace(&line("sha256"), &format!("sha256 = \"{}\"", "0".repeat(64))),
            "is not the one that rhain.lock holds",
        ),
        (good.replace(&line("sha256"), "sha256 = \"../../../etc/passwd\""), "is no lock"),
        (good.replace(&line("commit"), "commit = \"--upload-pack=touch /tmp/x\""), "is no lock"),
        (good.replace("version = 1", "version = 9"), "is no lock"),
        (good.replace("[[module]]", "[[module]"), "is no lock"),
        (format!("{good}{}", good.split("version = 1\n").nth(1).unwrap()), "is there twice"),
        (good.replace("fleet.rhai@main", "greedy.rhai@main"), "is not in rhain.lock"),
    ];
    each(cases, |(text, words)| {
        program.file("rhain.lock", &text);
        let err = plain(&run(&program, "sim", &[]).failed(2));
        assert!(dense(&err).contains(&dense(words)), "{words}: {err}");
    });
}

/// What stands in the cache or beside the lock counts only where it is what the lock holds.
#[cfg(unix)]
#[test]
fn caches_and_copies_that_were_changed_are_not_believed() {
    let published = Repository::new(&[("fleet.rhai", FLEET)]);
    let program = Program::new();
    let url = published.url("fleet", "main");
    program.run(&["add", &url]).ok();
    program.file("site.rhai", &format!("import \"{url}\" as fleet;\nprint(fleet::up(\"a\", 1).len());\n"));
    let files = cached(&program);
    assert_eq!(files.len(), 1);
    // Changed in the cache, or a link there: it is fetched anew.
    std::fs::write(&files[0], GREEDY).unwrap();
    assert_eq!(run(&program, "sim", &[]).ok(), "1\n");
    assert_eq!(std::fs::read_to_string(&files[0]).unwrap(), FLEET);
    let elsewhere = program.file("elsewhere.rhai", FLEET);
    std::fs::remove_file(&files[0]).unwrap();
    std::os::unix::fs::symlink(elsewhere, &files[0]).unwrap();
    run(&program, "sim", &["--offline"]).failed(2);
    assert_eq!(run(&program, "sim", &[]).ok(), "1\n");
    // Copies beside the lock need no cache and no repository.
    let out = program.run(&["vendor"]).ok();
    let copy = out.trim().to_string();
    assert!(copy.starts_with("vendor/") && copy.ends_with(".rhai"), "{copy}");
    std::fs::remove_dir_all(program.folder().join("../home/.cache")).unwrap();
    assert_eq!(run(&program, "sim", &["--offline"]).ok(), "1\n");
    program.file(&copy, GREEDY);
    let err = plain(&run(&program, "sim", &[]).failed(2));
    assert!(
        dense(&err).contains(&dense("is not the one that rhain.lock holds")) && err.contains("rhain vendor"),
        "{err}"
    );
    program.run(&["vendor"]).ok();
    assert_eq!(program.read(&copy), FLEET);
    // `fmt` of the folder leaves them alone.
    program.run(&["fmt"]);
    assert_eq!(program.read(&copy), FLEET);
}

#[test]
fn addresses_that_are_no_modules_are_refused_and_passwords_never_printed() {
    let published = Repository::new(&[("fleet.rhai", FLEET), ("dark.rhai", "fn f() { \"\u{1b}[31m\" }\n")]);
    published.commit(&[("huge.rhai", &format!("// {}\n", "x".repeat(2 << 20)))]);
    std::fs::write(published.folder.path().join("real.rhai"), FLEET).unwrap();
    #[cfg(unix)]
    std::os::unix::fs::symlink("/etc/passwd", published.folder.path().join("link.rhai")).unwrap();
    published.commit(&[("bytes.rhai", "x")]);
    let program = Program::new();
    let cases = [
        ("https://joe:hunter2@example.org/x.rhai".to_string(), "holds a user or a password"),
        ("git+https://joe:hunter2@example.org/r.git//x@v1".to_string(), "holds a user or a password"),
        ("https://example.org/x.rhai?token=hunter2".to_string(), "has no `?`"),
        ("http://example.org/x.rhai".to_string(), "plain `http://`"),
        ("git+ext::sh -c id//x@v1".to_string(), "spaces"),
        (published.url("fleet", "--upload-pack=id"), "is the name of a tag or a branch"),
        (published.url("../fleet", "main"), "inside its repository"),
        (published.url("none", "main"), "has no `none.rhai`"),
        (published.url("fleet", "v9"), "cannot be fetched"),
        (published.url("fleet", "0123456789abcdef0123456789abcdef01234567"), "cannot be fetched"),
        (published.url("link", "main"), "is a link"),
        (published.url("huge", "main"), "larger than"),
        (published.url("dark", "main"), "hidden character U+001B"),
        ("git+file:///nowhere/at/all.git//x@v1".to_string(), "cannot be fetched"),
    ];
    each(cases, |(url, words)| {
        let ended = program.run(&["add", &url]);
        assert_eq!(ended.code, Some(2), "{url}: {}", ended.all());
        assert!(dense(&ended.err).contains(&dense(words)), "{url}: {}", ended.err);
        assert!(!ended.all().contains("hunter2") && !ended.all().contains('\u{1b}'), "{}", ended.all());
        // So it is in a script.
        let quoted = url.replace('\u{1b}', "");
        program.file("site.rhai", &format!("import \"{quoted}\" as x;\n"));
        let ended = run(&program, "sim", &[]);
        assert_eq!(ended.code, Some(2), "{}", ended.all());
    });
    assert!(!program.folder().join("rhain.lock").exists());
}

#[test]
fn two_that_add_at_once_both_end_up_in_the_lock() {
    let published = Repository::new(&[
        ("a.rhai", "fn a() { 1 }\n"),
        ("b.rhai", "fn b() { 2 }\n"),
        ("c.rhai", "fn c() { 3 }\n"),
    ]);
    let program = Program::new();
    let running: Vec<_> = ["a", "b", "c"]
        .iter()
        .map(|name| program.start(&["add", &published.url(name, "main"), "as", name]))
        .collect();
    for one in running {
        one.end().ok();
    }
    let text = lock(&program);
    assert_eq!(text.matches("[[module]]").count(), 3, "{text}");
    let left: Vec<_> =
        std::fs::read_dir(program.folder()).unwrap().flatten().map(|entry| entry.file_name()).collect();
    assert_eq!(left, ["rhain.lock"]);
}

#[test]
fn a_bundle_is_the_script_and_all_its_modules_wherever_it_is() {
    let published = Repository::new(&[("fleet.rhai", FLEET)]);
    let program = Program::new();
    let url = published.url("fleet", "main");
    program.run(&["add", &url, "as", "fleet"]).ok();
    program.file(
        "site.rhai",
        "//! Boots some.\nimport \"fleet\" as fleet;\nimport \"lib/say\" as say;\nconst COUNT = param(\"count\", 1, \"How many.\");\nsay::it(fleet::up(\"web\", COUNT).len());\n",
    );
    program.file("lib/say.rhai", "import \"./how\" as how;\nfn it(x) { print(how::loud(x)) }\n");
    program.file("lib/how.rhai", "fn loud(x) { `${x}!` }\n");
    let out = program.run(&["bundle", "site.rhai", "-o", "one.rhai"]).ok();
    assert_eq!(out, "one.rhai: site.rhai and 3 modules\n");
    let bundle = program.read("one.rhai");
    // Elsewhere there is no lock, no cache and no module.
    let other = Program::new();
    other.file("one.rhai", &bundle);
    let ended = other.run(&["run", "--cloud", "sim", "--offline", "one.rhai", "--count", "2"]);
    assert_eq!((ended.code, ended.out.as_str()), (Some(0), "2!\n"), "{}", ended.err);
    other.run(&["check", "one.rhai"]).ok();
    let doc = other.run(&["doc", "one.rhai"]).ok();
    assert!(doc.contains("--count INT") && doc.contains("Boots some."), "{doc}");
    let audit = |program: &Program, file: &str| -> Vec<(String, String)> {
        let out = program.run(&["audit", "--format", "json", file]).ok();
        let json: serde_json::Value = serde_json::from_str(&out).unwrap();
        let text = |value: &serde_json::Value| value.as_str().unwrap().to_string();
        json["touches"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| (text(&one["does"]), text(&one["what"])))
            .collect()
    };
    assert_eq!(audit(&other, "one.rhai"), audit(&program, "site.rhai"));
    // Any change is seen, and none of it runs.
    for (from, to) in [("`${x}!`", "`${x}?`"), ("boot(", "bool("), ("How many.", "How Many.")] {
        other.file("bad.rhai", &bundle.replacen(from, to, 1));
        let ended = other.run(&["run", "--cloud", "sim", "bad.rhai"]);
        assert_eq!((ended.code, ended.out.as_str()), (Some(2), ""), "{to}: {}", ended.err);
        assert!(dense(&ended.err).contains("isnotwhatthebundlewasmadeof"), "{}", ended.err);
    }
    let ended = other.run(&["fmt", "one.rhai"]);
    assert_eq!(ended.code, Some(2), "{}", ended.all());
    assert_eq!(other.read("one.rhai"), bundle);
    // A bundle of a bundle is one too; one in the script's place is refused.
    program.run(&["bundle", "one.rhai", "-o", "two.rhai"]).ok();
    assert_eq!(program.run(&["run", "--cloud", "sim", "two.rhai"]).ok(), "1!\n");
    program.run(&["bundle", "site.rhai", "-o", "site.rhai"]).failed(2);
    other.file("book.rhai", "import \"./one\" as one;\n");
    let err = other.run(&["check", "book.rhai"]).failed(2);
    assert!(err.contains("`./one` is a bundle, which cannot be imported"), "{err}");
    assert!(program.read("site.rhai").starts_with("//! Boots some."));
}

#[test]
fn the_tests_of_a_bundle_run_wherever_it_is() {
    let program = Program::new();
    program.file("lib/sum.rhai", "fn of(a, b) { a + b }\n");
    let test = "import \"./lib/sum\" as sum;\nfn test_sums() { assert_eq(sum::of(1, 2), 3); }\nfn test_wrong() { assert_eq(sum::of(1, 2), 4); }\n";
    program.file("sum_test.rhai", test);
    program.run(&["bundle", "sum_test.rhai", "-o", "one_test.rhai"]).ok();
    let other = Program::new();
    other.file("one_test.rhai", &program.read("one_test.rhai"));
    let ended = other.run(&["test"]);
    assert_eq!(ended.code, Some(1), "{}", ended.all());
    assert!(ended.out.contains("1 passed, 1 failed"), "{}", ended.out);
    assert!(ended.out.contains("3 is not 4") && ended.out.contains("[one_test.rhai:3:19]"), "{}", ended.out);
}

/// What a module of somebody else's may try: each attempt is denied by its own error, none of it reaches anything, and the memory
/// that it takes has an end.
#[test]
fn a_hostile_module_gets_nothing() {
    let attempts = [
        (r#"read_file("/etc/passwd")"#, "denied"),
        (r#"read_file("data/../../home/.ssh/id")"#, "denied"),
        (r#"read_file("data/leads_out")"#, "denied"),
        (r#"write_file("data/leads_out", "x")"#, "denied"),
        (r#"write_file("/tmp/rhain-was-here", "x")"#, "denied"),
        (r#"env("PLANTED")"#, "denied"),
        (r#"exec("id", [])"#, "denied"),
        (r#"http_get("http://127.0.0.1:9/")"#, "denied"),
        (r#"api("127.0.0.1:9/", "GET", "/")"#, "unsupported"),
        (r#"cloud("other").servers()"#, "not_found"),
    ];
    let calls: String =
        attempts.iter().map(|(code, _)| format!("    said.push(tried(|| {{ {code} }}));\n")).collect();
    let module = format!(
        "fn tried(f) {{ try {{ f.call(); return \"done\"; }} catch (e) {{ return e.kind; }} }}\n\
         fn deep() {{ deep() + 1 }}\n\
         fn long() {{ let t = \"x\"; loop {{ t += t; }} }}\n\
         fn many() {{ let a = [1]; loop {{ a += a; }} }}\n\
         fn work() {{\n    let said = [];\n{calls}    said\n}}\n\
         fn shout() {{ print(\"\\x1b]0;title\\x07\\u202egnp\"); }}\n"
    );
    let published = Repository::new(&[("work.rhai", &module)]);
    let url = published.url("work.rhai", "main");
    let program = Program::new().var("PLANTED", "hush-hush-hush");
    program.file("data/a.txt", "a");
    std::os::unix::fs::symlink("/etc/passwd", program.folder().join("data/leads_out")).unwrap();
    program.run(&["add", &url]).ok();
    program.file("site.rhai", &format!("import \"{url}\" as m;\nprint(m::work());\nm::shout();\n"));
    let words = [
        "run",
        "--cloud",
        "sim",
        "--max-memory",
        "200MiB",
        "--allow-read=./data",
        "--allow-write=./data",
        "site.rhai",
    ];
    let ended = program.run(&words);
    let wanted: Vec<&str> = attempts.iter().map(|(_, kind)| *kind).collect();
    assert_eq!(ended.code, Some(0), "{}", ended.all());
    let (first, rest) = ended.out.split_once('\n').unwrap();
    assert_eq!(first, format!("{wanted:?}"));
    assert!(!ended.all().contains("hush-hush-hush") && !ended.all().contains("root:"), "{}", ended.all());
    assert!(!std::path::Path::new("/tmp/rhain-was-here").exists());
    // To a file what was printed goes as it is; a terminal gets it visible.
    assert!(rest.contains("gnp"), "{rest}");
    // What calls itself or grows without end cannot be caught: it ends the run, and the endings of it go before.
    for (function, code) in [("deep", "too_deep"), ("long", "limit"), ("many", "limit")] {
        let book = format!(
            "import \"{url}\" as m;\ndefer(|| print(\"ended\"));\ntry {{ m::{function}(); }} catch {{}}\nprint(\"on\");\n"
        );
        program.file("site.rhai", &book);
        let ended = program.run(&words);
        assert_eq!((ended.code, ended.out.as_str()), (Some(1), "ended\n"), "{function}: {}", ended.err);
        assert!(ended.err.contains(&format!("language::{code}")), "{function}: {}", ended.err);
    }
    // A loop without end is ended by who runs it.
    program.file("endless.rhai", "print(\"on\"); loop { }\n");
    let mut running = program.start(&["run", "--cloud", "sim", "endless.rhai"]);
    assert_eq!(running.line(), "on");
    running.signal("INT");
    assert_eq!(running.end().code, Some(130));
}

/// A web server that answers each path as it is told.
fn web(answers: &'static [(&'static str, &'static str)]) -> String {
    use std::io::{Read as _, Write as _};
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let place = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let mut stream = stream;
            let mut bytes = [0; 4096];
            let count = stream.read(&mut bytes).unwrap_or(0);
            let head = String::from_utf8_lossy(&bytes[..count]).into_owned();
            let path = head.split(' ').nth(1).unwrap_or("/").to_string();
            let answer = answers.iter().find(|(known, _)| *known == path).map_or("404", |(_, answer)| answer);
            let text = match answer.split_once(' ') {
                Some(("to", target)) => {
                    format!(
                        "HTTP/1.1 302 Found\r\nLocation: {target}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
                    )
                }
                _ if answer == "404" => {
                    "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".to_string()
                }
                _ => format!(
                    "HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{answer}",
                    answer.len()
                ),
            };
            let _ = stream.write_all(text.as_bytes());
        }
    });
    format!("http://{place}")
}

#[test]
fn a_module_of_a_web_server_is_pinned_and_redirects_lead_nowhere_else() {
    let base = web(&[
        ("/lib/a.rhai", "import \"./b\" as b;\nfn f() { b::g() }\n"),
        ("/lib/b.rhai", "fn g() { 5 }\n"),
        ("/moved.rhai", "to /lib/b.rhai"),
        ("/file.rhai", "to file:///etc/passwd"),
        ("/plain.rhai", "to http://example.org/x.rhai"),
        ("/round.rhai", "to /round.rhai"),
        ("/secret.rhai", "to https://joe:hunter2@example.org/x.rhai"),
    ]);
    let program = Program::new();
    program.run(&["add", &format!("{base}/lib/a"), "as", "a"]).ok();
    assert_eq!(lock(&program).matches("[[module]]").count(), 2);
    program.file("site.rhai", "import \"a\" as a;\nprint(a::f());\n");
    assert_eq!(run(&program, "sim", &["--offline"]).ok(), "5\n");
    program.run(&["add", &format!("{base}/moved.rhai")]).ok();
    for (path, words) in [
        ("file", "redirected to what is not fetched"),
        ("plain", "redirected to what is not fetched"),
        ("secret", "redirected to what is not fetched"),
        ("round", "redirected more than"),
        ("none", "answers 404"),
    ] {
        let ended = program.run(&["add", &format!("{base}/{path}.rhai")]);
        assert_eq!(ended.code, Some(2), "{path}: {}", ended.all());
        assert!(
            dense(&ended.err).contains(&dense(words)) && !ended.all().contains("hunter2"),
            "{path}: {}",
            ended.err
        );
    }
}

#[test]
fn a_name_that_a_file_has_too_is_told() {
    let published = Repository::new(&[("fleet.rhai", FLEET)]);
    let program = Program::new();
    program.run(&["add", &published.url("fleet", "main"), "as", "fleet"]).ok();
    program.file("site.rhai", "import \"fleet\" as fleet;\n");
    program.run(&["check", "site.rhai"]).ok();
    program.file("fleet.rhai", "fn up() { 1 }\n");
    let err = plain(&program.run(&["check", "site.rhai"]).failed(2));
    assert!(err.contains("`fleet` is two modules"), "{err}");
    program.file("site.rhai", "import \"./fleet\" as fleet;\nprint(fleet::up());\n");
    assert_eq!(run(&program, "sim", &[]).ok(), "1\n");
}

#[test]
fn a_module_runs_once_also_when_many_import_it_at_once() {
    let program = Program::new();
    program.file("lib/slow.rhai", "const ALL = [1, 2, 3].map(|n| n * 2);\nfn last() { global::ALL[2] }\n");
    program.file(
        "site.rhai",
        "fn one(n) { import \"lib/slow\" as slow; slow::last() + n }\nprint(parallel(0..20, |n| one(n)).len());\n",
    );
    assert_eq!(run(&program, "sim", &[]).ok(), "20\n");
}

#[test]
fn a_new_runbook_is_right_and_nothing_is_overwritten() {
    let program = Program::new();
    let out = program.run(&["new", "web-fleet"]).ok();
    assert_eq!(
        out.lines().collect::<Vec<_>>(),
        [
            "web-fleet/web-fleet.rhai",
            "web-fleet/lib.rhai",
            "web-fleet/web-fleet_test.rhai",
            "web-fleet/.gitignore",
            "web-fleet/.github/workflows/runbook.yml"
        ]
    );
    program.run(&["fmt", "--check", "web-fleet"]).ok();
    let out = program.run(&["check", "web-fleet"]).ok();
    assert_eq!(out.matches("nothing is wrong").count(), 3, "{out}");
    let out = program.run(&["run", "--cloud", "sim", "web-fleet/web-fleet.rhai", "--count", "2"]).ok();
    assert!(out.contains("web-fleet-1") && out.contains("web-fleet-2") && out.contains("ACTIVE"), "{out}");
    let before = program.read("web-fleet/web-fleet.rhai");
    assert!(plain(&program.run(&["new", "web-fleet"]).failed(2)).contains("nothing was overwritten"));
    assert_eq!(program.read("web-fleet/web-fleet.rhai"), before);
    for name in ["", "..", "9lives", "a b", "x/../-y", "/"] {
        assert_eq!(program.run(&["new", name]).code, Some(2), "{name}");
    }
    assert_eq!(std::fs::read_dir(program.folder()).unwrap().count(), 1);
}

#[test]
fn a_folder_of_runbooks_is_one_page() {
    let program = Program::new();
    program.file("books/a.rhai", "//! Boots <b>.\n\nconst N = param(\"size\", 3, \"How & many.\");\nboot(\"a\", #{ image: \"cirros\", flavor: \"m1.tiny\" });\nprint(N);\n");
    program.file("books/lib/b.rhai", "/// Gives one.\nfn one() { 1 }\n");
    program.file("books/broken.rhai", "print(1;\n");
    program.file("books/a_test.rhai", "fn test_a() { assert(true, \"\") }\n");
    let out = program.run(&["doc", "books", "--html", "site"]).ok();
    assert_eq!(out, "site/index.html\n");
    let page = program.read("site/index.html");
    for words in [
        "Boots &lt;b&gt;.",
        "<code>--size</code>",
        "How &amp; many.",
        "<td>creates</td><td><code>boot</code>",
        "one()",
        "Gives one.",
        "It does not run",
    ] {
        assert!(page.contains(words), "{words}: {page}");
    }
    assert!(!page.contains("a_test") && !page.contains("<b>.") && !page.contains("src="), "{page}");
    // Beside the scripts where the folder is the one that is named.
    assert_eq!(program.run(&["doc", "--html", "books"]).ok(), "books/index.html\n");
    assert!(plain(&program.run(&["doc", "none", "--html", "x"]).failed(2)).contains("is no folder"));
    assert!(!Path::new(&program.folder().join("x")).exists());
}
