//! Making servers: resolve what goes by name, ask once for each, and find out what became of a request that was not answered.
//!
//! A deploy takes no token. It carries the call's marker among its details, and a name is a machine's alone in its network: what was
//! not answered is looked for by both, and asked for again, once, only when it surely is not there.

use super::CloudStack;
use super::call::Call;
use super::decode::text;
use super::server::{self, MARKER};
use super::zones::Zone;
use crate::cloud::server::{BootSpec, Nic, Nics};
use crate::cloud::{Error, Filter, Holder, Kind, Result, Server};
use crate::provider::files::cloud_config;
use crate::provider::recover::{self, Looked, Seen, Settled, quoted};
use futures_util::future::join_all;
use serde_json::Value as Json;
use std::collections::BTreeMap;

/// A machine that was asked for.
struct Deployed {
    id: String,
    job: Option<String>,
}

impl CloudStack {
    /// Ask for the servers of a spec: a request for each.
    pub(super) async fn boot_servers(&self, spec: &BootSpec) -> Result<Vec<Server>> {
        if spec.count == Some(0) {
            return Err(Error::new(Kind::InvalidArgument, "`count` is 0").help("ask for 1 or more"));
        }
        self.check(spec)?;
        let call = self.deploy(spec).await?;
        let names: Vec<String> = match spec.count {
            Some(count) => (1..=count).map(|number| format!("{}-{number}", spec.name)).collect(),
            None => vec![spec.name.clone()],
        };
        let made = join_all(names.iter().map(|name| self.boot_one(spec, &call, name))).await;
        let (mut servers, mut failed): (Vec<Server>, Option<Error>) = (Vec::new(), None);
        for outcome in made {
            match outcome {
                Ok(server) => servers.push(server),
                Err(mut error) => {
                    let left = std::mem::take(&mut error.exists);
                    servers.extend(left.into_iter().filter_map(server_in));
                    failed = failed.or(Some(error));
                }
            }
        }
        match failed {
            None => Ok(servers),
            Some(error) => Err(CloudStack::left(error, &servers)),
        }
    }

    /// Refuse what CloudStack has no place for, before anything is looked up.
    fn check(&self, spec: &BootSpec) -> Result<()> {
        let cannot = [
            (spec.config_drive == Some(true), "config_drive"),
            (spec.access_ipv4.is_some(), "access_ipv4"),
            (spec.access_ipv6.is_some(), "access_ipv6"),
            (spec.root_disk.as_ref().is_some_and(|disk| disk.is_whole()), "root_disk: volume"),
            (spec.networks == Nics::Absent, "networks: \"none\""),
        ];
        if let Some((_, what)) = cannot.iter().find(|(given, _)| *given) {
            return Err(self.cannot(&format!("`boot` with `{what}`"), "leave it out"));
        }
        if let Some(both) = spec.tags.iter().find(|tag| spec.meta.contains_key(*tag)) {
            let message =
                format!("`{both}` is in `meta` and in `tags`, and CloudStack has one resource tag of a key");
            let help = "a tag here is a resource tag without a value, and metadata is one with a value: give one of the two";
            return Err(self.session.error(Kind::InvalidArgument, message).help(help));
        }
        spec.provider.as_ref().map_or(Ok(()), |given| self.check_provider("deployVirtualMachine", given))
    }

    /// One server of a spec.
    async fn boot_one(&self, spec: &BootSpec, call: &Call, name: &str) -> Result<Server> {
        let mut call = call.clone();
        call.set("name", name.to_string());
        if spec.description.is_none() && call.get("displayname").is_none() {
            call.set("displayname", name.to_string());
        }
        let marker = format!("{}-{name}", spec.marker);
        call.parameters.push((format!("details[0].{MARKER}"), marker.clone()));
        let deployed = self.deploy_once(&call, name, &marker).await?;
        if let Some(job) = &deployed.job {
            self.memory.begun(&deployed.id, job, "deployVirtualMachine");
        }
        let tagged = self.tag_new(spec, &deployed.id).await;
        let server = self.first_seen(spec, &deployed, name).await;
        tagged.map_err(|error| CloudStack::left(error, std::slice::from_ref(&server)))?;
        self.attach_all(spec, &call, &deployed)
            .await
            .map_err(|error| CloudStack::left(error, std::slice::from_ref(&server)))?;
        Ok(server)
    }

