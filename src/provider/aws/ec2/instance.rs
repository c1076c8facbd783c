//! Instances: the calls that show and change them, and a description into the noun.

use super::super::call::{Call, literal};
use super::super::decode::{int, list, text, time};
use super::tag;
use crate::cloud::server::{Address, Named};
use crate::cloud::{Filter, NameMatch, Server, Time};
use serde_json::{Value as Json, json};
use std::sync::Arc;

/// The states of what is there; a terminated instance is shown for an hour or so.
const PRESENT: [&str; 5] = ["pending", "running", "shutting-down", "stopping", "stopped"];

/// Ask for these instances. Many ids go into one call, and no page size with them.
pub fn show(ids: &[&str]) -> Call {
    Call::ec2("server.show", "DescribeInstances").with("InstanceId", json!(ids))
}

/// Ask for the instances that a filter may let through; what EC2 cannot narrow is judged by the caller.
pub fn page(filter: &Filter) -> Call {
    let mut call = Call::ec2("server.list", "DescribeInstances");
    match &filter.name {
        Some(NameMatch::Exact(name)) => call = call.filter("tag:Name", [literal(name)]),
        Some(NameMatch::Glob(glob)) => {
            // EC2 knows `*` and `?`; classes, alternatives and escapes are left to the caller.
            let plain = glob.split(['[', '{', '\\']).next().unwrap_or_default();
            let narrowed = if plain.len() < glob.len() { format!("{plain}*") } else { plain.to_string() };
            // A filter by tag lets no unnamed one through, which `*` alone means too.
            if !narrowed.trim_matches('*').is_empty() {
                call = call.filter("tag:Name", [narrowed]);
            }
        }
        None => {}
    }
    for (key, value) in &filter.meta {
        call = call.filter(format!("tag:{key}"), [literal(value)]);
    }
    for tag in &filter.tags {
        call = call.filter("tag-key", [literal(tag)]);
    }
    call = call
        .filter("image-id", filter.image.clone())
        .filter("instance-type", filter.flavor.clone())
        .filter("availability-zone", filter.zone.clone());
    match filter.changed_since.is_some() || filter.status.iter().any(|status| status == "DELETED") {
        true => call,
        false => call.filter("instance-state-name", PRESENT),
    }
}

/// Ask for the instances of one boot.
pub fn of_token(token: &str) -> Call {
    Call::ec2("server.list", "DescribeInstances").filter("client-token", [token])
}

/// Ask for a change of power: `StartInstances`, `StopInstances`, `RebootInstances`, `TerminateInstances`.
pub fn power(operation: &'static str, action: &str, id: &str) -> Call {
    let call = Call::ec2(operation, action).with("InstanceId", json!([id]));
    if action == "RebootInstances" { call } else { call.idempotent() }
}

/// Ask for another type.
pub fn retype(id: &str, kind: &str) -> Call {
    modify("server.resize", id).with("InstanceType", json!({"Value": kind}))
}

/// Ask for these security groups instead of those it has.
pub fn regroup(id: &str, groups: &[String]) -> Call {
    modify("server.groups", id).with("GroupId", json!(groups))
}

fn modify(operation: &'static str, id: &str) -> Call {
    Call::ec2(operation, "ModifyInstanceAttribute").idempotent().with("InstanceId", id)
}

/// Ask for the console's text.
pub fn console(id: &str) -> Call {
    Call::ec2("server.console_log", "GetConsoleOutput").with("InstanceId", id)
}

/// Ask for a picture of the screen.
pub fn screenshot(id: &str) -> Call {
    Call::ec2("server.console_screenshot", "GetConsoleScreenshot").with("InstanceId", id)
}

/// Ask for the administrator's password, encrypted for the key pair.
pub fn password_data(id: &str) -> Call {
    Call::ec2("server.password_data", "GetPasswordData").with("InstanceId", id)
}

/// Ask for another root volume, filled from an image. The token makes it safe to ask again.
pub fn rebuild(id: &str, image: &str, token: &str) -> Call {
    Call::ec2("server.rebuild", "CreateReplaceRootVolumeTask")
        .with("InstanceId", id)
        .with("ImageId", image)
        .with("DeleteReplacedRootVolume", true)
        .with("ClientToken", token)
}

/// Ask what became of that.
pub fn rebuilding(task: &str) -> Call {
    Call::ec2("server.request_state", "DescribeReplaceRootVolumeTasks")
        .with("ReplaceRootVolumeTaskId", json!([task]))
}

/// Every instance of an answer, out of its reservations.
pub fn each(body: &Json) -> impl Iterator<Item = &Json> {
    list(body, "reservationSet").iter().flat_map(|reservation| list(reservation, "instancesSet"))
}

