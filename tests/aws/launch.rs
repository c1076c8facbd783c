//! RunInstances when its answer is lost, refused or slow: never a second instance.

use super::scripted::{Asked, World, described, instance, ok, page, refused, world};
use crate::support::stub::Reply;
use rhain::cloud::Kind;
use rhain::cloud::server::BootSpec;
use rhain::cloud::traits::*;
use std::time::Duration;

const ID: &str = "i-0123456789abcdef0";

fn spec() -> BootSpec {
    BootSpec {
        name: "web".into(),
        image: Some("ami-0123456789abcdef0".into()),
        flavor: "t3.micro".into(),
        marker: "token-1".into(),
        ..BootSpec::default()
    }
}

fn made(more: &str) -> String {
    instance(ID, "pending", &format!("<clientToken>token-1</clientToken>{more}"))
}

fn ran() -> Reply {
    ok("RunInstances", &format!("<instancesSet>{}</instancesSet>", made("")))
}

/// A cloud that treats the first RunInstances so, and shows these instances afterwards.
async fn cloud(
    first: impl Fn() -> Reply + Send + Sync + 'static,
    then: impl Fn() -> Reply + Send + Sync + 'static,
    shown: Vec<String>,
) -> World {
    world(move |asked: &Asked, before| match (asked.action.as_str(), before) {
        ("RunInstances", 0) => first(),
        ("RunInstances", _) => then(),
        _ => described(&shown),
    })
    .await
}

#[tokio::test]
async fn an_answered_request_is_one_request() {
    let world = cloud(ran, ran, Vec::new()).await;
    let servers = world.cloud.boot(&spec()).await.unwrap();
    assert_eq!((servers[0].id.as_str(), servers[0].status.as_str()), (ID, "BUILD"));
    assert_eq!(world.actions(), ["RunInstances"]);
    let asked = &world.asked()[0];
    assert_eq!((asked.get("ClientToken"), asked.get("TagSpecification.1.Tag.1.Value")), ("token-1", "web"));
    let authorization = asked.authorization.as_deref().unwrap();
    assert!(authorization.starts_with("AWS4-HMAC-SHA256 Credential=AKIDTEST/"), "{authorization}");
    assert!(authorization.contains("/eu-west-9/ec2/aws4_request"), "{authorization}");
}

#[tokio::test]
async fn what_was_made_before_the_answer_was_lost_is_found() {
    for first in
        [|| Reply::Reset, || page(500), || page(504), || ok("RunInstances", "")] as [fn() -> Reply; 4]
    {
        let world = cloud(first, || panic!("asked twice"), vec![made("")]).await;
        assert_eq!(world.cloud.boot(&spec()).await.unwrap()[0].id, ID);
        assert_eq!(world.count("RunInstances"), 1);
    }
}

#[tokio::test]
async fn what_surely_was_not_made_is_asked_for_once_more_with_the_same_token() {
    let world = cloud(|| Reply::Reset, ran, Vec::new()).await;
    let servers = world.cloud.boot(&spec()).await.unwrap();
    assert_eq!(servers[0].id, ID);
    let looks = ["DescribeInstances"; 3];
    assert_eq!(world.actions(), [&["RunInstances"][..], &looks, &["RunInstances"]].concat());
    let asked = world.asked();
    assert_eq!(asked[0].fields, asked[4].fields, "the same request, token and all");
    assert_eq!(world.clock.slept(), [2, 4, 6].map(Duration::from_secs));
}

#[tokio::test]
async fn a_second_loss_is_told_and_not_met_with_a_third_request() {
    let world = cloud(|| Reply::Reset, || Reply::Reset, Vec::new()).await;
    let error = world.cloud.boot(&spec()).await.unwrap_err();
    assert_eq!(world.count("RunInstances"), 2);
    assert_eq!((error.kind, error.maybe), (Kind::Network, true));
    assert_eq!(error.message, "lab stopped answering while `boot` was being sent");
    let looked = error.facts.iter().find(|(name, _)| *name == "looked").map(|(_, text)| text.as_str());
    assert_eq!(
        looked,
        Some(
            "for a server with this request's token, 3 times over 12 s: found none; sent again, \
             without an answer"
        )
    );
}

#[tokio::test]
async fn a_cloud_that_does_not_tell_tokens_is_asked_once() {
    let untold = instance(ID, "pending", "");
    let world = cloud(|| Reply::Reset, || panic!("asked twice"), vec![untold]).await;
    let error = world.cloud.boot(&spec()).await.unwrap_err();
    assert!(error.maybe);
    assert_eq!(world.count("RunInstances"), 1);
}

#[tokio::test]
async fn a_look_that_is_not_answered_keeps_it_from_being_asked_again() {
    let world = world(|asked: &Asked, _| match asked.action.as_str() {
        "RunInstances" => Reply::Reset,
        _ => refused(403, "UnauthorizedOperation", "You are not authorized."),
    })
    .await;
    let error = world.cloud.boot(&spec()).await.unwrap_err();
    assert!(error.maybe);
    assert_eq!(world.count("RunInstances"), 1);
}

