//! When a wait is over: a scripted cloud under a clock that moves only by sleeping. Each test fails without its rule.

use crate::openstack::scripted::{Ticks, time};
use async_trait::async_trait;
use rhain::cloud::ports::{Clock, Progress};
use rhain::cloud::server::Named;
use rhain::cloud::traits::*;
use rhain::cloud::wait::{self, Before, Goal, Pending, Wanted};
use rhain::cloud::{
    Cloud, Error, Filter, Handle, Image, Kind, NameMatch, Provider, RequestState, Result, Server, Span, Time,
    Value,
};
use rhain::provider::openstack::capabilities::OPENSTACK;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

#[derive(Default)]
struct Heard {
    lines: Mutex<Vec<String>>,
    warnings: Mutex<Vec<String>>,
    done: AtomicUsize,
}

impl Progress for Heard {
    fn waiting(&self, line: &str) {
        self.lines.lock().unwrap().push(line.to_string());
    }
    fn done(&self) {
        self.done.fetch_add(1, Ordering::SeqCst);
    }
    fn warn(&self, text: &str) {
        self.warnings.lock().unwrap().push(text.to_string());
    }
}

type Script = Box<dyn Fn(&str, f64) -> Result<Option<Server>> + Send + Sync>;
type States = Box<dyn Fn(f64) -> Result<RequestState> + Send + Sync>;

/// A cloud whose servers are a function of their id and the time.
struct Scripted {
    name: Arc<str>,
    clock: Arc<Ticks>,
    ids: Vec<String>,
    script: Script,
    states: States,
    lists: AtomicUsize,
    gets: AtomicUsize,
    asks: AtomicUsize,
    /// From when on looks, or questions about a request, are never answered.
    hangs: (f64, f64),
}

impl Scripted {
    async fn hang(&self, from: f64) {
        if self.clock.elapsed().as_secs_f64() >= from {
            std::future::pending::<()>().await;
        }
    }
}

/// The same clock, but time passes too while nothing happens.
struct Lapsing(Arc<Ticks>);

#[async_trait]
impl Clock for Lapsing {
    fn now(&self) -> Time {
        self.0.now()
    }
    fn elapsed(&self) -> Duration {
        self.0.elapsed()
    }
    async fn sleep(&self, by: Duration) {
        self.0.sleep(by).await
    }
    async fn lapse(&self, by: Duration) {
        self.0.sleep(by).await
    }
}

#[async_trait]
impl Account for Scripted {
    fn name(&self) -> &Arc<str> {
        &self.name
    }
    fn provider(&self) -> &'static Provider {
        &OPENSTACK
    }
    fn region(&self) -> Option<String> {
        None
    }
}

#[async_trait]
impl Servers for Scripted {
    async fn servers(&self, filter: &Filter) -> Result<Vec<Server>> {
        self.lists.fetch_add(1, Ordering::SeqCst);
        self.hang(self.hangs.0).await;
        let now = self.clock.elapsed().as_secs_f64();
        let all: Result<Vec<Option<Server>>> = self.ids.iter().map(|id| (self.script)(id, now)).collect();
        let prefix = match &filter.name {
            Some(NameMatch::Glob(glob)) => glob.trim_end_matches('*').to_string(),
            _ => String::new(),
        };
        Ok(all?.into_iter().flatten().filter(|server| server.name.starts_with(&prefix)).collect())
    }
    async fn server(&self, id: &str) -> Result<Option<Server>> {
        self.gets.fetch_add(1, Ordering::SeqCst);
        self.hang(self.hangs.0).await;
        (self.script)(id, self.clock.elapsed().as_secs_f64())
    }
    async fn request_state(&self, _server: &str, _request: &str) -> Result<RequestState> {
        self.asks.fetch_add(1, Ordering::SeqCst);
        self.hang(self.hangs.1).await;
        (self.states)(self.clock.elapsed().as_secs_f64())
    }
}

#[async_trait]
impl Images for Scripted {
    async fn image(&self, id: &str) -> Result<Option<Image>> {
        Ok((self.script)(id, self.clock.elapsed().as_secs_f64())?
            .map(|server| image(&server.name, &server.status)))
    }
    async fn images(&self, _filter: &Filter) -> Result<Vec<Image>> {
        let now = self.clock.elapsed().as_secs_f64();
        let all: Result<Vec<Option<Server>>> = self.ids.iter().map(|id| (self.script)(id, now)).collect();
        Ok(all?.into_iter().flatten().map(|server| image(&server.name, &server.status)).collect())
    }
}

