//! New machines.

use serde_json::json;

use super::view::Parts;
use super::{instance_name, told};
use crate::cloudstack::call::{Command, Told, does};
use crate::cloudstack::people::Account;
use crate::cloudstack::plan::{Plan, Wait};
use crate::cloudstack::refused::{Outcome, Refused};
use crate::cloudstack::scope::Cloud;
use crate::cloudstack::state::Machine;
use crate::cloudstack::zone::Zone;
use crate::world::{
    BootSpec, Disk, Flavor, Image, NetworkChoice, Pairs, Plug, Source, State, fresh_id, fresh_secret,
};

pub(in crate::cloudstack) static COMMANDS: &[Command] =
    &[does("cloudstack.deployVirtualMachine", TAKES, deploy)];

const TAKES: &[&str] = &[
    "account",
    "affinitygroupids",
    "affinitygroupnames",
    "bootmode",
    "boottype",
    "details",
    "diskofferingid",
    "displayname",
    "displayvm",
    "domainid",
    "dynamicscalingenabled",
    "hypervisor",
    "ipaddress",
    "iptonetworklist",
    "keypair",
    "keypairs",
    "name",
    "networkids",
    "password",
    "projectid",
    "rootdisksize",
    "securitygroupids",
    "securitygroupnames",
    "serviceofferingid",
    "size",
    "startvm",
    "templateid",
    "userdata",
    "zoneid",
    "hostid",
];

fn deploy(cloud: &mut Cloud<'_>) -> Outcome<Told> {
    cloud.data_is_one()?;
    let name = cloud.params.get("name").map(str::to_owned);
    if let Some(name) = &name {
        host_name(name)?;
    }
    let (flavor, image) = (cloud.flavor("serviceofferingid")?, cloud.image("templateid")?);
    let (zone, owner) = (cloud.zone("zoneid")?, cloud.owner()?);
    cloud.is_ready(&image, &zone)?;
    let keys = cloud.keys_named(&owner)?;
    let (flavor, speed) = cloud.sized(&flavor, cloud.params)?;
    let plugs = cloud.plugs(&zone, &owner)?;
    let given = name.is_some();
    let name = name.unwrap_or_else(|| format!("VM-{}", fresh_id()));
    cloud.name_is_free(&name, &plugs, None)?;
    let groups = if zone.groups { cloud.groups_named(&owner)? } else { Vec::new() };
    cloud.room_for(&owner, "user_vm", 1)?;
    let affinity = cloud.affinity_named(&owner)?;
    let root = cloud.root_gib(&flavor, &image)?;
    let data = cloud.data_disk(&image)?;
    let spec = spec(cloud, &name, &flavor, &image, plugs, groups, [Some(root), data]);
    let spec = BootSpec { key_name: keys.first().map(|key| key.0.clone()), ..spec };
    let at = boot(cloud, &spec, &flavor, &owner)?;
    let id = cloud.world.servers[at].id.clone();
    let name = if given { name } else { format!("VM-{id}") };
    cloud.world.servers[at].name.clone_from(&name);
    cloud.world.servers[at].hostname.clone_from(&name);
    note(cloud, &id, &zone, &image, &keys, Machine { speed, affinity, ..Machine::default() });
    cloud.name_disks(at);
    cloud.keep_nics(at);
    let starts = cloud.params.flag("startvm").unwrap_or(true);
    if !starts {
        cloud.world.reset(at, State::Stopped);
    }
    let job = start(cloud, &id, starts);
    Ok(Told::from(json!({"id": id, "jobid": job})).about(&id, &name))
}

/// Boots it in the world, with the size that was chosen.
fn boot(cloud: &mut Cloud<'_>, spec: &BootSpec, flavor: &Flavor, owner: &Account) -> Outcome<usize> {
    // For a moment there is a flavor of just this size.
    let size = Flavor { id: fresh_id(), public: false, ..flavor.clone() };
    let spec = BootSpec { flavor: size.id.clone(), ..spec.clone() };
    cloud.world.flavors.push(size.clone());
    let asker = cloud.asker(owner);
    cloud.world.fault_settings.apart = true;
    let made = cloud.world.boot(&spec, &asker);
    cloud.world.flavors.retain(|other| other.id != size.id);
    cloud.world.fault_settings.apart = false;
    let at = made.map_err(|refusal| cloud.refusal(&refusal, owner))?.first().copied();
    let at = at.ok_or_else(|| Refused::internal("No machine was made"))?;
    cloud.world.servers[at].flavor = flavor.clone();
    let number = cloud.world.servers[at].number;
    cloud.world.servers[at].apart = Some(vec![("Name".to_owned(), format!("ROOT-{number}"))]);
    cloud.world.make_disks(at).map_err(Refused::internal)?;
    Ok(at)
}

