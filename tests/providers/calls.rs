//! A call of every operation, in the order of their table: what a cloud has to hold for it, and the call of the driver.

use crate::support::toy::machine;
use rhain::base::stream::{Held, Sink};
use rhain::cloud::port::AddressPair;
use rhain::cloud::server::{Nic, Nics, RebuildSpec, RootDisk};
use rhain::cloud::update::Update;
use rhain::cloud::{
    Action, BootSpec, Cloud, Direction, Error, Filter, Holder, ImageSpec, Kind, NameUpdate, NetworkSpec,
    Noun, Port, PortSpec, PublicIp, ReadFile, RestCall, Result, RouterSpec, Rule, Secret, ServerUpdate,
    StackAction, StackDeletion, StackSpec, StackTags, TagChange, TemplateSource, VolumeSpec,
};
use serde_json::json;
use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

type Ending<'a> = Pin<Box<dyn Future<Output = Result<()>> + Send + 'a>>;

/// A call of an operation.
pub struct Call {
    /// Its word.
    pub operation: &'static str,
    /// A script that makes what it needs beside the server `web`, and gives the ids of it.
    pub before: &'static str,
    /// The call, with those ids.
    pub call: for<'a> fn(&'a dyn Cloud, Vec<String>) -> Ending<'a>,
}

/// A read of a provider's own query API.
fn native(cloud: &dyn Cloud) -> (&'static str, &'static str) {
    match cloud.provider().name {
        "cloudstack" => ("cloudstack", "listZones"),
        _ => ("ec2", "DescribeRegions"),
    }
}

macro_rules! calls {
    ($($operation:literal, $before:expr, |$cloud:ident, $words:ident| $call:expr;)*) => {
        &[$(Call {
            operation: $operation,
            before: $before,
            call: |$cloud, $words| Box::pin(async move {
                let _ = &$words;
                $call.await.map(drop)
            }),
        }),*]
    };
}

async fn there<T>(found: impl Future<Output = Result<Option<T>>>) -> Result<T> {
    found.await?.ok_or_else(|| Error::new(Kind::NotFound, "it is there"))
}

async fn gone(deleted: impl Future<Output = Result<bool>>) -> Result<()> {
    if deleted.await? { Ok(()) } else { Err(Error::new(Kind::NotFound, "it was there")) }
}

fn spec(words: &[String]) -> BootSpec {
    let (image, flavor) = (Some(words[0].clone()), words[1].clone());
    BootSpec { name: "app".to_string(), image, flavor, marker: "called".to_string(), ..BootSpec::default() }
}

fn rebuild(spec: RebuildSpec) -> Action {
    Action::Rebuild(Box::new(spec))
}

