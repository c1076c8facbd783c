//! Everything that can go wrong with a request that makes or starts something, on the simulated EC2: the world's journal judges
//! that nothing is made twice, and the script is told what became of it.

use crate::support::{World, each, told};
use rhain::script::failure::Cause;
use rhain::script::value::display;
use rhain::sim::FaultKind;

/// How a cell ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    /// With what was asked for.
    Done,
    /// With an error that leaves no doubt.
    Refused,
    /// With an error that says that it may have happened.
    Doubtful,
}

fn coded(status: u16, code: &str) -> FaultKind {
    FaultKind::Coded { status, code: code.to_string() }
}

fn page() -> FaultKind {
    let body = Some("<!doctype html><h1>Internal Server Error</h1>".to_string());
    FaultKind::Status { code: 500, body, retry_after: None }
}

/// Each fault by name, and how a boot and a request without a token end that meet it once.
fn faults() -> Vec<(&'static str, FaultKind, End, End)> {
    use End::{Done, Doubtful, Refused};
    vec![
        ("throttled", coded(503, "RequestLimitExceeded"), Done, Done),
        ("throttled with 400", coded(400, "Throttling"), Done, Done),
        ("refused", coded(400, "InvalidParameterValue"), Refused, Refused),
        ("over quota", coded(400, "InstanceLimitExceeded"), Refused, Refused),
        ("no room", coded(500, "InsufficientInstanceCapacity"), Refused, Refused),
        ("broken", coded(500, "InternalError"), Done, Doubtful),
        ("a page of HTML", page(), Done, Doubtful),
        ("reset before", FaultKind::ResetBefore, Done, Doubtful),
        ("reset after", FaultKind::ResetAfter, Done, Doubtful),
        ("cut off", FaultKind::Truncate, Done, Doubtful),
        ("half an answer", FaultKind::Malformed, Done, Doubtful),
        ("a portal's page", FaultKind::WrongType, Done, Doubtful),
        ("a gateway's page", FaultKind::Html, Done, Doubtful),
    ]
}

/// Meet a fault of an operation, and hold the script to how it ends and the world to what it may hold.
fn meet(name: &str, operation: &str, kind: FaultKind, script: &str, gives: &str, end: End) {
    let world = World::web_with(|options| options.cloud = Some("sim:aws".to_string()));
    world.fault(operation, kind);
    let mut result = None;
    let written = world.written(|| result = Some(world.run(script)));
    let made = written.iter().filter(|write| write.starts_with(operation)).count();
    match (result.expect("it ran"), end) {
        (Ok(value), End::Done) => {
            assert_eq!(display(&value), gives, "{name}");
            assert_eq!(made, 1, "{name}: {written:?}");
        }
        (Err(failure), End::Refused | End::Doubtful) => {
            let Cause::Error(error) = &failure.cause else { panic!("{name}: {}", told(&failure)) };
            assert_eq!(error.maybe, end == End::Doubtful, "{name}: {error:?}");
            assert!(made <= usize::from(end == End::Doubtful), "{name}: {written:?}");
        }
        (Ok(value), _) => panic!("{name} gave {}", display(&value)),
        (Err(failure), _) => panic!("{name}: {}", told(&failure)),
    }
}

#[test]
fn a_boot_never_makes_a_second_instance() {
    each(faults(), |(name, kind, boot, _)| {
        let script = r#"boot("new", #{ image: "cirros", flavor: "m1.tiny" }).wait_active("2m").name"#;
        meet(name, "ec2.RunInstances", kind, script, "new", boot);
    });
}

#[test]
fn what_carries_no_token_is_never_sent_twice() {
    each(faults(), |(name, kind, _, other)| {
        let script = r#"create_security_group("new", "a group").name"#;
        meet(name, "ec2.CreateSecurityGroup", kind, script, "new", other);
    });
}
