//! What an account may have: the world's quotas, as CloudStack names them.

use super::people::Account;
use super::refused::{Outcome, Refused};
use super::scope::Cloud;
use crate::world::Refusal;

impl Cloud<'_> {
    /// Whether an account has room for more of a kind.
    pub(super) fn room_for(&self, owner: &Account, kind: &'static str, more: i64) -> Outcome<()> {
        let (used, most) = self.used(owner, kind);
        if most < 0 || used + more <= most {
            return Ok(());
        }
        Err(self.over(owner, kind, most, used, more))
    }

    /// How much of a kind an account has, and how much it may have.
    pub(super) fn used(&self, owner: &Account, kind: &str) -> (i64, i64) {
        let (quota, usage) = (self.world.quota(&owner.project), self.world.usage(&owner.project));
        match kind {
            "user_vm" => (usage.servers, quota.servers),
            "cpu" => (usage.cores, quota.cores),
            "memory" => (usage.ram_mib, quota.ram_mib),
            _ => (0, -1),
        }
    }

    fn over(&self, owner: &Account, kind: &str, most: i64, used: i64, more: i64) -> Refused {
        let domain = self.ledger.domain(&owner.domain).map_or(1, |domain| domain.number);
        Refused::limit(format!(
            "Maximum amount of resources of Type = '{kind}', tag = 'null' for Account Name = {} in Domain Id = {domain} is \
             exceeded: Account Resource Limit = {most}, Current Account Resource Amount = {used}, Current Account Resource \
             Reservation = 0, Requested Resource Amount = {more}.",
            owner.name
        ))
    }

    /// What the world refuses, in CloudStack's words.
    pub(super) fn refusal(&self, refusal: &Refusal, owner: &Account) -> Refused {
        match refusal {
            Refusal::OverQuota { names, asked, used, limits } => {
                let kind = match names.first().copied().unwrap_or_default() {
                    "cores" => "cpu",
                    "ram" => "memory",
                    _ => "user_vm",
                };
                let first = |values: &[i64]| values.first().copied().unwrap_or(0);
                self.over(owner, kind, first(limits), first(used), first(asked))
            }
            Refusal::AddressTaken(address, _) => unassigned(address),
            Refusal::AddressUsed(address, _) | Refusal::AddressOutside(address, _) => {
                unassigned(&address.to_string())
            }
            Refusal::NoAddress(network) => Refused::with(
                533,
                9999,
                format!("Unable to acquire Guest IP address for network {network}: it has none left"),
            ),
            Refusal::InState(state) => Refused::value(format!("It cannot be done in state {state}")),
            Refusal::InTask(task) => Refused::internal(format!("Another operation is under way: {task}")),
            Refusal::Locked => Refused::forbidden("The machine is locked"),
            Refusal::FlavorMemory | Refusal::FlavorDisk { .. } => {
                Refused::value("The template needs more than the service offering has")
            }
            Refusal::ImageState(id, state) => {
                Refused::value(format!("Template {id} is not ready to be used: it is {state}"))
            }
            Refusal::Missing(_, name) => Refused::value(format!("Unable to find {name}")),
            other => Refused::internal(format!("{other:?}")),
        }
    }
}

fn unassigned(address: &str) -> Refused {
    Refused::with(
        530,
        0,
        format!("Unable to acquire Guest IP address for network: {address} is taken or outside it"),
    )
}
