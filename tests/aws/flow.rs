//! What takes more than one request: pages, things that are shown late, resizing, tags, images with their snapshots.

use super::scripted::{Asked, described, instance, ok, page, refused, world, world_signed};
use crate::support::stub::Reply;
use rhain::cloud::traits::*;
use rhain::cloud::{Action, Cloud, Filter, Holder, Kind, NameMatch, Noun, RequestState, Rule};
use rhain::wire::auth::Version;
use serde_json::json;
use std::collections::BTreeMap;

const ID: &str = "i-0123456789abcdef0";

#[tokio::test]
async fn every_page_is_read_to_the_one_without_a_token() {
    let world = world(|asked: &Asked, _| {
        let (ids, token): (&[&str], &str) = match asked.get("NextToken") {
            "" => (&["i-00000001"], "two"),
            // An empty page may be followed by others.
            "two" => (&[], "three"),
            _ => (&["i-00000002"], ""),
        };
        let all: String = ids
            .iter()
            .map(|id| format!("<item><instancesSet>{}</instancesSet></item>", instance(id, "running", "")))
            .collect();
        let inner = format!("<reservationSet>{all}</reservationSet><nextToken>{token}</nextToken>");
        ok("DescribeInstances", &inner)
    })
    .await;
    let servers = world.cloud.servers(&Filter::default()).await.unwrap();
    assert_eq!(servers.iter().map(|one| one.id.as_str()).collect::<Vec<_>>(), ["i-00000001", "i-00000002"]);
    let asked = world.asked();
    assert_eq!(asked.iter().map(|one| one.get("NextToken")).collect::<Vec<_>>(), ["", "two", "three"]);
    assert!(asked.iter().all(|one| one.get("MaxResults") == "1000"));
}

#[tokio::test]
async fn a_token_that_comes_again_is_no_end_of_a_list() {
    let world = world(|_, _| ok("DescribeInstances", "<reservationSet/><nextToken>same</nextToken>")).await;
    let error = world.cloud.servers(&Filter::default()).await.unwrap_err();
    let told = "the list of `DescribeInstances` has no end: a page that was there already comes again";
    assert_eq!((error.kind, error.to_string().as_str()), (Kind::Protocol, told));
    assert_eq!(world.actions().len(), 2);
}

#[tokio::test]
async fn a_limit_ends_the_list_early_and_ids_take_no_page_size() {
    let world = world(|_, _| {
        let two = [instance("i-00000001", "running", ""), instance("i-00000002", "running", "")];
        let all: String =
            two.iter().map(|one| format!("<item><instancesSet>{one}</instancesSet></item>")).collect();
        ok("DescribeInstances", &format!("<reservationSet>{all}</reservationSet><nextToken>more</nextToken>"))
    })
    .await;
    let filter = Filter { limit: Some(1), ..Filter::default() };
    assert_eq!(world.cloud.servers(&filter).await.unwrap().len(), 1);
    assert_eq!(world.actions().len(), 1);
    assert_eq!(world.cloud.server("i-00000002").await.unwrap().map(|one| one.id), Some("i-00000002".into()));
    let asked = world.asked();
    assert_eq!((asked[1].get("InstanceId.1"), asked[1].get("MaxResults")), ("i-00000002", ""));
}

#[tokio::test]
async fn what_was_just_made_is_asked_about_again_and_what_was_not_is_gone() {
    let missing =
        || refused(400, "InvalidInstanceID.NotFound", &format!("The instance ID '{ID}' does not exist"));
    let world = world(move |asked: &Asked, before| match (asked.action.as_str(), before) {
        ("RunInstances", _) => {
            ok("RunInstances", &format!("<instancesSet>{}</instancesSet>", instance(ID, "pending", "")))
        }
        ("DescribeInstances", 0..3) => missing(),
        ("DescribeInstances", _) => described(&[instance(ID, "pending", "")]),
        ("StopInstances", 0) => missing(),
        _ => ok("StopInstances", "<instancesSet/>"),
    })
    .await;
    assert!(world.cloud.server(ID).await.unwrap().is_none(), "nobody of this run made it");
    assert_eq!(world.actions().len(), 1);
    let spec = rhain::cloud::BootSpec { flavor: "t3.micro".into(), ..Default::default() };
    world.cloud.boot(&spec).await.unwrap();
    assert_eq!(world.cloud.server(ID).await.unwrap().map(|one| one.status), Some("BUILD".to_string()));
    assert_eq!(world.count("DescribeInstances"), 4);
    world.cloud.act(ID, &Action::Stop { force: true }).await.unwrap();
    assert_eq!(world.count("StopInstances"), 2);
    assert_eq!(world.asked().last().map(|one| one.get("Force").to_string()), Some("true".to_string()));
}