    async fn tag_new(&self, spec: &BootSpec, id: &str) -> Result<()> {
        let bare = spec.tags.iter().map(|tag| (tag.clone(), String::new()));
        let all: BTreeMap<String, String> = spec.meta.clone().into_iter().chain(bare).collect();
        if all.is_empty() { Ok(()) } else { self.first_tags(&Holder::Server(id.to_string()), &all).await }
    }

    /// The server as it is first shown; what is not answered is told by what was asked.
    async fn first_seen(&self, spec: &BootSpec, deployed: &Deployed, name: &str) -> Server {
        let shown = self.machine(&deployed.id).await.ok().flatten();
        let body = shown.unwrap_or_else(|| {
            serde_json::json!({"id": deployed.id, "name": name, "state": "Stopped", "serviceofferingid": spec.flavor,
                "templateid": spec.image, "keypair": spec.key, "jobid": deployed.job, "jobstatus": 0})
        });
        let mut server = self.server_of(&body);
        if let Some(server) = &mut server
            && server.meta.is_empty()
        {
            server.meta.clone_from(&spec.meta);
        }
        server
            .unwrap_or_else(|| server::unreadable(&deployed.id, name, self.session.name(), self.clock.now()))
    }

    /// Volumes that are there already: they are attached to what is up.
    async fn attach_all(&self, spec: &BootSpec, call: &Call, deployed: &Deployed) -> Result<()> {
        if spec.volumes.is_empty() {
            return Ok(());
        }
        if let Some(job) = &deployed.job {
            self.finish(call, job).await?;
        }
        for volume in &spec.volumes {
            use crate::cloud::Volumes;
            self.attach(&deployed.id, volume, None).await?;
        }
        Ok(())
    }

    /// Ask for a machine, once.
    async fn deploy_once(&self, call: &Call, name: &str, marker: &str) -> Result<Deployed> {
        let send = || async move {
            let begun = self.begin(call).await?;
            match begun.id.or_else(|| text(begun.body.get("virtualmachine")?, "id")) {
                Some(id) => Ok(Deployed { id, job: begun.job }),
                None => {
                    let mut error = self.session.error(Kind::Protocol, "the answer names no server");
                    error.maybe = true;
                    Err(error)
                }
            }
        };
        let lost = match send().await {
            Err(error) if error.maybe => error,
            Err(error) => return Err(self.explained(name, error).await),
            made => return made,
        };
        let look = || async {
            let filter = Filter::named(name);
            let rows = self.every(&server::page(&filter), "virtualmachine").await?;
            if let Some(own) = CloudStack::of_marker(&rows, marker).next() {
                let job = text(own, "jobid");
                return Ok(text(own, "id").map_or(Seen::Unclear, |id| Seen::Effect(Deployed { id, job })));
            }
            // One of that name without any details may be ours: some roles see none.
            let bare = rows.iter().any(|row| {
                row.get("details").is_none_or(|details| *details == Json::Object(Default::default()))
            });
            Ok(if bare { Seen::Unclear } else { Seen::Nothing })
        };
        match recover::settle(&*self.clock, lost, look, send).await {
            Settled::Done { value, .. } => Ok(value),
            Settled::Refused(error) => Err(self.explained(name, error).await),
            Settled::Unknown(error, looked) => Err(self.unmade(name, error, looked)),
        }
    }

    fn unmade(&self, name: &str, error: Error, looked: Looked) -> Error {
        let words = looked.words(&format!("a server `{name}` with this call's marker"));
        let exists = "nothing of this call that the cloud shows; it could still appear";
        let list = format!("servers(#{{ name: {} }})", quoted(name));
        recover::unresolved(self.session.name(), error, "boot", words, exists, &list)
    }

