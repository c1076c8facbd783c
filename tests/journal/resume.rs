//! A run that is killed at a request goes on: the world and the printed words are those of an undisturbed run, and nothing was
//! done twice.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::kept::only_run;
use crate::support::program::root;
use crate::support::{Ended, Program, Served, normalised};
use rhain_sim::At;
use std::path::Path;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

/// Where the program is killed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Kill {
    /// At which request, from 0.
    pub(super) request: usize,
    /// Whether the cloud still does it.
    pub(super) done: bool,
}

/// What a run leaves and shows.
#[derive(Debug, PartialEq)]
pub(super) struct Shown {
    pub(super) out: String,
    pub(super) code: Option<i32>,
    pub(super) written: Vec<String>,
}

pub(super) fn shown(served: &Served, ended: Ended) -> Shown {
    let mut written = served.written();
    written.sort();
    // A key pair whose private key was lost is deleted and made again; the same value may be written twice.
    let twice = |write: &str| ["keypair.", "server.metadata_"].iter().any(|start| write.starts_with(start));
    written.dedup_by(|a, b| a == b && twice(a));
    Shown { out: normalised(&ended.out), code: ended.code, written }
}

/// A program that is told which cloud to ask, and its script.
pub(super) fn program(served: &Served, text: &str) -> Program {
    let program = served.program();
    program.file("b.rhai", text);
    program
}

pub(super) const RUN: [&str; 5] = ["--journal", "journals", "--timeout", "3s", "run"];

/// Run until the cloud sees this request, and die there; `None` where it ended before.
pub(super) fn killed(served: &Served, program: &Program, kill: Kill, words: &[&str]) -> Option<()> {
    let pid = Arc::new(AtomicU32::new(0));
    let (seen, victim) = (AtomicUsize::new(0), pid.clone());
    let died = Arc::new(Mutex::new(false));
    let dead = died.clone();
    served.sim.tell(Arc::new(move |at, _| {
        let at_it = match at {
            At::Arrived => seen.fetch_add(1, Ordering::SeqCst) == kill.request,
            At::Done => seen.load(Ordering::SeqCst) == kill.request + 1,
        };
        if !at_it || (at == At::Arrived) == kill.done || *dead.lock().unwrap() {
            return true;
        }
        *dead.lock().unwrap() = true;
        let pid = rustix::process::Pid::from_raw(victim.load(Ordering::SeqCst) as i32).unwrap();
        rustix::process::kill_process(pid, rustix::process::Signal::KILL).unwrap();
        false
    }));
    let running = program.start(words);
    pid.store(running.pid(), Ordering::SeqCst);
    let ended = running.end();
    served.sim.tell(Arc::new(|_, _| true));
    let died = *died.lock().unwrap();
    assert_eq!(died, ended.code.is_none(), "{}", ended.err);
    died.then_some(())
}

/// Go on with the only run, or run anew where nothing was changed yet.
pub(super) fn go_on(program: &Program, more: &[&str]) -> Ended {
    match only_run(program) {
        Some(run) => {
            program.run(&[&["--journal", "journals", "--timeout", "3s", "resume", &run], more].concat())
        }
        None => program.run(&[&RUN[..], &["b.rhai"], more].concat()),
    }
}

/// How many runs are killed at the same time: they wait most of theirs.
const AT_ONCE: usize = 6;

