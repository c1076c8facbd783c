//! The EC2 face: who may ask, the lives of instances under a clock that stands still, what goes wrong as planned, and one
//! world behind both protocols. What other people's clients see is `interop/aws.sh`'s.

use std::time::Duration;

use rhain::wire::Credentials;
use rhain::wire::auth::Signer;
use rhain_sim::{Fault, FaultKind};

use super::client::Client;
use super::ec2::{Ec2, scoped};

fn fault(operation: &str, kind: FaultKind) -> Fault {
    Fault { operation: operation.into(), times: 1, after: 0, kind }
}

#[tokio::test]
async fn only_who_signs_is_answered() {
    let cloud = Ec2::start().await;
    let own = cloud.signer.clone();
    let who = cloud.ask("DescribeRegions", &[]).await;
    assert_eq!((who.status, who.first("regionName").as_str()), (200, "us-east-1"));
    assert_eq!(who.headers["x-amzn-requestid"], who.first("requestId"));
    let keys = own.credentials.clone();
    let wrong = Credentials::new(keys.access_key.clone(), "another");
    let nobody = Credentials::new("AKIANOBODY0000000000", keys.secret().to_owned());
    let mut cloud = cloud;
    for (signer, wanted) in [
        (Signer::v2(keys.clone()), (200, "")),
        (Signer::v4(wrong.clone(), "us-east-1", "ec2"), (401, "AuthFailure")),
        (Signer::v2(wrong), (401, "AuthFailure")),
        (Signer::v4(nobody, "us-east-1", "ec2"), (401, "AuthFailure")),
        (scoped(&cloud, "eu-west-1", "ec2"), (401, "AuthFailure")),
        (scoped(&cloud, "us-east-1", "sqs"), (401, "AuthFailure")),
    ] {
        cloud = cloud.signing(signer);
        let (status, code) = cloud.ask("DescribeRegions", &[]).await.code();
        assert_eq!((status, code.as_str()), wanted, "{:?}", cloud.signer);
    }
    cloud = cloud.signing(Signer::v4(keys.clone(), "us-east-1", "sts"));
    let who = cloud.ask("GetCallerIdentity", &[]).await;
    assert!(who.first("Arn").ends_with(":user/demo"), "{}", who.body);
    let wrong = Signer::v4(Credentials::new(keys.access_key.clone(), "x"), "us-east-1", "sts");
    cloud = cloud.signing(wrong);
    assert_eq!(cloud.ask("GetCallerIdentity", &[]).await.code(), (403, "SignatureDoesNotMatch".into()));
}

#[tokio::test]
async fn a_clock_that_is_off_is_told() {
    let cloud = Ec2::start().await;
    cloud.sim.fault(fault("ec2.DescribeRegions", FaultKind::Skew(901)));
    let late = cloud.ask("DescribeRegions", &[]).await;
    assert_eq!(late.code(), (400, "RequestExpired".into()));
    cloud.sim.fault(fault("ec2.DescribeRegions", FaultKind::Skew(899)));
    assert_eq!(cloud.ask("DescribeRegions", &[]).await.status, 200);
}

#[tokio::test]
async fn what_is_not_known_is_refused_by_name() {
    let cloud = Ec2::start().await;
    for (action, params, code) in [
        ("DescribeUnicorns", &[][..], "InvalidAction"),
        ("DescribeInstances", &[("InstanceIds.1", "i-1")][..], "UnknownParameter"),
        (
            "DescribeInstances",
            &[("Filter.1.Name", "colour"), ("Filter.1.Value.1", "red")][..],
            "InvalidParameterValue",
        ),
        ("StopInstances", &[][..], "MissingParameter"),
        ("StopInstances", &[("InstanceId.1", "bogus")][..], "InvalidInstanceID.Malformed"),
        ("StopInstances", &[("InstanceId.1", "i-00000000000000000")][..], "InvalidInstanceID.NotFound"),
        ("DescribeInstances", &[("MaxResults", "4")][..], "InvalidParameterValue"),
        ("DescribeInstances", &[("DryRun", "perhaps")][..], "InvalidParameterValue"),
    ] {
        assert_eq!(cloud.ask(action, params).await.code(), (400, code.to_owned()), "{action} {params:?}");
    }
    let dry = cloud.run(&[("DryRun", "true")]).await;
    assert_eq!(dry.code(), (412, "DryRunOperation".into()));
    assert_eq!(cloud.written("ec2.RunInstances"), 0);
}