#[tokio::test]
async fn names_are_never_sent_as_ids() {
    let world = world(|_, _| panic!("nothing is asked")).await;
    assert!(world.cloud.server("web").await.unwrap().is_none());
    assert!(world.cloud.image("base").await.unwrap().is_none());
    assert!(world.cloud.flavor("large").await.unwrap().is_none());
    assert!(world.cloud.one(Noun::Volume, "data").await.unwrap().is_none());
    assert!(!world.cloud.delete_server("web", false).await.unwrap());
    assert_eq!(world.actions().len(), 0);
}

/// An instance that is stopped, changed and started; `modify` is what becomes of the change.
async fn resizing(modify: fn() -> Reply) -> super::scripted::World {
    let state = std::sync::Mutex::new("running");
    world(move |asked: &Asked, _| {
        let mut state = state.lock().unwrap();
        match asked.action.as_str() {
            "DescribeInstances" => {
                let now = *state;
                if now == "stopping" {
                    *state = "stopped";
                }
                described(&[instance(ID, now, "")])
            }
            "StopInstances" => {
                *state = "stopping";
                ok("StopInstances", "<instancesSet/>")
            }
            "StartInstances" => {
                *state = "running";
                ok("StartInstances", "<instancesSet/>")
            }
            _ => modify(),
        }
    })
    .await
}

#[tokio::test]
async fn a_resize_stops_changes_and_starts_and_can_be_reverted_once() {
    let world = resizing(|| ok("ModifyInstanceAttribute", "<return>true</return>")).await;
    assert_eq!(world.cloud.remembers_resize(ID), Some(false));
    let error = world.cloud.act(ID, &Action::RevertResize).await.unwrap_err();
    assert_eq!(error.kind, Kind::Conflict);
    let accepted = world.cloud.act(ID, &Action::Resize { flavor: "t3.large".into() }).await.unwrap();
    let look = "DescribeInstances";
    let writes = |world: &super::scripted::World| -> Vec<String> {
        world.actions().into_iter().filter(|action| action != look).collect()
    };
    assert_eq!(writes(&world), ["StopInstances", "ModifyInstanceAttribute", "StartInstances"]);
    let state = world.cloud.request_state(ID, accepted.request_id.as_deref().unwrap()).await.unwrap();
    assert_eq!((state, world.cloud.remembers_resize(ID)), (RequestState::Finished, Some(true)));
    world.cloud.act(ID, &Action::RevertResize).await.unwrap();
    let types: Vec<String> = world
        .asked()
        .iter()
        .filter(|one| one.action == "ModifyInstanceAttribute")
        .map(|one| one.get("InstanceType.Value").to_string())
        .collect();
    assert_eq!(types, ["t3.large", "t3.micro"]);
    assert_eq!(world.cloud.remembers_resize(ID), Some(false));
}

#[tokio::test]
async fn a_resize_that_is_refused_leaves_the_server_up() {
    let world = resizing(|| refused(400, "InvalidInstanceAttributeValue", "Not that one.")).await;
    let error = world.cloud.act(ID, &Action::Resize { flavor: "z9.nope".into() }).await.unwrap_err();
    assert_eq!(
        (error.kind, error.code.as_deref()),
        (Kind::InvalidArgument, Some("InvalidInstanceAttributeValue"))
    );
    assert_eq!(world.actions().last().map(String::as_str), Some("StartInstances"));
    assert_eq!(world.cloud.remembers_resize(ID), Some(false));
}

#[tokio::test]
async fn a_hard_reboot_is_a_stop_and_a_start() {
    let world = resizing(|| panic!("nothing is changed")).await;
    let accepted = world.cloud.act(ID, &Action::Reboot { hard: true }).await.unwrap();
    assert_eq!(world.count("StopInstances") + world.count("StartInstances"), 2);
    let state = world.cloud.request_state(ID, accepted.request_id.as_deref().unwrap()).await.unwrap();
    assert_eq!(state, RequestState::Finished);
}