impl Metadata for Scripted {}
impl rhain::cloud::Updates for Scripted {}
impl Flavors for Scripted {}
impl Keypairs for Scripted {}
impl SecurityGroups for Scripted {}
impl Networks for Scripted {}
impl Subnets for Scripted {}
impl Routers for Scripted {}
impl PublicIps for Scripted {}
impl Volumes for Scripted {}
impl Snapshots for Scripted {}
impl rhain::cloud::Ports for Scripted {}
impl rhain::cloud::Backups for Scripted {}
impl rhain::cloud::ServerGroups for Scripted {}
impl rhain::cloud::Stacks for Scripted {}
impl rhain::cloud::Ec2Credentials for Scripted {}
impl Cloud for Scripted {}

fn server(name: &str, status: &str, task: Option<&str>, updated: f64) -> Server {
    Server {
        id: name.to_string(),
        name: name.to_string(),
        status: status.to_string(),
        provider_status: status.to_string(),
        task: task.map(str::to_string),
        progress: None,
        fault: (status == "ERROR").then(|| "No valid host was found. (code 500)".to_string()),
        flavor: Named::default(),
        image: Named::default(),
        meta: BTreeMap::new(),
        tags: Vec::new(),
        addresses: Vec::new(),
        access: (None, None),
        description: None,
        host: None,
        project: None,
        locked: None,
        key: None,
        security_groups: Vec::new(),
        volumes: Vec::new(),
        zone: None,
        created: Some(time(0.0)),
        updated: Some(time(updated.floor())),
        admin_pass: None,
        cloud: "lab".into(),
        read: time(0.0),
        raw: Arc::default(),
    }
}

fn image(name: &str, status: &str) -> Image {
    Image {
        id: name.to_string(),
        name: name.to_string(),
        status: status.to_string(),
        size: None,
        min_disk: 0,
        min_ram: 0,
        meta: BTreeMap::new(),
        created: None,
        visibility: None,
        owner: None,
        cloud: "lab".into(),
        read: time(0.0),
        raw: Arc::default(),
    }
}

struct World {
    cloud: Scripted,
    heard: Heard,
}

impl World {
    fn new(
        names: &[&str],
        script: impl Fn(&str, f64) -> Result<Option<Server>> + Send + Sync + 'static,
    ) -> World {
        let cloud = Scripted {
            name: "lab".into(),
            clock: Arc::default(),
            ids: names.iter().map(|name| name.to_string()).collect(),
            script: Box::new(script),
            states: Box::new(|_| Ok(RequestState::Unknown)),
            lists: AtomicUsize::new(0),
            gets: AtomicUsize::new(0),
            asks: AtomicUsize::new(0),
            hangs: (f64::INFINITY, f64::INFINITY),
        };
        World { cloud, heard: Heard::default() }
    }

    /// With an answer to what became of the request.
    fn states(mut self, states: impl Fn(f64) -> Result<RequestState> + Send + Sync + 'static) -> World {
        self.cloud.states = Box::new(states);
        self
    }

    async fn wait(&self, wanted: &[Wanted], goal: Goal, timeout: u64) -> Vec<Result<Server>> {
        let clock = self.cloud.clock.clone();
        wait::servers(&self.cloud, clock.as_ref(), &self.heard, wanted, &goal, Duration::from_secs(timeout))
            .await
    }

    async fn one(&self, wanted: Wanted, goal: Goal, timeout: u64) -> Result<Server> {
        self.wait(&[wanted], goal, timeout).await.remove(0)
    }

    fn spent(&self) -> f64 {
        self.cloud.clock.elapsed().as_secs_f64()
    }

    fn warnings(&self) -> Vec<String> {
        self.heard.warnings.lock().unwrap().clone()
    }
}

fn plain(name: &str) -> Wanted {
    Wanted { object: Handle::new(server(name, "BUILD", None, 0.0).into()), pending: None }
}

/// A server on which this run has just called a verb, when it was at rest in `status`.
fn after(name: &str, verb: &'static str, status: &str, request: bool) -> Wanted {
    let was = server(name, status, None, 0.0);
    let pending = Pending {
        verb,
        request_id: request.then(|| "req-1".to_string()),
        at: time(0.0),
        before: Some(Before::from(&was)),
    };
    Wanted { object: Handle::new(was.into()), pending: Some(pending) }
}

fn status(text: &str) -> Goal {
    Goal::Status(vec![text.to_string()])
}

#[tokio::test]
async fn a_build_ends_when_it_is_active_and_at_rest() {
    let world = World::new(&["web"], |id, now| {
        Ok(Some(match now {
            ..2.0 => server(id, "BUILD", Some("spawning"), 0.0),
            2.0..4.0 => server(id, "ACTIVE", Some("spawning"), 2.0),
            _ => server(id, "ACTIVE", None, 4.0),
        }))
    });
    let ended = world.one(plain("web"), Goal::Active, 600).await.unwrap();
    assert_eq!((ended.status.as_str(), ended.task), ("ACTIVE", None));
    assert!((4.0..7.0).contains(&world.spent()), "{}", world.spent());
    assert_eq!(world.cloud.lists.load(Ordering::SeqCst), 0);
    assert_eq!(world.heard.done.load(Ordering::SeqCst), 1);
    assert_eq!(world.heard.lines.lock().unwrap()[0], "web to be ACTIVE: BUILD (spawning)");
}

