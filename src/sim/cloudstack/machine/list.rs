//! Machines as lists, and what is asked of one alone.

use serde_json::json;

use super::state;
use super::view::{PARTS, Parts};
use crate::cloudstack::call::{Command, Told, asks};
use crate::cloudstack::offering;
use crate::cloudstack::page::same;
use crate::cloudstack::refused::{Outcome, Refused};
use crate::cloudstack::scope::{Cloud, gone};
use crate::world::{Server, State};

pub(in crate::cloudstack) static COMMANDS: &[Command] = &[
    asks(
        "cloudstack.listVirtualMachines",
        &[
            "account",
            "accumulate",
            "affinitygroupid",
            "details",
            "displayvm",
            "domainid",
            "haenable",
            "hostid",
            "hypervisor",
            "id",
            "ids",
            "isrecursive",
            "keypair",
            "keyword",
            "listall",
            "name",
            "networkid",
            "page",
            "pagesize",
            "projectid",
            "securitygroupid",
            "serviceofferingid",
            "state",
            "tags",
            "templateid",
            "userdata",
            "userid",
            "zoneid",
            "forvirtualnetwork",
            "vpcid",
        ],
        list,
    ),
    asks("cloudstack.getVirtualMachineUserData", &["virtualmachineid"], user_data),
    asks("cloudstack.getVMPassword", &["id"], password),
];

fn parts(cloud: &Cloud<'_>) -> Outcome<Parts> {
    let words = cloud.params.list("details");
    if words.iter().any(|word| !PARTS.contains(&word.as_str())) {
        return Err(Refused::value(format!(
            "The details parameter contains a non permitted value. The allowed values are [{}]",
            PARTS.join(", ")
        )));
    }
    Ok(if words.is_empty() { Parts::all() } else { Parts::new(words) })
}

/// Whether a list of the caller's shows a machine at all.
fn seen(cloud: &Cloud<'_>, server: &Server) -> bool {
    let own = cloud.machine(server);
    let hidden = own.destroyed.is_some()
        && !cloud.caller.admin()
        && cloud.ledger.setting("allow.user.view.destroyed.vm", "false") != "true";
    server.state != State::Deleted && !hidden
}

fn list(cloud: &mut Cloud<'_>) -> Outcome<Told> {
    let (reach, parts) = (cloud.reach()?, parts(cloud)?);
    let asked = cloud.params.get("id");
    let number: Option<u64> = asked.and_then(|id| id.parse().ok());
    if let Some(id) = asked {
        let is = |server: &&Server| server.id == id || number == Some(server.number);
        let known = cloud.world.servers.iter().find(is);
        match (known, number) {
            (Some(_), _) => {}
            (None, Some(number)) => return Err(gone("VirtualMachine", number)),
            (None, None) => return Err(cloud.params.unknown("id", id)),
        }
    }
    let mut rows = Vec::new();
    for at in 0..cloud.world.servers.len() {
        let server = &cloud.world.servers[at];
        let by_number = number == Some(server.number);
        let wanted = by_number || cloud.wanted(&server.id);
        if seen(cloud, server) && reach.covers(&server.project) && wanted && fits(cloud, server)? {
            rows.push(cloud.machine_view(at, &parts));
        }
    }
    cloud.listed("virtualmachine", rows)
}

fn fits(cloud: &Cloud<'_>, server: &Server) -> Outcome<bool> {
    let own = cloud.machine(server);
    let is = |name: &str, own: &str| cloud.params.get(name).is_none_or(|wanted| same(wanted, own));
    let display = own.display.as_deref().unwrap_or(&server.name);
    let shown = state(server, &own);
    let wanted = cloud.params.get("state").is_none_or(|word| match word.to_lowercase().as_str() {
        // All that are there, in the server's own word.
        "present" => !matches!(shown, "Destroyed" | "Expunging"),
        other => same(shown, other),
    });
    let groups = || cloud.world.groups_of(server).iter().map(|group| group.id.clone()).collect::<Vec<_>>();
    let keys = own.details.iter().find(|pair| pair.0 == "SSH.KeyPairNames").map_or("", |pair| &pair.1);
    Ok(cloud.named(&server.name, &[display])
        && wanted
        && is("zoneid", &cloud.zone_of(&own.zone).id)
        && is("templateid", server.image.as_deref().unwrap_or_default())
        && is("serviceofferingid", &offering::id_of(&server.flavor))
        && is("hypervisor", "Simulator")
        && cloud.params.get("userid").is_none_or(|id| own.person == id)
        && cloud.params.get("keypair").is_none_or(|name| keys.split(',').any(|own| own == name))
        && cloud.params.get("networkid").is_none_or(|id| server.ports.iter().any(|port| port.network == id))
        && cloud.params.get("securitygroupid").is_none_or(|id| groups().iter().any(|own| own == id))
        && cloud.params.get("affinitygroupid").is_none_or(|id| own.affinity.iter().any(|own| own == id))
        && cloud
            .params
            .get("hostid")
            .is_none_or(|id| cloud.zone_of(&own.zone).hosts.get(own.host).is_some_and(|own| own == id))
        && cloud.params.get("vpcid").is_none_or(|id| {
            let note = |port: &crate::world::Port| cloud.ledger.networks.get(&port.network)?.vpc.clone();
            server.ports.iter().filter_map(note).any(|own| own == id)
        })
        && cloud.tagged("UserVm", &server.id)?)
}

fn user_data(cloud: &mut Cloud<'_>) -> Outcome<Told> {
    let at = cloud.server("virtualmachineid")?;
    let server = &cloud.world.servers[at];
    let mut told = json!({"virtualmachineid": server.id});
    if let Some(text) = cloud.machine(server).user_data.or_else(|| server.user_data.clone()) {
        told["userdata"] = json!(text);
    }
    Ok(json!({"virtualmachineuserdata": told}).into())
}

/// A password can be had encrypted with the machine's key pair; these machines have none to encrypt it with.
fn password(cloud: &mut Cloud<'_>) -> Outcome<Told> {
    let at = cloud.server("id")?;
    let server = &cloud.world.servers[at];
    let account = cloud.ledger.account_of(&server.project).map_or(2, |account| account.number);
    let told = super::told(server, account, Some(state(server, &cloud.machine(server))));
    Err(Refused::value(format!(
        "No password found for VM [{told}]. When the VM's SSH keypair is changed, the current encrypted password is removed \
         due to inconsistency in the encryption, as the new SSH keypair is different from which the password was encrypted. \
         To get a new password, it must be reseted."
    )))
}