#[tokio::test]
async fn metadata_is_replaced_around_what_is_not_the_users() {
    let tags = |items: &[(&str, &str)]| {
        let all: String = items
            .iter()
            .map(|(key, value)| format!("<item><key>{key}</key><value>{value}</value></item>"))
            .collect();
        ok("DescribeTags", &format!("<tagSet>{all}</tagSet>"))
    };
    let world = world(move |asked: &Asked, _| match asked.action.as_str() {
        "DescribeTags" => tags(&[
            ("Name", "web"),
            ("aws:x", "1"),
            ("rhain:marker", "m"),
            ("blue", ""),
            ("old", "1"),
            ("kept", "1"),
        ]),
        other => ok(other, "<return>true</return>"),
    })
    .await;
    let holder = Holder::Server(ID.into());
    let map = |items: &[(&str, &str)]| -> BTreeMap<String, String> {
        items.iter().map(|(key, value)| (key.to_string(), value.to_string())).collect()
    };
    assert_eq!(world.cloud.meta(&holder).await.unwrap(), map(&[("kept", "1"), ("old", "1")]));
    world.cloud.replace_meta(&holder, &map(&[("kept", "2"), ("new", "1")])).await.unwrap();
    let asked = world.asked();
    let (set, gone) = (&asked[2], &asked[3]);
    assert_eq!((set.action.as_str(), gone.action.as_str()), ("CreateTags", "DeleteTags"));
    assert_eq!([set.get("Tag.1.Key"), set.get("Tag.1.Value"), set.get("Tag.2.Key")], ["kept", "2", "new"]);
    assert_eq!((gone.get("Tag.1.Key"), gone.get("Tag.2.Key")), ("old", ""));
    let error = world.cloud.set_meta(&holder, &map(&[("Name", "x")])).await.unwrap_err();
    assert_eq!(error.kind, Kind::InvalidArgument);
    let error = world.cloud.delete_meta(&holder, "blue").await.unwrap_err();
    assert_eq!(
        (error.kind, error.help.as_deref()),
        (Kind::NotFound, Some("choose one that is there: `kept`, `old`"))
    );
}

#[tokio::test]
async fn images_are_the_accounts_own_and_the_shared_ones() {
    let world = world(|asked: &Asked, _| {
        let one = |id: &str| {
            format!("<item><imageId>{id}</imageId><name>n</name><imageState>available</imageState></item>")
        };
        let found = match (asked.get("Owner.1"), asked.get("ExecutableBy.1")) {
            ("self", _) => one("ami-00000001"),
            (_, "self") => [one("ami-00000001"), one("ami-00000002")].concat(),
            (owner, _) => panic!("asked for everything of {owner:?}"),
        };
        ok("DescribeImages", &format!("<imagesSet>{found}</imagesSet>"))
    })
    .await;
    let images = world.cloud.images(&Filter::default()).await.unwrap();
    let told: Vec<_> = images.iter().map(|one| (one.id.as_str(), one.visibility.as_deref())).collect();
    assert_eq!(told, [("ami-00000001", Some("private")), ("ami-00000002", Some("shared"))]);
}

#[tokio::test]
async fn an_image_takes_the_snapshots_along_that_were_made_for_it() {
    let world = world(|asked: &Asked, _| match asked.action.as_str() {
        "DescribeImages" => {
            let disk = |id: &str| format!("<item><ebs><snapshotId>{id}</snapshotId></ebs></item>");
            let disks = [disk("snap-00000001"), disk("snap-00000002")].concat();
            ok("DescribeImages", &format!("<imagesSet><item><imageId>ami-00000001</imageId><blockDeviceMapping>{disks}</blockDeviceMapping></item></imagesSet>"))
        }
        "DescribeSnapshots" => {
            let one = |id: &str, words: &str| {
                format!("<item><snapshotId>{id}</snapshotId><description>{words}</description></item>")
            };
            let made = one("snap-00000001", "Created by CreateImage(i-1) for ami-00000001");
            let all = [made, one("snap-00000002", "my own")].concat();
            ok("DescribeSnapshots", &format!("<snapshotSet>{all}</snapshotSet>"))
        }
        other => ok(other, "<return>true</return>"),
    })
    .await;
    assert!(world.cloud.delete_image("ami-00000001").await.unwrap());
    let deleted: Vec<String> = world
        .asked()
        .iter()
        .filter(|one| one.action == "DeleteSnapshot")
        .map(|one| one.get("SnapshotId").to_string())
        .collect();
    assert_eq!(deleted, ["snap-00000001"]);
}