#[tokio::test]
async fn an_instance_lives_in_the_worlds_time() {
    let cloud = Ec2::start().await;
    let made = cloud.run(&[]).await;
    let id = made.first("instanceId");
    assert_eq!(made.first("name"), "pending");
    let at = [("InstanceId.1", id.as_str())];
    assert_eq!(cloud.ask("StopInstances", &at).await.code(), (400, "IncorrectInstanceState".into()));
    cloud.pass(1499);
    assert_eq!(cloud.state(&id).await, "pending");
    cloud.pass(1);
    assert_eq!(cloud.state(&id).await, "running");
    let again = cloud.ask("StartInstances", &at).await;
    assert_eq!(again.all("name"), ["running", "running"], "nothing to do is no error");
    assert_eq!(cloud.ask("StopInstances", &at).await.all("name"), ["stopping", "running"]);
    assert_eq!(cloud.ask("StartInstances", &at).await.code(), (400, "IncorrectInstanceState".into()));
    cloud.pass(400);
    assert_eq!(cloud.state(&id).await, "stopped");
    let change = [("InstanceId", id.as_str()), ("InstanceType.Value", "m1.large")];
    assert_eq!(cloud.ask("ModifyInstanceAttribute", &change).await.status, 200);
    assert_eq!(cloud.ask("StartInstances", &at).await.all("name"), ["pending", "stopped"]);
    cloud.pass(400);
    assert_eq!(cloud.ask("DescribeInstances", &at).await.first("instanceType"), "m1.large");
    assert_eq!(cloud.ask("ModifyInstanceAttribute", &change).await.code().1, "IncorrectInstanceState");
    assert_eq!(cloud.ask("TerminateInstances", &at).await.all("name"), ["shutting-down", "running"]);
    cloud.pass(400);
    assert_eq!(cloud.ask("TerminateInstances", &at).await.all("name"), ["terminated", "terminated"]);
    assert_eq!(cloud.ask("StartInstances", &at).await.code().1, "IncorrectInstanceState");
    assert!(cloud.ask("DescribeVolumes", &[]).await.all("volumeId").is_empty(), "its volume went with it");
    cloud.pass(3_599_000);
    assert_eq!(cloud.state(&id).await, "terminated", "it is shown for an hour");
    cloud.pass(1_000);
    assert_eq!(cloud.state(&id).await, "InvalidInstanceID.NotFound");
}

#[tokio::test]
async fn several_instances_change_all_or_none() {
    let cloud = Ec2::start().await;
    let (one, two) = (cloud.boot(&[]).await, cloud.boot(&[]).await);
    cloud.ask("TerminateInstances", &[("InstanceId.1", &two)]).await;
    let both = [("InstanceId.1", one.as_str()), ("InstanceId.2", two.as_str())];
    assert_eq!(cloud.ask("StopInstances", &both).await.code().1, "IncorrectInstanceState");
    assert_eq!(cloud.state(&one).await, "running");
}

#[tokio::test]
async fn a_client_token_makes_one_reservation() {
    let cloud = Ec2::start().await;
    let token = [("ClientToken", "once"), ("MinCount", "2"), ("MaxCount", "2")];
    let first = cloud.run(&token).await;
    assert_eq!(first.all("instanceId").len(), 2);
    cloud.pass(2000);
    let second = cloud.run(&token).await;
    assert_eq!(second.all("instanceId"), first.all("instanceId"));
    assert_eq!(second.first("reservationId"), first.first("reservationId"));
    assert_eq!(second.first("name"), "running", "it tells how they are now");
    assert_eq!(cloud.written("ec2.RunInstances"), 2);
    let other = cloud.run(&[("ClientToken", "once")]).await;
    assert_eq!(other.code(), (400, "IdempotentParameterMismatch".into()));
    cloud.sim.fault(fault("ec2.RunInstances", FaultKind::ResetAfter));
    let image = cloud.image().await;
    let order = [
        ("ImageId", image.as_str()),
        ("MinCount", "1"),
        ("MaxCount", "1"),
        ("ClientToken", "cut"),
        ("InstanceType", "m1.tiny"),
    ];
    assert!(cloud.try_ask("RunInstances", &order).await.is_none());
    assert_eq!(cloud.written("ec2.RunInstances"), 3);
    assert_eq!(cloud.ask("RunInstances", &order).await.all("instanceId").len(), 1);
    let all = cloud.ask("DescribeInstances", &[]).await.all("instanceId");
    assert_eq!(all.len(), 3, "never a second one");
}

