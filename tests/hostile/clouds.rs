//! Clouds that answer nonsense, lists without an end, and names that belong to another noun.

use crate::support::stub::{Reply, Stub};
use crate::support::{Program, World};

/// A program whose only cloud is an EC2 that answers every request with this.
async fn answered_with(body: &'static str) -> (Program, Stub) {
    let stub = Stub::start(move |_, _| {
        Reply::Answer(200, vec![("Content-Type", "text/xml".to_string())], body.as_bytes().to_vec())
    })
    .await;
    let program = Program::new()
        .var("AWS_ENDPOINT_URL", &stub.url)
        .var("AWS_ACCESS_KEY_ID", "AKIDTEST")
        .var("AWS_SECRET_ACCESS_KEY", "planted-secret")
        .var("AWS_REGION", "eu-west-9")
        .var("AWS_EC2_METADATA_DISABLED", "true");
    (program, stub)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_of_something_else_is_no_empty_list() {
    for body in [
        "<ListStacksResponse><requestId>r</requestId><reservationSet/></ListStacksResponse>",
        "<DescribeInstancesResponse><requestId>r</requestId></DescribeInstancesResponse>",
        "<html><body>welcome</body></html>",
        "<DescribeInstancesResponse><reservationSet><item>text</item></reservationSet></DescribeInstancesResponse>",
        "",
        "{}",
    ] {
        let (program, _stub) = answered_with(body).await;
        let script = r#"let kind = ""; try { kind = servers().len; } catch (e) { kind = e.kind; } kind"#;
        let ended = tokio::task::spawn_blocking(move || program.run(&["--cloud", "aws", "-e", script])).await;
        let ended = ended.expect("it ends");
        assert_eq!(ended.out, "protocol\n", "{body}: {}", ended.err);
    }
}

#[test]
fn a_name_that_only_another_noun_has_is_said_to_be_that() {
    let world = World::web();
    world.ok(r#"create_volume("data", 1)"#);
    world.fails(r#"delete("data")"#, "not_found", r#"write delete(volume("data"))"#);
    world.fails(r#"snapshot("data", "s")"#, "not_found", r#"write snapshot(volume("data"), "s")"#);
    world.gives(r#"find_volume("data") != ()"#, "true");
}

#[test]
fn an_address_in_use_is_not_released() {
    for cloud in ["sim", "sim:aws"] {
        let world = World::web_with(|options| options.cloud = Some(cloud.to_string()));
        world.ok(r#"let ip = allocate_ip(); associate_ip("web", ip)"#);
        world.fails(r#"release_ip(public_ips()[0])"#, "conflict", "force: true");
        world.gives("public_ips().len", "1");
        world.ok(r#"release_ip(public_ips()[0], #{ force: true })"#);
        world.gives("public_ips().len", "0");
    }
}
