//! Making servers: resolve what goes by name, ask once, and find out what became of a request that was not answered.
//!
//! A request carries the call's marker as its token. EC2 gives the same instances for the same token; others ignore it. So what
//! was not answered is looked for first, and asked for again, once and with the same token, only when it surely is not there.

use super::Aws;
use super::call::Call;
use super::decode::{int, list, text, time};
use super::ec2::{group, image, instance, run, subnet, tag};
use super::recover::quoted;
use crate::cloud::server::{BootSpec, Nic, Nics};
use crate::cloud::{Error, Kind, NameMatch, Noun, Result, Server, Time, Volumes};
use crate::provider::recover::{Looked, Seen};
use futures_util::future::join_all;
use serde_json::Value as Json;
use std::sync::{Mutex, PoisonError};

impl Aws {
    /// Ask for the servers of a spec, in one request.
    pub(super) async fn boot_servers(&self, spec: &BootSpec) -> Result<Vec<Server>> {
        if spec.count == Some(0) {
            return Err(Error::new(Kind::InvalidArgument, "`count` is 0").help("ask for 1 or more"));
        }
        let resolved = self.resolved(spec).await?;
        let call = run::run(spec, &resolved).map_err(|error| self.session.own(error))?;
        let begun = self.clock.now();
        let mut made = self.run_once(spec, &call, begun).await?;
        made.sort_by_key(|one| int(one, "amiLaunchIndex").unwrap_or(0));
        let now = self.clock.now();
        made.iter().filter_map(|one| text(one, "instanceId")).for_each(|id| self.memory.made(&id, now));
        let mut servers: Vec<Server> = made.iter().filter_map(|one| self.server_of(one)).collect();
        let wanted = spec.count.unwrap_or(1);
        if servers.len() < wanted {
            let message = format!("{wanted} servers were accepted and {} are shown", servers.len());
            let mut error = self.untold(&message);
            error.exists = servers.into_iter().map(Into::into).collect();
            return Err(error);
        }
        self.name_networks(&mut servers).await;
        self.number(spec, &mut servers).await?;
        self.attach_all(spec, &servers).await?;
        Ok(servers)
    }

    /// Several servers get their numbers: a request names all of them alike.
    async fn number(&self, spec: &BootSpec, servers: &mut [Server]) -> Result<()> {
        if spec.count.is_none() {
            return Ok(());
        }
        let names: Vec<String> =
            (1..=servers.len()).map(|number| format!("{}-{number}", spec.name)).collect();
        let renamed = servers.iter().zip(&names).map(|(server, name)| async move {
            match server.name == *name {
                true => Ok(()),
                false => self.ask(&tag::set(&server.id, [(tag::NAME, name.as_str())])).await.map(drop),
            }
        });
        let outcomes = join_all(renamed).await;
        let mut failed = None;
        for ((server, name), outcome) in servers.iter_mut().zip(names).zip(outcomes) {
            match outcome {
                Ok(()) => server.name = name,
                Err(error) => failed = failed.or(Some(error)),
            }
        }
        match failed {
            None => Ok(()),
            Some(error) => Err(left(error, servers)),
        }
    }

    /// Volumes that are there already: EC2 attaches them to what is up, so that is waited for.
    async fn attach_all(&self, spec: &BootSpec, servers: &[Server]) -> Result<()> {
        let (Some(server), false) = (servers.first(), spec.volumes.is_empty()) else { return Ok(()) };
        let done = async {
            self.until(&server.id, "running").await?;
            for volume in &spec.volumes {
                self.attach(&server.id, volume, None).await?;
            }
            Ok(())
        };
        done.await.map_err(|error| left(error, servers))
    }

    /// Send the request; where its answer is lost its instances are looked for by the token, with which it goes out again.
    async fn run_once(&self, spec: &BootSpec, call: &Call, begun: Time) -> Result<Vec<Json>> {
        let wanted = spec.count.unwrap_or(1);
        let some = Mutex::new(Vec::new());
        let send = || async {
            match list(&self.ask(call).await?, "instancesSet") {
                // It was accepted; that it says nothing of the servers does not unmake them.
                [] => Err(self.untold("the answer describes no server")),
                made => Ok(made.to_vec()),
            }
        };
        let look = || async {
            let (found, doubt) = self.of_token(spec, begun).await?;
            Ok(match found.len() {
                many if many >= wanted => Seen::Effect(found),
                0 if !doubt => Seen::Nothing,
                _ => {
                    *some.lock().unwrap_or_else(PoisonError::into_inner) = found;
                    Seen::Unclear
                }
            })
        };
        let unknown = |error, looked: Looked| {
            let found = some.lock().unwrap_or_else(PoisonError::into_inner);
            let sought = "a server with this request's token";
            let words = match found.len() {
                0 => looked.words(sought),
                some => format!("for {sought}, 3 times over 12 s: found {some} of {wanted}"),
            };
            let exists = match found.is_empty() {
                true => "nothing of this call that the cloud shows; it could still appear",
                false => "what is found; the others could still appear",
            };
            let name = if spec.count.is_some() { format!("{}*", spec.name) } else { spec.name.clone() };
            let list = format!("servers(#{{ name: {} }})", quoted(&name));
            let mut error = self.unresolved(error, "boot", words, exists, &list);
            error.exists = found.iter().filter_map(|one| self.server_of(one)).map(Into::into).collect();
            error
        };
        self.once(send, look, unknown).await
    }

