//! The driver itself: each operation of the trait is a call built, sent and decoded. Making servers is in [`super::launch`], other
//! nouns are in [`super::nouns`]; what a call looks like is in the resource's own file.

use super::call::Call;
use super::decode::{list, text};
use super::ec2::{attribute, image, instance, instance_type, region, snapshot, tag};
use super::memory::Memory;
use super::page::is_absent;
use super::service::Service;
use super::session::Session;
use crate::cloud::host::Clock;
use crate::cloud::server::RebuildSpec;
use crate::cloud::{
    Accepted, Action, BootSpec, Cloud, Error, Flavor, Holder, Identity, Image, ImageFilter, Keypair, Kind,
    Listing, Network, NetworkSpec, Noun, Provider, PublicIp, RequestState, Resource, Result, Rule,
    SecurityGroup, Server, ServerFilter, ServerUpdate, Snapshot, Value, Volume, VolumeSpec,
};
use crate::provider::sieve::{Sieve, is_enough};
use async_trait::async_trait;
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use futures_util::future::join_all;
use serde_json::Value as Json;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

/// How long after each other something new is asked about again that a part of the cloud does not know yet.
const LATE: [Duration; 5] = [
    Duration::from_millis(500),
    Duration::from_secs(1),
    Duration::from_secs(2),
    Duration::from_secs(4),
    Duration::from_secs(8),
];
/// How many instances a page holds.
const PAGE: usize = 1000;

/// One AWS cloud.
pub struct Aws {
    pub(super) session: Session,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) memory: Memory,
}

impl Aws {
    /// A cloud behind a session; the clock is what its own short waits go by.
    pub fn new(session: Session, clock: Arc<dyn Clock>) -> Aws {
        Aws { session, clock, memory: Memory::default() }
    }

    /// Send a call and read its answer. What this run made a moment ago may be unknown to a part of EC2: then it is asked again
    /// (API Reference, "Eventual consistency").
    pub(super) async fn ask(&self, call: &Call) -> Result<Json> {
        self.ask_counting(call).await.1
    }

    /// The same, and at which attempt the answer came.
    async fn ask_counting(&self, call: &Call) -> (u32, Result<Json>) {
        let mut pauses = LATE.iter();
        loop {
            let (attempts, error) = match self.session.ask_counting(call).await {
                (attempts, Err(error)) => (attempts, error),
                answered => return answered,
            };
            let late = error.kind == Kind::NotFound
                && error.answer.as_ref().is_some_and(|words| self.memory.excuses(words, self.clock.now()));
            match pauses.next().filter(|_| late) {
                Some(pause) => self.clock.sleep(*pause).await,
                None => return (attempts, Err(error)),
            }
        }
    }

    /// Send a call that takes something away: whether it did, or it was not there.
    pub(super) async fn take_away(&self, call: &Call) -> Result<bool> {
        match self.ask_counting(call).await {
            (_, Ok(_)) => Ok(true),
            // What was not there at the second attempt was taken away by the first.
            (attempts, Err(error)) if is_absent(&error) => Ok(attempts > 1),
            (_, Err(error)) => Err(error),
        }
    }

    /// A server from its description.
    pub(super) fn server_of(&self, body: &Json) -> Option<Server> {
        let known = text(body, "instanceId").map(|id| self.memory.known(&id)).unwrap_or_default();
        instance::decode(body, self.session.name(), self.clock.now(), known)
    }

    /// The error for what EC2 has no place for.
    pub(super) fn cannot(&self, what: &str, help: &str) -> Error {
        let message = format!("{what} is not something EC2 can do");
        self.session.error(Kind::Unsupported, message).help(help)
    }

    /// Images, asked for in one way.
    async fn images_of(&self, filter: &ImageFilter, whose: &image::Whose) -> Result<Vec<Image>> {
        let (cloud, read) = (self.session.name(), self.clock.now());
        self.every(image::page(filter, whose), "imagesSet", |one| {
            image::decode(one, Some(whose), cloud, read).filter(|image| image::lets_through(filter, image))
        })
        .await
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
        let token = uuid::Uuid::new_v4().to_string();
        let body = self.ask(&instance::rebuild(id, &spec.image, &token)).await?;
        if let Some(name) = &spec.name {
            self.ask(&tag::set(id, [(tag::NAME, name.as_str())])).await?;
        }
        if let Some(meta) = &spec.meta {
            self.relabel(&Holder::Server(id.to_string()), meta).await?;
        }
        let task = body.get("replaceRootVolumeTask").and_then(|task| text(task, "replaceRootVolumeTaskId"));
        Ok(Accepted { request_id: task, admin_pass: None })
    }

