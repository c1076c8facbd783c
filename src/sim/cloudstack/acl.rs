//! Lists of what the tiers of a VPC let through.

use serde_json::{Value, json};

use super::call::{Command, Told, asks, does};
use super::ids::shown;
use super::plan::Plan;
use super::refused::{Outcome, Refused};
use super::scope::Cloud;
use super::volume::begun;
use super::vpc::LIST;
use crate::world::fresh_id;

pub(super) static COMMANDS: &[Command] = &[
    does("cloudstack.createNetworkACLList", &["description", "name", "vpcid"], create_list),
    does("cloudstack.deleteNetworkACLList", &["id"], delete_list),
    does("cloudstack.replaceNetworkACLList", &["aclid", "networkid"], replace),
    asks("cloudstack.listNetworkACLLists", LIST, lists),
    does(
        "cloudstack.createNetworkACL",
        &[
            "aclid",
            "action",
            "cidrlist",
            "endport",
            "icmpcode",
            "icmptype",
            "networkid",
            "number",
            "protocol",
            "reason",
            "startport",
            "traffictype",
        ],
        create_rule,
    ),
    does("cloudstack.deleteNetworkACL", &["id"], delete_rule),
    asks("cloudstack.listNetworkACLs", LIST, rules),
];

/// A list of what a tier lets through.
#[derive(Debug, Clone)]
pub(super) struct AclList {
    id: String,
    name: String,
    description: String,
    pub(super) vpc: String,
    rules: Vec<Value>,
}

impl Cloud<'_> {
    fn acl(&self, name: &str) -> Outcome<usize> {
        let id = self.params.need(name)?;
        let place = self.ledger.acls.iter().position(|list| list.id == id);
        place.ok_or_else(|| self.params.unknown(name, id))
    }
}

fn list_view(list: &AclList) -> Value {
    json!({"id": list.id, "name": list.name, "description": list.description, "vpcid": list.vpc, "fordisplay": true})
}

/// The lists that are always there.
fn defaults() -> [Value; 2] {
    [("default_deny", "Default Network ACL Deny All"), ("default_allow", "Default Network ACL Allow All")].map(|(name, text)| {
        json!({"id": shown("acl", name), "name": name, "description": text, "fordisplay": true})
    })
}

fn create_list(cloud: &mut Cloud<'_>) -> Outcome<Told> {
    let vpc = cloud.vpc("vpcid")?;
    let name = cloud.params.need("name")?.to_owned();
    let description = cloud.params.get("description").unwrap_or(&name).to_owned();
    let list = AclList { id: fresh_id(), name: name.clone(), description, vpc: vpc.id, rules: Vec::new() };
    let id = list.id.clone();
    let view = list_view(&list);
    cloud.ledger.acls.push(list);
    let plan = Plan::after(300, move |_| Ok(json!({"networkacllist": view})));
    let job = cloud.start(plan.on("NetworkAcl", &id));
    Ok(begun(&id, &name, &job))
}

fn delete_list(cloud: &mut Cloud<'_>) -> Outcome<Told> {
    let place = cloud.acl("id")?;
    let list = cloud.ledger.acls[place].clone();
    let own = list.id.clone();
    let plan = Plan::after(300, move |cloud| {
        if cloud.ledger.networks.values().any(|note| note.acl.as_ref() == Some(&own)) {
            return Err(Refused::internal("ACL is still associated with one or more tiers"));
        }
        cloud.ledger.acls.retain(|list| list.id != own);
        Ok(json!({"success": true}))
    });
    Ok(cloud.job(plan).about(&list.id, &list.name))
}