    /// The request of a spec, but for name and marker.
    async fn deploy(&self, spec: &BootSpec) -> Result<Call> {
        let networks = self.nics_of(spec).await?;
        let zone = self.zone_of(spec, &networks).await?;
        if let Some(image) = &spec.image {
            self.check_image(image, &zone).await?;
        }
        let user_data = match spec.files.is_empty() {
            true => spec.user_data.clone(),
            false => Some(
                cloud_config(&spec.files, spec.user_data.as_deref())
                    .map_err(|error| self.session.own(error))?,
            ),
        };
        let user_data = user_data.map(|data| self.encoded(&data)).transpose()?;
        let mut call = Call::once("server.create", "deployVirtualMachine")
            .with("serviceofferingid", &spec.flavor)
            .with("templateid", spec.image.as_ref())
            .with("zoneid", &zone.id)
            .with("displayname", spec.description.as_ref())
            .with("keypair", spec.key.as_ref())
            .with("userdata", user_data)
            .with("rootdisksize", spec.root_size())
            .with("password", spec.admin_pass.as_ref().map(|password| password.reveal()));
        call = call.list("affinitygroupids", &spec.server_group);
        call = self.in_networks(call, &zone, networks);
        if !spec.security_groups.is_empty() {
            match zone.has_groups {
                true => call = call.list("securitygroupids", self.group_ids(&spec.security_groups).await?),
                false => (self.warn)(&format!(
                    "zone `{}` has no security groups: those of `{}` are left out",
                    zone.name, spec.name
                )),
            }
        }
        if let Some(given) = &spec.provider {
            call.merge("deployVirtualMachine", given);
        }
        Ok(call)
    }

    fn in_networks(&self, call: Call, zone: &Zone, networks: Vec<(Nic, Json)>) -> Call {
        // A Basic zone has one network, and no place for others.
        if zone.basic || networks.is_empty() {
            if zone.basic && !networks.is_empty() {
                (self.warn)(&format!("zone `{}` is a Basic one: `networks` is left out", zone.name));
            }
            return call;
        }
        let ids: Vec<String> = networks.iter().filter_map(|(_, row)| text(row, "id")).collect();
        if networks.iter().all(|(nic, _)| nic.ip.is_none()) {
            return call.list("networkids", ids);
        }
        // With an address in one of them, all go in the longer form.
        let mut call = call;
        for (index, ((nic, _), id)) in networks.iter().zip(ids).enumerate() {
            call.parameters.push((format!("iptonetworklist[{index}].networkid"), id));
            if let Some(ip) = &nic.ip {
                call.parameters.push((format!("iptonetworklist[{index}].ip"), ip.clone()));
            }
        }
        call
    }

    /// The networks of a spec, each with its description.
    async fn nics_of(&self, spec: &BootSpec) -> Result<Vec<(Nic, Json)>> {
        let Nics::These(given) = &spec.networks else { return Ok(Vec::new()) };
        let mut out = Vec::new();
        for nic in given {
            if nic.port.is_some() {
                return Err(self.cannot("a port for a new server", "name a network, and an `ip` in it"));
            }
            if let Some(wanted) = &nic.network {
                out.push((nic.clone(), self.network_row(wanted).await?));
            }
        }
        Ok(out)
    }

    /// The zone of a spec: the one named, that of its networks, the session's, the only one.
    async fn zone_of(&self, spec: &BootSpec, networks: &[(Nic, Json)]) -> Result<Zone> {
        if spec.zone.is_none()
            && let Some(zone) = networks.iter().find_map(|(_, row)| text(row, "zoneid"))
        {
            return self.zone_named(&zone).await;
        }
        self.zone_for(spec.zone.as_deref(), &format!("the server `{}`", spec.name)).await
    }
}

/// The server in a value of an error.
fn server_in(value: crate::cloud::Value) -> Option<Server> {
    match value {
        crate::cloud::Value::Resource(handle) => match handle.latest() {
            crate::cloud::Resource::Server(server) => Some(std::sync::Arc::unwrap_or_clone(server)),
            _ => None,
        },
        _ => None,
    }
}
