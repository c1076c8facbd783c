//! Killed again: inside the life that goes on, inside a handler, inside an undo; and two that go on at once.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::kept::only_run;
use super::resume::{Kill, RUN, SHORT, go_on, killed, program, shown};
use crate::support::{Program, Served};
use rhain_sim::At;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex};

const JOURNAL: [&str; 4] = ["--journal", "journals", "--timeout", "3s"];

fn words<'a>(more: &[&'a str]) -> Vec<&'a str> {
    JOURNAL.iter().copied().chain(more.iter().copied()).collect()
}

/// What an undisturbed run gives.
fn undisturbed(text: &str) -> super::resume::Shown {
    let served = Served::new();
    shown(&served, program(&served, text).run(&[&RUN[..], &["b.rhai"]].concat()))
}

#[test]
fn a_life_that_goes_on_may_be_killed_too() {
    let wanted = undisturbed(SHORT);
    for (first, second) in [(6, 1), (8, 4), (12, 2), (16, 6)] {
        let served = Served::new();
        let program = program(&served, SHORT);
        let kill = Kill { request: first, done: true };
        killed(&served, &program, kill, &[&RUN[..], &["b.rhai"]].concat()).unwrap();
        let run = only_run(&program).unwrap();
        let again = Kill { request: second, done: true };
        let died = killed(&served, &program, again, &words(&["resume", &run]));
        assert!(died.is_some(), "{first} {second}");
        let ended = go_on(&program, &[]);
        let err = ended.err.clone();
        assert_eq!(shown(&served, ended), wanted, "{first} {second}: {err}");
    }
}

/// Fails, and cleans up behind it.
pub(super) const HANDLERS: &str = r#"
    let v = create_volume("data", 1);
    defer(|v| { delete(v); print("volume away") }, v);
    let s = boot("web", #{ image: "cirros", flavor: "m1.tiny" });
    on_failure(|s| { delete(s, #{ wait: true }); print("server away") }, s);
    s.wait_active();
    print(s.name);
    throw "no good";
"#;

#[test]
fn a_handler_may_be_killed() {
    let wanted = undisturbed(HANDLERS);
    assert_eq!((wanted.code, wanted.out.as_str()), (Some(1), "web\nserver away\nvolume away\n"));
    // The deletion of the server, its wait, the deletion of the volume.
    let served = Served::new();
    let probe = program(&served, HANDLERS);
    probe.run(&[&RUN[..], &["b.rhai"]].concat());
    let requests = served.sim.requests();
    let first = requests.iter().position(|one| one.method == "DELETE").expect("a deletion");
    let last = requests.iter().rposition(|one| one.method == "DELETE").expect("a deletion");
    assert!(first < last);
    for request in [first, last] {
        for done in [false, true] {
            let served = Served::new();
            let program = program(&served, HANDLERS);
            let kill = Kill { request, done };
            killed(&served, &program, kill, &[&RUN[..], &["b.rhai"]].concat()).expect("killed");
            let ended = go_on(&program, &[]);
            let err = ended.err.clone();
            assert_eq!(shown(&served, ended), wanted, "{kill:?}: {err}");
        }
    }
}

/// The runs that are kept, oldest first.
fn runs(program: &Program) -> Vec<String> {
    let told = program.run(&["--journal", "journals", "--format", "json", "runs"]).ok();
    let told: serde_json::Value = serde_json::from_str(&told).unwrap();
    let mut names: Vec<String> =
        told.as_array().unwrap().iter().map(|one| one["run"].as_str().unwrap().to_string()).collect();
    names.sort();
    names
}

const MAKES: &str = r#"
    let s = boot("web", #{ image: "cirros", flavor: "m1.tiny" }).wait_active();
    create_volume("data", 1);
    set_meta(s, "a", "1");
"#;

#[test]
fn an_undo_may_be_killed() {
    let probe = |undo: Option<Kill>| {
        let served = Served::new();
        let program = program(&served, MAKES);
        program.run(&[&RUN[..], &["b.rhai"]].concat()).ok();
        let made = only_run(&program).unwrap();
        let undo_words = words(&["--yes", "undo", &made]);
        let before = served.sim.requests().len();
        match undo {
            None => drop(program.run(&undo_words).ok()),
            Some(kill) => {
                killed(&served, &program, kill, &undo_words).expect("killed");
                let undo = runs(&program).into_iter().find(|run| *run != made).expect("a run of its own");
                let ended = program.run(&words(&["resume", &undo]));
                assert_eq!(ended.code, Some(0), "{kill:?}: {}", ended.err);
            }
        }
        let mut written = served.written();
        written.sort();
        let deletes: Vec<usize> = served.sim.requests()[before..]
            .iter()
            .enumerate()
            .filter(|(_, one)| one.method == "DELETE")
            .map(|(at, _)| at)
            .collect();
        let page = program.run(&["--journal", "journals", "runs", &made]).ok();
        assert!(page.contains("undone by"), "{page}");
        (written, deletes)
    };
    let (wanted, deletes) = probe(None);
    assert_eq!(deletes.len(), 2, "{wanted:?}");
    for request in deletes {
        for done in [false, true] {
            assert_eq!(probe(Some(Kill { request, done })).0, wanted, "{request} {done}");
        }
    }
}

#[test]
fn one_of_two_that_go_on_at_once_is_refused() {
    let served = Served::new();
    let program = program(&served, SHORT);
    killed(&served, &program, Kill { request: 9, done: true }, &[&RUN[..], &["b.rhai"]].concat()).unwrap();
    let run = only_run(&program).unwrap();
    // The cloud holds back the first request of the one until the other was refused.
    let (tell, told) = channel();
    let (free, freed) = channel::<()>();
    let (freed, waited) = (Mutex::new(freed), AtomicBool::new(false));
    served.sim.tell(Arc::new(move |at, _| {
        if at == At::Arrived && !waited.swap(true, Ordering::SeqCst) {
            tell.send(()).unwrap();
            freed.lock().unwrap().recv().unwrap();
        }
        true
    }));
    let first = program.start(&words(&["resume", &run]));
    told.recv().unwrap();
    let err = program.run(&words(&["resume", &run])).failed(1);
    assert!(err.contains("journal::held") && err.contains(&run), "{err}");
    let undo = program.run(&words(&["--yes", "undo", &run])).failed(1);
    assert!(undo.contains("it is running"), "{undo}");
    free.send(()).unwrap();
    let ended = first.end();
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    assert_eq!(shown(&served, ended), undisturbed(SHORT));
}
