//! What failed first, in stacks inside stacks of CloudFormation, and what a rollback stopped at.

use crate::support::{Program, Served, World};
use rhain_sim::Sim;
use serde_json::{Value, json};
use std::io::{Read as _, Write as _};

/// Put a template where CloudFormation fetches nested ones from; gives its address.
pub(super) fn put(sim: &Sim, name: &str, template: &Value) -> String {
    let (address, key) = (sim.address().to_string(), sim.aws_access().key);
    let text = template.to_string();
    let request = format!(
        "PUT /templates/{name} HTTP/1.1\r\nhost: {address}\r\nauthorization: AWS4-HMAC-SHA256 Credential={key}/20261130/us-east-1/s3/aws4_request\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{text}",
        text.len()
    );
    let mut stream = std::net::TcpStream::connect(&address).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    format!("https://s3.amazonaws.com/templates/{name}")
}

fn inside(url: &str) -> Value {
    json!({ "Type": "AWS::CloudFormation::Stack", "Properties": { "TemplateURL": url } })
}

fn boom() -> Value {
    json!({ "Type": "AWS::EC2::SecurityGroup", "Properties": { "GroupDescription": "x", "VpcId": "vpc-00000000" } })
}

fn parameter() -> Value {
    json!({ "Type": "AWS::SSM::Parameter", "Properties": { "Type": "String", "Value": "x" } })
}

/// A stack in a stack in a stack, where the innermost has what fails.
fn nested(sim: &Sim) -> String {
    let mut late = parameter();
    late["DependsOn"] = json!("Boom");
    let inner = put(sim, "inner.json", &json!({ "Resources": { "Boom": boom(), "Late": late } }));
    let outer =
        put(sim, "outer.json", &json!({ "Resources": { "Inner": inside(&inner), "Good": parameter() } }));
    json!({ "Resources": { "Outer": inside(&outer), "Own": parameter() } }).to_string()
}

#[test]
fn the_innermost_failure_of_nested_stacks_is_named() {
    for rollback in [true, false] {
        let served = Served::new();
        let script = format!(
            r#"try {{ create_stack("c06", #{{ template: `{}`, rollback: {rollback} }}).wait_ready(); }}
               catch (e) {{ print(e.message); print(e.exists.map(|x| x.name)); throw e; }}"#,
            nested(&served.sim)
        );
        let ended = program(&served).run_with(&["run", "--cloud", "aws", "-"], &script);
        assert_eq!(ended.code, Some(1), "{}", ended.err);
        let wanted = "`Outer/Inner/Boom` (AWS::EC2::SecurityGroup) failed first: The vpc ID 'vpc-00000000' does not exist";
        assert!(ended.out.contains(wanted) && ended.out.ends_with("[\"c06\"]\n"), "{}", ended.out);
        assert_eq!(ended.out.contains("was rolled back"), rollback, "{}", ended.out);
        // The story of all three, each event once, what is inside further in.
        let indent = |words: &[&str]| {
            let mut found = ended.err.lines().filter(|line| words.iter().all(|word| line.contains(word)));
            let (Some(line), None) = (found.next(), found.next()) else {
                panic!("not one {words:?} in\n{}", ended.err)
            };
            line.len() - line.trim_start().len()
        };
        let indents = ["Outer ", "Inner ", "Boom "].map(|name| indent(&[name, "CREATE_FAILED"]));
        assert!(indents.is_sorted_by(|a, b| a < b), "{indents:?}\n{}", ended.err);
    }
}

/// CloudFormation, or Heat's endpoint of it, for a program of its own.
pub(super) fn program(served: &Served) -> Program {
    let access = served.sim.aws_access();
    Program::new()
        .var("AWS_ENDPOINT_URL", &served.sim.base_url())
        .var("AWS_REGION", &access.region)
        .var("AWS_ACCESS_KEY_ID", &access.key)
        .var("AWS_SECRET_ACCESS_KEY", &access.secret)
}

/// Heat's endpoint tells no events: the resources of nested stacks tell what failed, as long as they are there.
#[test]
fn the_innermost_failure_on_heats_endpoint_is_named() {
    let served = Served::new();
    let resource = |fail: bool| json!({ "Type": "OS::Heat::TestResource", "Properties": { "value": "x", "fail": fail } });
    let version = "2010-09-09";
    let inner = json!({ "AWSTemplateFormatVersion": version, "Resources": { "Boom": resource(true) } });
    let inner = put(&served.sim, "inner.json", &inner);
    let outer = json!({ "AWSTemplateFormatVersion": version, "Resources": { "Inner": inside(&inner), "Good": resource(false) } });
    let outer = put(&served.sim, "outer.json", &outer);
    let root = json!({ "AWSTemplateFormatVersion": version, "Resources": { "Outer": inside(&outer) } });
    let url = put(&served.sim, "root.json", &root);
    let script = format!(
        r#"create_stack("c06", #{{ template_url: "{url}", tags: #{{ a: "b" }}, rollback: false }}).wait_ready();"#
    );
    let program =
        program(&served).var("AWS_ENDPOINT_URL_CLOUDFORMATION", &format!("{}/v1", served.sim.base_url()));
    let ended = program.run_with(&["run", "--cloud", "aws", "-"], &script);
    let told = ended.failed(1).split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(told.contains("`Outer/Inner/Boom` (OS::Heat::TestResource) failed first"), "{told}");
    assert!(told.contains("`c06` is without its `tags`: this service keeps none"), "{told}");
}

/// Events of nested stacks are told while they are under way, and what has ended is read no more.
#[test]
fn nested_stacks_are_read_as_they_go_and_once_when_they_have_ended() {
    let world = World::with(|options| options.cloud = Some("sim:aws".to_string()));
    let put = |name: &str, template: &Value| world.sim(|sim| put(sim, name, template));
    let leaf = put("leaf.json", &json!({ "Resources": { "A": parameter() } }));
    let wait = json!({ "Type": "AWS::CloudFormation::WaitCondition", "Properties": { "Handle": { "Ref": "H" }, "Timeout": "900" } });
    let handle = json!({ "Type": "AWS::CloudFormation::WaitConditionHandle" });
    let slow = put("slow.json", &json!({ "Resources": { "W": wait, "H": handle } }));
    let root = json!({ "Resources": { "Leaf": inside(&leaf), "Slow": inside(&slow) } });
    let mut error = None;
    let seen = world.seen(|| {
        let script = format!("create_stack(\"c06\", #{{ template: `{root}` }}).wait_ready(\"3m\")");
        error = Some(world.error(&script));
    });
    let error = error.unwrap();
    assert_eq!(error.kind.as_str(), "timeout");
    let told = format!("{error:?}");
    assert!(told.contains("Slow/W"), "{told}");
    let of = |operation: &str| seen.iter().filter(|one| one.operation == operation).count();
    let (looks, read) = (of("cfn.DescribeStacks"), of("cfn.DescribeStackEvents"));
    // The stack's own and the slow one's at each look, and the other's while it went.
    assert!(looks > 10 && read > looks && read <= 2 * looks + 3, "{looks} looks, {read} lists of events");
}