#[tokio::test]
async fn throttling_is_waited_out_with_the_same_token() {
    for (status, code) in [(503, "RequestLimitExceeded"), (400, "Throttling"), (400, "ThrottlingException")] {
        let world = cloud(move || refused(status, code, "Request limit exceeded."), ran, Vec::new()).await;
        assert_eq!(world.cloud.boot(&spec()).await.unwrap()[0].id, ID, "{code}");
        assert_eq!(world.actions(), ["RunInstances", "RunInstances"], "{code}");
        let asked = world.asked();
        assert_eq!(asked[0].get("ClientToken"), asked[1].get("ClientToken"));
    }
}

#[tokio::test]
async fn a_refusal_is_told_at_once() {
    for (status, code, kind) in [
        (400, "InstanceLimitExceeded", Kind::OverQuota),
        (500, "InsufficientInstanceCapacity", Kind::Unavailable),
        (403, "UnauthorizedOperation", Kind::Forbidden),
        (400, "InvalidParameterValue", Kind::InvalidArgument),
    ] {
        let world = cloud(move || refused(status, code, "No."), || panic!("asked twice"), Vec::new()).await;
        let error = world.cloud.boot(&spec()).await.unwrap_err();
        assert_eq!((error.kind, error.maybe, error.code.as_deref()), (kind, false, Some(code)));
        assert_eq!(world.actions(), ["RunInstances"]);
        assert_eq!((error.request_id.as_deref(), error.service), (Some("req-9"), Some("ec2")));
    }
}

#[tokio::test]
async fn several_get_their_numbers_in_the_order_of_their_launch() {
    let world = world(|asked: &Asked, _| match asked.action.as_str() {
        "RunInstances" => {
            let one = |id: &str, index: u32| {
                let more = format!("<amiLaunchIndex>{index}</amiLaunchIndex><tagSet><item><key>Name</key><value>web</value></item></tagSet>");
                instance(id, "pending", &more)
            };
            let all = [one("i-0000000000000000b", 1), one("i-0000000000000000a", 0)].concat();
            ok("RunInstances", &format!("<instancesSet>{all}</instancesSet>"))
        }
        _ => ok("CreateTags", "<return>true</return>"),
    })
    .await;
    let servers = world.cloud.boot(&BootSpec { count: Some(2), ..spec() }).await.unwrap();
    let named: Vec<(&str, &str)> = servers.iter().map(|one| (one.name.as_str(), one.id.as_str())).collect();
    assert_eq!(named, [("web-1", "i-0000000000000000a"), ("web-2", "i-0000000000000000b")]);
    let asked = world.asked();
    assert_eq!((asked[0].get("MinCount"), asked[0].get("MaxCount")), ("2", "2"));
    let mut tagged: Vec<(&str, &str)> =
        asked[1..].iter().map(|one| (one.get("ResourceId.1"), one.get("Tag.1.Value"))).collect();
    tagged.sort_unstable();
    assert_eq!(tagged, [("i-0000000000000000a", "web-1"), ("i-0000000000000000b", "web-2")]);
}

#[tokio::test]
async fn what_goes_by_name_is_looked_up_where_it_has_to_be() {
    use rhain::cloud::server::{Nic, Nics};
    let world = world(|asked: &Asked, _| match asked.action.as_str() {
        "DescribeSubnets" => {
            let one = "<item><subnetId>subnet-01234567</subnetId><vpcId>vpc-01234567</vpcId></item>";
            ok("DescribeSubnets", &format!("<subnetSet>{one}</subnetSet>"))
        }
        "DescribeSecurityGroups" => {
            let one = "<item><groupId>sg-01234567</groupId><groupName>web</groupName></item>";
            ok("DescribeSecurityGroups", &format!("<securityGroupInfo>{one}</securityGroupInfo>"))
        }
        _ => ran(),
    })
    .await;
    let networks = Nics::These(vec![Nic { network: Some("front".into()), ..Nic::default() }]);
    let asked_for = BootSpec { networks, security_groups: vec!["web".into()], ..spec() };
    world.cloud.boot(&asked_for).await.unwrap();
    let asked = world.asked();
    let (subnets, groups, run) = (&asked[0], &asked[2], &asked[3]);
    assert_eq!((subnets.get("Filter.1.Name"), subnets.get("Filter.1.Value.1")), ("tag:Name", "front"));
    assert_eq!((groups.get("Filter.2.Name"), groups.get("Filter.2.Value.1")), ("vpc-id", "vpc-01234567"));
    assert_eq!((run.get("SubnetId"), run.get("SecurityGroupId.1")), ("subnet-01234567", "sg-01234567"));
}
