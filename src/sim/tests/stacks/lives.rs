//! The lives of stacks under a clock that stands still until it is moved.

use serde_json::{Value, json};

use super::cloud::Cloud;

fn hot(resources: &str) -> String {
    format!("heat_template_version: 2018-08-31\nresources:\n{resources}")
}

#[tokio::test]
async fn resources_are_made_together_and_in_order_as_time_passes() {
    let cloud = Cloud::start().await;
    let slow = |name: &str, secs: u32, after: &str| {
        format!(
            "  {name}:\n    type: OS::Heat::TestResource\n    depends_on: [{after}]\n    properties: {{wait_secs: {secs}}}\n"
        )
    };
    let template = hot(&format!("{}{}{}", slow("a", 10, ""), slow("b", 10, ""), slow("c", 10, "a, b")));
    let path = cloud.create("par", &template, json!({})).await;
    assert_eq!(cloud.state(&path).await, "CREATE_IN_PROGRESS");
    cloud.pass(9_000);
    assert_eq!(
        cloud.events(&path).await,
        ["par CREATE_IN_PROGRESS", "a CREATE_IN_PROGRESS", "b CREATE_IN_PROGRESS"]
    );
    cloud.pass(2_000);
    let events = cloud.events(&path).await;
    assert_eq!(events[3..], ["a CREATE_COMPLETE", "b CREATE_COMPLETE", "c CREATE_IN_PROGRESS"]);
    cloud.pass(8_000);
    assert_eq!(cloud.state(&path).await, "CREATE_IN_PROGRESS");
    cloud.pass(2_000);
    assert_eq!(cloud.state(&path).await, "CREATE_COMPLETE");
    cloud.heat("DELETE", &path, Value::Null).await;
    cloud.pass(2_000);
    let events = cloud.events(&path).await;
    let gone: Vec<_> = events.iter().filter(|row| row.ends_with("DELETE_COMPLETE")).collect();
    assert_eq!(gone, ["c DELETE_COMPLETE", "a DELETE_COMPLETE", "b DELETE_COMPLETE", "par DELETE_COMPLETE"]);
}

#[tokio::test]
async fn a_server_of_a_stack_is_one_of_the_cloud_s() {
    let cloud = Cloud::start().await;
    let template = hot(
        "  net: {type: OS::Neutron::Net}\n  sub:\n    type: OS::Neutron::Subnet\n    properties: {network: {get_resource: net}, cidr: 10.9.0.0/24}\n  \
         s:\n    type: OS::Nova::Server\n    properties: {image: cirros, flavor: m1.tiny, networks: [{network: {get_resource: net}}]}\n\
         outputs:\n  ip: {value: {get_attr: [s, first_address]}}\n",
    );
    let path = cloud.create("srv", &template, json!({})).await;
    cloud.pass(1_000);
    assert_eq!(cloud.state(&path).await, "CREATE_IN_PROGRESS");
    cloud.pass(3_000);
    let stack = cloud.stack(&path).await;
    assert_eq!(stack["stack_status"], "CREATE_COMPLETE", "{stack}");
    assert!(stack["outputs"][0]["output_value"].as_str().unwrap().starts_with("10.9.0."), "{stack}");
    let servers = cloud.ask("GET", "/compute/v2.1/servers", Value::Null).await.json();
    assert_eq!(servers["servers"].as_array().unwrap().len(), 1);
    let bigger = template.replace("m1.tiny", "m1.small");
    assert_eq!(cloud.heat("PATCH", &path, json!({"template": bigger})).await.status, 202);
    cloud.pass(10_000);
    assert_eq!(cloud.state(&path).await, "UPDATE_COMPLETE");
    let id = servers["servers"][0]["id"].as_str().unwrap();
    let server = cloud.ask("GET", &format!("/compute/v2.1/servers/{id}"), Value::Null).await.json();
    assert_eq!(
        (&server["server"]["status"], &server["server"]["flavor"]["id"]),
        (&json!("ACTIVE"), &json!("2"))
    );
    cloud.heat("DELETE", &path, Value::Null).await;
    cloud.pass(5_000);
    assert_eq!(cloud.state(&path).await, "DELETE_COMPLETE");
    assert_eq!(cloud.ask("GET", "/compute/v2.1/servers", Value::Null).await.json()["servers"], json!([]));
}

