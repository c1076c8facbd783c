//! What a machine that is destroyed and not expunged yet still holds: its name, its networks, its security groups, its volumes. Who
//! destroyed it does not see it any more, so that the refusals that come from it say so, with the way out.

use super::CloudStack;
use super::call::Call;
use super::decode::text;
use super::memory::Seen;
use super::server;
use crate::cloud::{Error, Kind};
use serde_json::Value as Json;

impl CloudStack {
    /// The destroyed machines of which something is true, by id and name: those of this run, and those that the account is shown.
    pub(super) async fn destroyed(
        &self,
        narrow: impl FnOnce(Call) -> Call,
        is: impl Fn(&Seen) -> bool,
    ) -> Vec<(String, String)> {
        let call = narrow(Call::read("server.list", "listVirtualMachines").with("listall", true));
        let shown = self.every(&call.anywhere(), "virtualmachine").await.unwrap_or_default();
        let of_row = |row: &Json| {
            let id = text(row, "id")?;
            let name = text(row, "name").unwrap_or_else(|| id.clone());
            // One that this run has asked to be destroyed may be on its way.
            let going = server::state(row) == "Destroyed" || self.memory.has_destroyed(&id);
            going.then_some((id, name))
        };
        let mut all: Vec<(String, String)> = shown.iter().filter_map(of_row).collect();
        // One that is shown and not destroyed was recovered.
        let known = CloudStack::ids(&shown);
        let hidden = self.memory.destroyed(is).into_iter().filter(|(id, _)| !known.contains(id));
        all.extend(hidden.map(|(id, seen)| (id, seen.name)));
        all
    }

    /// The refusal of a deploy with what there is to choose from.
    pub(super) async fn explained(&self, name: &str, mut error: Error) -> Error {
        let words = error.answer.clone().unwrap_or_default();
        if words.contains("custom offering") {
            error.kind = Kind::InvalidArgument;
            error.help = Some(
                "give its size in `provider: #{ details: #{ cpuNumber: 2, cpuSpeed: 1000, memory: 2048 } }`"
                    .to_string(),
            );
        } else if words.contains("More than 1 default") {
            let listed =
                self.every(&Call::read("network.list", "listNetworks"), "network").await.unwrap_or_default();
            let names = CloudStack::names(&listed).join(", ");
            error.kind = Kind::InvalidArgument;
            error.message = "several networks are there, and none is named".to_string();
            error.help = Some(format!("give `networks`; there are: {names}"));
        } else if words.contains("already exists in the network") {
            error.help = Some(
                "choose another name, or delete that server with `force: true`: one that is destroyed keeps its name until it is expunged"
                    .to_string(),
            );
            let held = self.destroyed(|list| list.with("name", name), |seen| seen.name == name).await;
            error = self.held_by(error, "name", &held);
        } else if error.kind == Kind::OverQuota {
            let held = self.memory.destroyed(|_| true);
            let held: Vec<(String, String)> = held.into_iter().map(|(id, seen)| (id, seen.name)).collect();
            error = self.held_by(error, "volumes, which count,", &held);
        }
        error
    }

    /// An error whose cause is what destroyed machines still hold, where there are any.
    pub(super) fn held_by(&self, error: Error, what: &str, destroyed: &[(String, String)]) -> Error {
        let Some((first, _)) = destroyed.first() else { return error };
        let names: Vec<String> = destroyed.iter().map(|(id, name)| format!("`{name}` ({id})")).collect();
        let (many, keep) = if names.len() == 1 { ("is", "keeps its") } else { ("are", "keep their") };
        let help = format!(
            "{} {many} destroyed, and {keep} {what} until expunged: {}",
            names.join(", "),
            way_out(first)
        );
        error.help(help)
    }
}

/// How a destroyed machine is expunged.
pub(super) fn way_out(id: &str) -> String {
    format!(
        "expunge with `api(\"cloudstack\", \"expungeVirtualMachine\", #{{ id: \"{id}\" }})` where the account may, or wait until the cloud does; `delete(server, #{{ force: true }})` does both at once"
    )
}
