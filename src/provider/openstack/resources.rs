//! The nouns that are read and deleted in one way: which calls, which key in the answer, which decoder.

use super::OpenStack;
use super::call::is_segment;
use super::cinder::{snapshot, volume};
use super::decode::text;
use super::neutron::{floating_ip, network, router, security_group, subnet};
use super::nova::keypair;
use super::nova::servers::is_enough;
use super::send::found;
use super::session::Call;
use crate::cloud::{Cloud, Listing, Noun, Resource, Result};
use serde_json::Value as Json;

impl OpenStack {
    /// All of a noun that a listing lets through.
    pub(super) async fn list_things(&self, noun: Noun, listing: &Listing) -> Result<Vec<Resource>> {
        if listing.limit == Some(0) {
            return Ok(Vec::new());
        }
        let (cloud, now) = (self.session.name(), self.clock.now());
        match noun {
            Noun::Keypair => {
                let first = keypair::first(listing, &self.compute().await?);
                let decode = |body: &Json| keypair::decode(body, cloud).map(Resource::from);
                self.gather(first, "keypairs", listing, decode).await
            }
            Noun::Volume => {
                let decode = |body: &Json| volume::decode(body, cloud, now).map(Resource::from);
                self.gather(volume::first(listing), "volumes", listing, decode).await
            }
            Noun::Snapshot => {
                let decode = |body: &Json| snapshot::decode(body, cloud, now).map(Resource::from);
                self.gather(snapshot::first(listing), "snapshots", listing, decode).await
            }
            Noun::SecurityGroup => {
                let first = security_group::first(listing, self.project().await?.as_deref());
                let decode = |body: &Json| security_group::decode(body, cloud).map(Resource::from);
                self.gather(first, "security_groups", listing, decode).await
            }
            Noun::Network => self.list_networks(listing).await,
            Noun::Subnet => {
                let decode = |body: &Json| subnet::decode(body, cloud).map(Resource::from);
                self.gather(subnet::first(listing), "subnets", listing, decode).await
            }
            Noun::Router => {
                let first = router::first(listing, self.project().await?.as_deref());
                let decode = |body: &Json| router::decode(body, cloud).map(Resource::from);
                self.gather(first, "routers", listing, decode).await
            }
            Noun::PublicIp => self.list_addresses(listing).await,
            // They have methods of their own in the trait, which ends there: asking it again would never end.
            Noun::Server | Noun::Image | Noun::Flavor => Err(self.unsupported(noun.word())),
        }
    }

    /// One of a noun by id; a key pair by name.
    pub(super) async fn show_thing(&self, noun: Noun, id: &str) -> Result<Option<Resource>> {
        if !is_segment(id) {
            return Ok(None);
        }
        let (cloud, now) = (self.session.name(), self.clock.now());
        Ok(match noun {
            Noun::Keypair => {
                let call = keypair::show(id, &self.compute().await?);
                self.shown(&call, "keypair", |body| keypair::decode(body, cloud)).await?.map(Resource::from)
            }
            Noun::Volume => {
                let decode = |body: &Json| volume::decode(body, cloud, now);
                self.shown(&volume::show(id), "volume", decode).await?.map(Resource::from)
            }
            Noun::Snapshot => {
                let decode = |body: &Json| snapshot::decode(body, cloud, now);
                self.shown(&snapshot::show(id), "snapshot", decode).await?.map(Resource::from)
            }
            Noun::SecurityGroup => {
                let decode = |body: &Json| security_group::decode(body, cloud);
                self.shown(&security_group::show(id), "security_group", decode).await?.map(Resource::from)
            }
            Noun::Network => self.show_network(id).await?.map(Resource::from),
            Noun::Subnet => {
                let decode = |body: &Json| subnet::decode(body, cloud);
                self.shown(&subnet::show(id), "subnet", decode).await?.map(Resource::from)
            }
            Noun::Router => {
                let decode = |body: &Json| router::decode(body, cloud);
                self.shown(&router::show(id), "router", decode).await?.map(Resource::from)
            }
            Noun::PublicIp => self.show_address(id).await?.map(Resource::from),
            Noun::Server | Noun::Image | Noun::Flavor => return Err(self.unsupported(noun.word())),
        })
    }

    /// Delete one of a noun; `false` where it was gone already.
    pub(super) async fn take_thing(&self, noun: Noun, id: &str) -> Result<bool> {
        if !is_segment(id) {
            return Ok(false);
        }
        let call = match noun {
            Noun::Keypair => keypair::delete(id, &self.compute().await?),
            Noun::Volume => volume::delete(id),
            Noun::Snapshot => snapshot::delete(id),
            Noun::SecurityGroup => security_group::delete(id),
            Noun::Network => network::delete(id),
            Noun::Subnet => subnet::delete(id),
            Noun::Router => return self.take_router(id).await,
            Noun::PublicIp => floating_ip::delete(id),
            Noun::Server | Noun::Image | Noun::Flavor => {
                return Err(self.unsupported(&format!("delete({})", noun.word())));
            }
        };
        self.take_away(&call).await
    }

    /// Every entry on every page that a listing lets through, at most as many as it wants.
    pub(super) async fn gather(
        &self,
        first: Call,
        key: &'static str,
        listing: &Listing,
        decode: impl Fn(&Json) -> Option<Resource> + Send + Sync,
    ) -> Result<Vec<Resource>> {
        let mut out = Vec::new();
        self.every(first, key, |entry| {
            out.extend(decode(entry).filter(|resource| listing.lets_through(resource)));
            is_enough(listing.limit, out.len())
        })
        .await?;
        Ok(out)
    }

    /// What is under `key` in the answer, or `None` where the cloud does not have it. A word such as `detail` in place of an id
    /// asks for something else, and nothing is called that.
    pub(super) async fn shown<T>(
        &self,
        call: &Call,
        key: &str,
        decode: impl Fn(&Json) -> Option<T> + Send,
    ) -> Result<Option<T>> {
        let body = found(self.json(call).await)?;
        Ok(body.as_ref().and_then(|body| body.get(key)).and_then(decode))
    }

    /// The project that the session is for.
    pub(super) async fn project(&self) -> Result<Option<String>> {
        self.session.login().await?;
        Ok(self.session.project_id())
    }
}

/// Whether an entry has this name.
pub(super) fn is_named(entry: &Json, name: &str) -> bool {
    text(entry, "name").as_deref() == Some(name)
}