#[tokio::test]
async fn what_fails_is_told_from_inside_out_and_rolled_back() {
    let cloud = Cloud::start().await;
    let files = json!({"c1.yaml": hot("  inner: {type: c2.yaml}\n"),
        "c2.yaml": hot("  boom: {type: OS::Heat::TestResource, properties: {fail: true}}\n")});
    let template = hot("  ok: {type: OS::Heat::RandomString}\n  outer: {type: c1.yaml}\n");
    let path = cloud.create("kept", &template, json!({"files": files})).await;
    cloud.pass(5_000);
    let stack = cloud.stack(&path).await;
    assert_eq!(
        (stack["stack_status"].as_str(), stack["stack_status_reason"].as_str()),
        (
            Some("CREATE_FAILED"),
            Some(
                "Resource CREATE failed: ValueError: resources.outer.resources.inner.resources.boom: Test Resource failed boom"
            )
        )
    );
    let path = cloud.create("gone", &template, json!({"files": files, "disable_rollback": false})).await;
    cloud.pass(8_000);
    assert_eq!(cloud.state(&path).await, "ROLLBACK_COMPLETE");
    let events = cloud.events(&path).await;
    assert!(events.contains(&"gone CREATE_FAILED".to_owned()), "{events:?}");
    assert!(events.contains(&"ok DELETE_COMPLETE".to_owned()), "{events:?}");
}

#[tokio::test]
async fn an_update_replaces_deletes_and_goes_back() {
    let cloud = Cloud::start().await;
    let template = hot(
        "  r: {type: OS::Heat::RandomString, properties: {length: 8}}\n  v: {type: OS::Heat::Value, properties: {value: 1}}\noutputs: {w: {value: {get_attr: [r, value]}}}\n",
    );
    let path = cloud.create("up", &template, json!({"disable_rollback": false})).await;
    cloud.pass(3_000);
    let word = |stack: &Value| stack["outputs"][0]["output_value"].as_str().unwrap_or_default().to_owned();
    let first = word(&cloud.stack(&path).await);
    let next = template
        .replace("length: 8", "length: 9")
        .replace("  v: {type: OS::Heat::Value, properties: {value: 1}}\n", "");
    cloud.heat("PATCH", &path, json!({"template": next})).await;
    cloud.pass(5_000);
    let stack = cloud.stack(&path).await;
    assert_eq!((stack["stack_status"].as_str(), word(&stack).len()), (Some("UPDATE_COMPLETE"), 9));
    let events = cloud.events(&path).await;
    assert!(events.contains(&"v DELETE_COMPLETE".to_owned()), "{events:?}");
    let bad =
        next.replace("outputs", "  b: {type: OS::Heat::TestResource, properties: {fail: true}}\noutputs");
    cloud.heat("PATCH", &path, json!({"template": bad})).await;
    cloud.pass(8_000);
    let stack = cloud.stack(&path).await;
    assert_eq!(stack["stack_status"], "ROLLBACK_COMPLETE");
    assert_eq!(word(&stack).len(), 9);
    assert_ne!(word(&stack), first);
    let told = cloud.heat("GET", &format!("{path}/resources"), Value::Null).await.json();
    assert_eq!(told["resources"].as_array().unwrap().len(), 1, "{told}");
}

#[tokio::test]
async fn a_wait_condition_waits_for_its_signals_or_gives_up() {
    let cloud = Cloud::start().await;
    let template = hot(
        "  h: {type: OS::Heat::WaitConditionHandle}\n  w:\n    type: OS::Heat::WaitCondition\n    properties: {handle: {get_resource: h}, timeout: 60, count: 2}\noutputs: {d: {value: {get_attr: [w, data]}}}\n",
    );
    let path = cloud.create("wait", &template, json!({})).await;
    cloud.pass(10_000);
    assert_eq!(cloud.state(&path).await, "CREATE_IN_PROGRESS");
    for id in ["1", "2"] {
        let told = cloud
            .heat(
                "POST",
                &format!("{path}/resources/h/signal"),
                json!({"id": id, "data": id, "status": "SUCCESS"}),
            )
            .await;
        assert_eq!(told.status, 200, "{}", told.text);
    }
    cloud.pass(2_000);
    let stack = cloud.stack(&path).await;
    assert_eq!(stack["stack_status"], "CREATE_COMPLETE");
    assert_eq!(stack["outputs"][0]["output_value"], "{\"1\":\"1\",\"2\":\"2\"}");
    let path = cloud.create("late", &template, json!({})).await;
    cloud.pass(70_000);
    assert_eq!(
        cloud.stack(&path).await["stack_status_reason"],
        "Resource CREATE failed: WaitConditionTimeout: resources.w: 0 of 2 received"
    );
}