#[tokio::test]
async fn a_revocation_that_finds_nothing_is_not_found() {
    let world = world(|_, _| {
        let inner = "<return>true</return><unknownIpPermissionSet><item><ipProtocol>tcp</ipProtocol></item></unknownIpPermissionSet>";
        ok("RevokeSecurityGroupIngress", inner)
    })
    .await;
    let rule = Rule {
        protocol: Some("tcp".into()),
        ports: Some((22, 22)),
        cidr: Some("10.0.0.0/8".into()),
        ..Rule::default()
    };
    let error = world.cloud.revoke("sg-00000001", &rule).await.unwrap_err();
    assert_eq!(
        (error.kind, error.message.as_str()),
        (Kind::NotFound, "sg-00000001 does not allow tcp 22 from 10.0.0.0/8")
    );
}

#[tokio::test]
async fn a_volume_is_attached_where_there_is_room_and_grows_until_it_has_grown() {
    let world = world(|asked: &Asked, before| match asked.action.as_str() {
        "DescribeInstances" => {
            let disk = "<blockDeviceMapping><item><deviceName>/dev/xvdf</deviceName></item></blockDeviceMapping>";
            described(&[instance(ID, "running", disk)])
        }
        "DescribeVolumes" => {
            let size = if before == 0 { 8 } else { 20 };
            ok("DescribeVolumes", &format!("<volumeSet><item><volumeId>vol-00000001</volumeId><size>{size}</size><status>available</status></item></volumeSet>"))
        }
        other => ok(other, ""),
    })
    .await;
    world.cloud.attach(ID, "vol-00000001", None).await.unwrap();
    let asked = world.asked();
    assert_eq!((asked[1].action.as_str(), asked[1].get("Device")), ("AttachVolume", "/dev/sdg"));
    world.cloud.extend("vol-00000001", 20).await.unwrap();
    let mut seen = Vec::new();
    for _ in 0..2 {
        let volume = world.cloud.one(Noun::Volume, "vol-00000001").await.unwrap().unwrap();
        seen.push(volume.status().to_string());
    }
    assert_eq!(seen, ["EXTENDING", "AVAILABLE"]);
}

#[tokio::test]
async fn things_are_narrowed_and_judged() {
    let world = world(|_, _| {
        let one = |id: &str, name: &str| {
            format!("<item><volumeId>{id}</volumeId><size>1</size><status>available</status><tagSet><item><key>Name</key><value>{name}</value></item></tagSet></item>")
        };
        ok("DescribeVolumes", &format!("<volumeSet>{}{}</volumeSet>", one("vol-1", "data"), one("vol-2", "other")))
    })
    .await;
    let listing = Filter { name: Some(NameMatch::Exact("data".into())), server: None, ..Filter::default() };
    let found = world.cloud.list(Noun::Volume, &listing).await.unwrap();
    assert_eq!(found.iter().map(|one| one.id()).collect::<Vec<_>>(), ["vol-1"]);
    assert_eq!(world.asked()[0].get("Filter.1.Value.1"), "data");
}

#[tokio::test]
async fn any_action_can_be_asked_for() {
    let world = world(|asked: &Asked, _| match asked.action.as_str() {
        "RunInstances" => refused(412, "DryRunOperation", "Request would have succeeded, but DryRun flag is set."),
        "ListStacks" => super::scripted::xml(
            200,
            "<ListStacksResponse><ListStacksResult><StackSummaries><member><StackName>a</StackName></member></StackSummaries>\
             </ListStacksResult><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></ListStacksResponse>",
        ),
        _ => refused(400, "InvalidAction", "The action is not valid."),
    })
    .await;
    let json = |value: rhain::cloud::Value| value.to_request();
    let dry = world
        .cloud
        .query("ec2", "RunInstances", &json!({"ImageId": "ami-1", "dry_run": true}))
        .await
        .unwrap();
    assert_eq!(json(dry), json!({"DryRun": true}));
    let filters = json!({"StackStatusFilter": ["CREATE_COMPLETE"]});
    let stacks = world.cloud.query("cloudformation", "ListStacks", &filters).await.unwrap();
    assert_eq!(json(stacks), json!({"StackSummaries": [{"StackName": "a"}]}));
    let asked = world.asked();
    assert_eq!((asked[0].get("DryRun"), asked[0].get("Version")), ("true", "2016-11-15"));
    assert_eq!(asked[1].get("StackStatusFilter.member.1"), "CREATE_COMPLETE");
    assert!(asked[1].authorization.as_deref().unwrap().contains("/eu-west-9/cloudformation/aws4_request"));
    let error = world.cloud.query("ec2", "Nothing", &json!({})).await.unwrap_err();
    assert_eq!(error.kind, Kind::Unsupported);
    let error = world.cloud.query("glacier", "ListVaults", &json!({})).await.unwrap_err();
    assert_eq!(error.message, "the version of `glacier` that is meant is not known");
}