#[tokio::test]
async fn what_is_planned_goes_wrong_in_ec2s_shape() {
    let cloud = Ec2::start().await;
    let status = |code| FaultKind::Status { code, body: None, retry_after: None };
    cloud.sim.fault(fault("ec2.DescribeInstances", status(503)));
    assert_eq!(cloud.ask("DescribeInstances", &[]).await.code(), (503, "RequestLimitExceeded".into()));
    let coded = FaultKind::Coded { status: 503, code: "EC2ThrottledException".into() };
    cloud.sim.fault(fault("ec2.*", coded));
    assert_eq!(cloud.ask("DescribeInstances", &[]).await.code(), (503, "EC2ThrottledException".into()));
    cloud.sim.fault(fault("ec2.RunInstances", FaultKind::ErrorState { message: "no host".into() }));
    let failed = cloud.boot(&[]).await;
    let shown = cloud.ask("DescribeInstances", &[("InstanceId.1", &failed)]).await;
    assert_eq!((shown.first("name"), shown.first("code")), ("terminated".into(), "48".into()));
    assert!(shown.body.contains("<message>Server.InternalError: no host</message>"), "{}", shown.body);
    cloud.sim.fault(fault("ec2.RunInstances", FaultKind::SlowStart(Duration::from_secs(3))));
    let unseen = cloud.run(&[]).await.first("instanceId");
    cloud.pass(2999);
    assert_eq!(cloud.state(&unseen).await, "InvalidInstanceID.NotFound");
    cloud.pass(1);
    assert_eq!(cloud.state(&unseen).await, "pending");
    cloud.pass(1500);
    assert_eq!(cloud.state(&unseen).await, "running");
    cloud.sim.fault(fault("ec2.CreateImage", FaultKind::ErrorState { message: "disk full".into() }));
    let image = cloud.ask("CreateImage", &[("InstanceId", &unseen), ("Name", "snap")]).await.first("imageId");
    cloud.pass(1000);
    let shown = cloud.ask("DescribeImages", &[("ImageId.1", &image)]).await;
    assert_eq!(shown.first("imageState"), "failed");
}

#[tokio::test]
async fn pages_of_instances_follow_each_other() {
    let cloud = Ec2::start().await;
    cloud.boot(&[("MinCount", "12"), ("MaxCount", "12")]).await;
    let (mut sizes, mut seen, mut token) = (Vec::new(), Vec::new(), String::new());
    loop {
        let mut params = vec![("MaxResults", "5")];
        if !token.is_empty() {
            params.push(("NextToken", token.as_str()));
        }
        let page = cloud.ask("DescribeInstances", &params).await;
        sizes.push(page.all("instanceId").len());
        seen.extend(page.all("instanceId"));
        token = page.first("nextToken");
        if token.is_empty() {
            break;
        }
    }
    seen.sort();
    seen.dedup();
    assert_eq!((sizes, seen.len()), (vec![5, 5, 2], 12));
}

