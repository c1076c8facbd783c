//! Two lives of one script: the first is recorded, the second is answered from the record and asks no cloud.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::support::program::root;
use crate::support::{World, told};
use rhain::cli::args::Options;
use rhain::cloud::{Error, Kind, Result as Given, Secret, Value};
use rhain::effects::value::{Reader, Secrets, Writer};
use rhain::effects::{Begin, Course, End, Fork, Join, Note, Observer, Path, RunKey};
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

/// Secrets of a test: only turned around, so that none is read by chance.
pub(super) struct Sealed;

impl Secrets for Sealed {
    fn write(&self, secret: &Secret) -> Json {
        json!({ "$sealed": secret.reveal().chars().rev().collect::<String>() })
    }
    fn read(&self, json: &Json) -> Option<Secret> {
        let sealed = json.get("$sealed")?.as_str()?;
        Some(Secret::new(sealed.chars().rev().collect::<String>()))
    }
}

/// A call on record.
#[derive(Debug, Clone, PartialEq)]
struct Line {
    verb: String,
    arguments: String,
    token: Option<String>,
    members: Option<usize>,
    ended: Option<(String, Vec<String>)>,
}

/// How a call that opened branches went.
#[derive(Debug, Clone, PartialEq)]
struct Branches {
    verb: String,
    ran: Vec<usize>,
    error: Option<String>,
}

/// All that a life leaves behind, as text.
#[derive(Debug, Default, Clone, PartialEq)]
struct Record {
    lines: BTreeMap<String, Line>,
    forks: BTreeMap<String, Branches>,
    lookups: BTreeMap<String, String>,
    notes: BTreeMap<String, String>,
}

/// A life that is recorded; with a record of an earlier one, it is answered from that.
struct Life {
    now: Mutex<Record>,
    writer: Mutex<Writer<'static>>,
    before: Option<(Record, Mutex<Reader<'static>>)>,
    /// What shuffles the branches.
    seed: u64,
    /// Calls that the record does not have, or has otherwise.
    strange: Mutex<Vec<String>>,
}

impl Life {
    fn new(before: Option<Record>, seed: u64) -> Arc<Life> {
        Arc::new(Life {
            now: Mutex::default(),
            writer: Mutex::new(Writer::new(&Sealed, true)),
            before: before.map(|record| (record, Mutex::new(Reader::new(&Sealed)))),
            seed,
            strange: Mutex::default(),
        })
    }

    fn line(&self, begin: &Begin<'_>) -> Line {
        let mut writer = self.writer.lock().unwrap();
        let arguments = begin.call.arguments();
        let arguments: Vec<String> =
            arguments.map(|(name, value)| format!("{name}={}", writer.argument(value))).collect();
        Line {
            verb: begin.call.verb.name.to_string(),
            arguments: arguments.join(" "),
            token: begin.token.map(str::to_string),
            members: begin.members,
            ended: None,
        }
    }

    fn strange(&self, what: String) {
        self.strange.lock().unwrap().push(what);
    }

    fn shuffled(&self, path: &Path, mut order: Vec<usize>) -> Vec<usize> {
        let salt =
            path.to_string().bytes().fold(self.seed, |hash, byte| hash.wrapping_mul(31) + u64::from(byte));
        fastrand::Rng::with_seed(salt).shuffle(&mut order);
        order
    }
}

impl Observer for Life {
    fn records(&self) -> bool {
        true
    }

