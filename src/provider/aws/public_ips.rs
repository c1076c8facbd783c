//! Elastic IPs as public addresses.

use super::Aws;
use super::ec2::address;
use crate::cloud::{Listing, Noun, PublicIp, PublicIps, Result, Server};
use async_trait::async_trait;
use serde_json::Value as Json;

#[async_trait]
impl PublicIps for Aws {
    async fn public_ips(&self, listing: &Listing) -> Result<Vec<PublicIp>> {
        let decode = |body: &Json| address::decode(body, self.session.name());
        self.gather(address::page(listing.server.as_deref()), "addressesSet", listing, decode).await
    }

    async fn public_ip(&self, id: &str) -> Result<Option<PublicIp>> {
        let decode = |body: &Json| address::decode(body, self.session.name());
        self.shown(Noun::PublicIp, id, address::show(id), "addressesSet", decode).await
    }

    async fn allocate_ip(&self, pool: Option<&str>) -> Result<PublicIp> {
        let body = self.ask(&address::allocate(pool)).await?;
        self.made("address", address::decode(&body, self.session.name()), |ip| ip.id.clone())
    }

    async fn release_ip(&self, id: &str) -> Result<bool> {
        self.take_away_by(id, address::release(id)).await
    }

    async fn associate_ip(&self, server: &Server, ip: &PublicIp) -> Result<()> {
        self.ask(&address::associate(&server.id, ip)).await.map(drop)
    }

    // What is free already stays as it is. The association is read anew: it changes with every move.
    async fn disassociate_ip(&self, ip: &PublicIp) -> Result<()> {
        let cloud = self.session.name();
        let now =
            self.first(&address::show(&ip.id), "addressesSet", |one| address::decode(one, cloud)).await?;
        match now.filter(|now| now.association.is_some() || now.server.is_some()) {
            None => Ok(()),
            Some(now) => self.take_away(&address::disassociate(&now)).await.map(drop),
        }
    }
}