#[tokio::test]
async fn old_signatures_stand_among_the_parameters() {
    let world =
        world_signed(Version::V2, |_, _| ok("DescribeAvailabilityZones", "<availabilityZoneInfo/>")).await;
    assert_eq!(world.cloud.zones().await.unwrap(), Vec::<String>::new());
    let asked = &world.asked()[0];
    assert_eq!((asked.get("SignatureVersion"), asked.get("AWSAccessKeyId")), ("2", "AKIDTEST"));
    assert_eq!((asked.authorization.as_deref(), asked.get("Signature").len()), (None, 44));
}

#[tokio::test]
async fn keys_that_are_refused_at_first_are_no_credentials() {
    let world = world(|asked: &Asked, before| match (asked.action.as_str(), before) {
        ("DescribeAvailabilityZones", 1) => ok("DescribeAvailabilityZones", "<availabilityZoneInfo/>"),
        ("DescribeRegions", 0) => refused(403, "UnauthorizedOperation", "You are not authorized."),
        _ => refused(401, "AuthFailure", "AWS was not able to validate the provided access credentials"),
    })
    .await;
    let error = world.cloud.zones().await.unwrap_err();
    assert_eq!((error.kind, error.diagnostic), (Kind::Unauthorized, Some("config::credentials")));
    assert_eq!(error.message, "lab refuses the access key `AKIDTEST`");
    world.cloud.zones().await.unwrap();
    let error = world.cloud.zones().await.unwrap_err();
    assert_eq!(error.diagnostic, Some("cloud::unauthorized"), "they were taken before");
    assert!(world.cloud.login().await.is_ok(), "who may not even ask for regions is known all the same");
    assert_eq!(world.cloud.login().await.unwrap_err().kind, Kind::Unauthorized);
}

#[tokio::test]
async fn a_page_of_html_is_no_answer() {
    let world = world(|asked: &Asked, _| match asked.action.as_str() {
        "DescribeAvailabilityZones" => page(200),
        _ => page(500),
    })
    .await;
    let error = world.cloud.zones().await.unwrap_err();
    assert_eq!((error.kind, error.maybe), (Kind::Protocol, false));
    let error = world.cloud.allocate_ip(None).await.unwrap_err();
    assert_eq!((error.kind, error.maybe, error.status), (Kind::Unavailable, true, Some(500)));
    assert_eq!(error.request.as_ref().map(|line| line.path.as_str()), Some("/ AllocateAddress"));
}

/// Without its list an answer says nothing: neither that there are no zones, nor that nothing is limited.
#[tokio::test]
async fn zones_and_limits_need_their_lists() {
    for (body, zones, limits) in [
        ("<x/>", Err(Kind::Protocol), Err(Kind::Protocol)),
        (
            "<availabilityZoneInfo><item><zoneState>available</zoneState></item></availabilityZoneInfo>\
             <accountAttributeSet><item><attributeValueSet/></item></accountAttributeSet>",
            Err(Kind::Protocol),
            Err(Kind::Protocol),
        ),
        (
            "<availabilityZoneInfo><item><zoneName>a</zoneName><zoneState>available</zoneState></item>\
             <item><zoneName>b</zoneName><zoneState>impaired</zoneState></item></availabilityZoneInfo>\
             <accountAttributeSet><item><attributeName>default-vpc</attributeName></item></accountAttributeSet>",
            Ok(vec!["a".to_string()]),
            Ok(()),
        ),
    ] {
        let world = world(move |asked: &Asked, _| ok(&asked.action, body)).await;
        assert_eq!(world.cloud.zones().await.map_err(|error| error.kind), zones, "{body}");
        assert_eq!(world.cloud.limits().await.map(drop).map_err(|error| error.kind), limits, "{body}");
    }
}