/// The state's name: `running`.
pub fn state(body: &Json) -> String {
    body.get("instanceState").and_then(|state| text(state, "name")).unwrap_or_default()
}

/// What kind of passing state an instance is in, told by who asked for it where the description does not tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Known {
    /// It was started again in this run: pending is no building.
    pub started: bool,
    /// It was made in this run: that it is terminated without having been asked to is a failure.
    pub made: bool,
}

/// An instance from its description; `None` where it has no id.
pub fn decode(body: &Json, cloud: &Arc<str>, read: Time, known: Known) -> Option<Server> {
    let id = text(body, "instanceId")?;
    let told = tag::decode(body);
    let provider_status = state(body);
    let (status, task) = status(body, &provider_status, known);
    let image = text(body, "imageId");
    let kind = text(body, "instanceType");
    let fault = (status == "ERROR").then(|| reason(body).map(|(_, words)| words)).flatten();
    Some(Server {
        id,
        name: told.name,
        status: status.to_string(),
        provider_status,
        task: task.map(str::to_string),
        progress: None,
        fault,
        flavor: Named { id: kind.clone(), name: kind },
        image: Named { id: image, name: None },
        meta: told.meta,
        tags: told.tags,
        addresses: addresses(body),
        access: (None, None),
        description: None,
        // A dedicated host has an id; of the others nothing is told.
        host: body.get("placement").and_then(|placement| text(placement, "hostId")),
        project: owner(body),
        locked: None,
        key: text(body, "keyName"),
        security_groups: groups(body).into_iter().filter_map(|(id, name)| name.or(id)).collect(),
        volumes: volumes(body),
        zone: body.get("placement").and_then(|placement| text(placement, "availabilityZone")),
        created: created(body),
        updated: [time(body, "launchTime"), transition(body)].into_iter().flatten().max(),
        admin_pass: None,
        cloud: cloud.clone(),
        read,
        raw: Arc::new(body.clone()),
    })
}

/// The account that it belongs to: told of its reservation and of its network interfaces.
fn owner(body: &Json) -> Option<String> {
    let interface = list(body, "networkInterfaceSet").first();
    text(body, "ownerId").or_else(|| interface.and_then(|interface| text(interface, "ownerId")))
}

/// Every status that an instance's state can be.
pub const STATUSES: &[&str] = &["BUILD", "ACTIVE", "SHUTOFF", "ERROR", "DELETED", "UNKNOWN"];

/// A state as status and task.
fn status(body: &Json, state: &str, known: Known) -> (&'static str, Option<&'static str>) {
    match state {
        "pending" if known.started || was_started_again(body) => ("SHUTOFF", Some("powering-on")),
        "pending" => ("BUILD", None),
        "running" => ("ACTIVE", None),
        "stopping" => ("ACTIVE", Some("powering-off")),
        "stopped" => ("SHUTOFF", None),
        "shutting-down" => ("ACTIVE", Some("deleting")),
        "terminated" if known.made && failed(body) => ("ERROR", None),
        "terminated" => ("DELETED", None),
        _ => ("UNKNOWN", None),
    }
}

/// Why it is in its state: the code and the words.
fn reason(body: &Json) -> Option<(String, String)> {
    let reason = body.get("stateReason")?;
    let code = text(reason, "code")?;
    let words = text(reason, "message").unwrap_or_else(|| code.clone());
    Some((code, words))
}

/// Why the cloud itself ended or stopped it, where it did: the code and the words.
pub fn fault(body: &Json) -> Option<(String, String)> {
    reason(body).filter(|_| failed(body))
}

/// The words of [`fault`].
pub fn ended_by_fault(body: &Json) -> Option<String> {
    fault(body).map(|(_, words)| words)
}

/// Whether it was ended by a fault and not by a person.
fn failed(body: &Json) -> bool {
    reason(body).is_some_and(|(code, _)| {
        code.starts_with("Server.")
            || ["Client.VolumeLimitExceeded", "Client.InternalError", "Client.InvalidSnapshot.NotFound"]
                .contains(&code.as_str())
    })
}

/// Whether a pending instance has been up before: starting keeps its interface and its root disk, and sets the launch time anew.
fn was_started_again(body: &Json) -> bool {
    match (first_attached(body), time(body, "launchTime")) {
        (Some(attached), Some(launched)) => launched.since(attached).seconds() > 5,
        _ => false,
    }
}

/// When it was made: the launch time is that of the last start, its first interface and disk came with the first.
fn created(body: &Json) -> Option<Time> {
    [first_attached(body), time(body, "launchTime")].into_iter().flatten().min()
}

