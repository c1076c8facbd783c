//! Servers: listing and reading them, what can be done to one, and what became of it. Making them is in [`super::launch`], what
//! takes a stop and a start in [`super::power`].

use super::Aws;
use super::decode::{list, tags, text};
use super::ec2::{image, instance, subnet, tag};
use super::making::Making;
use super::page::is_absent;
use super::recover::quoted;
use crate::cloud::call_scope::unsure;
use crate::cloud::server::RebuildSpec;
use crate::cloud::{
    Accepted, Account, Action, BootSpec, Error, Filter, Holder, Kind, Metadata, NameMatch, Noun,
    RequestState, Result, Server, ServerUpdate, Servers,
};
use async_trait::async_trait;
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::Value as Json;
use std::collections::BTreeMap;

/// What leaves no trace that could be asked about.
const UNSEEN: &str = "unseen";

/// How many instances a page holds.
const PAGE: usize = 1000;

/// What is asked about as done: nothing more is to be seen of it.
const DONE: &str = "done";

#[async_trait]
impl Servers for Aws {
    fn server_statuses(&self) -> &'static [&'static str] {
        instance::STATUSES
    }

    async fn servers(&self, filter: &Filter) -> Result<Vec<Server>> {
        let mut out = Vec::new();
        if filter.limit == Some(0) {
            return Ok(out);
        }
        self.own_projects(filter.all_projects)?;
        let call = instance::page(filter).with("MaxResults", PAGE);
        let mut lacks = false;
        self.pages(call, |body| {
            let sets = body.get("reservationSet").and_then(serde_json::Value::as_array);
            lacks = sets.is_none_or(|sets| sets.iter().any(|one| !one.is_object()));
            if lacks {
                return true;
            }
            lacks = instance::each(body).any(|one| text(one, "instanceId").is_none());
            if lacks {
                return true;
            }
            for one in instance::each(body) {
                out.extend(self.server_of(one).filter(|server| filter.matches(server)));
                if filter.is_enough(out.len()) {
                    return true;
                }
            }
            false
        })
        .await?;
        if lacks {
            return Err(self.lacking("DescribeInstances", "reservationSet"));
        }
        self.name_networks(&mut out).await;
        Ok(out)
    }

    async fn server(&self, id: &str) -> Result<Option<Server>> {
        if !self.is_id(Noun::Server, id) {
            return Ok(None);
        }
        let call = &instance::show(&[id]);
        let look = || async move {
            let body = match self.ask(call).await {
                Ok(body) => body,
                Err(error) if is_absent(&error) => return Ok(None),
                Err(error) => return Err(error),
            };
            let own = |one: &&Json| text(one, "instanceId").as_deref() == Some(id);
            Ok(instance::each(&body).find(own).and_then(|one| self.server_of(one)))
        };
        let server = self.unless_new(id, look).await?.filter(|server| server.status != "DELETED");
        let mut found: Vec<Server> = server.into_iter().collect();
        self.name_networks(&mut found).await;
        Ok(found.pop())
    }

    async fn update_server(&self, id: &str, update: &ServerUpdate) -> Result<()> {
        let others = [
            ("description", &update.description),
            ("access_ipv4", &update.access_ipv4),
            ("access_ipv6", &update.access_ipv6),
        ];
        if let Some((what, _)) = others.iter().find(|(_, given)| given.is_some()) {
            return Err(self.cannot(&format!("`update` of `{what}`"), "keep it in metadata with `set_meta`"));
        }
        let call = match update.name.as_deref() {
            None => return Ok(()),
            Some("") => tag::delete(id, [tag::NAME]),
            Some(name) => tag::set(id, [(tag::NAME, name)]),
        };
        self.ask(&call).await.map(drop)
    }

    async fn act(&self, id: &str, action: &Action) -> Result<Accepted> {
        let state = |state: &str| Accepted { request_id: Some(state.to_string()), admin_pass: None };
        Ok(match action {
            Action::Start => {
                self.start(id).await?;
                state("running")
            }
            Action::Stop { force } => {
                self.stop(id, *force).await?;
                state("stopped")
            }
            Action::Reboot { hard: true } => {
                self.restart(id).await?;
                state("running")
            }
            // Of a soft one nothing is ever seen.
            Action::Reboot { hard: false } => {
                self.ask(&instance::power("server.reboot", "RebootInstances", id)).await?;
                state(UNSEEN)
            }
            Action::Resize { flavor } => {
                let former = self.retype(id, flavor).await?;
                self.memory.resized(id, &former);
                state(DONE)
            }
            Action::ConfirmResize => match self.memory.settle(id) {
                Some(_) => state(DONE),
                None => return Err(self.nothing_to_end(id)),
            },
            Action::RevertResize => {
                let former = self.memory.former(id).ok_or_else(|| self.nothing_to_end(id))?;
                self.retype(id, &former).await?;
                self.memory.settle(id);
                state(DONE)
            }
            Action::Rebuild(spec) => self.rebuild(id, spec).await?,
            Action::AddSecurityGroup(group) => {
                self.regroup(id, group, true).await?;
                state(DONE)
            }
            Action::RemoveSecurityGroup(group) => {
                self.regroup(id, group, false).await?;
                state(DONE)
            }
            other => return Err(self.unsupported(other.verb())),
        })
    }

    async fn request_state(&self, server: &str, request: &str) -> Result<RequestState> {
        match request {
            DONE => return Ok(RequestState::Finished),
            UNSEEN => return Ok(RequestState::Traceless),
            _ => {}
        }
        if request.starts_with("replacevol-") {
            let task = self.ask(&instance::rebuilding(request)).await?;
            let task = list(&task, "replaceRootVolumeTaskSet").first().cloned().unwrap_or_default();
            return Ok(match text(&task, "taskState").as_deref() {
                Some("succeeded") => RequestState::Finished,
                Some(state @ ("failed" | "failed-detached")) => {
                    RequestState::Failed(format!("the replacement of the root disk is {state}"))
                }
                Some(_) => RequestState::Running,
                None => RequestState::Unknown,
            });
        }
        let body = match self.described(server).await {
            Ok(body) => body,
            Err(error) if is_absent(&error) => return Ok(RequestState::Unknown),
            Err(error) => return Err(error),
        };
        Ok(match (instance::state(&body), instance::ended_by_fault(&body)) {
            (state, _) if state == request => RequestState::Finished,
            // A start for which there is no room ends where it began, and says why.
            (state, Some(words)) if state == "stopped" && request == "running" => RequestState::Failed(words),
            _ => RequestState::Running,
        })
    }

    async fn console_log(&self, id: &str, lines: Option<i64>) -> Result<Option<String>> {
        let call = instance::console(id);
        let body = self.ask(&call).await?;
        // A console that said nothing has no output; whose it is stands there all the same.
        if text(&body, "instanceId").is_none() && body.get("output").is_none() {
            return Err(self.lacking(&call.action, "output"));
        }
        let encoded = unfolded(&text(&body, "output").unwrap_or_default());
        let bytes = BASE64.decode(&encoded).unwrap_or_else(|_| encoded.into_bytes());
        let log = String::from_utf8_lossy(&bytes).into_owned();
        let Some(wanted) = lines.and_then(|lines| usize::try_from(lines).ok()) else { return Ok(Some(log)) };
        let all: Vec<&str> = log.lines().collect();
        Ok(Some(all[all.len().saturating_sub(wanted)..].join("\n")))
    }

    async fn console_screenshot(&self, id: &str) -> Result<Option<Vec<u8>>> {
        let body = self.ask(&instance::screenshot(id)).await?;
        let picture = text(&body, "imageData").and_then(|encoded| BASE64.decode(unfolded(&encoded)).ok());
        let picture = picture.filter(|picture| !picture.is_empty());
        let message = "the answer makes no sense: it holds no picture in base64 as `imageData`";
        picture.map(Some).ok_or_else(|| self.session.error(Kind::Protocol, message))
    }

    async fn password_data(&self, id: &str) -> Result<Option<String>> {
        let body = self.ask(&instance::password_data(id)).await?;
        Ok(text(&body, "passwordData").map(|data| unfolded(&data)).filter(|data| !data.is_empty()))
    }

    async fn delete_server(&self, id: &str, _force: bool) -> Result<bool> {
        if !self.is_id(Noun::Server, id) {
            return Ok(false);
        }
        let call = instance::power("server.delete", "TerminateInstances", id);
        let (attempts, body) = match self.ask_counting(&call).await {
            (attempts, Ok(body)) => (attempts, body),
            (attempts, Err(error)) if is_absent(&error) => return Ok(attempts > 1 || unsure().is_some()),
            (_, Err(error)) => return Err(error),
        };
        self.memory.gone(id);
        let before =
            list(&body, "instancesSet").first().and_then(|one| text(one.get("previousState")?, "name"));
        Ok(attempts > 1 || unsure().is_some() || before.as_deref() != Some("terminated"))
    }

    async fn boot(&self, spec: &BootSpec) -> Result<Vec<Server>> {
        self.boot_servers(spec).await
    }

    fn remembers_resize(&self, id: &str) -> Option<bool> {
        Some(self.memory.former(id).is_some())
    }

    async fn snapshot_server(
        &self,
        id: &str,
        name: &str,
        meta: &BTreeMap<String, String>,
        consistent: bool,
    ) -> Result<String> {
        let filter = Filter { name: Some(NameMatch::Exact(name.to_string())), ..Filter::default() };
        let making = Making {
            verb: "snapshot",
            what: format!("image `{name}`"),
            list: format!("images(#{{ name: {} }})", quoted(name)),
            call: image::create(id, name, consistent),
            kind: "image",
            tags: image::tags(meta).map_err(|error| self.session.own(error))?,
            look: image::page(&filter, &image::Whose::Own),
            set: "imagesSet",
            id: "imageId",
            time: Some("creationDate"),
            may_be: |one| tags(one).is_empty(),
            // A name is an image's alone.
            delete: None,
        };
        let named = |body: &Json| text(body, "imageId");
        let made = self.make(&making, named, named, String::clone).await?;
        self.memory.made(&made, self.clock.now());
        Ok(made)
    }
}