    fn answer(&self, begin: &Begin<'_>) -> Option<Given<Value>> {
        let (record, reader) = self.before.as_ref()?;
        let (path, line) = (begin.path.to_string(), self.line(begin));
        let Some(known) = record.lines.get(&path) else {
            self.strange(format!("{path} {line:?} is not on record"));
            return None;
        };
        if (&known.verb, &known.arguments, &known.token) != (&line.verb, &line.arguments, &line.token) {
            self.strange(format!("{path} is {line:?}, not {known:?}"));
        }
        self.now.lock().unwrap().lines.insert(path.clone(), line);
        let (result, states) = known.ended.as_ref()?;
        let mut reader = reader.lock().unwrap();
        let json: Json = serde_json::from_str(result).unwrap();
        let answer = match json.get("$failed") {
            Some(error) => Err(reader.error(&path, error).unwrap()),
            None => Ok(reader.result(&path, &json).unwrap()),
        };
        for state in states {
            reader.renew(&serde_json::from_str(state).unwrap()).unwrap();
        }
        Some(answer)
    }

    fn began(&self, begin: &Begin<'_>) -> Given<()> {
        let (path, line) = (begin.path.to_string(), self.line(begin));
        assert!(self.now.lock().unwrap().lines.insert(path.clone(), line).is_none(), "{path} began twice");
        Ok(())
    }

    fn ended(&self, begin: &Begin<'_>, end: &End<'_>) {
        let path = begin.path.to_string();
        let mut writer = self.writer.lock().unwrap();
        let result = match end.result {
            Ok(value) => writer.result(&path, value),
            Err(error) => json!({ "$failed": writer.error(&path, error) }),
        };
        let states = end.objects.iter().map(|object| writer.state(object).to_string()).collect();
        let mut now = self.now.lock().unwrap();
        now.lines.get_mut(&path).expect("it began").ended = Some((result.to_string(), states));
    }

    fn answer_lookup(&self, path: &Path) -> Option<Given<Value>> {
        let (record, reader) = self.before.as_ref()?;
        let Some(known) = record.lookups.get(&path.to_string()) else {
            self.strange(format!("{path} is not on record"));
            return None;
        };
        self.now.lock().unwrap().lookups.insert(path.to_string(), known.clone());
        Some(Ok(reader.lock().unwrap().argument(&serde_json::from_str(known).unwrap()).unwrap()))
    }

    fn looked_up(&self, path: &Path, result: Result<&Value, &Error>) {
        if let Ok(value) = result {
            let text = self.writer.lock().unwrap().argument(value).to_string();
            self.now.lock().unwrap().lookups.insert(path.to_string(), text);
        }
    }

    fn forked(&self, fork: &Fork<'_>) -> Option<Course> {
        let Some((record, reader)) = &self.before else {
            let order = fork.items.map(|items| self.shuffled(fork.path, (0..items).collect()));
            return Some(Course { order, ..Course::default() });
        };
        let path = fork.path.to_string();
        let known = record.forks.get(&path)?;
        let ended = match &known.error {
            None => Ok(()),
            Some(error) => {
                Err(reader.lock().unwrap().error(&path, &serde_json::from_str(error).unwrap()).unwrap())
            }
        };
        // Attempts and rounds follow each other; only items stand side by side.
        let order = match fork.items {
            Some(_) => self.shuffled(fork.path, known.ran.clone()),
            None => known.ran.clone(),
        };
        Some(Course { order: Some(order), ended: Some(ended), ..Course::default() })
    }

    fn joined(&self, fork: &Fork<'_>, join: &Join<'_>) {
        let path = fork.path.to_string();
        let error = join.error.map(|error| self.writer.lock().unwrap().error(&path, error).to_string());
        let branches = Branches { verb: fork.verb.to_string(), ran: join.ran.to_vec(), error };
        self.now.lock().unwrap().forks.insert(path, branches);
    }