/// A script that makes a stack, in the words of its cloud, and goes on with it as `s`; `slow` is a template that takes its time.
macro_rules! app {
    ($rest:literal) => {
        concat!(
            r##"let heat = cloud().provider == "openstack";
            let t = if heat { #{ heat_template_version: "rocky", resources: #{ a: #{ type: "OS::Heat::RandomString" } } } }
                else { #{ Resources: #{ A: #{ Type: "AWS::EC2::SecurityGroup", Properties: #{ GroupDescription: "x" } } }, Outputs: #{ A: #{ Value: #{ "Fn::GetAtt": ["A", "GroupId"] } } } } };
            let slow = if heat { #{ heat_template_version: "rocky", resources: #{ w: #{ type: "OS::Heat::TestResource", properties: #{ value: "x", action_wait_secs: #{ create: 900 } } } } } }
                else { #{ Resources: #{ H: #{ Type: "AWS::CloudFormation::WaitConditionHandle" }, W: #{ Type: "AWS::CloudFormation::WaitCondition", Properties: #{ Handle: #{ Ref: "H" }, Timeout: "900" } } } } };
            let s = create_stack("app", #{ template: t }).wait_ready(); "##,
            $rest
        )
    };
}

/// A new name and nothing else.
fn renamed() -> Update {
    Update { name: Some("new".to_string()), ..Update::default() }
}

/// An image of a few bytes.
fn of_bytes() -> ImageSpec {
    ImageSpec {
        name: "tiny".to_string(),
        content: Arc::new(Held(Arc::from(*b"bytes"))),
        disk_format: "raw".to_string(),
        container_format: "bare".to_string(),
        meta: BTreeMap::new(),
        visibility: None,
    }
}

/// A place where bytes are forgotten.
#[derive(Debug)]
struct Nowhere;

impl Sink for Nowhere {
    fn begin(&self, _: Option<u64>) -> std::io::Result<()> {
        Ok(())
    }
    fn write(&self, _: &[u8]) -> std::io::Result<()> {
        Ok(())
    }
}

/// What a stack is made or updated from; no file is named in it.
fn of_stack(template: Option<String>) -> StackSpec {
    struct NoFiles;
    impl ReadFile for NoFiles {
        fn read_file(&self, path: &str) -> Result<Vec<u8>> {
            Err(Error::new(Kind::NotFound, path))
        }
        fn directory(&self) -> String {
            "/".to_string()
        }
    }
    StackSpec {
        name: "new".to_string(),
        template: template.map(TemplateSource::Text),
        parameters: BTreeMap::new(),
        environments: Vec::new(),
        files: BTreeMap::new(),
        timeout: None,
        rollback: None,
        tags: Some(StackTags::Words(vec!["blue".to_string()])),
        capabilities: Vec::new(),
        reader: Arc::new(NoFiles),
    }
}

/// A template that each service takes, by a word that says which it is.
fn template(word: &str) -> Option<String> {
    Some(match word {
        "heat" => r#"{"heat_template_version": "rocky", "resources": {"b": {"type": "OS::Heat::None"}}}"#
            .to_string(),
        _ => r#"{"Resources": {"B": {"Type": "AWS::SNS::Topic"}}}"#.to_string(),
    })
}

const SERVICE: &str = r#"if cloud().provider == "openstack" { "heat" } else { "aws" }"#;

fn item() -> BTreeMap<String, String> {
    BTreeMap::from([("a".to_string(), "1".to_string())])
}

fn everybodys() -> Filter {
    Filter { all_projects: true, ..Filter::default() }
}

fn rule() -> Rule {
    Rule {
        direction: Direction::Ingress,
        protocol: Some("tcp".to_string()),
        ports: Some((80, 80)),
        cidr: Some("0.0.0.0/0".to_string()),
        ..Rule::default()
    }
}

/// The addresses of a service that the cloud keeps a list of.
fn of_a_list() -> Rule {
    Rule { cidr: Some("pl-63a5400a".to_string()), ..rule() }
}

async fn associate(cloud: &dyn Cloud, words: &[String]) -> Result<()> {
    let (server, ip) = (machine(&words[0], &words[0]), address(cloud, &words[1]).await?);
    cloud.associate_ip(&server, &ip).await
}

async fn forward(cloud: &dyn Cloud, words: &[String]) -> Result<()> {
    let (server, ip) = (machine(&words[0], &words[0]), address(cloud, &words[1]).await?);
    let request = json!({ "publicport": 8080, "privateport": 80, "protocol": "tcp" });
    cloud.forward_ip(&server, &ip, &request).await
}

fn port_in(network: &str) -> PortSpec {
    PortSpec { name: "p".to_string(), network: network.to_string(), ..PortSpec::default() }
}

async fn associate_port(cloud: &dyn Cloud, words: &[String]) -> Result<()> {
    let nobodys = || Port {
        id: words[0].clone(),
        name: String::new(),
        status: "DOWN".to_string(),
        network: None,
        ips: Vec::new(),
        mac: None,
        server: None,
        security_groups: Vec::new(),
        cloud: cloud.name().clone(),
        raw: Arc::new(json!({})),
    };
    let port = cloud.port(&words[0]).await.ok().flatten().unwrap_or_else(nobodys);
    cloud.associate_port(&port, &address(cloud, &words[1]).await?).await
}

async fn disassociate(cloud: &dyn Cloud, words: &[String]) -> Result<()> {
    cloud.disassociate_ip(&address(cloud, &words[0]).await?).await
}

/// An address as the cloud describes it; where it describes none, one that nobody has.
async fn address(cloud: &dyn Cloud, id: &str) -> Result<PublicIp> {
    let free = || PublicIp {
        id: id.to_string(),
        address: "192.0.2.1".to_string(),
        server: None,
        port: None,
        fixed_ip: None,
        pool: None,
        association: None,
        cloud: cloud.name().clone(),
        raw: Arc::default(),
    };
    match cloud.public_ip(id).await {
        Err(error) if error.kind == Kind::Unsupported => Ok(free()),
        found => Ok(found?.unwrap_or_else(free)),
    }
}

/// Every operation.
pub const CALLS: &[Call] = calls! {
    "whoami", "()", |c, w| c.whoami();
    "catalog", "()", |c, w| c.catalog();
    "limits", "()", |c, w| c.limits();
    "limits(project)", "whoami().project", |c, w| c.limits_of(&w[0]);
    "services", "()", |c, w| c.services();
    "zones", "()", |c, w| c.zones();
    "api", "()", |c, w| c.api(&RestCall::new("compute", "GET", "/servers"));
    "api(service, action, params)", "()", |c, w| c.query(native(c).0, native(c).1, &json!({}));
    "servers", "()", |c, w| c.servers(&Filter::default());
    "servers(all_projects)", "()", |c, w| c.servers(&Filter { all_projects: true, ..Filter::default() });
    "server", r#"server("web").id"#, |c, w| there(c.server(&w[0]));
    "boot", r#"image("cirros").id + " " + flavor("m1.tiny").id"#, |c, w| c.boot(&spec(&w));
    "boot(admin_pass)", r#"image("cirros").id + " " + flavor("m1.tiny").id"#, |c, w| c.boot(&BootSpec { admin_pass: Some(Secret::new("Secret-1234")), ..spec(&w) });
    "boot(config_drive)", r#"image("cirros").id + " " + flavor("m1.tiny").id"#, |c, w| c.boot(&BootSpec { config_drive: Some(true), ..spec(&w) });
    "boot(description)", r#"image("cirros").id + " " + flavor("m1.tiny").id"#, |c, w| c.boot(&BootSpec { description: Some("x".to_string()), ..spec(&w) });
    "boot(access_ipv4)", r#"image("cirros").id + " " + flavor("m1.tiny").id"#, |c, w| c.boot(&BootSpec { access_ipv4: Some("192.0.2.7".to_string()), ..spec(&w) });
    "boot(access_ipv6)", r#"image("cirros").id + " " + flavor("m1.tiny").id"#, |c, w| c.boot(&BootSpec { access_ipv6: Some("2001:db8::7".to_string()), ..spec(&w) });
    "boot(networks: \"none\")", r#"image("cirros").id + " " + flavor("m1.tiny").id"#, |c, w| c.boot(&BootSpec { networks: Nics::Absent, ..spec(&w) });
    "boot(networks: [port])", r#"image("cirros").id + " " + flavor("m1.tiny").id + " " + create_port("p", #{ network: "private" }).id"#, |c, w| c.boot(&BootSpec { networks: Nics::These(vec![Nic { port: Some(w[2].clone()), ..Nic::default() }]), ..spec(&w) });
    "boot(server_group)", r#"image("cirros").id + " " + flavor("m1.tiny").id + " " + create_server_group("g", "affinity").id"#, |c, w| c.boot(&BootSpec { server_group: Some(w[2].clone()), ..spec(&w) });
    "boot(root_disk: volume)", r#"image("cirros").id + " " + flavor("m1.tiny").id + " " + create_volume("root", 1, #{ image: "cirros" }).wait_ready().id"#, |c, w| c.boot(&BootSpec { image: None, root_disk: Some(RootDisk::Volume(w[2].clone())), ..spec(&w) });
    "boot(root_disk: snapshot)", r#"image("cirros").id + " " + flavor("m1.tiny").id + " " + snapshot(create_volume("root", 1, #{ image: "cirros" }).wait_ready(), "s").wait_ready().id"#, |c, w| c.boot(&BootSpec { image: None, root_disk: Some(RootDisk::Snapshot(w[2].clone())), ..spec(&w) });
    "update", r#"server("web").id"#, |c, w| c.update_server(&w[0], &ServerUpdate { name: Some("new".to_string()), ..ServerUpdate::default() });
    "update(description)", r#"server("web").id"#, |c, w| c.update_server(&w[0], &ServerUpdate { description: Some("new".to_string()), ..ServerUpdate::default() });
    "update(access_ipv4)", r#"server("web").id"#, |c, w| c.update_server(&w[0], &ServerUpdate { access_ipv4: Some("192.0.2.7".to_string()), ..ServerUpdate::default() });
    "update(access_ipv6)", r#"server("web").id"#, |c, w| c.update_server(&w[0], &ServerUpdate { access_ipv6: Some("2001:db8::7".to_string()), ..ServerUpdate::default() });
    "start", r#"stop("web").wait_status("SHUTOFF").id"#, |c, w| c.act(&w[0], &Action::Start);
    "stop", r#"server("web").id"#, |c, w| c.act(&w[0], &Action::Stop { force: false });
    "reboot", r#"server("web").id"#, |c, w| c.act(&w[0], &Action::Reboot { hard: false });
    "pause", r#"server("web").id"#, |c, w| c.act(&w[0], &Action::Pause);
    "unpause", r#"pause("web").wait_status("PAUSED").id"#, |c, w| c.act(&w[0], &Action::Unpause);
    "suspend", r#"server("web").id"#, |c, w| c.act(&w[0], &Action::Suspend);
    "resume", r#"suspend("web").wait_status("SUSPENDED").id"#, |c, w| c.act(&w[0], &Action::Resume);
    "shelve", r#"server("web").id"#, |c, w| c.act(&w[0], &Action::Shelve);
    "unshelve", r#"shelve("web").wait_status("SHELVED_OFFLOADED").id"#, |c, w| c.act(&w[0], &Action::Unshelve);
    "lock", r#"server("web").id"#, |c, w| c.act(&w[0], &Action::Lock);
    "unlock", r#"lock("web").id"#, |c, w| c.act(&w[0], &Action::Unlock);
    "rescue", r#"server("web").id"#, |c, w| c.act(&w[0], &Action::Rescue { image: None, admin_pass: None });
    "unrescue", r#"rescue("web").wait_status("RESCUE").id"#, |c, w| c.act(&w[0], &Action::Unrescue);
    "rebuild", r#"server("web").id + " " + image("cirros").id"#, |c, w| c.act(&w[0], &rebuild(RebuildSpec { image: w[1].clone(), ..RebuildSpec::default() }));
    "rebuild(admin_pass)", r#"server("web").id + " " + image("cirros").id"#, |c, w| c.act(&w[0], &rebuild(RebuildSpec { image: w[1].clone(), admin_pass: Some(Secret::new("Secret-1234")), ..RebuildSpec::default() }));
    "rebuild(user_data)", r#"server("web").id + " " + image("cirros").id"#, |c, w| c.act(&w[0], &rebuild(RebuildSpec { image: w[1].clone(), user_data: Some(b"#!/bin/sh".to_vec()), ..RebuildSpec::default() }));
    "rebuild(files)", r#"server("web").id + " " + image("cirros").id"#, |c, w| c.act(&w[0], &rebuild(RebuildSpec { image: w[1].clone(), files: vec![("/etc/motd".to_string(), b"hi".to_vec())], ..RebuildSpec::default() }));
    "resize", r#"server("web").id + " " + flavor("m1.small").id"#, |c, w| c.act(&w[0], &Action::Resize { flavor: w[1].clone() });
    "confirm_resize", r#"resize("web", "m1.small").wait_ready().id"#, |c, w| c.act(&w[0], &Action::ConfirmResize);
    "revert_resize", r#"resize("web", "m1.small").wait_ready().id"#, |c, w| c.act(&w[0], &Action::RevertResize);
    "migrate", r#"server("web").id"#, |c, w| c.act(&w[0], &Action::Migrate { live: false, host: None });
    "migrate(live)", r#"server("web").id"#, |c, w| c.act(&w[0], &Action::Migrate { live: true, host: None });
    "set_password", r#"server("web").id"#, |c, w| c.act(&w[0], &Action::SetPassword(Secret::new("Secret-1234")));
    "add_security_group", r#"let g = create_security_group("g", "d"); server("web").id + " " + g.id"#, |c, w| c.act(&w[0], &Action::AddSecurityGroup(w[1].clone()));
    "remove_security_group", r#"let g = create_security_group("g", "d"); add_security_group("web", g).id + " " + g.id"#, |c, w| c.act(&w[0], &Action::RemoveSecurityGroup(w[1].clone()));
    "snapshot(server)", r#"server("web").id"#, |c, w| c.snapshot_server(&w[0], "shot", &BTreeMap::new(), true);
    "snapshot(provider)", r#"server("web").id"#, |c, w| c.snapshot_machine(&w[0], "shot", &json!({}));
    "console_log", r#"server("web").id"#, |c, w| c.console_log(&w[0], Some(10));
    "console_url", r#"server("web").id"#, |c, w| c.console_url(&w[0]);
    "console_screenshot", r#"server("web").id"#, |c, w| c.console_screenshot(&w[0]);
    "password_data", r#"server("web").id"#, |c, w| c.password_data(&w[0]);
    "delete(server)", r#"server("web").id"#, |c, w| gone(c.delete_server(&w[0], false));
    "meta", r#"server("web").id"#, |c, w| c.meta(&Holder::Server(w[0].clone()));
    "set_meta", r#"server("web").id"#, |c, w| c.set_meta(&Holder::Server(w[0].clone()), &item());
    "replace_meta", r#"server("web").id"#, |c, w| c.replace_meta(&Holder::Server(w[0].clone()), &item());
    "delete_meta", r#"set_meta("web", #{ a: "1" }).id"#, |c, w| c.delete_meta(&Holder::Server(w[0].clone()), "a");
    "add_tags", r#"server("web").id"#, |c, w| c.update_tags(&w[0], &TagChange::Add(vec!["nightly".to_string()]));
    "remove_tags", r#"add_tags("web", "nightly").id"#, |c, w| c.update_tags(&w[0], &TagChange::Remove(vec!["nightly".to_string()]));
    "replace_tags", r#"add_tags("web", "nightly").id"#, |c, w| c.update_tags(&w[0], &TagChange::Replace(vec!["weekly".to_string()]));
    "update(image)", r#"snapshot("web", "shot", #{ consistent: true }).wait_active().id"#, |c, w| c.update(Noun::Image, &w[0], &renamed());
    "update(security_group)", r#"create_security_group("g", "d").id"#, |c, w| c.update(Noun::SecurityGroup, &w[0], &renamed());
    "update(network)", r#"create_network("n", #{ cidr: "10.9.0.0/24" }).id"#, |c, w| c.update(Noun::Network, &w[0], &renamed());
    "update(subnet)", r#"let n = create_network("n", #{ cidr: "10.9.0.0/24" }); subnets(#{ network: n })[0].id"#, |c, w| c.update(Noun::Subnet, &w[0], &renamed());
    "update(router)", r#"create_router("r").id"#, |c, w| c.update(Noun::Router, &w[0], &renamed());
    "update(public_ip)", r#"allocate_ip().id"#, |c, w| c.update(Noun::PublicIp, &w[0], &Update { description: Some("new".to_string()), ..Update::default() });
    "update(volume)", r#"create_volume("v", 1).wait_ready().id"#, |c, w| c.update(Noun::Volume, &w[0], &renamed());
    "update(snapshot)", r#"snapshot(create_volume("v", 1).wait_ready(), "monday").wait_ready().id"#, |c, w| c.update(Noun::Snapshot, &w[0], &renamed());
    "update(backup)", r#"create_backup(create_volume("v", 1).wait_ready(), "b").wait_ready().id"#, |c, w| c.update(Noun::Backup, &w[0], &renamed());
    "images", "()", |c, w| c.images(&Filter::default());
    "images(all_projects)", "()", |c, w| c.images(&Filter { all_projects: true, ..Filter::default() });
    "image", r#"image("cirros").id"#, |c, w| there(c.image(&w[0]));
    "upload_image", "()", |c, w| c.upload_image(&of_bytes());
    "save_image", r#"if cloud().provider != "aws" { upload_image("tiny", #{ data: "bytes" }).id } else { image("cirros").id }"#, |c, w| c.save_image(&w[0], Arc::new(Nowhere));
    "share_image", r#"snapshot("web", "shot", #{ consistent: true }).wait_active().id + " " + if cloud().provider == "cloudstack" { "alt" } else { "123456789012" }"#, |c, w| c.share_image(&w[0], w.get(1).map_or("none", String::as_str));
    "unshare_image", r#"let to = if cloud().provider == "cloudstack" { "alt" } else { "123456789012" }; snapshot("web", "shot", #{ consistent: true }).wait_active().share_image(to).id + " " + to"#, |c, w| c.unshare_image(&w[0], w.get(1).map_or("none", String::as_str));
    "delete(image)", r#"snapshot("web", "shot", #{ consistent: true }).wait_active().id"#, |c, w| gone(c.delete_image(&w[0]));
    "flavors", "()", |c, w| c.flavors();
    "flavor", r#"flavor("m1.tiny").id"#, |c, w| there(c.flavor(&w[0]));
    "keypairs", "()", |c, w| c.keypairs(&Filter::default());
    "keypair", r#"create_keypair("k").id"#, |c, w| there(c.keypair(&w[0]));
    "create_keypair", "()", |c, w| c.create_keypair("k", None);
    "delete(keypair)", r#"create_keypair("k").id"#, |c, w| gone(c.delete_keypair(&w[0]));
    "security_groups", "()", |c, w| c.security_groups(&Filter::default());
    "security_groups(all_projects)", "()", |c, w| c.security_groups(&everybodys());
    "security_group", r#"create_security_group("g", "d").id"#, |c, w| there(c.security_group(&w[0]));
    "create_security_group", "()", |c, w| c.create_security_group("g", "d", None);
    "authorize", r#"create_security_group("g", "d").id"#, |c, w| c.authorize(&w[0], &rule());
    "authorize(prefix_list)", r#"create_security_group("g", "d").id"#, |c, w| c.authorize(&w[0], &of_a_list());
    "revoke", r#"let g = create_security_group("g", "d"); g.authorize("tcp", 80, 80, "0.0.0.0/0"); g.id"#, |c, w| c.revoke(&w[0], &rule());
    "delete(security_group)", r#"create_security_group("g", "d").id"#, |c, w| gone(c.delete_security_group(&w[0]));
    "networks", "()", |c, w| c.networks(&Filter::default());
    "networks(all_projects)", "()", |c, w| c.networks(&everybodys());
    "network", r#"networks()[0].id"#, |c, w| there(c.network(&w[0]));
    "create_network", "()", |c, w| c.create_network(&NetworkSpec { name: "n".to_string(), cidr: Some("10.9.0.0/24".to_string()), provider: None });
    "create_network(provider)", "()", |c, w| c.create_network(&NetworkSpec { name: "n".to_string(), cidr: Some("10.9.0.0/24".to_string()), provider: Some(json!({})) });
    "delete(network)", r#"create_network("n", #{ cidr: "10.9.0.0/24" }).id"#, |c, w| gone(c.delete_network(&w[0]));
    "subnets", "()", |c, w| c.subnets(&Filter::default());
    "subnets(all_projects)", "()", |c, w| c.subnets(&everybodys());
    "subnet", r#"subnets()[0].id"#, |c, w| there(c.subnet(&w[0]));
    "delete(subnet)", r#"let n = create_network("n", #{ cidr: "10.9.0.0/24" }); subnets(#{ network: n })[0].id"#, |c, w| gone(c.delete_subnet(&w[0]));
    "routers", "()", |c, w| c.routers(&Filter::default());
    "routers(all_projects)", "()", |c, w| c.routers(&everybodys());
    "router", r#"create_router("r").id"#, |c, w| there(c.router(&w[0]));
    "create_router", "()", |c, w| c.create_router(&RouterSpec { name: "r".to_string(), ..RouterSpec::default() });
    "delete(router)", r#"create_router("r").id"#, |c, w| gone(c.delete_router(&w[0]));
    "public_ips", "()", |c, w| c.public_ips(&Filter::default());
    "public_ips(all_projects)", "()", |c, w| c.public_ips(&everybodys());
    "public_ip", r#"allocate_ip().id"#, |c, w| there(c.public_ip(&w[0]));
    "allocate_ip", "()", |c, w| c.allocate_ip(None);
    "associate_ip", r#"server("web").id + " " + allocate_ip().id"#, |c, w| associate(c, &w);
    "associate_ip(port)", r#"ports(#{ server: "web" })[0].id + " " + allocate_ip().id"#, |c, w| associate_port(c, &w);
    "associate_ip(provider)", r#"server("web").id + " " + allocate_ip().id"#, |c, w| forward(c, &w);
    "disassociate_ip", r#"let ip = allocate_ip(); associate_ip("web", ip); ip.id"#, |c, w| disassociate(c, &w);
    "release_ip", r#"allocate_ip().id"#, |c, w| gone(c.release_ip(&w[0]));
    "ports", "()", |c, w| c.ports(&Filter::default());
    "ports(all_projects)", "()", |c, w| c.ports(&everybodys());
    "port", r#"create_port("p", #{ network: "private" }).id"#, |c, w| there(c.port(&w[0]));
    "create_port", r#"network("private").id"#, |c, w| c.create_port(&port_in(&w[0]));
    "create_port(allowed_address_pairs)", r#"network("private").id"#, |c, w| c.create_port(&PortSpec { allowed_address_pairs: vec![AddressPair { ip: "10.99.0.0/16".to_string(), mac: None }], ..port_in(&w[0]) });
    "create_port(provider)", r#"network("private").id"#, |c, w| c.create_port(&PortSpec { provider: Some(json!({})), ..port_in(&w[0]) });
    "update(port)", r#"create_port("p", #{ network: "private" }).id"#, |c, w| c.update_port(&w[0], &NameUpdate { name: Some("q".to_string()), description: Some("d".to_string()) });
    "delete(port)", r#"create_port("p", #{ network: "private" }).id"#, |c, w| gone(c.delete_port(&w[0]));
    "server_groups", "()", |c, w| c.server_groups(&Filter::default());
    "server_groups(all_projects)", "()", |c, w| c.server_groups(&everybodys());
    "server_group", r#"create_server_group("g", "affinity").id"#, |c, w| there(c.server_group(&w[0]));
    "create_server_group", "()", |c, w| c.create_server_group("g", "affinity");
    "delete(server_group)", r#"create_server_group("g", "affinity").id"#, |c, w| gone(c.delete_server_group(&w[0]));
    "volumes", "()", |c, w| c.volumes(&Filter::default());
    "volumes(all_projects)", "()", |c, w| c.volumes(&everybodys());
    "volume", r#"create_volume("v", 1).wait_ready().id"#, |c, w| there(c.volume(&w[0]));
    "create_volume", "()", |c, w| c.create_volume(&VolumeSpec { name: "v".to_string(), size: 1, ..VolumeSpec::default() });
    "extend", r#"create_volume("v", 1).wait_ready().id"#, |c, w| c.extend(&w[0], 2);
    "attach", r#"server("web").id + " " + create_volume("v", 1).wait_ready().id"#, |c, w| c.attach(&w[0], &w[1], None);
    "detach", r#"let v = create_volume("v", 1).wait_ready(); attach("web", v); v.wait_status("IN-USE"); server("web").id + " " + v.id"#, |c, w| c.detach(&w[0], &w[1]);
    "delete(volume)", r#"create_volume("v", 1).wait_ready().id"#, |c, w| gone(c.delete_volume(&w[0]));
    "snapshots", "()", |c, w| c.snapshots(&Filter::default());
    "snapshots(all_projects)", "()", |c, w| c.snapshots(&everybodys());
    "snapshot", r#"let v = create_volume("v", 1).wait_ready(); snapshot(v, "monday").wait_ready().id"#, |c, w| there(c.snapshot(&w[0]));
    "snapshot(volume)", r#"create_volume("v", 1).wait_ready().id"#, |c, w| c.snapshot_volume(&w[0], "monday", &BTreeMap::new());
    "delete(snapshot)", r#"let v = create_volume("v", 1).wait_ready(); snapshot(v, "monday").wait_ready().id"#, |c, w| gone(c.delete_snapshot(&w[0]));
    "backups", "()", |c, w| c.backups(&Filter::default());
    "backups(all_projects)", "()", |c, w| c.backups(&everybodys());
    "backup", r#"create_backup(create_volume("v", 1).wait_ready(), "b").id"#, |c, w| there(c.backup(&w[0]));
    "create_backup", r#"create_volume("v", 1).wait_ready().id"#, |c, w| c.create_backup(&w[0], "b");
    "restore_backup", r#"create_backup(create_volume("v", 1).wait_ready(), "b").wait_ready().id"#, |c, w| c.restore_backup(&w[0], None);
    "restore_backup(volume)", r#"let v = create_volume("v", 1).wait_ready(); let b = create_backup(v, "b").wait_ready(); v.wait_ready(); b.id + " " + v.id"#, |c, w| c.restore_backup(&w[0], Some(w.get(1).map_or("none", String::as_str)));
    "delete(backup)", r#"create_backup(create_volume("v", 1).wait_ready(), "b").wait_ready().id"#, |c, w| gone(c.delete_backup(&w[0]));
    "stacks", "()", |c, w| c.stacks(&Filter::default());
    "stacks(all_projects)", "()", |c, w| c.stacks(&everybodys());
    "stack", app!("s.id"), |c, w| there(c.stack(&w[0]));
    "create_stack", SERVICE, |c, w| c.create_stack(&of_stack(template(&w[0])));
    "update_stack", app!("s.id"), |c, w| c.update_stack(&w[0], &of_stack(None));
    "preview_stack", SERVICE, |c, w| c.preview_stack(None, &of_stack(template(&w[0])));
    "validate_template", SERVICE, |c, w| c.validate_template(&of_stack(template(&w[0])));
    "suspend(stack)", app!("s.id"), |c, w| c.act_on_stack(&w[0], &StackAction::Suspend);
    "resume(stack)", app!(r#"s.suspend().wait_status("SUSPEND_COMPLETE").id"#), |c, w| c.act_on_stack(&w[0], &StackAction::Resume);
    "check_stack", app!("s.id"), |c, w| c.act_on_stack(&w[0], &StackAction::Check);
    "restore_stack", app!(r#"let p = s.snapshot("before"); s.wait_ready(); s.id + " " + p.id"#), |c, w| c.act_on_stack(&w[0], &StackAction::Restore(w[1].clone()));
    "cancel_update", app!("s.update_stack(#{ template: slow }); s.id"), |c, w| c.act_on_stack(&w[0], &StackAction::CancelUpdate);
    "rollback_stack", app!("s.update_stack(#{ template: slow }); s.id"), |c, w| c.act_on_stack(&w[0], &StackAction::Rollback);
    "snapshot(stack)", app!("s.id"), |c, w| c.snapshot_stack(&w[0], "before");
    "stack_drift", app!("s.id"), |c, w| c.stack_drift(&w[0]);
    "stack_resources", app!("s.id"), |c, w| c.stack_resources(&w[0]);
    "stack_events", app!("s.id"), |c, w| c.stack_events(&w[0]);
    "stack_template", app!("s.id"), |c, w| c.stack_template(&w[0]);
    "delete(stack)", app!("s.id"), |c, w| there(c.delete_stack(&w[0], &StackDeletion::default()));
    // What could not be deleted may be kept: a server is in the group.
    "delete(stack, retain)", app!(r#"boot("user", #{ image: "cirros", flavor: "m1.tiny", security_groups: [security_group(s.outputs.A)] }).wait_active(); try { s.delete().wait_deleted(); } catch (e) {} s.id"#), |c, w| there(c.delete_stack(&w[0], &StackDeletion { retain: vec!["A".to_string()], force: false }));
    "ec2_credentials", "()", |c, w| c.ec2_credentials();
    "create_ec2_credential", "()", |c, w| c.create_ec2_credential();
};