impl Aws {
    /// Addresses under the names of their networks: an instance tells ids alone. Subnets are asked for when one is met that is
    /// not known yet; what has no name, or shares it, keeps its id.
    pub(super) async fn name_networks(&self, servers: &mut [Server]) {
        let met = |servers: &[Server]| -> Vec<String> {
            let all = servers.iter().flat_map(|server| server.addresses.iter().map(|(network, _)| network));
            all.filter(|network| self.is_id(Noun::Subnet, network)).cloned().collect()
        };
        let met = met(servers);
        if met.is_empty() {
            return;
        }
        let mut names = self.networks.lock().await;
        if met.iter().any(|id| !names.contains_key(id)) {
            let pair = |one: &Json| Some((text(one, "subnetId")?, tag::decode(one).name));
            // Who may not ask for subnets sees their ids.
            let told = self.every(subnet::page(None, None), "subnetSet", pair).await.unwrap_or_default();
            let shared = |name: &String| told.iter().filter(|(_, other)| other == name).count() > 1;
            for (id, name) in &told {
                let name = if name.is_empty() || shared(name) { id } else { name };
                names.insert(id.clone(), name.clone());
            }
            for id in met {
                names.entry(id.clone()).or_insert(id);
            }
        }
        for (network, _) in servers.iter_mut().flat_map(|server| server.addresses.iter_mut()) {
            if let Some(name) = names.get(network) {
                network.clone_from(name);
            }
        }
    }

