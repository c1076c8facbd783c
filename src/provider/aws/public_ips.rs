//! Elastic IPs as public addresses.

use super::Aws;
use super::decode::tags;
use super::ec2::address;
use super::making::Making;
use crate::cloud::{Filter, Noun, Port, PublicIp, PublicIps, Result, Server};
use async_trait::async_trait;
use serde_json::Value as Json;

#[async_trait]
impl PublicIps for Aws {
    async fn public_ips(&self, filter: &Filter) -> Result<Vec<PublicIp>> {
        let decode = |body: &Json| address::decode(body, self.session.name());
        self.gather(address::page(filter.server.as_deref()), "addressesSet", filter, decode).await
    }

    async fn public_ip(&self, id: &str) -> Result<Option<PublicIp>> {
        let decode = |body: &Json| address::decode(body, self.session.name());
        self.shown(Noun::PublicIp, id, address::show(id), "addressesSet", decode).await
    }

    async fn allocate_ip(&self, pool: Option<&str>) -> Result<PublicIp> {
        let making = Making {
            verb: "allocate_ip",
            what: "public IP".to_string(),
            list: "public_ips()".to_string(),
            call: address::allocate(pool),
            kind: "elastic-ip",
            tags: Vec::new(),
            look: address::page(None),
            set: "addressesSet",
            id: "allocationId",
            time: None,
            may_be: |one| tags(one).is_empty() && !address::is_used(one),
            delete: Some(address::release),
        };
        let decode = |body: &Json| address::decode(body, self.session.name());
        let ip = self.make(&making, decode, decode, |ip| ip.id.clone()).await?;
        self.memory.made(&ip.id, self.clock.now());
        Ok(ip)
    }

    async fn release_ip(&self, id: &str) -> Result<bool> {
        self.take_away_by(id, address::release(id)).await
    }

    async fn associate_ip(&self, server: &Server, ip: &PublicIp) -> Result<()> {
        self.ask(&address::associate(&server.id, ip)).await.map(drop)
    }

    async fn associate_port(&self, port: &Port, ip: &PublicIp) -> Result<()> {
        self.ask(&address::associate_interface(&port.id, ip)).await.map(drop)
    }

    // What is free already stays as it is. The association is read anew: it changes with every move.
    async fn disassociate_ip(&self, ip: &PublicIp) -> Result<()> {
        let cloud = self.session.name();
        let now =
            self.first(&address::show(&ip.id), "addressesSet", |one| address::decode(one, cloud)).await?;
        match now.filter(|now| now.association.is_some() || now.server.is_some() || now.port.is_some()) {
            None => Ok(()),
            Some(now) => self.take_away(&address::disassociate(&now)).await.map(drop),
        }
    }
}