#[tokio::test]
async fn networks_go_by_their_names_where_these_are_their_own() {
    let world = world(|asked: &Asked, _| match asked.action.as_str() {
        "DescribeSubnets" => {
            let one = |id: &str, name: &str| {
                format!("<item><subnetId>{id}</subnetId><tagSet><item><key>Name</key><value>{name}</value></item></tagSet></item>")
            };
            let all = [one("subnet-00000001", "front"), one("subnet-00000002", "same"), one("subnet-00000003", "same")];
            ok("DescribeSubnets", &format!("<subnetSet>{}</subnetSet>", all.concat()))
        }
        _ => {
            let on = |id: &str, subnet: u8| {
                let more = format!("<subnetId>subnet-0000000{subnet}</subnetId><privateIpAddress>10.0.0.{subnet}</privateIpAddress>");
                instance(id, "running", &more)
            };
            described(&[on("i-00000001", 1), on("i-00000002", 2), on("i-00000004", 4)])
        }
    })
    .await;
    for _ in 0..2 {
        let servers = world.cloud.servers(&Filter::default()).await.unwrap();
        let networks: Vec<&str> = servers.iter().map(|one| one.addresses[0].0.as_str()).collect();
        assert_eq!(networks, ["front", "subnet-00000002", "subnet-00000004"]);
    }
    assert_eq!(world.count("DescribeSubnets"), 1, "once a run");
}

#[tokio::test]
async fn what_was_taken_away_is_gone_at_once() {
    let world = world(|asked: &Asked, _| match asked.action.as_str() {
        "CreateVolume" => {
            ok("CreateVolume", "<volumeId>vol-00000001</volumeId><size>1</size><status>creating</status>")
        }
        "DescribeVolumes" => {
            refused(400, "InvalidVolume.NotFound", "The volume 'vol-00000001' does not exist.")
        }
        other => ok(other, "<return>true</return>"),
    })
    .await;
    let spec = rhain::cloud::VolumeSpec { zone: Some("a".into()), size: 1, ..Default::default() };
    world.cloud.create_volume(&spec).await.unwrap();
    assert!(world.cloud.delete(Noun::Volume, "vol-00000001", false).await.unwrap());
    assert!(world.cloud.one(Noun::Volume, "vol-00000001").await.unwrap().is_none());
    assert_eq!(world.count("DescribeVolumes"), 1);
}

#[tokio::test]
async fn a_resize_without_room_gives_back_the_old_type_and_the_power() {
    let machine = std::sync::Mutex::new(("running", "t3.micro".to_string()));
    let world = world(move |asked: &Asked, _| {
        let mut machine = machine.lock().unwrap();
        match asked.action.as_str() {
            "DescribeInstances" => described(&[instance(ID, machine.0, "").replace("t3.micro", &machine.1)]),
            "StopInstances" => {
                machine.0 = "stopped";
                ok("StopInstances", "<instancesSet/>")
            }
            "StartInstances" if machine.1 == "m5.large" => {
                refused(500, "InsufficientInstanceCapacity", "There is no capacity for m5.large.")
            }
            "StartInstances" => {
                machine.0 = "running";
                ok("StartInstances", "<instancesSet/>")
            }
            _ => {
                machine.1 = asked.get("InstanceType.Value").to_string();
                ok("ModifyInstanceAttribute", "<return>true</return>")
            }
        }
    })
    .await;
    let error = world.cloud.act(ID, &Action::Resize { flavor: "m5.large".into() }).await.unwrap_err();
    assert_eq!((error.kind, error.maybe), (Kind::Unavailable, false));
    let facts = [("exists", format!("{ID}, with its old type t3.micro, and asked to start again"))];
    assert_eq!(error.facts, facts);
    let server = world.cloud.server(ID).await.unwrap().unwrap();
    assert_eq!((server.status.as_str(), server.flavor.name.as_deref()), ("ACTIVE", Some("t3.micro")));
    assert_eq!((world.count("ModifyInstanceAttribute"), world.cloud.remembers_resize(ID)), (2, Some(false)));
}

