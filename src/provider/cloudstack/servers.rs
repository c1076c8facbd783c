//! Servers: listing and reading them, and what became of what was asked of them. Making them is in [`super::launch`], what can be done
//! to one in [`super::power`].

use super::CloudStack;
use super::call::Call;
use super::decode::{list, text};
use super::jobs::{State, passes};
use super::memory::{End, Job, Seen};
use super::server;
use crate::cloud::{
    Accepted, Action, BootSpec, Error, Filter, Kind, Operation, RequestState, Result, Server, ServerUpdate,
    Servers, Snapshot,
};
use async_trait::async_trait;
use futures_util::future::join_all;
use serde_json::Value as Json;
use std::collections::{BTreeMap, HashMap};

/// What is asked about as done: nothing more is to be seen of it.
pub(super) const DONE: &str = "done";

#[async_trait]
impl Servers for CloudStack {
    fn server_statuses(&self) -> &'static [&'static str] {
        server::STATUSES
    }

    async fn servers(&self, filter: &Filter) -> Result<Vec<Server>> {
        if filter.limit == Some(0) {
            return Ok(Vec::new());
        }
        let rows = self.every(&server::page(filter), "virtualmachine").await?;
        let mut out = Vec::new();
        let several = rows.len() > 1;
        join_all(rows.iter().map(|row| self.settle(row, several))).await;
        for row in &rows {
            out.extend(self.server_of(row).filter(|server| filter.matches(server)));
            if filter.is_enough(out.len()) {
                break;
            }
        }
        self.check_zone(filter, out.len()).await?;
        self.with_volumes(&mut out, None, filter.all_projects.then_some("-1")).await?;
        Ok(out)
    }

    async fn server(&self, id: &str) -> Result<Option<Server>> {
        let Some(row) = self.machine(id).await? else { return Ok(None) };
        self.settle(&row, false).await;
        let found = self.server_of(&row).filter(|server| server.status != "DELETED");
        let mut found: Vec<Server> = found.into_iter().collect();
        // Volumes of a project are listed where the project is named.
        self.with_volumes(&mut found, Some(id), text(&row, "projectid").as_deref()).await?;
        Ok(found.pop())
    }

    async fn boot(&self, spec: &BootSpec) -> Result<Vec<Server>> {
        self.boot_servers(spec).await
    }

    async fn update_server(&self, id: &str, update: &ServerUpdate) -> Result<()> {
        let others = [("access_ipv4", &update.access_ipv4), ("access_ipv6", &update.access_ipv6)];
        if let Some((what, _)) = others.iter().find(|(_, given)| given.is_some()) {
            return Err(self.cannot(&format!("`update` of `{what}`"), "keep it in metadata with `set_meta`"));
        }
        if update.name.is_none() && update.description.is_none() {
            return Ok(());
        }
        let shown = update.description.as_ref().or(update.name.as_ref());
        let call = Call::idempotent("server.update", "updateVirtualMachine")
            .with("id", id)
            .with("name", update.name.as_ref())
            .with("displayname", shown);
        self.run(&call).await.map(drop)
    }

    async fn act(&self, id: &str, action: &Action) -> Result<Accepted> {
        self.act_on(id, action).await
    }

    fn remembers_resize(&self, id: &str) -> Option<bool> {
        Some(self.memory.former(id).is_some())
    }

    async fn request_state(&self, id: &str, request: &str) -> Result<RequestState> {
        if request == DONE {
            return Ok(RequestState::Finished);
        }
        let known = self.memory.job(request);
        match known.as_ref().and_then(|job| job.end.as_ref()) {
            Some(End::Done) => return Ok(RequestState::Finished),
            Some(End::Failed { words, .. }) => return Ok(RequestState::Failed(words.clone())),
            None => {}
        }
        let command = known.map_or_else(String::new, |job| job.command);
        let call = Call::once("server.request_state", &command);
        Ok(match self.job_state(&call, request).await? {
            State::Running => RequestState::Running,
            State::Done(_) => RequestState::Finished,
            State::Failed(error) => {
                RequestState::Failed(error.answer.clone().unwrap_or_else(|| error.message.clone()))
            }
            State::Unknown => self.after_forgotten(id, request, &command).await?,
        })
    }

    fn last_operation(&self, server: &str) -> Option<Operation> {
        self.memory.operation(server)
    }

    fn open_operations(&self) -> Vec<Operation> {
        self.memory.open()
    }

    async fn snapshot_server(
        &self,
        id: &str,
        name: &str,
        meta: &BTreeMap<String, String>,
        consistent: bool,
    ) -> Result<String> {
        self.image_from(id, name, meta, consistent).await
    }

    async fn snapshot_machine(&self, id: &str, name: &str, request: &Json) -> Result<Snapshot> {
        self.machine_snapshot_of(id, name, request).await
    }

    async fn console_url(&self, id: &str) -> Result<Option<String>> {
        self.address_of_console(id).await
    }

    async fn password_data(&self, id: &str) -> Result<Option<String>> {
        self.own_password(id).await
    }

    async fn delete_server(&self, id: &str, force: bool) -> Result<bool> {
        self.destroy(id, force).await
    }
}

impl CloudStack {
    /// A machine's description, in whatever project it is; `None` where there is none of that id.
    pub(super) async fn machine(&self, id: &str) -> Result<Option<Json>> {
        let show = server::show(id);
        let show = match self.memory.project_of(id) {
            Some(project) => show.with("projectid", project),
            None => show,
        };
        if let Some(row) = self.one(&show, "virtualmachine", id).await? {
            return Ok(Some(row));
        }
        // What the run has deleted is in no project either.
        match self.memory.has_destroyed(id) {
            true => {
                self.memory.is_gone(id);
                Ok(None)
            }
            // The releases whose ids are numbers knew no projects.
            false if !super::decode::is_uuid(id) => Ok(None),
            false => {
                self.one(&server::show(id).anywhere().with("projectid", "-1"), "virtualmachine", id).await
            }
        }
    }