    /// A server from its description.
    pub(super) fn server_of(&self, body: &Json) -> Option<Server> {
        let known = text(body, "instanceId").map(|id| self.memory.known(&id)).unwrap_or_default();
        instance::decode(body, self.session.name(), self.clock.now(), known)
    }

    async fn rebuild(&self, id: &str, spec: &RebuildSpec) -> Result<Accepted> {
        let cannot = [
            (spec.admin_pass.is_some(), "admin_pass"),
            (spec.user_data.is_some(), "user_data"),
            (!spec.files.is_empty(), "files"),
        ];
        if let Some((_, what)) = cannot.iter().find(|(given, _)| *given) {
            let help = "leave it out; what the server reads at its start stays as it is";
            return Err(self.cannot(&format!("`rebuild` with `{what}`"), help));
        }
        let token = crate::cloud::call_scope::token();
        let body = self.ask(&instance::rebuild(id, &spec.image, &token)).await?;
        if let Some(name) = &spec.name {
            self.ask(&tag::set(id, [(tag::NAME, name.as_str())])).await?;
        }
        if let Some(meta) = &spec.meta {
            self.replace_meta(&Holder::Server(id.to_string()), meta).await?;
        }
        let task = body.get("replaceRootVolumeTask").and_then(|task| text(task, "replaceRootVolumeTaskId"));
        Ok(Accepted { request_id: task, admin_pass: None })
    }

    /// Its security groups with one more, or one less.
    async fn regroup(&self, id: &str, wanted: &str, add: bool) -> Result<()> {
        // The whole list is read, changed and written: two at once would each lose the other's.
        let _alone = self.memory.choosing.lock().await;
        let body = self.described(id).await?;
        let vpc = text(&body, "vpcId");
        let group = self.group_ids(&[wanted.to_string()], vpc.as_deref()).await?.remove(0);
        let mut groups: Vec<String> = instance::groups(&body).into_iter().filter_map(|(id, _)| id).collect();
        match (add, groups.contains(&group)) {
            (true, true) => return Ok(()),
            (true, false) => groups.push(group),
            (false, true) => groups.retain(|one| *one != group),
            (false, false) => {
                let message = format!("the server is not in the security group `{wanted}`");
                return Err(self.session.error(Kind::NotFound, message));
            }
        }
        if groups.is_empty() {
            let message = format!("`{wanted}` is the server's last security group, and EC2 wants one");
            return Err(self.session.error(Kind::Conflict, message).help("add another one first"));
        }
        self.ask(&instance::regroup(id, &groups)).await.map(drop)
    }

    fn nothing_to_end(&self, id: &str) -> Error {
        self.session.error(Kind::Conflict, format!("{id} has no resize of this run to end")).help(
            "call `resize(server, flavor)` with the flavor it is to have; EC2 itself remembers no former one",
        )
    }
}

/// Base64 without the line ends that some services fold it with.
fn unfolded(encoded: &str) -> String {
    encoded.chars().filter(|c| !c.is_whitespace()).collect()
}
