//! What std/fleet and std/rollout promise, over many seeds: whatever goes wrong once or more, wherever, as many servers work as before,
//! but for the batch that is just changed, and what fails leaves the old ones or the new ones, and no half.

#![allow(clippy::unwrap_used)]

use crate::support::{World, told};
use fastrand::Rng;
use rhain_sim::{Fault, FaultKind};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// How many seeds are tried.
const SEEDS: u64 = 60;

/// How many servers there are before.
const OLD: usize = 4;

/// A way to change them, and how many may be out of work meanwhile.
struct Way {
    what: &'static str,
    script: &'static str,
    out: usize,
    /// New ones take the place of the old ones.
    replaces: bool,
}

const WAYS: [Way; 6] = [
    Way {
        what: "blue and green",
        script: r#"import "std/rollout" as r; r::blue_green(old, "web-v2", SPEC, |s| s.wait_active(), |to| set_meta(to, "live", "yes"));"#,
        out: 0,
        replaces: true,
    },
    Way {
        what: "canary",
        script: r#"import "std/rollout" as r; r::canary(old, "web-v2", SPEC, #{ first: 2, watch: "1m" });"#,
        out: 0,
        replaces: true,
    },
    Way {
        what: "rolling reboot",
        script: r#"import "std/fleet" as f; f::rolling_reboot(old, #{ batch: 2 });"#,
        out: 2,
        replaces: false,
    },
    Way {
        what: "rolling resize",
        script: r#"import "std/fleet" as f; f::rolling_resize(old, "m1.small", #{ batch: 1 });"#,
        out: 1,
        replaces: false,
    },
    Way {
        what: "rolling rebuild",
        script: r#"import "std/fleet" as f; f::rolling_rebuild(old, "cirros", #{ batch: 2 });"#,
        out: 2,
        replaces: false,
    },
    Way {
        what: "a larger fleet",
        script: r#"import "std/fleet" as f; f::scale("web-v1", 7, SPEC);"#,
        out: 0,
        replaces: false,
    },
];

const BEFORE: &str = r##"const SPEC = #{ image: "cirros", flavor: "m1.tiny" };
    let old = order_by(servers(#{ name: "web-v1-*" }), "name"); "##;

/// A world with the old servers.
fn world() -> World {
    let world = World::new();
    world.ok(&format!(
        r##"boot("web-v1", #{{ image: "cirros", flavor: "m1.tiny", count: {OLD} }}).wait_active()"##
    ));
    world
}

fn kind(rng: &mut Rng) -> FaultKind {
    let status = |code: u16| FaultKind::Status { code, body: None, retry_after: None };
    match rng.u8(0..9) {
        0 => FaultKind::ResetBefore,
        1 => FaultKind::ResetAfter,
        2 => status(503),
        3 => status(500),
        4 => status(409),
        5 => status(403),
        6 => FaultKind::ErrorState { message: "no valid host".to_string() },
        7 => FaultKind::SlowStart(Duration::from_secs(rng.u64(1..900))),
        _ => FaultKind::Truncate,
    }
}

/// The names of the servers that are there, and how many of them work.
fn working(left: &[rhain_sim::Left]) -> (Vec<String>, usize) {
    let servers = left.iter().filter(|one| one.noun == "server");
    let names = servers.clone().map(|one| one.name.clone()).collect();
    // One that waits for its resize to be confirmed works.
    (names, servers.filter(|one| matches!(one.status.as_str(), "active" | "verify_resize")).count())
}

/// Runs one way with the faults of a seed; gives the fewest that worked at any request, and what is told of it.
fn ran(way: &Way, seed: u64) -> (usize, String, Vec<String>, bool) {
    let mut rng = Rng::with_seed(seed);
    let undisturbed = world();
    let asked = undisturbed.asked(|| drop(undisturbed.run(&format!("{BEFORE}{}", way.script))));
    let world = world();
    let (at, kind) = (rng.usize(0..asked.len()), kind(&mut rng));
    let after = asked[..at].iter().filter(|one| **one == asked[at]).count() as u32;
    let fault = Fault { operation: asked[at].clone(), times: rng.u32(1..4), after, kind };
    let story = format!("{}, seed {seed}: {fault:?}", way.what);
    let fewest = Arc::new(Mutex::new(usize::MAX));
    let (seen, simulated) = (fewest.clone(), world.setup.simulated.clone());
    world.sim(|sim| {
        sim.fault(fault);
        sim.tell(Arc::new(move |_, _| {
            if let Some((_, working)) = simulated.with(|sim| working(&sim.left())) {
                let mut fewest = seen.lock().unwrap();
                *fewest = working.min(*fewest);
            }
            true
        }));
    });
    let ended = world.run(&format!("{BEFORE}{}", way.script));
    let (names, _) = world.sim(|sim| working(&sim.left()));
    let failed = ended.as_ref().err().map(told).unwrap_or_default();
    let fewest = *fewest.lock().unwrap();
    (fewest, format!("{story}\n{failed}"), names, ended.is_ok())
}

#[test]
fn as_many_work_as_was_promised_whatever_fails() {
    let mut ends = [0, 0];
    for seed in 0..SEEDS {
        let way = &WAYS[seed as usize % WAYS.len()];
        let (fewest, story, names, well) = ran(way, seed);
        assert!(fewest >= OLD - way.out, "{fewest} worked\n{story}\n{names:?}");
        let of = |version: &str| names.iter().filter(|name| name.starts_with(version)).count();
        let (old, new) = (of("web-v1"), of("web-v2"));
        ends[usize::from(well)] += 1;
        match (way.replaces, well) {
            (true, true) => assert_eq!((old, new), (0, OLD), "{story}\n{names:?}"),
            // All of one version; a deletion that fails at the end, or on the way back, is told and leaves the other's rest.
            (true, false) => assert!(old == OLD || new == OLD, "{story}\n{names:?}"),
            (false, true) => assert!(old >= OLD && new == 0, "{story}\n{names:?}"),
            (false, false) => assert!(old >= OLD, "{story}\n{names:?}"),
        }
    }
    // Both ends are met, or the faults prove nothing.
    assert!(ends[0] >= 5 && ends[1] >= 5, "{ends:?}");
}