#[tokio::test]
async fn an_error_fails_at_once_with_the_clouds_text() {
    let world = World::new(&["web"], |id, now| {
        Ok(Some(server(id, if now < 3.0 { "BUILD" } else { "ERROR" }, None, 0.0)))
    });
    let error = world.one(plain("web"), Goal::Active, 600).await.unwrap_err();
    assert_eq!(
        (error.kind, error.to_string().as_str()),
        (Kind::Failed, "`web` went to ERROR while it was being built")
    );
    assert_eq!(error.answer.as_deref(), Some("No valid host was found. (code 500)"));
    assert_eq!(error.exists.len(), 1);
    assert!(world.spent() < 6.0);
}

#[tokio::test]
async fn time_up_tells_the_last_status() {
    let world = World::new(&["web"], |id, _| Ok(Some(server(id, "BUILD", Some("spawning"), 0.0))));
    let error = world.one(plain("web"), Goal::Active, 600).await.unwrap_err();
    assert_eq!(error.kind, Kind::Timeout);
    assert_eq!(error.to_string(), "`web` was not ACTIVE after 10m, but BUILD (spawning)");
    let seen = &error.facts[0].1;
    assert!(seen.starts_with("BUILD (spawning) for 10m 0s, ") && seen.ends_with(" looks"), "{seen}");
    assert_eq!(world.spent(), 600.0, "the last look is at the deadline");
}

#[tokio::test]
async fn a_wait_does_not_outlive_its_time_while_a_look_hangs() {
    for (names, hangs) in [
        (&["web"][..], (0.0, f64::INFINITY)),
        (&["web"], (3.0, f64::INFINITY)),
        (&["web", "db"], (3.0, f64::INFINITY)),
        (&["web"], (f64::INFINITY, 3.0)),
    ] {
        let mut world = World::new(names, |id, _| Ok(Some(server(id, "ACTIVE", None, 0.0))))
            .states(|_| Ok(RequestState::Running));
        world.cloud.hangs = hangs;
        let wanted: Vec<Wanted> = names.iter().map(|name| after(name, "reboot", "ACTIVE", true)).collect();
        let (clock, time) = (Lapsing(world.cloud.clock.clone()), Duration::from_secs(8));
        let ended = wait::servers(&world.cloud, &clock, &world.heard, &wanted, &Goal::Active, time).await;
        let error = ended.into_iter().next().unwrap().unwrap_err();
        assert_eq!((error.kind, error.cloud.as_deref()), (Kind::Timeout, Some("lab")));
        assert!((8.0..=9.0).contains(&world.spent()), "{hangs:?}: {}", world.spent());
        let trouble = error.facts.iter().find(|(name, _)| *name == "trouble");
        assert_eq!(trouble.is_some(), hangs.0 < 8.0, "{hangs:?}: {error:?}");
        let message = match hangs.0 < 8.0 {
            true => "the `reboot` of `web` was not seen to begin after 8s",
            false => "the `reboot` of `web` has not begun after 8s",
        };
        assert_eq!(error.to_string(), message, "{hangs:?}");
    }
}

#[tokio::test]
async fn a_request_that_has_not_begun_is_told_as_such() {
    let world = World::new(&["web"], |id, _| Ok(Some(server(id, "ACTIVE", None, 0.0))))
        .states(|_| Ok(RequestState::Running));
    for (verb, goal) in [("reboot", "ACTIVE"), ("stop", "SHUTOFF")] {
        let error = world.one(after("web", verb, "ACTIVE", true), status(goal), 8).await.unwrap_err();
        assert_eq!(error.to_string(), format!("the `{verb}` of `web` has not begun after 8s"));
        assert!(error.help.as_ref().is_some_and(|help| help.starts_with("give the wait more time")));
    }
}

#[tokio::test]
async fn a_timeout_of_zero_looks_once() {
    let world = World::new(&["web"], |id, _| Ok(Some(server(id, "BUILD", None, 0.0))));
    assert_eq!(world.one(plain("web"), Goal::Active, 0).await.unwrap_err().kind, Kind::Timeout);
    assert_eq!((world.cloud.gets.load(Ordering::SeqCst), world.spent()), (1, 0.0));
    let ready = World::new(&["web"], |id, _| Ok(Some(server(id, "ACTIVE", None, 0.0))));
    assert!(ready.one(plain("web"), Goal::Active, 0).await.is_ok());
}