const GROUP: &str =
    "Resources:\n  G:\n    Type: AWS::EC2::SecurityGroup\n    Properties: {GroupDescription: x}\n";

#[tokio::test]
async fn cloudformation_rolls_back_cancels_and_keeps_what_it_cannot_delete() {
    let cloud = Cloud::start().await;
    let bad = format!(
        "{GROUP}  B:\n    Type: AWS::EC2::Instance\n    Properties: {{ImageId: ami-0000000000000000a}}\n"
    );
    cloud.aws("CreateStack", &[("StackName", "bad"), ("TemplateBody", &bad)]).await;
    cloud.pass(10_000);
    assert_eq!(cloud.aws_state("bad").await, "ROLLBACK_COMPLETE");
    let reasons = cloud.told("DescribeStackEvents", &[("StackName", "bad")], "ResourceStatusReason").await;
    let told = "The following resource(s) failed to create: [B]. Rollback requested by user.";
    assert!(reasons.iter().any(|reason| reason == told), "{reasons:?}");
    let again = cloud.aws("UpdateStack", &[("StackName", "bad"), ("TemplateBody", GROUP)]).await;
    assert!(again.text.contains("is in ROLLBACK_COMPLETE state and can not be updated."), "{}", again.text);

    let vpc = "Resources:\n  V: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.50.0.0/16}}\n  S:\n    Type: AWS::EC2::Subnet\n    Properties: {VpcId: !Ref V, CidrBlock: 10.50.1.0/24}\nOutputs:\n  S: {Value: !Ref S}\n";
    cloud.aws("CreateStack", &[("StackName", "net"), ("TemplateBody", vpc)]).await;
    cloud.pass(3_000);
    assert_eq!(cloud.aws_state("net").await, "CREATE_COMPLETE");
    let ports = cloud.ask("GET", "/network/v2.0/subnets?cidr=10.50.1.0/24", Value::Null).await.json();
    let network = ports["subnets"][0]["network_id"].clone();
    let port =
        cloud.ask("POST", "/network/v2.0/ports", json!({"port": {"network_id": network}})).await.json();
    cloud.aws("DeleteStack", &[("StackName", "net")]).await;
    cloud.pass(60_000);
    assert_eq!(cloud.aws_state("net").await, "DELETE_FAILED");
    let states = cloud.told("DescribeStackResources", &[("StackName", "net")], "ResourceStatus").await;
    assert!(states.contains(&"DELETE_FAILED".to_owned()), "{states:?}");
    let id = port["port"]["id"].as_str().unwrap();
    cloud.ask("DELETE", &format!("/network/v2.0/ports/{id}"), Value::Null).await;
    cloud.aws("DeleteStack", &[("StackName", "net")]).await;
    cloud.pass(10_000);
    let gone = cloud.aws("DescribeStacks", &[("StackName", "net")]).await;
    assert_eq!(gone.status, 400, "{}", gone.text);
}

#[tokio::test]
async fn a_stack_inside_another_fails_by_its_own_name() {
    let cloud = Cloud::start().await;
    let template = "Resources:\n  W:\n    Type: AWS::CloudFormation::WaitCondition\n    Properties: {Timeout: 5, Handle: !Ref H}\n  H: {Type: AWS::CloudFormation::WaitConditionHandle}\n";
    cloud
        .aws("CreateStack", &[("StackName", "w"), ("TemplateBody", template), ("DisableRollback", "true")])
        .await;
    cloud.pass(10_000);
    assert_eq!(cloud.aws_state("w").await, "CREATE_FAILED");
    let reasons = cloud.told("DescribeStackEvents", &[("StackName", "w")], "ResourceStatusReason").await;
    assert!(reasons.iter().any(|why| why.starts_with("WaitCondition timed out. Received 0")), "{reasons:?}");
}

#[tokio::test]
async fn three_hundred_resources_take_no_more_requests_than_one() {
    let cloud = Cloud::start().await;
    let rows: String = (0..300).map(|n| format!("  r{n}: {{type: OS::Heat::RandomString}}\n")).collect();
    let path = cloud.create("big", &hot(&rows), json!({})).await;
    cloud.pass(2_000);
    assert_eq!(cloud.state(&path).await, "CREATE_COMPLETE");
    let told = cloud.heat("GET", &format!("{path}/resources"), Value::Null).await.json();
    assert_eq!(told["resources"].as_array().unwrap().len(), 300);
}