    fn noted(&self, note: &Note<'_>) {
        let of = note.of.map(|of| format!(" {of}")).unwrap_or_default();
        self.now.lock().unwrap().notes.insert(note.path.to_string(), format!("{}{of}", note.verb));
    }
}

/// What a life shows: what it printed, how it ended, what it left on record, and how many requests a cloud saw.
struct Shown {
    out: String,
    ended: String,
    record: Record,
    requests: usize,
    strange: Vec<String>,
}

fn live(name: &str, text: &str, life: &Arc<Life>, change: impl FnOnce(&mut Options), seeded: bool) -> Shown {
    let world = World::given(change, &[], &[("EFFECTS_WORD", "hello")]);
    world.setup.session.stage.set_key(RunKey::new([7; 32]));
    // Two calls either way, so that the script's own are counted from 3.
    world.ok(match seeded {
        true => r#"boot("web", #{ image: "cirros", flavor: "m1.tiny" }).wait_active()"#,
        false => "now(); now()",
    });
    world.setup.session.stage.watch(life.clone());
    let before = world.requests();
    let ended = match world.run_as(name, text) {
        Ok(value) => Writer::new(&Sealed, true).result("end", &value).to_string(),
        Err(failure) => told(&failure),
    };
    Shown {
        out: world.out(),
        ended,
        record: life.now.lock().unwrap().clone(),
        requests: world.requests() - before,
        strange: std::mem::take(&mut *life.strange.lock().unwrap()),
    }
}

/// Live a script twice; gives what the first life showed.
#[track_caller]
fn twice(name: &str, text: &str, change: impl Fn(&mut Options), seeded: bool) -> Shown {
    let first = live(name, text, &Life::new(None, 1), &change, seeded);
    assert!(first.requests > 0, "{name} asks no cloud: {}", first.ended);
    // The second life's cloud is another one, and is not asked.
    let second = live(name, text, &Life::new(Some(first.record.clone()), 2), &change, false);
    assert_eq!(second.strange, Vec::<String>::new(), "{name}");
    assert_eq!(second.requests, 0, "{name}");
    assert_eq!(second.out, first.out, "{name}");
    assert_eq!(second.ended, first.ended, "{name}");
    let differ = |(path, line): (&String, &Line)| {
        let again = second.record.lines.get(path);
        (again != Some(line)).then(|| format!("{path}\n{line:#?}\n{again:#?}"))
    };
    let differences: Vec<String> = first.record.lines.iter().filter_map(differ).collect();
    assert!(differences.is_empty(), "{name}: {}", differences.join("\n"));
    assert_eq!(second.record.lines.len(), first.record.lines.len(), "{name}");
    assert_eq!(second.record.forks, first.record.forks, "{name}");
    assert_eq!(second.record.notes, first.record.notes, "{name}");
    first
}

#[test]
fn every_script_lives_again_from_its_record() {
    let scripts = std::fs::read_dir(root().join("scripts")).unwrap();
    let mut scripts: Vec<_> = scripts.map(|entry| entry.unwrap().path()).collect();
    let is_runbook = |name: &str| name.ends_with(".rhai") && !name.ends_with("_test.rhai");
    scripts.retain(|path| path.file_name().is_some_and(|name| is_runbook(&name.to_string_lossy())));
    scripts.sort();
    assert!(scripts.len() >= 22, "{scripts:?}");
    // One of them moves bytes through a file, here in a folder of its own.
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path().to_str().unwrap();
    let allow = |options: &mut Options| {
        options.allow_read = vec![folder.to_string()];
        options.allow_write = vec![folder.to_string()];
    };
    for script in scripts {
        let text = std::fs::read_to_string(&script).unwrap();
        let text = text.replace(r#"param("folder", ".","#, &format!(r#"param("folder", "{folder}","#));
        let name = script.to_string_lossy().into_owned();
        let cloud = crate::scripts::cloud_of(&script);
        let change = |options: &mut Options| {
            options.cloud = Some(cloud.to_string());
            allow(options);
        };
        let first = twice(&name, &text, change, false);
        assert!(!first.ended.contains("label"), "{name} ended with {}", first.ended);
        assert!(!first.out.is_empty(), "{name}");
    }
}

const STEERED: &str = r#"
    let made = parallel(["a", "b", "c"], |k| {
        let s = boot(k, #{ image: "cirros", flavor: "m1.tiny", meta: #{ id: uuid() } }).wait_active();
        let again = server(s.id);
        #{ name: s.name, id: s.meta.id, flavor: again.flavor, at: timestamp() > 0 }
    });
    print(made.map(|m| `${m.name} ${m.id} ${m.flavor}`));
    let tried = 0;
    let got = retry(|| { tried += 1; if tried < 3 { server("nobody") } else { server("web") } }, #{ on: ["not_found"], delay: "1s" });
    print(`${got} at attempt ${tried}`);
    let looks = 0;
    wait_until(|| { looks += 1; now(); looks == 4 }, #{ every: "1s" });
    try { wait_until(|| server("web").status == "ERROR", #{ timeout: "5s", every: "1s" }); } catch (e) { print(e.kind); }
    let failed = parallel(1..=4, |n| if n == 3 { server(`none-${n}`) } else { server("web") }, #{ on_error: "collect" });
    print(failed.map(|one| is_error(one)));
    try { stop(["web", "nobody"]); } catch (e) { print(`${e.kind} ${e.results.map(|r| is_error(r))}`); }
    let kept = on_failure(|| print("never"));
    kept.cancel();
    defer(|x| print(`${x} ${env("EFFECTS_WORD")}`), "last");
    print(to_json(server("web")).len > 100);
    print(uuid());
    set_meta(servers(#{ name: "[abc]" }), #{ kind: "odd" });
    delete(servers(#{ name: "[abc]" }), #{ wait: true });
    sleep("1m");
    if server("web").status != "ACTIVE" { start("web").wait_active(); }
    server("web").wait_port(22, "1m");
    fail("on purpose");
"#;

#[test]
fn whatever_steers_a_run_is_answered_too() {
    let allow = |options: &mut Options| options.allow_env = vec!["EFFECTS_WORD".to_string()];
    let first = twice("steered.rhai", STEERED, allow, true);
    assert!(first.ended.contains("on purpose"), "{}", first.ended);
    assert!(first.out.ends_with("last hello"), "{}", first.out);
    let record = &first.record;
    let forks = record.forks.iter().map(|(path, fork)| format!("{path} {} {:?}", fork.verb, fork.ran));
    assert_eq!(
        forks.collect::<Vec<String>>(),
        [
            "3 parallel [0, 1, 2]",
            "4 retry [1, 2, 3]",
            "5 wait_until [1, 2, 3, 4]",
            "6 wait_until [1, 2, 3, 4, 5, 6]",
            "7 parallel [0, 1, 2, 3]"
        ]
    );
    let verb = |path: &str| record.lines.get(path).map_or("", |line| &line.verb);
    let paths = ["3:0/1", "3:2/2", "3:1/3", "4:3/1", "5:4/1", "8#0", "8#1"];
    assert_eq!(paths.map(verb), ["uuid", "boot", "wait_active", "server", "now", "stop", "stop"]);
    let members = record.lines.keys().filter(|path| path.contains('#')).count();
    assert_eq!(members, 8, "each member begins and ends: {:?}", record.lines.keys());
    let notes: Vec<&str> = record.notes.values().map(String::as_str).collect();
    assert_eq!(notes, ["cancel 9", "defer", "on_failure"], "{:?}", record.notes);
    let handler = record.lines.iter().find(|(path, _)| path.contains('!')).expect("the handler's call");
    assert_eq!((handler.0.as_str(), handler.1.verb.as_str()), ("11!/1", "env"));
    let tokens: Vec<&String> = record.lines.values().filter_map(|line| line.token.as_ref()).collect();
    assert!(!tokens.is_empty() && tokens.iter().all(|token| token.len() == 36), "{tokens:?}");
    assert!(record.lookups.keys().any(|path| path.starts_with("@sim/flavor/")), "{:?}", record.lookups);
}

#[test]
fn the_marker_of_a_create_is_the_token_of_its_call() {
    let life = Life::new(None, 1);
    let world = World::new();
    world.setup.session.stage.watch(life.clone());
    world.ok(r#"
        boot("a", #{ image: "cirros", flavor: "m1.tiny" }).wait_active();
        create_volume("v", 1);
        print(to_json(server("a").raw));
        print(to_json(volume("v").raw));
        "#);
    let (lines, out) = (life.now.lock().unwrap().lines.clone(), world.out());
    for (path, raw) in ["1", "3"].iter().zip(out.lines()) {
        let token = lines[*path].token.clone().expect("a token");
        assert!(raw.contains(&token), "{raw} does not carry {token}");
    }
}

#[test]
fn an_observer_that_refuses_keeps_a_call_from_being_sent() {
    struct Full;
    impl Observer for Full {
        fn began(&self, begin: &Begin<'_>) -> Given<()> {
            match begin.effect.changes_cloud() {
                true => Err(Error::new(Kind::Denied, "the record cannot be written")),
                false => Ok(()),
            }
        }
    }
    let world = World::web();
    world.setup.session.stage.watch(Arc::new(Full));
    let written = world.written(|| {
        let error = world.error(r#"server("web"); stop("web")"#);
        assert_eq!((error.kind.as_str(), error.path.as_deref()), ("denied", Some("4")));
    });
    assert_eq!(written, Vec::<String>::new());
}

/// What each change was about, by its path, before anything of it left.
#[derive(Default)]
struct About(Mutex<Vec<String>>);

impl Observer for About {
    fn records(&self) -> bool {
        true
    }

    fn began(&self, begin: &Begin<'_>) -> Given<()> {
        if begin.effect.changes_cloud() && begin.members.is_none() {
            let on = begin.objects.iter().map(|object| format!("{} {}", object.noun().word(), object.id()));
            let on = on.collect::<Vec<_>>().join(", ");
            self.0.lock().unwrap().push(format!("{} {}: {on}", begin.path, begin.call.verb.name));
        }
        Ok(())
    }
}

#[test]
fn names_are_resources_before_a_change_begins() {
    let about = Arc::new(About::default());
    let world = World::web();
    world.setup.session.stage.watch(about.clone());
    world.ok(r#"
        create_volume("data", 1).wait_ready();
        print(server("web").id + " " + volume("data").id);
        attach("web", "data");
        stop(["web"]);
        delete("gone", #{ missing_ok: true });
        delete(["web", "gone"], #{ missing_ok: true });
        print(server("web").id + " " + volume("data").id);
        "#);
    let out = world.out();
    let (web, data) = out.lines().next().and_then(|line| line.split_once(' ')).expect("two ids");
    let about = about.0.lock().unwrap();
    let about: Vec<&str> =
        about.iter().filter_map(|line| line.split_once(' ').map(|(_, rest)| rest)).collect();
    let attach = format!("attach: server {web}, volume {data}");
    let stop = format!("stop: server {web}");
    let delete = format!("delete: server {web}");
    assert_eq!(about, ["create_volume: ", &attach, &stop, "delete: ", &delete, "delete: "]);
}

#[test]
fn a_name_is_looked_up_once_for_a_change() {
    let world = World::web();
    let before = world.requests();
    world.ok(r#"stop("web")"#);
    let by_name = world.requests() - before;
    world.ok(r#"boot("other", #{ image: "cirros", flavor: "m1.tiny" }).wait_active()"#);
    let before = world.requests();
    world.ok(r#"delete("other")"#);
    assert_eq!(world.requests() - before, 2, "a list and a deletion");
    world.ok(r#"let s = server("web"); s.wait_status("SHUTOFF"); s.start().wait_active();"#);
    let all = world.requests();
    world.ok(r#"let s = server("web");"#);
    let look = world.requests() - all;
    let all = world.requests();
    world.ok(r#"let s = server("web"); stop(s);"#);
    assert_eq!((look, by_name), (1, world.requests() - all));
}