fn spec(
    cloud: &Cloud<'_>,
    name: &str,
    flavor: &Flavor,
    image: &Image,
    plugs: Vec<Plug>,
    groups: Vec<String>,
    sizes: [Option<i64>; 2],
) -> BootSpec {
    let disk = |gib: i64, root: bool| Disk {
        source: if root { Source::Image(image.id.clone()) } else { Source::Blank },
        size_gib: Some(gib),
        kind: None,
        device: None,
        root,
        goes: root,
        tag: None,
    };
    let [root, data] = sizes;
    BootSpec {
        name: name.to_owned(),
        hostname: Some(name.to_owned()),
        description: None,
        image: Some(image.id.clone()),
        flavor: flavor.id.clone(),
        min: 1,
        max: 1,
        metadata: Pairs::new(),
        tags: Vec::new(),
        files: Vec::new(),
        key_name: None,
        user_data: cloud.params.get("userdata").map(str::to_owned),
        config_drive: false,
        auto_disk: true,
        disks: root.map(|gib| disk(gib, true)).into_iter().chain(data.map(|gib| disk(gib, false))).collect(),
        password: None,
        networks: if plugs.is_empty() { NetworkChoice::None } else { NetworkChoice::These(plugs) },
        groups,
        zone: None,
        access_v4: String::new(),
        access_v6: String::new(),
        certificates: None,
        hints: None,
        group: None,
    }
}

/// Keeps what the world has no place for.
fn note(
    cloud: &mut Cloud<'_>,
    id: &str,
    zone: &Zone,
    image: &Image,
    keys: &[(String, String)],
    own: Machine,
) {
    let params = cloud.params;
    let sizes = ["cpunumber", "cpuspeed", "memory"];
    let mut details = params.named("details");
    if own.speed.is_none() {
        details.retain(|pair| !sizes.contains(&pair.0.to_lowercase().as_str()));
    }
    if !keys.is_empty() {
        let join = |texts: Vec<&str>, by: &str| texts.join(by);
        details
            .push(("SSH.PublicKey".to_owned(), join(keys.iter().map(|key| key.1.as_str()).collect(), "\n")));
        details.push((
            "SSH.KeyPairNames".to_owned(),
            join(keys.iter().map(|key| key.0.as_str()).collect(), ","),
        ));
    }
    let template = cloud.template_note(image);
    let given = params.get("password").map(str::to_owned);
    let host = zone.hosts.iter().position(|host| Some(host.as_str()) == params.get("hostid"));
    let machine = Machine {
        display: Some(params.get("displayname").or(params.get("name")).unwrap_or_default().to_owned())
            .filter(|text| !text.is_empty()),
        zone: zone.id.clone(),
        details,
        user_data: params.get("userdata").map(str::to_owned),
        person: cloud.caller.person.clone(),
        dynamic: template.dynamic && params.flag("dynamicscalingenabled").unwrap_or(false),
        password: template.password.then(|| given.unwrap_or_else(|| fresh_secret(8))),
        display_vm: params.flag("displayvm"),
        boot: params
            .get("boottype")
            .map(|kind| (params.get("bootmode").unwrap_or("LEGACY").to_lowercase(), kind.to_owned())),
        host: host.unwrap_or(0),
        ..own
    };
    *cloud.note(id) = machine;
}

/// The job that brings it up.
fn start(cloud: &mut Cloud<'_>, id: &str, starts: bool) -> String {
    let own = id.to_owned();
    let mut plan = Plan::after(100, move |cloud| {
        let Some(at) = cloud.world.server_at(&own) else {
            return Err(Refused::internal("The machine was removed while it was deployed"));
        };
        let server = &cloud.world.servers[at];
        if server.state == State::Error {
            let account = cloud.ledger.account_of(&server.project).map_or(2, |account| account.number);
            let why = server.failure.as_ref().map(|failure| failure.message.clone()).unwrap_or_default();
            cloud.note(&own).changed = Some(cloud.world.now());
            let server = &cloud.world.servers[at];
            return Err(unplaced(&why, server, account));
        }
        for network in server.ports.iter().map(|port| port.network.clone()).collect::<Vec<_>>() {
            cloud.bring_up(&network);
        }
        let mut view = cloud.machine_view(at, &Parts::all());
        if let Some(word) = cloud.note(&own).password.take() {
            view["password"] = json!(word);
        }
        Ok(json!({"virtualmachine": view}))
    });
    plan.inherits = true;
    let wait = if starts { Wait::Server(id.to_owned()) } else { plan.wait.clone() };
    cloud.start(plan.on("VirtualMachine", id).queued(id).waits(wait))
}

/// Why a machine could not be brought up.
fn unplaced(why: &str, server: &crate::world::Server, account: usize) -> Refused {
    if why.starts_with("No valid host") {
        let told = told(server, account, Some("Stopped"));
        return Refused::with(533, 9999, format!("No destination found for a deployment for {told}"));
    }
    let name = instance_name(server, account);
    let why = if why.is_empty() { String::new() } else { format!(": {why}") };
    Refused::internal(format!(
        "Unable to start a VM [{}] due to [Unable to create a deployment for VM instance {{\"instanceName\":\"{name}\"}}{why}].",
        server.id
    ))
}

/// Refuses what is no host name.
pub(super) fn host_name(name: &str) -> Outcome<()> {
    let letters = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    let ends = name.starts_with('-') || name.ends_with('-') || name.starts_with(|c: char| c.is_ascii_digit());
    if (1..=63).contains(&name.len()) && letters && !ends {
        return Ok(());
    }
    Err(Refused::param(
        "Unable to execute API command deployvirtualmachine due to invalid value. Invalid value provided for API arg: name - \
         it can contain ASCII letters 'a' through 'z', the digits '0' through '9', and the hyphen ('-'), must be between 1 \
         and 63 characters long, and can't start or end with \"-\" and can't start with digit",
    ))
}