/// Kill a script at each of these requests, as far as it comes, and go on; gives how often it was killed. Every difference is told,
/// not the first alone.
#[track_caller]
#[allow(clippy::print_stdout)] // a test that takes long tells what it finds
fn killed_and_resumed(text: &str, kills: impl Iterator<Item = Kill>) -> usize {
    let served = Served::new();
    let undisturbed = shown(&served, program(&served, text).run(&[&RUN[..], &["b.rhai"]].concat()));
    let most = served.sim.requests().len();
    let kills: Vec<Kill> = kills.take_while(|kill| kill.request < most).collect();
    let next = AtomicUsize::new(0);
    let (killed_at, differences) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    let one = |kill: Kill| {
        let served = Served::new();
        let program = program(&served, text);
        if killed(&served, &program, kill, &[&RUN[..], &["b.rhai"]].concat()).is_none() {
            return;
        }
        killed_at.fetch_add(1, Ordering::SeqCst);
        let ended = go_on(&program, &[]);
        let err = ended.err.clone();
        let again = shown(&served, ended);
        if again != undisturbed {
            println!("{kill:?} differs");
            differences.lock().unwrap().push(format!("{kill:?}: {again:#?}\n{err}"));
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                while let Some(kill) = kills.get(next.fetch_add(1, Ordering::SeqCst)) {
                    one(*kill);
                }
            });
        }
    });
    let differences = differences.into_inner().unwrap();
    assert!(differences.is_empty(), "undisturbed: {undisturbed:#?}\n\n{}", differences.join("\n\n"));
    killed_at.into_inner()
}

fn each(requests: impl Iterator<Item = usize>) -> impl Iterator<Item = Kill> {
    requests.flat_map(|request| [false, true].map(|done| Kill { request, done }))
}