fn replace(cloud: &mut Cloud<'_>) -> Outcome<Told> {
    let network = cloud.network_named("networkid", cloud.params.need("networkid")?)?;
    let id = cloud.params.need("aclid")?.to_owned();
    let known = defaults().iter().any(|list| list["id"] == json!(id))
        || cloud.ledger.acls.iter().any(|list| list.id == id);
    known.then_some(()).ok_or_else(|| cloud.params.unknown("aclid", &id))?;
    let own = network.id.clone();
    let plan = Plan::after(400, move |cloud| {
        cloud.ledger.networks.entry(own).or_default().acl = Some(id);
        Ok(json!({"success": true}))
    });
    Ok(cloud.job(plan).about(&network.id, &network.name))
}

fn lists(cloud: &mut Cloud<'_>) -> Outcome<Told> {
    let of = |list: &&AclList| cloud.params.get("vpcid").is_none_or(|id| id == list.vpc);
    let own = cloud.ledger.acls.iter().filter(of).map(list_view);
    let fits = |view: &Value| {
        let text = |name: &str| view[name].as_str().unwrap_or_default().to_owned();
        cloud.wanted(&text("id")) && cloud.named(&text("name"), &[])
    };
    let rows = defaults().into_iter().chain(own).filter(fits).collect();
    cloud.listed("networkacllist", rows)
}

fn create_rule(cloud: &mut Cloud<'_>) -> Outcome<Told> {
    let place = cloud.acl("aclid")?;
    let protocol = cloud.params.need("protocol")?.to_lowercase();
    let text = |name: &str, default: &str| cloud.params.get(name).unwrap_or(default).to_owned();
    let (id, cidrs) = (fresh_id(), text("cidrlist", "0.0.0.0/0"));
    let list = &cloud.ledger.acls[place];
    let number = cloud.params.number("number")?.unwrap_or(i64::try_from(list.rules.len()).unwrap_or(0) + 1);
    if list.rules.iter().any(|rule| rule["number"] == json!(number)) {
        return Err(Refused::value(format!(
            "ACL item with number {number} already exists in ACL: {}",
            list.id
        )));
    }
    let mut rule = json!({
        "id": id,
        "protocol": protocol,
        "traffictype": text("traffictype", "Ingress"),
        "state": "Active",
        "cidrlist": cidrs,
        "tags": [],
        "aclid": list.id,
        "aclname": list.name,
        "number": number,
        "action": text("action", "allow"),
        "fordisplay": true,
    });
    for name in ["startport", "endport"] {
        if let Some(port) = cloud.params.number(name)? {
            rule[name] = json!(port.to_string());
        }
    }
    for name in ["icmptype", "icmpcode"] {
        if let Some(number) = cloud.params.number(name)? {
            rule[name] = json!(number);
        }
    }
    cloud.ledger.acls[place].rules.push(rule.clone());
    let plan = Plan::after(300, move |_| Ok(json!({"networkacl": rule})));
    let job = cloud.start(plan.on("NetworkAcl", &id));
    Ok(begun(&id, "", &job))
}

fn delete_rule(cloud: &mut Cloud<'_>) -> Outcome<Told> {
    let id = cloud.params.need("id")?.to_owned();
    let known = cloud.ledger.acls.iter().any(|list| list.rules.iter().any(|rule| rule["id"] == json!(id)));
    known.then_some(()).ok_or_else(|| cloud.params.unknown("id", &id))?;
    let own = id.clone();
    let plan = Plan::after(300, move |cloud| {
        cloud.ledger.acls.iter_mut().for_each(|list| list.rules.retain(|rule| rule["id"] != json!(own)));
        Ok(json!({"success": true}))
    });
    Ok(cloud.job(plan).about(&id, ""))
}

fn rules(cloud: &mut Cloud<'_>) -> Outcome<Told> {
    let acl = match cloud.params.get("networkid") {
        Some(id) => cloud.ledger.networks.get(id).and_then(|note| note.acl.clone()),
        None => cloud.params.get("aclid").map(str::to_owned),
    };
    let lists = cloud.ledger.acls.iter().filter(|list| acl.as_ref().is_none_or(|id| *id == list.id));
    let rows = lists.flat_map(|list| list.rules.clone()).collect();
    cloud.listed("networkacl", rows)
}
