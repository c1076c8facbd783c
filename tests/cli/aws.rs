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
        ["sim", "sim:aws", "sim:cloudstack", "sim:admin"].map(|name| format!("\"{name}\" \"simulated\""));
    let simulated = simulated.each_ref().map(String::as_str);
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

/// As `aws ec2 run-instances` does: rights to describe anything are not needed.
#[tokio::test(flavor = "multi_thread")]
async fn a_boot_by_id_and_type_asks_for_the_launch_alone() {
    let launched = "<RunInstancesResponse><requestId>r-3</requestId><instancesSet><item><instanceId>i-0123456789abcdef0</instanceId>\
                    <instanceState><code>0</code><name>pending</name></instanceState><instanceType>t3.micro</instanceType>\
                    </item></instancesSet></RunInstancesResponse>";
    let stub = Stub::start(move |seen, _| {
        match String::from_utf8_lossy(&seen.body).contains("Action=RunInstances") {
            true => Reply::Answer(200, vec![], launched.into()),
            false => {
                Reply::Answer(403, vec![], REFUSAL.replace("AuthFailure", "UnauthorizedOperation").into())
            }
        }
    })
    .await;
    let program = program(&stub.url);
    for image in ["ami-0abcdef0123456789", "resolve:ssm:/aws/service/debian/release/12/latest/amd64"] {
        let text = format!(r#"boot("web", #{{ image: "{image}", flavor: "t3.micro" }}).id"#);
        let ended = tokio::task::block_in_place(|| program.run(&["--cloud", "aws:lab", "-e", &text]));
        assert_eq!((ended.code, ended.out.trim()), (Some(0), "i-0123456789abcdef0"), "{}", ended.err);
        let sent: String = url::form_urlencoded::parse(&stub.seen().last().expect("one").body)
            .filter_map(|(name, value)| (name == "ImageId").then(|| value.into_owned()))
            .collect();
        assert_eq!(sent, image);
    }
    assert_eq!(stub.seen().len(), 2);
}

#[test]
fn tags_of_the_volumes_stand_beside_those_of_the_server() {
    let text = r#"let s = boot("web", #{ image: "cirros", flavor: "m1.tiny", meta: #{ a: "1" }, provider: #{ TagSpecifications:
            [#{ ResourceType: "volume", Tags: [#{ Key: "role", Value: "db" }, #{ Key: "Name", Value: "root" }] }] } });
        s.wait_active(); let disk = volume(s.volumes[0]); print([s.name, s.meta, disk.name, disk.meta])"#;
    let ended = Program::new().run(&["--cloud", "sim:aws", "-e", text]);
    let told = "[\"web\", #{\"a\": \"1\"}, \"root\", #{\"role\": \"db\"}]\n";
    assert_eq!((ended.code, ended.out.as_str()), (Some(0), told), "{}", ended.err);
}

#[test]
fn a_soft_reboot_is_not_waited_for() {
    let text = r#"let s = boot("web", #{ image: "cirros", flavor: "m1.tiny" }).wait_active();
        let then = now(); s.reboot().wait_active(); print(now() - then < "2s"); s.status"#;
    let ended = Program::new().run(&["--cloud", "sim:aws", "-e", text]);
    assert_eq!((ended.code, ended.out.as_str()), (Some(0), "true\nACTIVE\n"), "{}", ended.err);
    let told = "sim:aws shows no sign of `reboot` on `web`; it is taken for done";
    assert!(ended.err.split_whitespace().collect::<Vec<_>>().join(" ").contains(told), "{}", ended.err);
}