    /// Its security groups with one more, or one less.
    async fn regroup(&self, id: &str, wanted: &str, add: bool) -> Result<()> {
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
}

/// What is asked about as done: nothing more is to be seen of it.
const DONE: &str = "done";

#[async_trait]
impl Cloud for Aws {
    fn name(&self) -> &Arc<str> {
        self.session.name()
    }

    fn provider(&self) -> Provider {
        Provider::Aws
    }

    fn region(&self) -> Option<String> {
        Some(self.session.region().to_string())
    }

    fn is_id(&self, noun: Noun, text: &str) -> bool {
        super::nouns::is_id(noun, text)
    }

    async fn login(&self) -> Result<()> {
        match self.session.ask(&region::all()).await {
            // Who may not even do that is known all the same.
            Err(error) if error.kind != Kind::Forbidden => Err(error),
            _ => Ok(()),
        }
    }

    async fn identity(&self) -> Result<Identity> {
        let body = self.ask(&Call::of("identity.show", Service::Sts, "GetCallerIdentity")).await?;
        let arn = text(&body, "Arn").unwrap_or_default();
        // `arn:aws:iam::ACCOUNT:user/NAME`, `…:assumed-role/ROLE/SESSION`, `…:root`.
        let own = arn.rsplit(':').next().unwrap_or_default();
        let (kind, name) = own.split_once('/').unwrap_or(("", own));
        let role = (kind == "assumed-role").then(|| name.split('/').next().unwrap_or_default().to_string());
        Ok(Identity {
            user: Some(name.to_string()).filter(|name| !name.is_empty()).or_else(|| text(&body, "UserId")),
            project: text(&body, "Account"),
            roles: role.into_iter().collect(),
            expires: self.session.keys().await?.expires.map(crate::cloud::Time::from_system),
        })
    }

    async fn catalog(&self) -> Result<BTreeMap<String, String>> {
        let services = [Service::Ec2, Service::CloudFormation, Service::Sts];
        let known = services
            .into_iter()
            .filter_map(|service| Some((service.name().to_string(), self.session.endpoint(&service)?)));
        Ok(known.collect())
    }

    async fn limits(&self) -> Result<BTreeMap<String, Option<i64>>> {
        self.all_limits(attribute::decode(&self.ask(&attribute::show()).await?)).await
    }

    async fn zones(&self) -> Result<Vec<String>> {
        Ok(region::decode_zones(&self.ask(&region::zones()).await?))
    }

    async fn query(&self, service: &str, action: &str, params: &Json) -> Result<Value> {
        self.raw(service, action, params).await
    }

    async fn servers(&self, filter: &ServerFilter) -> Result<Vec<Server>> {
        let sieve = Sieve::new(filter)?;
        let mut out = Vec::new();
        if filter.limit == Some(0) {
            return Ok(out);
        }
        if filter.all_projects {
            return Err(
                self.cannot("`servers` with `all_projects`", "name another cloud for another account")
            );
        }
        let call = instance::page(filter).with("MaxResults", PAGE);
        self.pages(call, |body| {
            for one in instance::each(body) {
                out.extend(self.server_of(one).filter(|server| sieve.lets_through(server)));
                if is_enough(filter.limit, out.len()) {
                    return true;
                }
            }
            false
        })
        .await?;
        Ok(out)
    }

    async fn server(&self, id: &str) -> Result<Option<Server>> {
        if !self.is_id(Noun::Server, id) {
            return Ok(None);
        }
        let body = match self.ask(&instance::show(&[id])).await {
            Ok(body) => body,
            Err(error) if is_absent(&error) => return Ok(None),
            Err(error) => return Err(error),
        };
        let server = instance::each(&body).find(|one| text(one, "instanceId").as_deref() == Some(id));
        Ok(server.and_then(|one| self.server_of(one)).filter(|server| server.status != "DELETED"))
    }

