//! Answers that lie or keep quiet: an operation is done once, a wait ends, another's stack is nobody's, and what is hidden stays so.

use super::failures::{program, put};
use crate::support::{Served, World};
use rhain::cloud::error::Place;
use rhain_sim::FaultKind;
use serde_json::json;

fn world(cloud: &str) -> World {
    World::with(|options| options.cloud = Some(cloud.to_string()))
}

fn status(code: u16, body: &str) -> FaultKind {
    FaultKind::Status { code, body: Some(body.to_string()), retry_after: None }
}

const HEAT: &str = r##"#{ heat_template_version: "2018-08-31", parameters: #{ n: #{ type: "string", default: "a" } },
    resources: #{ r: #{ type: "OS::Heat::Value", properties: #{ value: #{ get_param: "n" } } } } }"##;

/// The operation is over, and status and times are those from before it: an event behind the last one shows it.
#[test]
fn an_update_that_shows_in_its_events_alone_is_not_sent_again() {
    for (verb, operation) in
        [("update_stack(#{ parameters: #{ n: \"b\" } })", "stack.update"), ("check_stack()", "stack.action")]
    {
        let world = world("sim");
        world.ok(&format!(r#"create_stack("app", #{{ template: {HEAT} }}).wait_ready()"#));
        let before = world.text(r#"to_json(stack("app").raw)"#);
        world.fault(operation, FaultKind::ResetAfter);
        world.fault_always("stack.show", status(200, &format!("{{\"stack\":{before}}}")));
        let written = world.written(|| {
            world.ok(&format!(r#"stack("app").{verb}"#));
        });
        // Heat has one address for all actions; what is done is told by its own name.
        let done = if operation == "stack.action" { "stack.check" } else { operation };
        assert_eq!(written, [format!("{done} app")], "{verb}");
    }
}

#[test]
fn an_answer_about_another_stack_says_nothing_of_this_one() {
    for (cloud, template) in
        [("sim", HEAT.to_string()), ("sim:aws", "`Resources: {A: {Type: AWS::SNS::Topic}}`".to_string())]
    {
        let world = world(cloud);
        for name in ["app", "other"] {
            world.ok(&format!(r#"create_stack("{name}", #{{ template: {template} }}).wait_ready()"#));
        }
        let (operation, body) = match cloud {
            "sim" => {
                ("stack.show", format!("{{\"stack\":{}}}", world.text(r#"to_json(stack("other").raw)"#)))
            }
            _ => {
                let id = world.text(r#"stack("other").id"#);
                let body = format!(
                    "<DescribeStacksResponse><DescribeStacksResult><Stacks><member><StackId>{id}</StackId><StackName>other</StackName>\
                     <CreationTime>2026-01-01T00:00:00Z</CreationTime><StackStatus>DELETE_COMPLETE</StackStatus></member></Stacks>\
                     </DescribeStacksResult></DescribeStacksResponse>"
                );
                ("cfn.DescribeStacks", body)
            }
        };
        world.fault_always(operation, status(200, &body));
        let written = world.written(|| {
            let update = format!(r#"stack("app").update_stack(#{{ template: {template} }})"#);
            world.fails(&update, "protocol", "is about another one, `other`");
        });
        assert_eq!(written, [""; 0], "{cloud}");
    }
}

/// Its events cannot be had: what the stack itself says is told, and not at the end of the time.
#[test]
fn a_stack_that_failed_ends_a_wait_also_where_nobody_tells_its_events() {
    let failing = r##"#{ heat_template_version: "2018-08-31",
        resources: #{ boom: #{ type: "OS::Heat::TestResource", properties: #{ value: "x", fail: true } } } }"##;
    for fault in [status(503, "{}"), status(200, r#"{"events":[{"id":null}]}"#)] {
        let world = world("sim");
        world.ok(&format!(r#"create_stack("app", #{{ template: {failing}, rollback: false }}); ()"#));
        world.fault_always("stack.events", fault);
        let script = r#"let begun = now(); let told = ();
            try { stack("app").wait_ready("2h") } catch (e) { told = e; }
            let status = told.message.contains("is CREATE_FAILED");
            `${told.kind} ${status} ${now() - begun < "10m"}`"#;
        world.gives(script, "failed true true");
    }
}

#[test]
fn a_name_that_may_not_be_is_no_fault_of_the_template() {
    for (cloud, template) in [("sim", HEAT), ("sim:aws", "`Resources: {A: {Type: AWS::SNS::Topic}}`")] {
        let error = world(cloud).error(&format!(r#"create_stack("1 bad", #{{ template: {template} }})"#));
        assert_eq!((error.kind.as_str(), error.place.clone()), ("invalid_argument", Place::Argument(0)));
        assert_eq!(error.message, "a stack may not be called so", "{cloud}");
        assert!(error.help.as_deref().is_some_and(|help| help.contains("begin it with a letter")), "{cloud}");
    }
}

/// Somebody makes a change set for a stack of that name in the same moment: the stack is theirs, too.
#[test]
fn a_preview_leaves_the_change_set_of_another() {
    let world = world("sim:aws");
    let template = "Resources: {A: {Type: AWS::SNS::Topic}}";
    world.ok(&format!(
        r#"api("cloudformation", "CreateChangeSet", #{{ StackName: "new", ChangeSetType: "CREATE", ChangeSetName: "mine", TemplateBody: "{template}" }}); ()"#
    ));
    let absent = "<ErrorResponse><Error><Type>Sender</Type><Code>ValidationError</Code><Message>Stack with id new does not exist</Message></Error></ErrorResponse>";
    world.fault("cfn.DescribeStacks", status(400, absent));
    let written = world.written(|| {
        let preview = format!(
            r#"preview_stack("new", #{{ template: "{template}" }}).map(|c| `${{c.action}} ${{c.resource}}`)"#
        );
        world.gives(&preview, r#"["create A"]"#);
    });
    assert!(!written.iter().any(|one| one.starts_with("cfn.DeleteStack")), "{written:?}");
    world.gives(
        r##"api("cloudformation", "ListChangeSets", #{ StackName: "new" }).Summaries.map(|s| s.ChangeSetName)"##,
        r#"["mine"]"#,
    );
}

/// Nobody here reads a template at an address; the service says what it hides, and where it does not, everything is hidden.
#[test]
fn hidden_parameters_of_a_template_at_an_address_are_hidden() {
    let text = json!({ "Type": "String" });
    let hidden = json!({ "Type": "String", "NoEcho": true });
    let aws = json!({ "Parameters": { "P": hidden, "Q": text, "N": text },
        "Resources": { "W": { "Type": "AWS::CloudFormation::WaitConditionHandle" } } });
    let heat = json!({ "heat_template_version": "2018-08-31",
        "parameters": { "P": { "type": "string", "hidden": true }, "Q": { "type": "string" }, "N": { "type": "string" } },
        "resources": { "r": { "type": "OS::Heat::None" } } });
    for (cloud, template) in [("aws", aws), ("lab", heat)] {
        for told in [true, false] {
            let served = Served::new();
            let url = put(&served.sim, "t.json", &template);
            if !told {
                served.fault("stack.validate", 9, status(400, "{}"));
                served.fault("cfn.ValidateTemplate", 9, status(400, "<x/>"));
            }
            let program = if cloud == "aws" { program(&served) } else { served.program() };
            let script = format!(
                r#"create_stack("m", #{{ template_url: "{url}", parameters: #{{ P: "planted-value-1", Q: "open-value-2" }},
                       environment: #{{ parameters: #{{ N: "open-value-3" }} }} }}).wait_ready();"#
            );
            let words = ["run", "--cloud", cloud, "--trace", "t.jsonl", "-vv", "-"];
            let ended = program.run_with(&words, &script);
            assert_eq!(ended.code, Some(0), "{}", ended.all());
            for shown in [ended.err, program.read("t.jsonl")] {
                assert!(!shown.contains("planted-value-1"), "{cloud} {told}: {shown}");
                for open in ["open-value-2", "open-value-3"] {
                    assert_eq!(shown.contains(open), told, "{cloud} {told}: {shown}");
                }
            }
        }
    }
}
