//! AWS's clouds as the program shows them: every profile listed, no keys and refused keys told, no secret anywhere.

use crate::support::Program;
use crate::support::stub::{Reply, Stub};
use serde_json::Value;

const EMPTY: &str =
    "<DescribeInstancesResponse><requestId>r-1</requestId><reservationSet/></DescribeInstancesResponse>";
const REFUSAL: &str = "<Response><Errors><Error><Code>AuthFailure</Code><Message>AWS was not able to validate the provided \
                       access credentials</Message></Error></Errors><RequestID>r-2</RequestID></Response>";

/// A machine with two profiles; `lab` is at this address.
fn program(url: &str) -> Program {
    let program = Program::new().var("AWS_EC2_METADATA_DISABLED", "true");
    let text = format!(
        "[default]\nregion = us-east-1\n\n[profile lab]\nregion = us-east-1\nendpoint_url = {url}\n\
         aws_access_key_id = AKLAB\naws_secret_access_key = the-planted-secret\naws_session_token = the-planted-token\n"
    );
    program.file("../home/.aws/config", &text);
    program
}

#[test]
fn every_profile_is_listed_and_missing_keys_are_told() {
    let program = program("http://127.0.0.1:1");
    let listed: Value =
        serde_json::from_str(&program.run(&["clouds", "--format", "json"]).ok()).expect("JSON");
    let rows: Vec<String> = listed
        .as_array()
        .expect("rows")
        .iter()
        .map(|row| format!("{} {}", row["name"], row["provider"]))
        .collect();
    let simulated =
        ["\"sim\" \"simulated\"", "\"sim:aws\" \"simulated\"", "\"sim:cloudstack\" \"simulated\""];
    assert_eq!(rows, [&["\"aws\" \"aws\"", "\"aws:lab\" \"aws\""][..], &simulated].concat());
    assert_eq!(listed[1]["where it was found"], "~/.aws/config:4 (profile lab)");
    program.file("a.rhai", "print(servers())");
    let ended = program.run(&["run", "a.rhai", "--cloud", "aws"]);
    assert_eq!((ended.code, ended.out.as_str()), (Some(3), ""), "{}", ended.err);
    assert!(
        ended.err.starts_with("config::credentials\n") && ended.err.contains("`aws` has no keys"),
        "{}",
        ended.err
    );
    let flat = ended.err.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        flat.contains("looked AWS_ACCESS_KEY_ID is not set; profile `default` (~/.aws/config:1) has none;"),
        "{flat}"
    );
    assert_eq!(program.run(&["run", "a.rhai"]).code, Some(3), "two clouds, and none chosen");
}

#[tokio::test(flavor = "multi_thread")]
async fn refused_keys_are_a_refused_login_until_a_request_was_taken() {
    let refusing = Stub::start(|_, _| Reply::Answer(401, vec![], REFUSAL.into())).await;
    let turning = Stub::start(|_, number| match number {
        0 => Reply::Answer(200, vec![], EMPTY.into()),
        _ => Reply::Answer(401, vec![], REFUSAL.into()),
    })
    .await;
    for (stub, code, out) in [(&refusing, 3, ""), (&turning, 1, "0\n")] {
        let program = program(&stub.url);
        program.file("a.rhai", "print(servers().len()); print(servers().len());");
        let words = ["run", "a.rhai", "--cloud", "aws:lab", "-v", "--trace", "trace.jsonl"];
        let ended = tokio::task::block_in_place(|| program.run(&words));
        assert_eq!((ended.code, ended.out.as_str()), (Some(code), out), "{}", ended.err);
        assert!(ended.err.contains("AWS was not able to validate"), "{}", ended.err);
        let signed = stub.seen()[0].header("authorization").expect("a signature").to_string();
        assert!(signed.starts_with("AWS4-HMAC-SHA256 Credential=AKLAB/"), "{signed}");
        assert_eq!(stub.seen()[0].header("x-amz-security-token"), Some("the-planted-token"));
        let all = format!("{}{}", ended.err, program.read("trace.jsonl"));
        assert!(!all.contains("planted") && !all.contains("Signature="), "{all}");
    }
}