fn first_attached(body: &Json) -> Option<Time> {
    let interfaces = list(body, "networkInterfaceSet").iter().filter_map(|one| one.get("attachment"));
    let primary = interfaces.filter(|one| int(one, "deviceIndex") == Some(0));
    let disks = list(body, "blockDeviceMapping")
        .iter()
        .filter(|disk| text(disk, "deviceName") == text(body, "rootDeviceName"));
    let disks = disks.filter_map(|disk| disk.get("ebs"));
    primary.chain(disks).filter_map(|one| time(one, "attachTime")).min()
}

/// The time in `User initiated (2026-11-21 00:43:30 GMT)`.
fn transition(body: &Json) -> Option<Time> {
    let reason = text(body, "reason")?;
    let (_, rest) = reason.split_once('(')?;
    let stamp = rest.split(')').next()?.trim().trim_end_matches("GMT").trim_end_matches("UTC").trim();
    Time::parse(&format!("{}Z", stamp.replace(' ', "T")))
}

/// Addresses by subnet, in the order of the interfaces; without interfaces, what the instance itself says.
fn addresses(body: &Json) -> Vec<(String, Vec<Address>)> {
    let mut out: Vec<(String, Vec<Address>)> = Vec::new();
    let mut add = |network: &str, version: u8, addr: Option<String>, floating: bool| {
        let Some(addr) = addr else { return };
        let kind = Some(if floating { "floating" } else { "fixed" }.to_string());
        let place = match out.iter().position(|(name, _)| name == network) {
            Some(place) => place,
            None => {
                out.push((network.to_string(), Vec::new()));
                out.len() - 1
            }
        };
        let known = &mut out[place].1;
        if !known.iter().any(|address| address.addr == addr) {
            known.push(Address { version, addr, kind });
        }
    };
    for interface in list(body, "networkInterfaceSet") {
        let network = text(interface, "subnetId").unwrap_or_else(|| "ec2".to_string());
        for address in list(interface, "privateIpAddressesSet") {
            add(&network, 4, text(address, "privateIpAddress"), false);
            let public = address.get("association").and_then(|association| text(association, "publicIp"));
            add(&network, 4, public, true);
        }
        add(&network, 4, text(interface, "privateIpAddress"), false);
        for address in list(interface, "ipv6AddressesSet") {
            add(&network, 6, text(address, "ipv6Address"), false);
        }
    }
    let network = text(body, "subnetId").unwrap_or_else(|| "ec2".to_string());
    add(&network, 4, text(body, "privateIpAddress"), false);
    add(&network, 4, text(body, "ipAddress"), true);
    add(&network, 6, text(body, "ipv6Address"), false);
    out
}

/// Its security groups, id and name of each; those of its first interface where it names none itself.
pub fn groups(body: &Json) -> Vec<(Option<String>, Option<String>)> {
    let primary = list(body, "networkInterfaceSet").first().unwrap_or(&Json::Null);
    let holder = if list(body, "groupSet").is_empty() { primary } else { body };
    list(holder, "groupSet").iter().map(|group| (text(group, "groupId"), text(group, "groupName"))).collect()
}

