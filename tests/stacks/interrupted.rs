//! An interruption in the middle of a preview: what was made for it is taken away first.

use crate::support::{Ended, Program, Served};
use rhain_sim::FaultKind;
use std::time::{Duration, Instant};

/// CloudFormation, for a program of its own.
fn program(served: &Served) -> Program {
    let access = served.sim.aws_access();
    [
        ("AWS_ENDPOINT_URL", served.sim.base_url().as_str()),
        ("AWS_REGION", access.region.as_str()),
        ("AWS_ACCESS_KEY_ID", access.key.as_str()),
        ("AWS_SECRET_ACCESS_KEY", access.secret.as_str()),
    ]
    .into_iter()
    .fold(Program::new(), |program, (name, value)| program.var(name, value))
}

const TEMPLATE: &str = r##"#{ Parameters: #{ N: #{ Type: "String", Default: "first" } },
    Resources: #{ T: #{ Type: "AWS::SSM::Parameter", Properties: #{ Type: "String", Value: #{ Ref: "N" } } } } }"##;

/// Run a script, and send it a signal while this operation is being answered.
fn interrupted(served: &Served, script: &str, operation: &str, signal: &str, timeout: &str) -> Ended {
    let program = program(served);
    program.file("book.rhai", script);
    let running = program.start(&["run", "--cloud", "aws", "--timeout", timeout, "book.rhai"]);
    let until = Instant::now() + Duration::from_secs(60);
    // What is held back is done at once, and counted as asked only when it is answered.
    let begun = || match operation {
        "cfn.CreateChangeSet" => served.sim.journal().iter().any(|write| write.operation == operation),
        _ => served.sim.requests().iter().any(|seen| seen.operation == "cfn.CreateChangeSet"),
    };
    while !begun() {
        assert!(Instant::now() < until, "{operation} is never asked");
        std::thread::yield_now();
    }
    running.signal(signal);
    running.end()
}

#[test]
fn a_preview_that_is_interrupted_leaves_nothing() {
    for (signal, code) in [("INT", 130), ("TERM", 143), ("HUP", 143)] {
        for operation in ["cfn.CreateChangeSet", "cfn.DescribeChangeSet"] {
            let served = Served::new();
            served.fault(operation, 1, FaultKind::Delay(Duration::from_millis(300)));
            let script = format!(
                r#"let _p = preview_stack("new", #{{ template: {TEMPLATE} }}); print("went on"); sleep("1h");"#
            );
            let ended = interrupted(&served, &script, operation, signal, "60s");
            assert_eq!(ended.code, Some(code), "{operation} {signal}: {}", ended.err);
            assert!(ended.err.contains("the run was "), "{}", ended.err);
            let written = served.written();
            let done = |what: &str| written.iter().filter(|one| one.starts_with(what)).count();
            assert_eq!((done("cfn.CreateChangeSet"), done("cfn.DeleteStack")), (1, 1), "{written:?}");
            // Nobody finds a stack there now.
            let left = program(&served).run(&["--cloud", "aws", "-e", "stacks().len()"]).ok();
            assert_eq!(left.trim(), "0", "{operation} {signal}");
        }
    }
}

/// Of a stack that is there only the change set is taken away.
#[test]
fn a_preview_of_what_is_there_takes_its_change_set_along() {
    let served = Served::new();
    let make = format!(r#"create_stack("app", #{{ template: {TEMPLATE} }}).wait_ready(); ()"#);
    program(&served).run(&["--cloud", "aws", "-e", &make]).ok();
    served.fault("cfn.CreateChangeSet", 1, FaultKind::Delay(Duration::from_millis(300)));
    let script = r#"let _p = preview_stack("app", #{ parameters: #{ N: "second" } }); sleep("1h");"#;
    let ended = interrupted(&served, script, "cfn.CreateChangeSet", "INT", "60s");
    assert_eq!(ended.code, Some(130), "{}", ended.err);
    let look = r#"`${stack("app").status} ${stack("app").raw.get("ChangeSetId")} ${api("cloudformation", "ListChangeSets", #{ StackName: "app" }).Summaries.len()}`"#;
    let told = program(&served).run(&["--cloud", "aws", "-e", look]).ok();
    assert!(
        told.contains("CREATE_COMPLETE") && told.trim_end().trim_end_matches('"').ends_with(" 0"),
        "{told}"
    );
}

/// A service that does not answer in time is not waited for without end: the report says what may be left.
#[test]
fn what_is_not_taken_away_in_time_is_told() {
    let served = Served::new();
    for operation in ["cfn.DescribeChangeSet", "cfn.DeleteChangeSet", "cfn.DeleteStack"] {
        served.fault(operation, u32::MAX, FaultKind::Delay(Duration::from_secs(3)));
    }
    let script = format!(r#"let _p = preview_stack("new", #{{ template: {TEMPLATE} }});"#);
    let ended = interrupted(&served, &script, "cfn.DescribeChangeSet", "INT", "1s");
    assert_eq!(ended.code, Some(130), "{}", ended.err);
    for words in ["a change set `rhain-", "`new` in REVIEW_IN_PROGRESS"] {
        assert!(ended.err.contains(words), "{words}\n{}", ended.err);
    }
}
