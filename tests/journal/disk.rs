//! A disk that fills up: the next change is refused before it is sent, and handlers clean up in the room that is kept for them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::support::World;
use rhain::effects::journal::record::over;
use rhain::effects::journal::{History, Journal, Keeper};
use rhain::effects::store::StateFolder;
use rhain::effects::{Observer, RunKey};
use rhain::script::failure::{Cause, Failure};
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;
use std::sync::Arc;

const SCRIPT: &str = r#"
    on_failure(|| { delete(servers(), #{ wait: true }); print("cleaned") });
    for n in 1..=6 {
        boot(`web-${n}`, #{ image: "cirros", flavor: "m1.tiny" }).wait_active();
    }
"#;

/// Run the script with room for so many bytes: the world, how it ended, and the records.
fn with_room(bytes: u64) -> (World, Result<(), Failure>, Option<Vec<Json>>) {
    let world = World::new();
    let home = tempfile::tempdir().expect("a folder");
    let folder = StateFolder::new(home.path().to_path_buf());
    let key = RunKey::new([7; 32]);
    let stage = world.setup.session.stage.clone();
    stage.set_key(key.clone());
    let keeper = Arc::new(Keeper::new(key.clone(), Arc::new(str::to_string)));
    let about = Box::new(|| {
        let first = json!({ "k": "run", "format": 1, "replay": 1, "script": "test.rhai" });
        (first.as_object().cloned().unwrap_or_default(), Vec::new())
    });
    let host = world.setup.session.host.clone();
    let clouds = Arc::new(BTreeMap::new);
    let run = "20261129-194512-7f3a".to_string();
    let full = folder.clone().with_room(bytes);
    let journal = Arc::new(Journal::new(full, run.clone(), (*key.bytes(), keeper), host, about, clouds));
    stage.watch(journal.clone() as Arc<dyn Observer>);
    let result = world.run(SCRIPT).map(drop);
    journal.over(over(0, None, &[]), false);
    let records = folder.read(&run).ok().map(|bytes| {
        let history = History::read(&bytes).expect("a journal");
        assert!(!history.torn, "what does not fit leaves no half line");
        history.records.into_iter().map(Json::Object).collect()
    });
    (world, result, records)
}

fn count(records: &[Json], kind: &str, verb: &str) -> usize {
    let ends: Vec<&Json> = records.iter().filter(|one| one["k"] == "begin" && one["v"] == verb).collect();
    let of =
        |one: &&&Json| kind == "begin" || records.iter().any(|end| end["k"] == kind && end["p"] == one["p"]);
    ends.iter().filter(of).count()
}

#[test]
fn a_full_disk_refuses_the_next_change_and_lets_handlers_clean_up() {
    let (world, result, records) = with_room(u64::MAX);
    assert!(result.is_ok() && world.sim(|sim| sim.journal().len()) == 6);
    let whole = records.expect("a journal").iter().map(|one| one.to_string().len() as u64 + 20).sum::<u64>();
    let kept = 256 << 10;
    let mut refused = Vec::new();
    for part in 0..8 {
        let (world, result, records) = with_room(kept + whole * part / 8);
        let Err(Failure { cause: Cause::Error(error), .. }) = result else {
            assert!(part > 6 && result.is_ok(), "{part}");
            continue;
        };
        assert_eq!((error.kind.as_str(), error.diagnostic), ("denied", Some("journal::unwritten")), "{part}");
        let written: Vec<String> =
            world.sim(|sim| sim.journal().into_iter().map(|one| one.operation).collect());
        let made = written.iter().filter(|one| **one == "server.create").count();
        refused.push(made);
        assert_eq!(world.out(), "cleaned", "{part}: handlers run");
        assert_eq!(world.text("servers().len"), "0", "{part}");
        let Some(records) = records else {
            assert_eq!(made, 0, "what is sent is on record: {part}");
            continue;
        };
        // What was sent has its beginning and its end, the deletions of the handler too.
        assert_eq!(
            (count(&records, "begin", "boot"), count(&records, "end", "boot")),
            (made, made),
            "{part}"
        );
        let deleted = written.iter().filter(|one| **one == "server.delete").count();
        assert_eq!(deleted, made);
        let members = records.iter().filter(|one| one["k"] == "begin" && one["v"] == "delete").count();
        assert_eq!(members, made, "{part}");
        assert_eq!(records.last().unwrap()["k"], "over");
    }
    assert!(refused.contains(&0) && refused.iter().any(|made| *made > 1), "{refused:?}");
}

#[test]
fn a_disk_without_any_room_keeps_nothing_of_a_run_that_changed_nothing() {
    let (world, result, records) = with_room(1000);
    assert!(result.is_err() && records.is_none());
    assert_eq!(world.sim(|sim| sim.journal().len()), 0);
}