#[tokio::test]
async fn both_faces_show_one_world() {
    let (mut client, mut cloud) = (Client::start().await, Ec2::start().await);
    let made = client.boot(serde_json::json!({"name": "from nova", "metadata": {"role": "web"}})).await;
    // Everyone's keys are the same in every simulated cloud.
    std::mem::swap(&mut client.sim, &mut cloud.sim);
    let shown = cloud.ask("DescribeInstances", &[]).await;
    let wanted: String = made.replace('-', "").chars().take(17).collect();
    assert_eq!(shown.first("instanceId"), format!("i-{wanted}"));
    assert_eq!(
        (shown.all("key"), shown.all("value")),
        (vec!["Name".into(), "role".into()], vec!["from nova".into(), "web".into()])
    );
    assert_eq!(shown.first("name"), "running");
    let id = shown.first("instanceId");
    let tag = [("ResourceId.1", id.as_str()), ("Tag.1.Key", "Name"), ("Tag.1.Value", "renamed")];
    assert_eq!(cloud.ask("CreateTags", &tag).await.status, 200);
    cloud.ask("StopInstances", &[("InstanceId.1", &id)]).await;
    cloud.pass(400);
    std::mem::swap(&mut client.sim, &mut cloud.sim);
    let server = client.server(&made).await;
    assert_eq!((&server["name"], &server["status"]), (&"renamed".into(), &"SHUTOFF".into()));
}

#[tokio::test]
async fn groups_hold_what_names_them_and_what_is_in_them() {
    let cloud = Ec2::start().await;
    let named = |name: &'static str| [("GroupName", name), ("GroupDescription", "a tier")];
    let web = cloud.ask("CreateSecurityGroup", &named("web")).await.first("groupId");
    let app = cloud.ask("CreateSecurityGroup", &named("app")).await.first("groupId");
    let from = [("GroupName", "app"), ("SourceSecurityGroupName", "web")];
    assert_eq!(cloud.ask("AuthorizeSecurityGroupIngress", &from).await.first("return"), "true");
    let again = cloud.ask("AuthorizeSecurityGroupIngress", &from).await;
    assert_eq!(again.code().1, "InvalidPermission.Duplicate");
    assert_eq!(cloud.ask("DeleteSecurityGroup", &[("GroupId", &web)]).await.code().1, "DependencyViolation");
    let id = cloud.boot(&[("SecurityGroupId.1", app.as_str())]).await;
    assert_eq!(cloud.ask("RevokeSecurityGroupIngress", &from).await.status, 200);
    assert_eq!(cloud.ask("DeleteSecurityGroup", &[("GroupId", &web)]).await.status, 200);
    assert_eq!(cloud.ask("DeleteSecurityGroup", &[("GroupId", &app)]).await.code().1, "DependencyViolation");
    cloud.ask("TerminateInstances", &[("InstanceId.1", &id)]).await;
    cloud.pass(400);
    assert_eq!(cloud.ask("DeleteSecurityGroup", &[("GroupId", &app)]).await.status, 200);
    // Two of three are new: none is made.
    let three = [
        ("GroupName", "default"),
        ("IpPermissions.1.IpProtocol", "tcp"),
        ("IpPermissions.1.FromPort", "80"),
        ("IpPermissions.1.ToPort", "80"),
        ("IpPermissions.1.IpRanges.1.CidrIp", "10.0.0.0/8"),
        ("IpPermissions.1.IpRanges.2.CidrIp", "192.168.0.0/16"),
        ("IpPermissions.1.IpRanges.3.CidrIp", "10.1.1.1/8"),
    ];
    let refused = cloud.ask("AuthorizeSecurityGroupIngress", &three).await;
    assert_eq!(refused.code().1, "InvalidPermission.Duplicate");
    let shown = cloud.ask("DescribeSecurityGroups", &[("GroupName.1", "default")]).await;
    assert!(!shown.body.contains("192.168.0.0/16"), "{}", shown.body);
}