    /// The instances of this request, by its token. Nothing narrows the look: what a cloud that takes no tags made for us has no
    /// name, and one without a token that is as new leaves a doubt.
    async fn of_token(&self, spec: &BootSpec, begun: Time) -> Result<(Vec<Json>, bool)> {
        let filter = crate::cloud::Filter::default();
        let (mut these, mut doubt) = (Vec::new(), false);
        self.pages(instance::page(&filter), |body| {
            for one in instance::each(body) {
                match text(one, "clientToken") {
                    Some(token) if token == spec.marker => these.push(one.clone()),
                    Some(_) => {}
                    // A cloud that tells no token may have made this one for us.
                    None => doubt |= time(one, "launchTime").is_none_or(|at| begun.since(at).seconds() < 60),
                }
            }
            false
        })
        .await?;
        Ok((these, doubt))
    }

    /// What goes by name in a spec, by id.
    async fn resolved(&self, spec: &BootSpec) -> Result<run::Resolved> {
        let mut nics = Vec::new();
        if let Nics::These(given) = &spec.networks {
            for nic in given {
                let network = match &nic.network {
                    Some(wanted) if !nic.is_known => Some(self.subnet_id(wanted).await?),
                    known => known.clone(),
                };
                let port = match &nic.port {
                    Some(wanted) if !nic.is_known => Some(self.interface_id(wanted).await?),
                    known => known.clone(),
                };
                nics.push(Nic { network, port, ..nic.clone() });
            }
        }
        let vpc = match nics.iter().find_map(|nic| nic.network.as_deref()) {
            Some(subnet) if !spec.security_groups.is_empty() => self.vpc_of(subnet).await?,
            _ => None,
        };
        let groups = match run::needs_group_ids(spec) {
            true => self.group_ids(&spec.security_groups, vpc.as_deref()).await?,
            false => Vec::new(),
        };
        let root = match (&spec.image, spec.root_size()) {
            (Some(id), Some(_)) => self.first(&image::show(id), "imagesSet", image::root).await?,
            _ => None,
        };
        if spec.root_size().is_some() && root.is_none() {
            let message = "the image does not tell the name of its root disk, whose size `root_disk` sets";
            return Err(self
                .session
                .error(Kind::Unsupported, message)
                .help("give it in `provider`, as `BlockDeviceMapping`"));
        }
        Ok(run::Resolved { nics, groups, root })
    }

    /// A network by id or unique name.
    async fn subnet_id(&self, wanted: &str) -> Result<String> {
        if super::ids::is_id(Noun::Network, wanted) {
            return Ok(wanted.to_string());
        }
        let name = NameMatch::Exact(wanted.to_string());
        let found =
            self.every(subnet::page(Some(&name), None), "subnetSet", |one| text(one, "subnetId")).await?;
        self.chosen("network", wanted, found)
    }

    /// The VPC of a subnet.
    pub(super) async fn vpc_of(&self, subnet: &str) -> Result<Option<String>> {
        self.first(&subnet::show(subnet), "subnetSet", |one| text(one, "vpcId")).await
    }

    /// Security groups by id; names are looked up in one VPC where it is known.
    pub(super) async fn group_ids(&self, wanted: &[String], vpc: Option<&str>) -> Result<Vec<String>> {
        let is_group = |one: &str| super::ids::is_id(Noun::SecurityGroup, one);
        let named: Vec<String> = wanted.iter().filter(|one| !is_group(one)).cloned().collect();
        let found = match named.is_empty() {
            true => Vec::new(),
            false => {
                let pair = |one: &Json| Some((text(one, "groupName")?, text(one, "groupId")?));
                self.every(group::named(&named, vpc), "securityGroupInfo", pair).await?
            }
        };
        let mut ids = Vec::with_capacity(wanted.len());
        for one in wanted {
            if is_group(one) {
                ids.push(one.clone());
                continue;
            }
            let of_name = found.iter().filter(|(name, _)| name == one).map(|(_, id)| id.clone()).collect();
            ids.push(self.chosen("security group", one, of_name)?);
        }
        Ok(ids)
    }

    /// The one of a name.
    pub(super) fn chosen(&self, noun: &str, wanted: &str, mut found: Vec<String>) -> Result<String> {
        let cloud = self.session.name();
        match found.len() {
            1 => Ok(found.remove(0)),
            0 => Err(self
                .session
                .error(Kind::NotFound, format!("{cloud} has no {noun} `{wanted}`"))
                .coded("cloud::not_found")),
            many => Err(self
                .session
                .error(Kind::Ambiguous, format!("{cloud} has {many} {noun}s named `{wanted}`"))
                .coded("cloud::ambiguous")
                .help(format!("name one by its id: {}", found.join(", ")))),
        }
    }
}

/// An error after servers were made.
fn left(mut error: Error, servers: &[Server]) -> Error {
    error.exists = servers.iter().cloned().map(Into::into).collect();
    error
}