/// The start is accepted, and the room is gone by then: the instance stops again and says why.
#[tokio::test]
async fn a_resize_whose_room_is_lost_on_the_way_gives_back_the_old_type() {
    for (reason, kind) in
        [("Server.InsufficientInstanceCapacity", Kind::Unavailable), ("Client.InternalError", Kind::Failed)]
    {
        let machine = std::sync::Mutex::new(("running", "t3.micro".to_string(), String::new()));
        let world = world(move |asked: &Asked, _| {
            let mut machine = machine.lock().unwrap();
            let why = |code: &str| {
                format!("<stateReason><code>{code}</code><message>{code}: why</message></stateReason>")
            };
            match asked.action.as_str() {
                "DescribeInstances" => {
                    let shown = instance(ID, machine.0, &machine.2).replace("t3.micro", &machine.1);
                    // The first look after the start still tells of the stop.
                    match (machine.0, machine.1.as_str()) {
                        ("pending", "m5.large") => {
                            machine.0 = "stopped";
                            machine.2 = why(reason);
                        }
                        ("stopped", "m5.large") if machine.2.contains("User") => machine.0 = "pending",
                        _ => {}
                    }
                    described(&[shown])
                }
                "StopInstances" => {
                    (machine.0, machine.2) = ("stopped", why("Client.UserInitiatedShutdown"));
                    ok("StopInstances", "<instancesSet/>")
                }
                "StartInstances" => {
                    if machine.1 == "t3.micro" {
                        (machine.0, machine.2) = ("running", String::new());
                    }
                    ok("StartInstances", "<instancesSet/>")
                }
                _ => {
                    machine.1 = asked.get("InstanceType.Value").to_string();
                    ok("ModifyInstanceAttribute", "<return>true</return>")
                }
            }
        })
        .await;
        let error = world.cloud.act(ID, &Action::Resize { flavor: "m5.large".into() }).await.unwrap_err();
        assert_eq!((error.kind, error.code.as_deref(), error.maybe), (kind, Some(reason), false));
        let facts = [("exists", format!("{ID}, with its old type t3.micro, and asked to start again"))];
        assert_eq!(error.facts, facts);
        let server = world.cloud.server(ID).await.unwrap().unwrap();
        assert_eq!((server.status.as_str(), server.flavor.name.as_deref()), ("ACTIVE", Some("t3.micro")));
        assert_eq!(
            (world.count("ModifyInstanceAttribute"), world.cloud.remembers_resize(ID)),
            (2, Some(false))
        );
    }
}

/// What was ended on its way has no type to go back to, and is no success.
#[tokio::test]
async fn a_resize_whose_instance_is_ended_on_the_way_has_failed() {
    let machine = std::sync::Mutex::new("running");
    let world = world(move |asked: &Asked, _| {
        let mut state = machine.lock().unwrap();
        match asked.action.as_str() {
            "DescribeInstances" => {
                let shown = instance(ID, *state, "");
                if *state == "pending" {
                    *state = "terminated";
                }
                described(&[shown])
            }
            "StopInstances" => {
                *state = "stopped";
                ok("StopInstances", "<instancesSet/>")
            }
            "StartInstances" => {
                *state = "pending";
                ok("StartInstances", "<instancesSet/>")
            }
            other => ok(other, "<return>true</return>"),
        }
    })
    .await;
    let error = world.cloud.act(ID, &Action::Resize { flavor: "m5.large".into() }).await.unwrap_err();
    assert_eq!((error.kind, error.diagnostic), (Kind::Failed, Some("cloud::failed")));
    assert_eq!((world.count("ModifyInstanceAttribute"), world.count("StartInstances")), (1, 1));
}

#[tokio::test]
async fn a_device_that_is_taken_unseen_is_passed_over() {
    let world = world(|asked: &Asked, before| match (asked.action.as_str(), before) {
        ("DescribeInstances", _) => described(&[instance(ID, "running", "")]),
        ("AttachVolume", 0 | 1) => {
            let device = asked.get("Device");
            let words = format!(
                "Invalid value '{device}' for unixDevice. Attachment point {device} is already in use"
            );
            refused(400, "InvalidParameterValue", &words)
        }
        ("AttachVolume", 2) => ok("AttachVolume", ""),
        _ => refused(400, "InvalidParameterValue", "/dev/sdz is already in use"),
    })
    .await;
    world.cloud.attach(ID, "vol-00000001", None).await.unwrap();
    let devices: Vec<String> = world.asked().iter().map(|one| one.get("Device").to_string()).collect();
    assert_eq!(devices, ["", "/dev/sdf", "/dev/sdg", "/dev/sdh"]);
    // The one that was asked for is the only one that is tried.
    let error = world.cloud.attach(ID, "vol-00000001", Some("/dev/sdz")).await.unwrap_err();
    assert_eq!((error.kind, world.count("AttachVolume")), (Kind::InvalidArgument, 4));
}