#[tokio::test]
async fn rules_name_prefix_lists_and_launches_name_parameters() {
    let cloud = Ec2::start().await;
    let lists = cloud
        .ask("DescribePrefixLists", &[("Filter.1.Name", "prefix-list-name"), ("Filter.1.Value.1", "*.s3")])
        .await;
    let list = lists.first("prefixListId");
    assert_eq!((list.as_str(), lists.all("prefixListName").len()), ("pl-63a5400a", 1));
    let made = cloud.ask("CreateSecurityGroup", &[("GroupName", "web"), ("GroupDescription", "d")]).await;
    let group = made.first("groupId");
    let rule = |list: &str| {
        let of = |name: &str| format!("IpPermissions.1.{name}");
        vec![
            ("GroupId".to_string(), group.clone()),
            (of("IpProtocol"), "tcp".to_string()),
            (of("FromPort"), "443".to_string()),
            (of("ToPort"), "443".to_string()),
            (of("PrefixListIds.1.PrefixListId"), list.to_string()),
        ]
    };
    let ask = async |action: &str, list: &str| {
        let pairs = rule(list);
        let pairs: Vec<(&str, &str)> = pairs.iter().map(|(name, value)| (&**name, &**value)).collect();
        cloud.ask(action, &pairs).await
    };
    let unknown = ask("AuthorizeSecurityGroupEgress", "pl-00000000").await;
    assert_eq!(unknown.code(), (400, "InvalidPrefixListID.NotFound".to_string()));
    assert_eq!(ask("AuthorizeSecurityGroupEgress", &list).await.status, 200);
    let again = ask("AuthorizeSecurityGroupEgress", &list).await;
    assert_eq!(again.code(), (400, "InvalidPermission.Duplicate".to_string()));
    let shown = cloud.ask("DescribeSecurityGroups", &[("GroupId.1", &group)]).await;
    assert_eq!(
        (shown.all("prefixListId"), shown.all("cidrIp")),
        (vec![list.clone()], vec!["0.0.0.0/0".to_string()])
    );
    assert_eq!(ask("RevokeSecurityGroupEgress", &list).await.status, 200);
    let shown = cloud.ask("DescribeSecurityGroups", &[("GroupId.1", &group)]).await;
    assert_eq!(shown.all("prefixListId").len(), 0);

    let path = "resolve:ssm:/aws/service/cirros/latest/ami-id";
    let made = cloud.run(&[("ImageId", path)]).await;
    assert_eq!((made.status, made.first("imageId")), (200, cloud.image().await));
    let lost = cloud.run(&[("ImageId", "resolve:ssm:/aws/service/none")]).await;
    assert_eq!(lost.code(), (400, "InvalidParameterValue".to_string()));
}

#[tokio::test]
async fn a_rule_lets_in_a_group_of_another_account_by_both_their_ids() {
    let cloud = Ec2::start().await;
    let own = cloud.signer.clone();
    let config = cloud.sim.aws_config();
    let admin = config.split("[profile sim-admin]").nth(1).unwrap();
    let line = |name: &str| admin.lines().find_map(|line| line.strip_prefix(name)).unwrap().to_owned();
    let keys = Credentials::new(line("aws_access_key_id = "), line("aws_secret_access_key = "));
    let cloud = cloud.signing(Signer::v4(keys, "us-east-1", "ec2"));
    let vpc = cloud.ask("CreateVpc", &[("CidrBlock", "10.9.0.0/16")]).await.first("vpcId");
    let peer = [("GroupName", "peer"), ("GroupDescription", "d"), ("VpcId", vpc.as_str())];
    let peer = cloud.ask("CreateSecurityGroup", &peer).await;
    let peer = peer.first("groupId");
    let shown = cloud.ask("DescribeSecurityGroups", &[("GroupId.1", &peer)]).await;
    let account = shown.first("ownerId");
    let cloud = cloud.signing(own);
    let made = cloud.ask("CreateSecurityGroup", &[("GroupName", "web"), ("GroupDescription", "d")]).await;
    let group = made.first("groupId");
    let rule = |user: &'static str| {
        [("IpPermissions.1.IpProtocol", "-1"), ("IpPermissions.1.Groups.1.UserId", user)]
    };
    let account: &'static str = Box::leak(account.into_boxed_str());
    for (user, status) in [("000000000001", 400), (account, 200)] {
        let ids = [("GroupId", group.as_str()), ("IpPermissions.1.Groups.1.GroupId", peer.as_str())];
        let answer = cloud.ask("AuthorizeSecurityGroupIngress", &[&ids[..], &rule(user)[..]].concat()).await;
        assert_eq!(answer.status, status, "{}", answer.body);
    }
    let shown = cloud.ask("DescribeSecurityGroups", &[("GroupId.1", &group)]).await;
    assert_eq!((shown.first("userId").as_str(), shown.all("groupId").contains(&peer)), (account, true));
}