    /// The same, or `not_found`.
    pub(super) async fn described(&self, id: &str) -> Result<Json> {
        self.machine(id).await?.ok_or_else(|| {
            let message = format!("{} has no server `{id}`", self.session.name());
            self.session.error(Kind::NotFound, message).coded("cloud::not_found")
        })
    }

    /// A server from its description.
    pub(super) fn server_of(&self, body: &Json) -> Option<Server> {
        let id = text(body, "id")?;
        let job = self.memory.last(&id);
        let networks = CloudStack::nics(body).iter().filter_map(|nic| text(nic, "networkid")).collect();
        let groups = list(body, "securitygroup").iter().filter_map(|group| text(group, "id")).collect();
        let name = text(body, "name").or_else(|| text(body, "displayname")).unwrap_or_default();
        let (state, project) = (server::state(body), text(body, "projectid"));
        self.memory.saw(&id, Seen { name, state, networks, groups, project });
        let mut server = server::decode(body, self.session.name(), self.clock.now(), job.as_ref())?;
        server.admin_pass = self.memory.password_of(&id);
        Some(server)
    }

    /// Find out what came of this run's last job about a machine, where its description does not show the job any more: a deploy
    /// tells its password and why it failed there and nowhere else. What is not answered is asked again at the next look. Of
    /// several machines in one list those are not asked about whose state says how it ended.
    async fn settle(&self, body: &Json, several: bool) {
        let Some(job) = text(body, "id").and_then(|id| self.memory.last(&id)).filter(|job| job.end.is_none())
        else {
            return;
        };
        // A list names one job; of two that wait for each other it is the first.
        if server::has_job(body) && (several || text(body, "jobid").as_deref() == Some(&job.id)) {
            return;
        }
        if several && shows_its_end(body, &job) {
            self.memory.ended(&job.id, &End::Done);
            return;
        }
        match self.job_state(&Call::once("job.show", &job.command), &job.id).await {
            Ok(State::Unknown) => {
                let id = text(body, "id").unwrap_or_default();
                let _ = self.after_forgotten(&id, &job.id, &job.command).await;
            }
            // Who may not ask about jobs goes by the state.
            Err(error) if !passes(&error) && shows_its_end(body, &job) => {
                self.memory.ended(&job.id, &End::Done);
            }
            _ => {}
        }
    }

    /// The volumes of machines at rest, the root first: descriptions of machines do not tell them.
    async fn with_volumes(
        &self,
        servers: &mut [Server],
        only: Option<&str>,
        project: Option<&str>,
    ) -> Result<()> {
        let moving =
            |server: &Server| server.task.is_some() || matches!(server.status.as_str(), "BUILD" | "ERROR");
        if servers.is_empty() || servers.iter().any(moving) {
            return Ok(());
        }
        let call = Call::read("volume.list", "listVolumes")
            .with("virtualmachineid", only)
            .with("listall", true)
            .with("projectid", project);
        let mut by_server: HashMap<String, Vec<(bool, i64, String)>> = HashMap::new();
        for row in self.every(&call, "volume").await? {
            let (Some(id), Some(server)) = (text(&row, "id"), text(&row, "virtualmachineid")) else {
                continue;
            };
            let data = text(&row, "type").as_deref() != Some("ROOT");
            let place = super::decode::int(&row, "deviceid").unwrap_or(i64::MAX);
            by_server.entry(server).or_default().push((data, place, id));
        }
        for server in servers {
            let mut own = by_server.remove(&server.id).unwrap_or_default();
            own.sort();
            server.volumes = own.into_iter().map(|(_, _, id)| id).collect();
        }
        Ok(())
    }

    /// Whether this run's own machines are in an answer: rows of a boot, by its marker.
    pub(super) fn of_marker<'a>(body: &'a [Json], marker: &'a str) -> impl Iterator<Item = &'a Json> {
        body.iter().filter(move |one| {
            one.get("details").and_then(|details| text(details, server::MARKER)).as_deref() == Some(marker)
        })
    }

    /// Members of a list that stands in an error's words.
    pub(super) fn names(rows: &[Json]) -> Vec<String> {
        rows.iter().filter_map(|row| text(row, "name").or_else(|| text(row, "id"))).collect()
    }

    /// An error after servers were made.
    pub(super) fn left(mut error: Error, servers: &[Server]) -> Error {
        error.exists = servers.iter().cloned().map(Into::into).collect();
        error
    }

    /// The interfaces of a machine.
    pub(super) fn nics(body: &Json) -> &[Json] {
        list(body, "nic")
    }
}

/// Whether a machine's state says that a job of this run, which is under way no more, was done. A password is told by its job alone.
fn shows_its_end(body: &Json, job: &Job) -> bool {
    match (job.command.as_str(), server::state(body).as_str()) {
        ("deployVirtualMachine", "Running") => super::decode::truth(body, "passwordenabled") != Some(true),
        // One that ran before ran whether it was done or refused.
        ("startVirtualMachine", "Running") => job.before.as_deref() == Some("Stopped"),
        ("stopVirtualMachine", "Stopped") => true,
        ("destroyVirtualMachine", "Destroyed" | "Expunging") => true,
        _ => false,
    }
}