/// The ids of its volumes, the root first.
fn volumes(body: &Json) -> Vec<String> {
    let root = text(body, "rootDeviceName");
    let mut disks: Vec<&Json> = list(body, "blockDeviceMapping").iter().collect();
    disks.sort_by_key(|disk| text(disk, "deviceName") != root);
    disks.iter().filter_map(|disk| text(disk.get("ebs")?, "volumeId")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server(body: Json, known: Known) -> Server {
        let read = Time::parse("2026-11-21T12:00:00Z").unwrap();
        decode(&body, &Arc::from("lab"), read, known).unwrap()
    }

    fn in_state(name: &str, known: Known) -> (String, Option<String>) {
        let server = server(json!({"instanceId": "i-1", "instanceState": {"code": 0, "name": name}}), known);
        (server.status, server.task)
    }

    #[test]
    fn states_are_statuses_and_tasks() {
        let nothing = Known::default();
        let started = Known { started: true, ..nothing };
        for (state, known, status, task) in [
            ("pending", nothing, "BUILD", None),
            ("pending", started, "SHUTOFF", Some("powering-on")),
            ("running", started, "ACTIVE", None),
            ("stopping", nothing, "ACTIVE", Some("powering-off")),
            ("stopped", nothing, "SHUTOFF", None),
            ("shutting-down", nothing, "ACTIVE", Some("deleting")),
            ("terminated", nothing, "DELETED", None),
            ("hibernated", nothing, "UNKNOWN", None),
        ] {
            assert_eq!(in_state(state, known), (status.to_string(), task.map(str::to_string)), "{state}");
        }
    }

    #[test]
    fn a_start_is_told_from_a_launch_by_what_was_there_before() {
        let pending = |launched: &str| {
            json!({"instanceId": "i-1", "instanceState": {"name": "pending"}, "launchTime": launched,
                "networkInterfaceSet": [{"attachment": {"deviceIndex": 0, "attachTime": "2026-11-20T10:00:00.000Z"}}]})
        };
        let new = server(pending("2026-11-20T10:00:00.000Z"), Known::default());
        assert_eq!((new.status.as_str(), new.task), ("BUILD", None));
        let again = server(pending("2026-11-21T10:00:00.000Z"), Known::default());
        assert_eq!((again.status.as_str(), again.task.as_deref()), ("SHUTOFF", Some("powering-on")));
        assert_eq!(again.created, Time::parse("2026-11-20T10:00:00Z"));
        assert_eq!(again.updated, Time::parse("2026-11-21T10:00:00Z"));
    }

    #[test]
    fn what_was_ended_by_a_fault_of_this_run_is_in_error() {
        let body = json!({"instanceId": "i-1", "instanceState": {"name": "terminated"},
            "stateReason": {"code": "Server.InternalError", "message": "It broke"}});
        let mine = server(body.clone(), Known { made: true, started: false });
        assert_eq!((mine.status.as_str(), mine.fault.as_deref()), ("ERROR", Some("It broke")));
        assert_eq!(server(body, Known::default()).status, "DELETED");
    }

    #[test]
    fn a_stop_leaves_its_time() {
        let body = json!({"instanceId": "i-1", "launchTime": "2026-11-20T10:00:00Z",
            "reason": "User initiated (2026-11-21 00:43:30 GMT)"});
        assert_eq!(server(body, Known::default()).updated, Time::parse("2026-11-21T00:43:30Z"));
    }

    #[test]
    fn addresses_come_from_interfaces_each_once() {
        let body = json!({"instanceId": "i-1", "privateIpAddress": "10.0.0.5", "ipAddress": "54.1.2.3",
            "subnetId": "subnet-1", "networkInterfaceSet": [
            {"subnetId": "subnet-1", "privateIpAddress": "10.0.0.5", "privateIpAddressesSet": [
                {"privateIpAddress": "10.0.0.5", "association": {"publicIp": "54.1.2.3"}}],
             "ipv6AddressesSet": [{"ipv6Address": "2001:db8::5"}]},
            {"subnetId": "subnet-2", "privateIpAddress": "10.1.0.5", "privateIpAddressesSet": []}]});
        let server = server(body, Known::default());
        let shown: Vec<String> = server
            .addresses
            .iter()
            .flat_map(|(network, list)| {
                list.iter().map(move |one| format!("{network} {} {}", one.version, one.addr))
            })
            .collect();
        assert_eq!(
            shown,
            ["subnet-1 4 10.0.0.5", "subnet-1 4 54.1.2.3", "subnet-1 6 2001:db8::5", "subnet-2 4 10.1.0.5"]
        );
        assert_eq!((server.ip(), server.private_ip()), (Some("54.1.2.3"), Some("10.0.0.5")));
    }

    #[test]
    fn the_root_comes_first() {
        let body = json!({"instanceId": "i-1", "rootDeviceName": "/dev/xvda", "blockDeviceMapping": [
            {"deviceName": "/dev/sdf", "ebs": {"volumeId": "vol-2"}}, {"deviceName": "/dev/xvda", "ebs": {"volumeId": "vol-1"}}]});
        assert_eq!(server(body, Known::default()).volumes, ["vol-1", "vol-2"]);
    }

    #[test]
    fn filters_are_narrowed_by_what_ec2_knows() {
        let pairs = |filter: Filter| -> Vec<String> {
            page(&filter).pairs()[2..].iter().map(|(key, value)| format!("{key}={value}")).collect()
        };
        let name = |name: NameMatch| Some(name);
        let states: Vec<String> = PRESENT
            .iter()
            .enumerate()
            .map(|(at, state)| format!("Filter.2.Value.{}={state}", at + 1))
            .collect();
        let exact = pairs(Filter { name: name(NameMatch::Exact("a*".into())), ..Filter::default() });
        assert_eq!(
            exact[..3],
            ["Filter.1.Name=tag:Name", "Filter.1.Value.1=a\\*", "Filter.2.Name=instance-state-name"]
        );
        assert_eq!(exact[3..], states);
        let glob = pairs(Filter {
            name: name(NameMatch::Glob("w?b[12]".into())),
            status: vec!["DELETED".into()],
            ..Filter::default()
        });
        assert_eq!(glob, ["Filter.1.Name=tag:Name", "Filter.1.Value.1=w?b*"]);
        let all = Filter {
            name: name(NameMatch::Glob("*".into())),
            status: vec!["DELETED".into()],
            ..Filter::default()
        };
        assert_eq!(pairs(all), Vec::<String>::new());
    }
}
