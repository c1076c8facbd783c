//! Every exchange recorded from moto's EC2 parses: answers into nouns, refusals into errors. It is the answers' own shapes that
//! are held here; what moto does otherwise than AWS does not matter to them.

use rhain::cloud::{Kind, Rule, Time};
use rhain::provider::aws::decode;
use rhain::provider::aws::ec2::{
    address, group, image, instance, instance_type, key, snapshot, subnet, volume,
};
use rhain::provider::aws::fault;
use rhain::wire::xml;
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;
use std::sync::Arc;

struct Exchange {
    op: String,
    status: u16,
    body: String,
}

fn exchanges() -> Vec<Exchange> {
    let text = include_str!("../recorded/ec2.jsonl");
    let read = |line: &str| {
        let line: Json = serde_json::from_str(line).unwrap();
        let text = |key: &str| line[key].as_str().unwrap().to_string();
        Exchange { op: text("op"), status: line["status"].as_u64().unwrap() as u16, body: text("body") }
    };
    text.lines().map(read).collect()
}

/// What an operation answered.
fn answer(op: &str) -> Json {
    let all = exchanges();
    let found = all.iter().find(|one| one.op == op).unwrap_or_else(|| panic!("no {op}"));
    decode::answer(&xml::parse(found.body.as_bytes()).unwrap())
}

fn cloud() -> Arc<str> {
    Arc::from("lab")
}

fn read() -> Time {
    Time::parse("2026-11-21T09:00:00Z").unwrap()
}

#[test]
fn every_answer_is_a_map_and_every_refusal_has_a_kind() {
    let mut refusals: BTreeMap<String, (Kind, usize)> = BTreeMap::new();
    let mut answers = 0;
    for exchange in exchanges() {
        if exchange.status < 400 {
            let root =
                xml::parse(exchange.body.as_bytes()).unwrap_or_else(|why| panic!("{}: {why}", exchange.op));
            assert!(decode::answer(&root).is_object(), "{}", exchange.op);
            answers += 1;
            continue;
        }
        let refusal = fault::read(exchange.body.as_bytes());
        let kind = fault::kind(exchange.status, refusal.code.as_deref(), &refusal.words);
        assert!(!refusal.words.is_empty(), "{}", exchange.op);
        let code = refusal.code.unwrap_or_else(|| format!("HTML {}", exchange.status));
        refusals.entry(code).or_insert((kind, 0)).1 += 1;
    }
    assert_eq!(answers, 88);
    let told: Vec<(&str, Kind, usize)> =
        refusals.iter().map(|(code, (kind, count))| (code.as_str(), *kind, *count)).collect();
    assert_eq!(
        told,
        [
            ("AccessDenied", Kind::Forbidden, 1),
            ("AuthFailure", Kind::Unauthorized, 2),
            ("DryRunOperation", Kind::InvalidArgument, 1),
            ("HTML 500", Kind::Unavailable, 2),
            ("InvalidAMIID.Malformed", Kind::InvalidArgument, 1),
            ("InvalidAMIID.NotFound", Kind::NotFound, 2),
            ("InvalidGroup.Duplicate", Kind::Conflict, 1),
            ("InvalidGroup.NotFound", Kind::NotFound, 1),
            ("InvalidInstanceID.NotFound", Kind::NotFound, 4),
            ("InvalidInstanceType", Kind::NotFound, 1),
            ("InvalidInstanceType.NotFound", Kind::NotFound, 1),
            ("InvalidKeyPair.Duplicate", Kind::Conflict, 1),
            ("InvalidKeyPair.NotFound", Kind::NotFound, 2),
            ("InvalidPermission.Duplicate", Kind::Conflict, 1),
            ("InvalidPermission.NotFound", Kind::NotFound, 1),
            ("OperationNotPermitted", Kind::Conflict, 1),
        ]
    );
}