pub(super) const SHORT: &str = r#"
    let k = create_keypair("k");
    let v = create_volume("data", 1);
    let s = boot("web", #{ image: "cirros", flavor: "m1.tiny", meta: #{ id: uuid() } });
    on_failure(|x| delete(x), s);
    s.wait_active();
    let m = parallel(["a", "b", "c"], |k| { s.set_meta(k, "1"); s.meta.len() > 0 });
    s.stop().wait_status("SHUTOFF");
    print(`${s.name} ${s.status} ${m} ${v.size} ${reveal(k.private_key).len > 100}`);
    delete(v);
    delete(s, #{ wait: true });
    delete(k);
    print(servers().len);
"#;

/// Twenty servers, some at a time, each tried again where it fails; handlers clean up, whatever happens.
const MANY: &str = r#"
    let all = servers(#{ name: "p-*" }).len;
    defer(|| { delete(servers(#{ name: "p-*" }), #{ wait: true }); print("cleaned") });
    let made = parallel(1..=20, |n| {
        retry(|| boot(`p-${n}`, #{ image: "cirros", flavor: "m1.tiny" }).wait_active(), #{ attempts: 3 }).name
    }, #{ limit: 6 });
    print(`${all} ${made}`);
"#;

#[test]
fn a_run_that_is_killed_goes_on() {
    let killed = killed_and_resumed(SHORT, each([4, 7, 10].into_iter()));
    assert_eq!(killed, 6);
}

/// Every request of the scripts; takes long.
#[test]
#[ignore = "minutes: every request of several scripts"]
#[allow(clippy::disallowed_methods)] // the test runner's own environment
fn every_request_of_the_scripts_may_be_the_last() {
    let names = std::env::var("KILL_SCRIPTS").unwrap_or_else(|_| "short,01,05,06".to_string());
    // Of a long one, each so many requests, from the first of `KILL_FROM`.
    let number = |name| std::env::var(name).ok().and_then(|number| number.parse().ok());
    let (from, step) = (number("KILL_FROM").unwrap_or(0), number("KILL_STEP").unwrap_or(1));
    for name in names.split(',') {
        let text = match name {
            "short" => SHORT.to_string(),
            "many" => MANY.to_string(),
            "handlers" => super::again::HANDLERS.to_string(),
            name => script(&root().join("scripts"), name),
        };
        let killed = killed_and_resumed(&text, each((from..400).step_by(step)));
        println!("{name}: killed {killed} times");
        assert!(killed > 4, "{name}");
    }
}

fn script(folder: &Path, number: &str) -> String {
    let mut files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let file = files.find(|path| path.file_name().unwrap().to_string_lossy().starts_with(number)).unwrap();
    std::fs::read_to_string(file).unwrap()
}

/// The bytes of an image are sent again where they did not arrive, and are not where they did.
#[test]
fn an_upload_that_is_killed_goes_on() {
    let text = r#"
        let i = upload_image("a", #{ data: "0123456789" });
        print(`${i.status} ${i.size} ${images(#{ name: "a" }).len}`);
    "#;
    let killed = killed_and_resumed(text, each(1..8));
    assert!(killed >= 8, "{killed}");
}

/// What the first life made and marked: its markers go when the last life ends.
#[test]
fn the_markers_of_an_earlier_life_go_too() {
    let text = r#"
        let net = create_network("net", #{ cidr: "10.9.0.0/24" });
        let ip = allocate_ip();
        let port = create_port("p", #{ network: net });
        let router = create_router("edge", #{ networks: [net] });
        let v = create_volume("last", 1);
        print(v.name);
    "#;
    let served = Served::new();
    program(&served, text).run(&[&RUN[..], &["b.rhai"]].concat()).ok();
    let at = served.sim.requests().iter().position(|one| one.operation == "volume.create").unwrap();
    let served = Served::new();
    let program = program(&served, text);
    let kill = Kill { request: at, done: true };
    killed(&served, &program, kill, &[&RUN[..], &["b.rhai"]].concat()).unwrap();
    let told = r##"[["floatingip", public_ips()[0].id], ["network", network("net").id], ["port", port("p").id], ["router", router("edge").id]]
        .map(|x| api("network", "GET", `/${x[0]}s/${x[1]}`)[x[0]].description)"##;
    let before = program.run(&["-e", told]).ok();
    assert_eq!(before.matches("rhain:marker ").count(), 4, "{before}");
    assert_eq!(go_on(&program, &[]).ok().trim(), "last");
    assert_eq!(program.run(&["-e", told]).ok().split_whitespace().collect::<String>(), "[,,,]");
}

#[test]
fn what_is_done_or_held_or_elsewhere_does_not_go_on() {
    let served = Served::new();
    let program = program(&served, SHORT);
    program.run(&[&RUN[..], &["b.rhai"]].concat()).ok();
    let run = only_run(&program).unwrap();
    let err = program.run(&["--journal", "journals", "resume", &run]).failed(1);
    assert!(err.contains("journal::over") && err.contains("it is done"), "{err}");
    let err = program.run(&["--journal", "journals", "resume", "nothing"]).failed(1);
    assert!(err.contains("journal::run"), "{err}");
}

#[test]
fn a_run_that_failed_goes_on_where_it_failed() {
    let served = Served::new();
    let program = program(
        &served,
        r#"
        let k = create_keypair("k");
        print(uuid());
        let s = boot("web", #{ image: "later", flavor: "m1.tiny" });
        print(`${k} ${s}`);
        "#,
    );
    let first = program.run(&[&RUN[..], &["b.rhai"]].concat());
    let err = first.err.clone();
    assert_eq!(first.code, Some(1), "{err}");
    let again = go_on(&program, &[]);
    assert_eq!((again.code, again.out.as_str()), (Some(1), first.out.as_str()), "{}", again.err);
    // What it lacked is there now.
    program.run(&["--no-journal", "-e", r#"snapshot(boot("base", #{ image: "cirros", flavor: "m1.tiny" }).wait_active(), "later").wait_active(); ()"#]).ok();
    let ended = go_on(&program, &[]);
    let out = ended.out.clone();
    ended.ok();
    assert_eq!(out, format!("{}k web\n", first.out));
    let created = served.written().into_iter().filter(|write| write == "keypair.create k").count();
    assert_eq!(created, 1);
}

#[test]
fn a_script_that_does_something_else_is_stopped() {
    let served = Served::new();
    let program = program(&served, SHORT);
    killed(&served, &program, Kill { request: 9, done: true }, &[&RUN[..], &["b.rhai"]].concat()).unwrap();
    program.file("b.rhai", &SHORT.replace("\"data\", 1", "\"data\", 2"));
    let before = served.written();
    let err = go_on(&program, &["--changed"]).failed(1);
    assert!(err.contains("journal::differs") && err.contains("create_volume(\"data\", 2)"), "{err}");
    assert_eq!(served.written(), before);
    let out = go_on(&program, &[]).ok();
    assert!(out.contains("web SHUTOFF"), "{out}");
}