#[tokio::test]
async fn replacing_the_metadata_of_an_image_leaves_its_tag_name() {
    let world = world(|asked: &Asked, _| match asked.action.as_str() {
        "DescribeTags" => {
            let tag = |key: &str, value: &str| format!("<item><key>{key}</key><value>{value}</value></item>");
            ok("DescribeTags", &format!("<tagSet>{}{}</tagSet>", tag("Name", "base"), tag("old", "1")))
        }
        other => ok(other, "<return>true</return>"),
    })
    .await;
    let image = Holder::Image("ami-00000001".to_string());
    world.cloud.replace_meta(&image, &BTreeMap::from([("new".to_string(), "2".to_string())])).await.unwrap();
    let asked = world.asked();
    let gone = asked.iter().find(|one| one.action == "DeleteTags").unwrap();
    assert_eq!((gone.get("Tag.1.Key"), gone.get("Tag.2.Key")), ("old", ""));
}

#[tokio::test]
async fn a_soft_reboot_is_known_to_leave_no_trace() {
    let world = world(|asked: &Asked, _| ok(&asked.action, "<return>true</return>")).await;
    let accepted = world.cloud.act(ID, &Action::Reboot { hard: false }).await.unwrap();
    let state = world.cloud.request_state(ID, accepted.request_id.as_deref().unwrap()).await.unwrap();
    assert_eq!((state, world.actions()), (RequestState::Traceless, vec!["RebootInstances".to_string()]));
}

#[tokio::test]
async fn what_the_screen_shows_and_the_own_password_are_read() {
    let world = world(|asked: &Asked, _| match (asked.action.as_str(), asked.get("InstanceId")) {
        // Some services fold base64 as mail does.
        ("GetPasswordData", "i-0000000a") => {
            ok("GetPasswordData", "<passwordData>\r\nc2Vj\r\ncmV0\r\n</passwordData>")
        }
        ("GetPasswordData", _) => ok("GetPasswordData", "<passwordData/>"),
        (_, "i-0000000a") => ok("GetConsoleScreenshot", "<imageData>/9j/\n</imageData>"),
        _ => ok("GetConsoleScreenshot", "<instanceId>i-0000000b</instanceId>"),
    })
    .await;
    assert_eq!(world.cloud.password_data("i-0000000a").await.unwrap().as_deref(), Some("c2VjcmV0"));
    assert_eq!(world.cloud.password_data("i-0000000b").await.unwrap(), None);
    assert_eq!(world.cloud.console_screenshot("i-0000000a").await.unwrap(), Some(vec![0xff, 0xd8, 0xff]));
    assert_eq!(world.cloud.console_screenshot("i-0000000b").await.unwrap_err().kind, Kind::Protocol);
}

#[tokio::test]
async fn a_stack_that_is_told_without_its_status_is_not_gone() {
    for inner in
        ["<Stacks/>", "<Stacks><member><StackName>app</StackName><StackId>arn:a</StackId></member></Stacks>"]
    {
        let inner = format!("<DescribeStacksResult>{inner}</DescribeStacksResult>");
        let world = world(move |_, _| ok("DescribeStacks", &inner)).await;
        let error = world.cloud.stack("app").await.unwrap_err();
        assert_eq!(error.kind, Kind::Protocol, "{error}");
    }
    let one = "<member><StackName>app</StackName><StackId>arn:a</StackId></member>";
    let lists = format!("<ListStacksResult><StackSummaries>{one}</StackSummaries></ListStacksResult>");
    let describes = format!("<DescribeStacksResult><Stacks>{one}</Stacks></DescribeStacksResult>");
    let world = world(move |asked, _| match asked.action.as_str() {
        "ListStacks" => ok("ListStacks", &lists),
        _ => ok("DescribeStacks", &describes),
    })
    .await;
    assert_eq!(world.cloud.stacks(&Filter::default()).await.unwrap_err().kind, Kind::Protocol);
}