#[test]
fn instances_are_servers() {
    let body = answer("DescribeInstances four in one reservation");
    let all: Vec<_> = instance::each(&body)
        .filter_map(|one| instance::decode(one, &cloud(), read(), instance::Known::default()))
        .collect();
    assert_eq!(all.len(), 4);
    assert!(all.iter().all(|one| one.status == "ACTIVE" && one.task.is_none() && one.volumes.len() == 1));
    assert_eq!(all[0].security_groups, ["default"], "those of its interface");

    let tagged = answer("DescribeInstances after tags (XML escapes)");
    let one = instance::each(&tagged).next().unwrap();
    let server = instance::decode(one, &cloud(), read(), instance::Known::default()).unwrap();
    assert_eq!((server.name.as_str(), server.key.as_deref()), ("web server & co", Some("deploy key")));
    assert_eq!(server.tags, ["empty"]);
    assert_eq!(server.meta["owner"], "O'Neil + sons ~ 100% * (ok)!");
    assert_eq!(server.meta["ünïcode"], "snow☃ & <xml>");
    assert!(!server.meta.contains_key("aws:x"));
    assert_eq!(server.public_ip(), Some("54.214.5.96"));
    assert_eq!(server.private_ip(), Some("10.118.78.151"));
    assert_eq!(
        (server.security_groups, server.zone.as_deref()),
        (vec!["apache".to_string()], Some("us-east-1a"))
    );
    assert_eq!(server.created, Time::parse("2026-11-21T00:18:48Z"));
    assert_eq!(server.raw["networkInterfaceSet"][0]["attachment"]["deviceIndex"], json!(0));
    assert_eq!(server.raw["sourceDestCheck"], json!(true));

    let gone = answer("Waiter instance_terminated");
    let gone: Vec<String> = instance::each(&gone)
        .filter_map(|one| instance::decode(one, &cloud(), read(), instance::Known::default()))
        .map(|server| server.status)
        .collect();
    assert_eq!(gone, ["DELETED", "DELETED"]);
}

#[test]
fn other_nouns_are_read() {
    let first = |op: &str, set: &str| decode::list(&answer(op), set)[0].clone();
    let ami = first("DescribeImages by id", "imagesSet");
    let ami = image::decode(&ami, None, &cloud(), read()).unwrap();
    assert_eq!((ami.name.as_str(), ami.status.as_str(), ami.min_disk), ("web golden 1.0", "ACTIVE", 15));

    let types = answer("DescribeInstanceTypes by name");
    let mut flavors: Vec<_> = decode::list(&types, "instanceTypeSet")
        .iter()
        .filter_map(|one| instance_type::decode(one, &cloud()))
        .map(|one| (one.name, one.vcpus, one.ram))
        .collect();
    flavors.sort();
    assert_eq!(flavors, [("m5.large".to_string(), 2, 8192), ("t3.micro".to_string(), 2, 1024)]);

    let data = first("DescribeVolumes of instance", "volumeSet");
    let data = volume::decode(&data, &cloud(), read()).unwrap();
    assert_eq!((data.status.as_str(), data.size, data.device.as_deref()), ("IN-USE", 8, Some("/dev/sda1")));

    let copy = first("DescribeSnapshots", "snapshotSet");
    let copy = snapshot::decode(&copy, &cloud(), read()).unwrap();
    assert_eq!((copy.status.as_str(), copy.volume.as_deref()), ("AVAILABLE", Some("vol-0a5b5243f70b7c0ad")));

    let ip = address::decode(&first("DescribeAddresses", "addressesSet"), &cloud()).unwrap();
    assert_eq!((ip.address.as_str(), ip.server.as_deref()), ("127.24.237.214", Some("i-0eb703982f7a1ac7d")));
    assert_eq!(ip.association.as_deref(), Some("eipassoc-e78a06a539f952bbe"));

    let made = key::decode(&answer("CreateKeyPair"), &cloud()).unwrap();
    assert_eq!(made.private_key.as_ref().map(|key| key.reveal()), Some("a made up private half"));
    let keys = answer("DescribeKeyPairs");
    let names: Vec<_> = decode::list(&keys, "keySet")
        .iter()
        .filter_map(|one| key::decode(one, &cloud()))
        .map(|one| one.name)
        .collect();
    assert!(
        names.contains(&"deploy key".to_string()) && names.contains(&"imported".to_string()),
        "{names:?}"
    );

    let networks = answer("DescribeSubnets");
    let networks: Vec<_> = decode::list(&networks, "subnetSet")
        .iter()
        .filter_map(|one| subnet::network(one, &cloud()))
        .collect();
    assert_eq!(networks.len(), 6);
    assert!(networks.iter().all(|one| one.status == "ACTIVE" && one.cidrs.len() == 1));
}

#[test]
fn groups_have_their_rules() {
    let body = answer("DescribeSecurityGroups by id");
    let told: Vec<(String, Vec<String>)> = decode::list(&body, "securityGroupInfo")
        .iter()
        .filter_map(|one| group::decode(one, &cloud()))
        .map(|one| (one.name, one.rules.iter().map(Rule::words).collect()))
        .collect();
    let words = |rules: &[&str]| rules.iter().map(|rule| rule.to_string()).collect::<Vec<_>>();
    assert_eq!(
        told,
        [
            (
                "apache".to_string(),
                words(&["tcp 80 from 0.0.0.0/0", "tcp 22 from 192.168.1.130/32", "all traffic to 0.0.0.0/0"])
            ),
            (
                "appserver".to_string(),
                words(&["tcp from group sg-679c778ed05ef9173", "all traffic to 0.0.0.0/0"])
            ),
        ]
    );
}
