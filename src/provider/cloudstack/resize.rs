//! Another flavor for a server, as it runs or stopped and started again; and what else takes a stopped one: passwords and groups.

use super::CloudStack;
use super::call::Call;
use super::decode::text;
use super::server;
use crate::cloud::{Error, Kind, Result, Secret};
use crate::provider::recover::{self, Seen, Settled};
use serde_json::Value as Json;

impl CloudStack {
    /// Give a server another offering: as it runs where its template and offering allow that, else stopped and started again. The
    /// power state is put back, also when it fails. Gives the former offering.
    pub(super) async fn rescale(&self, id: &str, flavor: &str) -> Result<String> {
        let row = self.described(id).await?;
        let former = text(&row, "serviceofferingid").unwrap_or_default();
        if former == flavor {
            let message = format!("`{}` has that flavor already", text(&row, "name").unwrap_or_default());
            return Err(self.session.error(Kind::Conflict, message).help("choose another flavor"));
        }
        let scale = Call::once("server.resize", "scaleVirtualMachine")
            .with("id", id)
            .with("serviceofferingid", flavor);
        let running = server::state(&row) == "Running";
        if !running {
            self.scale(id, &scale).await?;
            return Ok(former);
        }
        let dynamic = super::decode::truth(&row, "isdynamicallyscalable") == Some(true);
        if dynamic {
            match self.scale(id, &scale).await {
                Ok(()) => return Ok(former),
                // What cannot be done to a running machine is done to a stopped one.
                Err(error) if matches!(error.kind, Kind::Conflict | Kind::InvalidArgument | Kind::Failed) => {
                }
                Err(error) => return Err(error),
            }
        }
        self.power_and_wait(id, "server.stop", "stopVirtualMachine").await?;
        let scaled = self.scale(id, &scale).await;
        let started = self.power_and_wait(id, "server.start", "startVirtualMachine").await;
        match (scaled, started) {
            (Ok(()), Ok(())) => Ok(former),
            (Err(error), Ok(())) => Err(error),
            (Ok(()), Err(error)) => {
                // It does not start with the new one: the former one is put back.
                let back = Call::once("server.resize", "scaleVirtualMachine")
                    .with("id", id)
                    .with("serviceofferingid", &former);
                let put_back = self.scale(id, &back).await.is_ok();
                let up =
                    put_back && self.power_and_wait(id, "server.start", "startVirtualMachine").await.is_ok();
                Err(if up { error } else { left_down(error, id) })
            }
            (Err(error), Err(_)) => Err(left_down(error, id)),
        }
    }

    /// Scale, once: a lost answer is settled by the offering that the machine has.
    async fn scale(&self, id: &str, call: &Call) -> Result<()> {
        let wanted = call.get("serviceofferingid").map(str::to_string);
        match self.run(call).await {
            Err(error) if error.maybe => {
                let look = || async {
                    let row = self.described(id).await?;
                    let has = text(&row, "serviceofferingid") == wanted;
                    Ok(if has {
                        Seen::Effect(())
                    } else if let Some(job) = self.job_on(Some(id), call).await? {
                        Seen::Effect(self.finish(call, &job).await.map(drop)?)
                    } else if server::has_job(&row) {
                        Seen::Unclear
                    } else {
                        Seen::Nothing
                    })
                };
                let send = || async { self.run(call).await.map(drop) };
                match recover::settle(&*self.clock, error, look, send).await {
                    Settled::Done { .. } => Ok(()),
                    Settled::Refused(error) => Err(error),
                    Settled::Unknown(error, looked) => Err(self.unsettled(id, call, error, looked)),
                }
            }
            result => result.map(drop),
        }
    }

    async fn power_and_wait(&self, id: &str, operation: &'static str, command: &str) -> Result<()> {
        let call = server::power(operation, command, id);
        match self.ask_power(id, &call).await? {
            Some(job) => self.finish(&call, &job).await.map(drop),
            None => Ok(()),
        }
    }

    pub(super) fn nothing_to_end(&self, id: &str) -> Error {
        self.session.error(Kind::Conflict, format!("{id} has no resize of this run to end")).help(
            "call `resize(server, flavor)` with the flavor it is to have; CloudStack itself remembers no former one",
        )
    }

    /// A new password; the server must be stopped, and its template made for it.
    pub(super) async fn reset_password(&self, id: &str, password: &Secret) -> Result<()> {
        let call = Call::once("server.set_password", "resetPasswordForVirtualMachine")
            .with("id", id)
            .with("password", password.reveal());
        self.run(&call).await.map(drop).map_err(|error| match error.kind {
            Kind::Conflict => error.help("stop the server first: `stop(s).wait_status(\"SHUTOFF\")`"),
            _ => error,
        })
    }

    /// Its security groups with one more, or one less; CloudStack changes those of a stopped machine alone.
    pub(super) async fn regroup(&self, id: &str, wanted: &str, add: bool) -> Result<()> {
        let row = self.described(id).await?;
        let group = self.group_ids(&[wanted.to_string()]).await?.remove(0);
        let groups = super::decode::list(&row, "securitygroup");
        let mut ids: Vec<String> = groups.iter().filter_map(|one| text(one, "id")).collect();
        match (add, ids.contains(&group)) {
            (true, true) => return Ok(()),
            (true, false) => ids.push(group),
            (false, true) => ids.retain(|one| *one != group),
            (false, false) => {
                let message = format!("the server is not in the security group `{wanted}`");
                return Err(self.session.error(Kind::NotFound, message));
            }
        }
        if ids.is_empty() {
            let message = format!("`{wanted}` is the server's last security group, and it needs one");
            return Err(self.session.error(Kind::Conflict, message).help("add another one first"));
        }
        if server::state(&row) != "Stopped" {
            let message = "the security groups of a running server cannot be changed here";
            return Err(self
                .session
                .error(Kind::Conflict, message)
                .help("stop it first, and start it again after"));
        }
        let call = Call::idempotent("server.groups", "updateVirtualMachine")
            .with("id", id)
            .list("securitygroupids", ids);
        self.run(&call).await.map(drop)
    }

    /// The default interface's network.
    pub(super) fn default_network(row: &Json) -> Option<String> {
        let nics = CloudStack::nics(row);
        let default = nics.iter().find(|nic| super::decode::truth(nic, "isdefault") == Some(true));
        default.or(nics.first()).and_then(|nic| text(nic, "networkid"))
    }
}

fn left_down(mut error: Error, id: &str) -> Error {
    error.facts.push(("exists", format!("{id}, which was stopped for it and did not start again")));
    error.help = Some(format!("start it again with `start(\"{id}\")`"));
    error
}