#[tokio::test]
async fn no_one_to_wait_for_sends_nothing() {
    let world = World::new(&[], |_, _| Ok(None));
    assert!(world.wait(&[], Goal::Active, 600).await.is_empty());
    assert_eq!(world.cloud.lists.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn an_array_costs_one_list_a_look_and_keeps_its_order() {
    let names: Vec<String> = (1..=20).map(|n| format!("web-{n}")).collect();
    let ids: Vec<&str> = names.iter().map(String::as_str).collect();
    let world = World::new(&ids, |id, now| {
        let ready = id.trim_start_matches("web-").parse::<f64>().unwrap();
        Ok(Some(server(id, if now < ready { "BUILD" } else { "ACTIVE" }, None, 0.0)))
    });
    let wanted: Vec<Wanted> = names.iter().rev().map(|name| plain(name)).collect();
    let results = world.wait(&wanted, Goal::Active, 600).await;
    let order: Vec<String> = results.into_iter().map(|result| result.unwrap().name).collect();
    assert_eq!(order, names.iter().rev().cloned().collect::<Vec<_>>());
    let (lists, gets) = (world.cloud.lists.load(Ordering::SeqCst), world.cloud.gets.load(Ordering::SeqCst));
    assert!(lists > 3 && gets <= 2, "{lists} lists, {gets} gets");
    let lines = world.heard.lines.lock().unwrap();
    assert!(lines[0].starts_with("0 of 20 ACTIVE   web-20, web-19, web-18, … in BUILD"), "{}", lines[0]);
}

#[tokio::test]
async fn who_fails_does_not_end_the_wait_of_the_others() {
    let world = World::new(&["a", "b", "c"], |id, now| {
        Ok(Some(match id {
            "a" => server(id, "ERROR", None, 0.0),
            "b" if now >= 20.0 => server(id, "ACTIVE", None, 0.0),
            _ => server(id, "BUILD", None, 0.0),
        }))
    });
    let results = world.wait(&[plain("a"), plain("b"), plain("c")], Goal::Active, 60).await;
    assert_eq!(results[0].as_ref().unwrap_err().kind, Kind::Failed);
    assert_eq!(results[1].as_ref().unwrap().status, "ACTIVE");
    let late = results[2].as_ref().unwrap_err();
    assert_eq!(late.kind, Kind::Timeout);
    assert!(late.facts[0].1.ends_with("; 1 of 3 servers is ACTIVE"), "{:?}", late.facts);
    assert_eq!(late.facts[1], ("waiting", "c".to_string()));
}

#[tokio::test]
async fn who_is_missing_from_a_list_is_looked_up_before_it_is_gone() {
    // `moved` was renamed, so that the narrowed list does not have it.
    let world = World::new(&["web-1", "web-2"], |id, now| {
        let mut one = server(id, if now < 3.0 { "BUILD" } else { "ACTIVE" }, None, 0.0);
        if id == "web-2" {
            one.name = "moved".to_string();
        }
        Ok(Some(one))
    });
    let results = world.wait(&[plain("web-1"), plain("web-2")], Goal::Active, 60).await;
    assert!(results.iter().all(Result::is_ok), "{results:?}");
    assert!(world.cloud.gets.load(Ordering::SeqCst) > 0);
}

#[tokio::test]
async fn gone_is_the_end_of_a_deletion_and_the_failure_of_anything_else() {
    let gone = |id: &str, now: f64| Ok((now < 3.0).then(|| server(id, "ACTIVE", Some("deleting"), 0.0)));
    let world = World::new(&["a", "b"], gone);
    let results = world.wait(&[plain("a"), plain("b")], Goal::Deleted, 60).await;
    assert!(results.iter().all(Result::is_ok), "{results:?}");
    let world = World::new(&["a"], gone);
    assert_eq!(world.one(plain("a"), Goal::Active, 60).await.unwrap_err().kind, Kind::Failed);
    let world = World::new(&["a"], |_, _| Ok(None));
    assert_eq!(world.one(plain("a"), Goal::Active, 60).await.unwrap_err().kind, Kind::NotFound);
    assert!(world.one(plain("a"), Goal::Deleted, 60).await.is_ok(), "what is gone already counts");
    let world = World::new(&["a"], |id, _| Ok(Some(server(id, "DELETED", None, 0.0))));
    assert!(world.one(plain("a"), Goal::Deleted, 60).await.is_ok());
}

#[tokio::test]
async fn a_deletion_of_ours_that_ends_in_error_has_failed() {
    let world = World::new(&["a"], |id, now| {
        Ok(Some(server(
            id,
            if now < 3.0 { "ACTIVE" } else { "ERROR" },
            (now < 3.0).then_some("deleting"),
            0.0,
        )))
    });
    let error = world.one(after("a", "delete", "ACTIVE", false), Goal::Deleted, 60).await.unwrap_err();
    assert_eq!((error.kind, error.to_string().as_str()), (Kind::Failed, "`a` went to ERROR after `delete`"));
    // One that was in ERROR before is being deleted all the same.
    let world = World::new(&["a"], |id, now| {
        let task = (now > 1.0).then_some("deleting");
        Ok((now < 5.0).then(|| server(id, "ERROR", task, 0.0)))
    });
    assert!(world.one(after("a", "delete", "ERROR", false), Goal::Deleted, 60).await.is_ok());
}

#[tokio::test]
async fn trouble_on_the_way_ends_no_wait() {
    let world = World::new(&["web"], |id, now| match now {
        ..1.0 => Err(Error::new(Kind::Unavailable, "bad gateway")),
        1.0..3.0 => Err(Error::new(Kind::Network, "connection reset")),
        3.0..5.0 => Err(Error::new(Kind::RateLimited, "too many requests")),
        5.0..7.0 => Err(Error::new(Kind::Protocol, "half an answer")),
        _ => Ok(Some(server(id, "ACTIVE", None, 0.0))),
    });
    assert!(world.one(plain("web"), Goal::Active, 60).await.is_ok());
    let world = World::new(&["web"], |_, _| Err(Error::new(Kind::Unavailable, "bad gateway")));
    let error = world.one(plain("web"), Goal::Active, 60).await.unwrap_err();
    assert_eq!(error.kind, Kind::Timeout);
    assert!(
        error.facts.iter().any(|(name, text)| *name == "trouble" && text.contains("bad gateway")),
        "{error:?}"
    );
    let world = World::new(&["web"], |_, _| Err(Error::new(Kind::Unauthorized, "no")));
    assert_eq!(world.one(plain("web"), Goal::Active, 60).await.unwrap_err().kind, Kind::Unauthorized);
    assert_eq!(world.spent(), 0.0, "what does not pass ends the wait");
}

#[tokio::test]
async fn what_is_dormant_does_not_lead_to_active() {
    for (state, verb) in [
        ("SHUTOFF", "start"),
        ("PAUSED", "unpause"),
        ("SUSPENDED", "resume"),
        ("SHELVED", "unshelve"),
        ("SHELVED_OFFLOADED", "unshelve"),
        ("RESCUE", "unrescue"),
        ("VERIFY_RESIZE", "confirm_resize"),
    ] {
        let world = World::new(&["web"], move |id, _| Ok(Some(server(id, state, None, 0.0))));
        for goal in [Goal::Active, status("ACTIVE")] {
            let error = world.one(plain("web"), goal, 600).await.unwrap_err();
            assert_eq!((error.kind, world.spent()), (Kind::Failed, 0.0), "{state}");
            assert!(error.help.as_ref().is_some_and(|help| help.contains(verb)), "{state}: {:?}", error.help);
        }
        let world = World::new(&["web"], move |id, now| {
            Ok(Some(if now < 2.0 {
                server(id, state, Some("powering-on"), 0.0)
            } else {
                server(id, "ACTIVE", None, 2.0)
            }))
        });
        assert!(
            world.one(plain("web"), Goal::Active, 600).await.is_ok(),
            "{state} with a task is not dormant"
        );
    }
    let world = World::new(&["web"], |id, _| Ok(Some(server(id, "VERIFY_RESIZE", None, 0.0))));
    assert!(world.one(plain("web"), Goal::Ready, 600).await.is_ok());
    assert!(world.one(plain("web"), status("VERIFY_RESIZE"), 600).await.is_ok());
}

/// A reboot that the cloud accepts at 0, begins at 5 and ends at 8.
fn slow_reboot(id: &str, now: f64) -> Result<Option<Server>> {
    Ok(Some(match now {
        ..5.0 => server(id, "ACTIVE", None, 0.0),
        5.0..8.0 => server(id, "REBOOT", Some("rebooting"), 5.0),
        _ => server(id, "ACTIVE", None, 8.0),
    }))
}

#[tokio::test]
async fn a_status_from_before_the_request_is_not_its_result() {
    for goal in [Goal::Active, Goal::Ready, status("ACTIVE")] {
        let world = World::new(&["web"], slow_reboot);
        assert!(world.one(after("web", "reboot", "ACTIVE", false), goal.clone(), 600).await.is_ok());
        assert!(world.spent() >= 8.0, "{goal:?}: {}", world.spent());
        assert!(world.warnings().is_empty());
    }
    let world = World::new(&["a", "b"], slow_reboot);
    let wanted = [after("a", "reboot", "ACTIVE", false), after("b", "reboot", "ACTIVE", false)];
    assert!(world.wait(&wanted, Goal::Active, 600).await.iter().all(Result::is_ok));
    assert!(world.spent() >= 8.0);
}

#[tokio::test]
async fn a_resize_that_the_cloud_confirms_by_itself_is_at_its_end() {
    let larger = |id: &str, status: &str, task: Option<&str>, now: f64| {
        let mut server = server(id, status, task, now);
        server.flavor = Named { id: Some("9".to_string()), name: None };
        server
    };
    let before = || {
        let mut was = server("web", "ACTIVE", None, 0.0);
        was.flavor = Named { id: Some("1".to_string()), name: None };
        let mut wanted = after("web", "resize", "ACTIVE", false);
        wanted.pending.as_mut().unwrap().before = Some(Before::from(&was));
        wanted
    };
    // The wait meets RESIZE and then what came of it; the moment between was not seen.
    let world = World::new(&["web"], move |id, now| {
        Ok(Some(match now {
            ..3.0 => server(id, "RESIZE", Some("resize_migrating"), now),
            _ => larger(id, "ACTIVE", None, now),
        }))
    });
    assert_eq!(world.one(before(), status("VERIFY_RESIZE"), 600).await.unwrap().status, "ACTIVE");
    assert!(world.spent() < 10.0);
    // One that comes back as it was has not been resized.
    let world = World::new(&["web"], |id, now| {
        let task = (now < 3.0).then_some("resize_prep");
        Ok(Some(server(id, "ACTIVE", task, now)))
    });
    assert!(world.one(before(), status("VERIFY_RESIZE"), 60).await.is_err());
}

#[tokio::test]
async fn a_deletion_that_ends_without_deleting_fails_at_once() {
    for status in ["ACTIVE", "SHUTOFF", "ERROR"] {
        let world = World::new(&["web"], move |id, now| {
            let task = (now < 3.0).then_some("deleting");
            Ok(Some(server(id, status, task, now)))
        });
        let error = world.one(after("web", "delete", status, false), Goal::Deleted, 600).await.unwrap_err();
        let words = format!("the deletion of `web` ended, and it is {status}");
        assert_eq!((error.kind, error.to_string(), world.spent() < 10.0), (Kind::Failed, words, true));
    }
    let world = World::new(&["disk"], |id, now| {
        Ok(Some(server(id, if now < 3.0 { "DELETING" } else { "ACTIVE" }, None, now)))
    });
    let wanted = [Handle::new(image("disk", "ACTIVE").into())];
    let clock = world.cloud.clock.clone();
    let time_limit = Duration::from_secs(600);
    let ended =
        wait::resources(&world.cloud, clock.as_ref(), &world.heard, &wanted, &Goal::Deleted, time_limit);
    let error = ended.await.remove(0).unwrap_err();
    assert_eq!(error.to_string(), "the deletion of `disk` ended, and it is ACTIVE");
    assert!(world.spent() < 10.0);
}

#[tokio::test]
async fn what_ends_between_a_look_and_the_question_is_judged_by_the_next_look() {
    // The first look still shows the old status; what the request led to is told a moment later.
    let world = World::new(&["web"], |id, now| {
        let status = if now == 0.0 { "VERIFY_RESIZE" } else { "ACTIVE" };
        Ok(Some(server(id, status, None, now)))
    });
    let world = world.states(|_| Ok(RequestState::Finished));
    let wanted = after("web", "confirm_resize", "VERIFY_RESIZE", true);
    assert_eq!(world.one(wanted, Goal::Active, 600).await.unwrap().status, "ACTIVE");
    // One that stays there once the request has ended does not lead to it.
    let world = World::new(&["web"], |id, _| Ok(Some(server(id, "VERIFY_RESIZE", None, 0.0))));
    let world = world.states(|_| Ok(RequestState::Finished));
    let wanted = after("web", "confirm_resize", "VERIFY_RESIZE", true);
    let error = world.one(wanted, Goal::Active, 600).await.unwrap_err();
    assert_eq!((error.kind, world.spent() < 10.0), (Kind::Failed, true));
}

#[tokio::test]
async fn a_stop_that_has_not_begun_is_no_dead_end_and_one_that_is_done_is() {
    let world = World::new(&["web"], |id, now| {
        Ok(Some(if now < 5.0 { server(id, "ACTIVE", None, 0.0) } else { server(id, "SHUTOFF", None, 5.0) }))
    });
    assert!(world.one(after("web", "stop", "ACTIVE", false), status("SHUTOFF"), 600).await.is_ok());
    let world = World::new(&["web"], |id, now| {
        Ok(Some(if now < 5.0 { server(id, "ACTIVE", None, 0.0) } else { server(id, "SHUTOFF", None, 5.0) }))
    });
    let error = world.one(after("web", "stop", "ACTIVE", false), Goal::Active, 600).await.unwrap_err();
    assert_eq!((error.kind, world.spent() >= 5.0), (Kind::Failed, true), "ACTIVE was from before the stop");
    // A start that has not begun: SHUTOFF leads on.
    let world = World::new(&["web"], |id, now| {
        Ok(Some(if now < 5.0 { server(id, "SHUTOFF", None, 0.0) } else { server(id, "ACTIVE", None, 5.0) }))
    });
    assert!(world.one(after("web", "start", "SHUTOFF", false), Goal::Active, 600).await.is_ok());
    // A start that was seen to begin and left it as it was has failed.
    let world = World::new(&["web"], |id, now| {
        Ok(Some(server(id, "SHUTOFF", (now < 3.0).then_some("powering-on"), 0.0)))
    });
    let error = world.one(after("web", "start", "SHUTOFF", false), Goal::Active, 600).await.unwrap_err();
    assert_eq!((error.kind, world.spent() < 6.0), (Kind::Failed, true));
}

#[tokio::test]
async fn a_later_updated_is_a_sign_only_where_the_status_fits() {
    // A reboot between two looks leaves nothing but a later `updated`.
    let world = World::new(&["web"], |id, now| {
        Ok(Some(server(id, "ACTIVE", None, if now < 2.0 { 0.0 } else { 2.0 })))
    });
    assert!(world.one(after("web", "reboot", "ACTIVE", false), Goal::Active, 600).await.is_ok());
    assert!((2.0..5.0).contains(&world.spent()), "{}", world.spent());
    assert!(world.warnings().is_empty());
    // A confirmation that has touched the record and not yet ended is no dead end.
    let world = World::new(&["web"], |id, now| {
        Ok(Some(match now {
            ..1.0 => server(id, "VERIFY_RESIZE", None, 0.0),
            1.0..4.0 => server(id, "VERIFY_RESIZE", None, 1.0),
            _ => server(id, "ACTIVE", None, 4.0),
        }))
    });
    for goal in [Goal::Active, Goal::Ready] {
        let ended =
            world.one(after("web", "confirm_resize", "VERIFY_RESIZE", false), goal, 600).await.unwrap();
        assert_eq!(ended.status, "ACTIVE");
    }
}

#[tokio::test]
async fn what_the_cloud_keeps_of_the_request_decides() {
    // Everything within one second: no trace in the server, but in the record of the request.
    let still = |id: &str, _: f64| Ok(Some(server(id, "ACTIVE", None, 0.0)));
    let world = World::new(&["web"], still)
        .states(|now| Ok(if now < 4.0 { RequestState::Running } else { RequestState::Finished }));
    assert!(world.one(after("web", "reboot", "ACTIVE", true), Goal::Active, 600).await.is_ok());
    assert!((4.0..9.0).contains(&world.spent()), "{}", world.spent());
    assert!(world.warnings().is_empty());
    let world = World::new(&["web"], still).states(|_| Ok(RequestState::Failed("no valid host".to_string())));
    let error =
        world.one(after("web", "resize", "ACTIVE", true), status("VERIFY_RESIZE"), 600).await.unwrap_err();
    assert_eq!((error.kind, error.answer.as_deref()), (Kind::Failed, Some("no valid host")));
    // A running request is not given up after the grace.
    let world = World::new(&["web"], still).states(|_| Ok(RequestState::Running));
    let error = world.one(after("web", "reboot", "ACTIVE", true), Goal::Active, 100).await.unwrap_err();
    assert_eq!(error.kind, Kind::Timeout);
    // Trouble in asking is not an answer.
    let world = World::new(&["web"], still).states(|now| match now {
        ..6.0 => Err(Error::new(Kind::Unavailable, "bad gateway")),
        _ => Ok(RequestState::Finished),
    });
    assert!(world.one(after("web", "reboot", "ACTIVE", true), Goal::Active, 600).await.is_ok());
    assert!(world.spent() >= 6.0);
}

#[tokio::test]
async fn between_two_steps_of_a_running_request_nothing_is_a_dead_end() {
    let world = World::new(&["web"], |id, now| {
        Ok(Some(match now {
            ..2.0 => server(id, "VERIFY_RESIZE", Some("resize_confirming"), 0.0),
            2.0..6.0 => server(id, "VERIFY_RESIZE", None, 2.0),
            _ => server(id, "ACTIVE", None, 6.0),
        }))
    })
    .states(|now| Ok(if now < 6.0 { RequestState::Running } else { RequestState::Finished }));
    let wanted = after("web", "confirm_resize", "VERIFY_RESIZE", true);
    assert_eq!(world.one(wanted, Goal::Active, 600).await.unwrap().status, "ACTIVE");
}

#[tokio::test]
async fn a_request_that_failed_behind_a_good_status_is_told() {
    // The resize was seen to begin, and the server came back as it was.
    let world = World::new(&["web"], |id, now| {
        Ok(Some(if now < 3.0 {
            server(id, "RESIZE", Some("resize_prep"), 0.0)
        } else {
            server(id, "ACTIVE", None, 3.0)
        }))
    })
    .states(|now| {
        Ok(if now < 3.0 { RequestState::Running } else { RequestState::Failed("disk too small".to_string()) })
    });
    for goal in [status("VERIFY_RESIZE"), Goal::Ready, Goal::Active] {
        *world.cloud.clock.0.lock().unwrap() = Duration::ZERO;
        let error = world.one(after("web", "resize", "ACTIVE", true), goal, 600).await.unwrap_err();
        assert_eq!((error.kind, error.answer.as_deref()), (Kind::Failed, Some("disk too small")));
    }
}

#[tokio::test]
async fn without_any_trace_there_is_a_grace_and_a_warning() {
    let world = World::new(&["web"], |id, _| Ok(Some(server(id, "ACTIVE", None, 0.0))));
    assert!(world.one(after("web", "reboot", "ACTIVE", false), Goal::Active, 600).await.is_ok());
    assert!((30.0..41.0).contains(&world.spent()), "{}", world.spent());
    assert_eq!(world.warnings(), ["lab shows no sign of `reboot` on `web`; it is taken for done"]);
    // What must end in another status gets none.
    let world = World::new(&["web"], |id, _| Ok(Some(server(id, "SHUTOFF", None, 0.0))));
    let error = world.one(after("web", "start", "SHUTOFF", false), Goal::Active, 60).await.unwrap_err();
    assert_eq!(error.kind, Kind::Timeout);
}

#[tokio::test]
async fn what_is_done_when_it_is_accepted_is_not_waited_for() {
    let world = World::new(&["web"], |id, _| Ok(Some(server(id, "ACTIVE", None, 0.0))));
    assert!(world.one(after("web", "lock", "ACTIVE", false), Goal::Active, 600).await.is_ok());
    assert_eq!((world.spent(), world.warnings().len()), (0.0, 0));
}

#[tokio::test]
async fn a_passing_status_before_the_request_tells_nothing_by_passing_on() {
    // A soft reboot was under way when the hard one was asked for; its end is not the end of the hard one.
    let was = server("web", "REBOOT", Some("rebooting"), 0.0);
    let pending =
        Pending { verb: "reboot", request_id: None, at: time(0.0), before: Some(Before::from(&was)) };
    let wanted = Wanted { object: Handle::new(was.into()), pending: Some(pending) };
    let world = World::new(&["web"], |id, now| {
        Ok(Some(match now {
            ..2.0 => server(id, "REBOOT", Some("rebooting"), 0.0),
            2.0..5.0 => server(id, "ACTIVE", None, 0.0),
            5.0..8.0 => server(id, "HARD_REBOOT", Some("rebooting_hard"), 5.0),
            _ => server(id, "ACTIVE", None, 8.0),
        }))
    });
    for goal in [Goal::Active, status("ACTIVE")] {
        *world.cloud.clock.0.lock().unwrap() = Duration::ZERO;
        assert!(world.one(wanted.clone(), goal, 600).await.is_ok());
        assert!(world.spent() >= 8.0, "{}", world.spent());
    }
}

#[tokio::test]
async fn a_rebuild_from_error_is_waited_for() {
    let world = World::new(&["web"], |id, now| {
        Ok(Some(match now {
            ..3.0 => server(id, "ERROR", None, 0.0),
            3.0..6.0 => server(id, "REBUILD", Some("rebuilding"), 3.0),
            _ => server(id, "ACTIVE", None, 6.0),
        }))
    });
    assert!(world.one(after("web", "rebuild", "ERROR", false), Goal::Active, 600).await.is_ok());
}

#[tokio::test]
async fn a_password_survives_the_wait() {
    let mut was = server("web", "BUILD", None, 0.0);
    was.admin_pass = Some(rhain::cloud::Secret::new("told-once"));
    let world = World::new(&["web"], |id, _| Ok(Some(server(id, "ACTIVE", None, 0.0))));
    let object = Handle::new(was.into());
    world.one(Wanted { object: object.clone(), pending: None }, Goal::Active, 60).await.unwrap();
    let Some(Value::Secret(told)) = object.field("admin_pass") else { panic!("{object:?}") };
    assert_eq!((object.status().as_str(), told.reveal()), ("ACTIVE", "told-once"));
}

#[tokio::test]
async fn images_are_waited_for_too() {
    let script = |id: &str, now: f64| {
        Ok(match (id, now) {
            ("gone", 3.0..) => None,
            ("bad", 3.0..) => Some(server(id, "KILLED", None, 0.0)),
            (_, ..3.0) => Some(server(id, "SAVING", None, 0.0)),
            _ => Some(server(id, "ACTIVE", None, 0.0)),
        })
    };
    let world = World::new(&["snap", "gone", "bad"], script);
    let wanted = ["snap", "gone", "bad"].map(|name| Handle::new(image(name, "QUEUED").into()));
    let clock = world.cloud.clock.clone();
    let timeout = Duration::from_secs(60);
    let results =
        wait::resources(&world.cloud, clock.as_ref(), &world.heard, &wanted, &Goal::Active, timeout).await;
    assert_eq!(results[0].as_ref().unwrap().status(), "ACTIVE");
    assert_eq!(results[1].as_ref().unwrap_err().kind, Kind::Failed);
    assert_eq!(results[2].as_ref().unwrap_err().to_string(), "`bad` went to KILLED");
    assert!(Span::from_std(clock.elapsed()).seconds() < 8);
}
