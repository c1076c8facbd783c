//! Deletions that are repeated because their answer was lost: what the first attempt took away is told as taken away.

use crate::support::World;
use rhain_sim::FaultKind;

#[test]
fn a_deletion_whose_answer_is_lost_is_told_as_done() {
    for (operation, make, delete) in [
        ("ec2.DeleteVolume", r#"create_volume("data", 1).wait_ready()"#, r#"delete(volume("data"))"#),
        ("ec2.ReleaseAddress", "allocate_ip()", "release_ip(public_ips()[0])"),
        (
            "ec2.DeleteSecurityGroup",
            r#"create_security_group("data", "of a test")"#,
            r#"delete(security_group("data"))"#,
        ),
        (
            "ec2.DeregisterImage",
            r#"boot("web", #{ image: "cirros", flavor: "m1.tiny" }).wait_active(); snapshot("web", "data").wait_active()"#,
            r#"delete(image("data"))"#,
        ),
    ] {
        let world = World::with(|options| options.cloud = Some("sim:aws".to_string()));
        world.ok(make);
        world.fault(operation, FaultKind::ResetAfter);
        world.ok(delete);
    }
    // One that was gone before is told as that.
    let world = World::with(|options| options.cloud = Some("sim:aws".to_string()));
    world.ok(r#"create_volume("data", 1).wait_ready()"#);
    let script =
        r#"let one = volume("data"); delete(volume("data"), #{ wait: "1m" }); sleep("3m"); delete(one)"#;
    world.fails(script, "not_found", "gone");
}
