//! The names of a cloud, read while someone types.

use crate::support::World;
use rhain::assist::{Live, What};
use rhain::cloud::Noun;
use rhain_sim::FaultKind;

/// What is known when every answer is there.
fn known(live: &Live, cloud: Option<&str>, what: What) -> Vec<String> {
    live.names(cloud, what);
    live.settle();
    live.names(cloud, what).to_vec()
}

#[test]
fn names_are_listed_once_and_again_after_a_change() {
    let world = World::web();
    let live = Live::new(world.setup.session.clone());
    let servers = What::Of(Noun::Server);
    let sent = world.asked(|| {
        assert_eq!(known(&live, None, servers), ["web"]);
        assert_eq!(known(&live, None, servers), ["web"]);
    });
    assert_eq!(sent, ["server.list"]);
    world.ok(r#"boot("app", #{ image: "cirros", flavor: "m1.tiny" }).wait_active()"#);
    live.changed();
    // The old names serve until the new ones are there.
    assert!(live.names(None, servers).contains(&"web".to_string()));
    live.settle();
    assert_eq!(known(&live, None, servers), ["app", "web"]);
}

#[test]
fn every_kind_is_listed_and_nothing_is_written() {
    let world = World::web();
    let live = Live::new(world.setup.session.clone());
    let written = world.written(|| {
        assert_eq!(known(&live, None, What::Of(Noun::Image)), ["cirros"]);
        let flavors = known(&live, None, What::Of(Noun::Flavor));
        assert!(flavors.contains(&"m1.tiny".to_string()), "{flavors:?}");
        assert_eq!(known(&live, None, What::Zones), ["nova"]);
        assert_eq!(known(&live, Some("sim"), What::Of(Noun::Server)), ["web"]);
        for noun in Noun::ALL {
            known(&live, None, What::Of(noun));
        }
        assert!(known(&live, None, What::Clouds).contains(&"sim".to_string()));
    });
    assert!(written.is_empty(), "{written:?}");
}

#[test]
fn a_cloud_that_does_not_answer_is_silent_and_left_alone() {
    let world = World::web();
    world.fault_always("server.list", FaultKind::Status { code: 400, body: None, retry_after: None });
    let live = Live::new(world.setup.session.clone());
    let sent = world.asked(|| {
        assert!(known(&live, None, What::Of(Noun::Server)).is_empty());
        assert!(known(&live, None, What::Of(Noun::Server)).is_empty());
    });
    assert_eq!(sent, ["server.list"]);
    assert!(known(&live, Some("nowhere"), What::Of(Noun::Server)).is_empty());
    assert_eq!(world.out(), "");
    assert_eq!(world.err(), "");
}