    async fn boot(&self, spec: &BootSpec) -> Result<Vec<Server>> {
        self.launch(spec).await
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
                Accepted::default()
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

    fn remembers_resize(&self, id: &str) -> Option<bool> {
        Some(self.memory.former(id).is_some())
    }

    async fn request_state(&self, server: &str, request: &str) -> Result<RequestState> {
        if request == DONE {
            return Ok(RequestState::Finished);
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

    async fn snapshot_server(
        &self,
        id: &str,
        name: &str,
        meta: &BTreeMap<String, String>,
        consistent: bool,
    ) -> Result<String> {
        let tags = image::tags(meta).map_err(|error| self.session.own(error))?;
        let body = self.ask(&image::create(id, name, consistent, tags)).await?;
        let made = text(&body, "imageId")
            .ok_or_else(|| self.untold("the answer to `CreateImage` names no image"))?;
        self.memory.made(&made, self.clock.now());
        Ok(made)
    }

    async fn console_log(&self, id: &str, lines: Option<i64>) -> Result<String> {
        let body = self.ask(&instance::console(id)).await?;
        let encoded: String =
            text(&body, "output").unwrap_or_default().chars().filter(|c| !c.is_whitespace()).collect();
        let bytes = BASE64.decode(&encoded).unwrap_or_else(|_| encoded.into_bytes());
        let log = String::from_utf8_lossy(&bytes).into_owned();
        let Some(wanted) = lines.and_then(|lines| usize::try_from(lines).ok()) else { return Ok(log) };
        let all: Vec<&str> = log.lines().collect();
        Ok(all[all.len().saturating_sub(wanted)..].join("\n"))
    }

    async fn delete_server(&self, id: &str, _force: bool) -> Result<bool> {
        if !self.is_id(Noun::Server, id) {
            return Ok(false);
        }
        let call = instance::power("server.delete", "TerminateInstances", id);
        let (attempts, body) = match self.ask_counting(&call).await {
            (attempts, Ok(body)) => (attempts, body),
            (attempts, Err(error)) if is_absent(&error) => return Ok(attempts > 1),
            (_, Err(error)) => return Err(error),
        };
        let before =
            list(&body, "instancesSet").first().and_then(|one| text(one.get("previousState")?, "name"));
        Ok(attempts > 1 || before.as_deref() != Some("terminated"))
    }

    async fn meta(&self, holder: &Holder) -> Result<BTreeMap<String, String>> {
        self.labels(holder).await
    }

    async fn set_meta(&self, holder: &Holder, items: &BTreeMap<String, String>) -> Result<()> {
        self.label(holder, items).await
    }

    async fn replace_meta(&self, holder: &Holder, items: &BTreeMap<String, String>) -> Result<()> {
        self.relabel(holder, items).await
    }

    async fn delete_meta(&self, holder: &Holder, key: &str) -> Result<()> {
        self.unlabel(holder, key).await
    }

    async fn images(&self, filter: &ImageFilter) -> Result<Vec<Image>> {
        let ways = match &filter.owner {
            Some(owner) => vec![image::Whose::Of(owner.clone())],
            None => vec![image::Whose::Own, image::Whose::Shared],
        };
        let mut out: Vec<Image> = Vec::new();
        for found in join_all(ways.iter().map(|whose| self.images_of(filter, whose))).await {
            for image in found? {
                if !out.iter().any(|known| known.id == image.id) {
                    out.push(image);
                }
            }
        }
        out.truncate(filter.limit.unwrap_or(usize::MAX));
        Ok(out)
    }

    async fn image(&self, id: &str) -> Result<Option<Image>> {
        if !self.is_id(Noun::Image, id) {
            return Ok(None);
        }
        let (cloud, read) = (self.session.name(), self.clock.now());
        let image =
            self.first(&image::show(id), "imagesSet", |one| image::decode(one, None, cloud, read)).await?;
        Ok(image.filter(|image| image.status != "DELETED" && image.id == id))
    }

    async fn delete_image(&self, id: &str) -> Result<bool> {
        if !self.is_id(Noun::Image, id) {
            return Ok(false);
        }
        let snapshots = self.first(&image::show(id), "imagesSet", |one| Some(image::snapshots(one))).await?;
        let Some(snapshots) = snapshots else { return Ok(false) };
        if !self.take_away(&image::delete(id)).await? {
            return Ok(false);
        }
        self.delete_made_for(id, &snapshots).await?;
        Ok(true)
    }

    async fn flavors(&self) -> Result<Vec<Flavor>> {
        let cloud = self.session.name();
        let mut out = self
            .every(instance_type::page(None), "instanceTypeSet", |one| instance_type::decode(one, cloud))
            .await?;
        out.sort_by(|a, b| (a.vcpus, a.ram, a.disk, &a.name).cmp(&(b.vcpus, b.ram, b.disk, &b.name)));
        Ok(out)
    }

    async fn flavor(&self, id: &str) -> Result<Option<Flavor>> {
        if !self.is_id(Noun::Flavor, id) {
            return Ok(None);
        }
        let cloud = self.session.name();
        let found = self
            .first(&instance_type::show(id), "instanceTypeSet", |one| instance_type::decode(one, cloud))
            .await?;
        Ok(found.filter(|flavor| flavor.id == id))
    }

    async fn things(&self, noun: Noun, listing: &Listing) -> Result<Vec<Resource>> {
        self.list_things(noun, listing).await
    }

    async fn thing(&self, noun: Noun, id: &str) -> Result<Option<Resource>> {
        self.one_thing(noun, id).await
    }

    async fn delete_thing(&self, noun: Noun, id: &str) -> Result<bool> {
        self.remove_thing(noun, id).await
    }

    async fn create_keypair(&self, name: &str, public_key: Option<&str>) -> Result<Keypair> {
        self.make_keypair(name, public_key).await
    }

    async fn create_security_group(
        &self,
        name: &str,
        description: &str,
        network: Option<&str>,
    ) -> Result<SecurityGroup> {
        self.make_group(name, description, network).await
    }

    async fn authorize(&self, group: &str, rule: &Rule) -> Result<()> {
        self.allow(group, rule).await
    }

    async fn revoke(&self, group: &str, rule: &Rule) -> Result<()> {
        self.disallow(group, rule).await
    }

    async fn create_network(&self, spec: &NetworkSpec) -> Result<Network> {
        self.make_network(spec).await
    }

    async fn allocate_ip(&self, pool: Option<&str>) -> Result<PublicIp> {
        self.take_address(pool).await
    }

    async fn associate_ip(&self, server: &Server, ip: &PublicIp) -> Result<()> {
        self.lead_address(&server.id, ip).await
    }

    async fn disassociate_ip(&self, ip: &PublicIp) -> Result<()> {
        self.free_address(ip).await
    }

    async fn create_volume(&self, spec: &VolumeSpec) -> Result<Volume> {
        self.make_volume(spec).await
    }

    async fn extend_volume(&self, id: &str, size: i64) -> Result<()> {
        self.grow_volume(id, size).await
    }

    async fn snapshot_volume(
        &self,
        id: &str,
        name: &str,
        meta: &BTreeMap<String, String>,
    ) -> Result<Snapshot> {
        self.snap_volume(id, name, meta).await
    }

    async fn attach_volume(&self, server: &str, volume: &str, device: Option<&str>) -> Result<()> {
        self.attach(server, volume, device).await
    }

    async fn detach_volume(&self, server: &str, volume: &str) -> Result<()> {
        self.ask(&super::ec2::volume::detach(server, volume)).await.map(drop)
    }
}

impl Aws {
    /// The snapshots that were made for an image go with it; one that another image needs stays.
    async fn delete_made_for(&self, image: &str, snapshots: &[String]) -> Result<()> {
        if snapshots.is_empty() {
            return Ok(());
        }
        let ids: Vec<&str> = snapshots.iter().map(String::as_str).collect();
        let body = match self.ask(&snapshot::show(&ids)).await {
            Ok(body) => body,
            Err(error) if is_absent(&error) => return Ok(()),
            Err(error) => return Err(error),
        };
        for one in list(&body, "snapshotSet").iter().filter(|one| snapshot::was_made_for(one, image)) {
            let Some(id) = text(one, "snapshotId") else { continue };
            match self.take_away(&snapshot::delete(&id)).await {
                Err(error) if error.kind != Kind::Conflict => {
                    return Err(error.fact("exists", format!("snapshot {id}; the image {image} is gone")));
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn nothing_to_end(&self, id: &str) -> Error {
        self.session.error(Kind::Conflict, format!("{id} has no resize of this run to end")).help(
            "call `resize(server, flavor)` with the flavor it is to have; EC2 itself remembers no former one",
        )
    }
}
