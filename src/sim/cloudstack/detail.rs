//! Details of things, one by one: names and values that only administrators set so.

use serde_json::{Value, json};

use super::call::{Command, Told, asks, does};
use super::plan::Plan;
use super::refused::{Outcome, Refused};
use super::scope::Cloud;
use crate::world::{Pairs, put};

pub(super) static COMMANDS: &[Command] = &[
    does("cloudstack.addResourceDetail", &["details", "fordisplay", "resourceid", "resourcetype"], add)
        .admin(),
    does("cloudstack.removeResourceDetail", &["key", "resourceid", "resourcetype"], remove).admin(),
    asks(
        "cloudstack.listResourceDetails",
        &[
            "account",
            "domainid",
            "fordisplay",
            "isrecursive",
            "key",
            "keyword",
            "listall",
            "page",
            "pagesize",
            "projectid",
            "resourceid",
            "resourcetype",
            "value",
        ],
        list,
    ),
];

impl Cloud<'_> {
    /// The details of a thing, to change them: a machine's are its own.
    fn details_of(&mut self, kind: &str, id: &str) -> Outcome<&mut Pairs> {
        if self.project_of(kind, id).is_none() {
            return Err(Refused::value(format!("Unable to find resource by uuid {id} and type {kind}")));
        }
        if kind == "UserVm" {
            return Ok(&mut self.note(id).details);
        }
        Ok(self.ledger.details.entry((kind.to_owned(), id.to_owned())).or_default())
    }
}

fn add(cloud: &mut Cloud<'_>) -> Outcome<Told> {
    let (kind, id) =
        (cloud.params.need("resourcetype")?.to_owned(), cloud.params.need("resourceid")?.to_owned());
    // Only the shape with a key and a value is one: the other fails inside, when the job runs.
    let details = cloud.params.keyed("details");
    let own = id.clone();
    let plan = Plan::after(300, move |cloud| {
        let details = details.map_err(|_| Refused::internal("Internal error while the details were read"))?;
        for (key, value) in details {
            put(cloud.details_of(&kind, &own)?, &key, &value);
        }
        Ok(json!({"success": true}))
    });
    Ok(cloud.job(plan).about(&id, ""))
}

fn remove(cloud: &mut Cloud<'_>) -> Outcome<Told> {
    let (kind, id) =
        (cloud.params.need("resourcetype")?.to_owned(), cloud.params.need("resourceid")?.to_owned());
    let key = cloud.params.get("key").map(str::to_owned);
    let own = id.clone();
    let plan = Plan::after(300, move |cloud| {
        cloud.details_of(&kind, &own)?.retain(|pair| key.as_ref().is_some_and(|key| pair.0 != *key));
        Ok(json!({"success": true}))
    });
    Ok(cloud.job(plan).about(&id, ""))
}

fn list(cloud: &mut Cloud<'_>) -> Outcome<Told> {
    let (kind, id) = (
        cloud.params.need("resourcetype")?.to_owned(),
        cloud.params.get("resourceid").unwrap_or_default().to_owned(),
    );
    let project = cloud.project_of(&kind, &id);
    let project = project
        .ok_or_else(|| Refused::value(format!("Unable to find resource by uuid {id} and type {kind}")))?;
    if !cloud.may(&project) {
        return Err(Cloud::forbidden());
    }
    let details = cloud.details_of(&kind, &id)?.clone();
    let wanted = |name: &str, own: &str| cloud.params.get(name).is_none_or(|word| word == own);
    let rows: Vec<Value> = details
        .iter()
        .filter(|(key, value)| wanted("key", key) && wanted("value", value))
        .map(|(key, value)| {
            json!({"resourceid": id, "resourcetype": kind, "key": key, "value": value, "fordisplay": true})
        })
        .collect();
    cloud.listed("resourcedetail", rows)
}
