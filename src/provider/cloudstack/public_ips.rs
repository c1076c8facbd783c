//! Public addresses, given to servers by static NAT. An address is a network's: that of its pool, or of the only network there is.

use super::CloudStack;
use super::call::Call;
use super::decode::{list, text, truth};
use super::resources::Making;
use crate::cloud::{Error, Filter, Kind, PublicIp, PublicIps, Result, Server};
use crate::provider::recover::Seen;
use async_trait::async_trait;
use serde_json::Value as Json;
use std::sync::Arc;

const KEY: &str = "publicipaddress";

/// Where the rules stand by which an address forwards single ports: in `.raw`, beside what the cloud says.
const FORWARDINGS: &str = "portforwardings";

/// An address whose single ports lead to servers is at the first of them, and shows the rules.
fn lead(ip: &mut PublicIp, rules: &[Json]) {
    let own: Vec<Json> =
        rules.iter().filter(|rule| text(rule, "ipaddressid").as_ref() == Some(&ip.id)).cloned().collect();
    let Some(first) = own.first() else { return };
    ip.server = text(first, "virtualmachineid");
    ip.association = ip.server.as_ref().map(|_| ip.id.clone());
    let mut raw = (*ip.raw).clone();
    if let Json::Object(fields) = &mut raw {
        fields.insert(FORWARDINGS.to_string(), Json::Array(own));
    }
    ip.raw = Arc::new(raw);
}

#[async_trait]
impl PublicIps for CloudStack {
    async fn public_ips(&self, filter: &Filter) -> Result<Vec<PublicIp>> {
        let call =
            CloudStack::narrowed(Call::read("public_ip.list", "listPublicIpAddresses"), "ipaddress", filter);
        let mut found = self.gather(call, KEY, filter, |row| self.ip_of(row)).await?;
        let free = |ip: &PublicIp| ip.server.is_none();
        if filter.server.is_none() && found.iter().any(free) {
            let all = filter.all_projects.then_some("-1");
            let rules = self.forwardings(None, all).await?;
            found.iter_mut().filter(|ip| free(ip)).for_each(|ip| lead(ip, &rules));
        }
        Ok(found)
    }

    async fn public_ip(&self, id: &str) -> Result<Option<PublicIp>> {
        let row = self.row("public_ip.show", "listPublicIpAddresses", KEY, id).await?;
        let Some(mut ip) = row.as_ref().and_then(|row| self.ip_of(row)) else { return Ok(None) };
        if ip.server.is_none() {
            let project = text(&ip.raw, "projectid");
            lead(&mut ip, &self.forwardings(Some(id), project.as_deref()).await?);
        }
        Ok(Some(ip))
    }

    async fn allocate_ip(&self, pool: Option<&str>) -> Result<PublicIp> {
        let network = self.pool(pool).await?;
        let call = Call::once("public_ip.allocate", "associateIpAddress").with("networkid", &network);
        let before =
            CloudStack::ids(&self.every(&Call::read("public_ip.list", "listPublicIpAddresses"), KEY).await?);
        let making = Making {
            verb: "allocate_ip",
            what: "a new public address".to_string(),
            list: "public_ips()".to_string(),
        };
        let (call, before) = (&call, &before);
        let send = || async move {
            let begun = self.begin(call).await?;
            begun.id.map(|id| (id, begun.job)).ok_or_else(|| self.lacking(call, "id"))
        };
        let look = || async move {
            let rows = self.every(&Call::read("public_ip.list", "listPublicIpAddresses"), KEY).await?;
            Ok(CloudStack::fresh(&rows, before, |one| text(one, "id").map(|id| (id, None))))
        };
        let (id, job) = self.make(&making, send, look).await?;
        self.finish_made(call, job, &format!("public IP {id}")).await?;
        self.public_ip(&id).await?.ok_or_else(|| self.lacking(call, KEY))
    }

    async fn associate_ip(&self, server: &Server, ip: &PublicIp) -> Result<()> {
        let row = self.described(&server.id).await?;
        if let Some(now) = self.public_ip(&ip.id).await?
            && let Some(held) = &now.server
        {
            let forwards = list(&now.raw, FORWARDINGS);
            if !forwards.is_empty() {
                return Err(self.forwards(&now, forwards));
            }
            if *held == server.id {
                return Ok(());
            }
            self.disassociate_ip(&now).await?;
        }
        // Of several interfaces the one in the address's own network.
        let own = text(&ip.raw, "associatednetworkid");
        let nics = CloudStack::nics(&row);
        let in_own = nics.iter().any(|nic| text(nic, "networkid") == own);
        let network = own.filter(|_| in_own).or_else(|| CloudStack::default_network(&row));
        let call = Call::idempotent("public_ip.associate", "enableStaticNat")
            .with("ipaddressid", &ip.id)
            .with("virtualmachineid", &server.id)
            .with("networkid", network);
        self.run(&call).await.map(drop)
    }

    async fn forward_ip(&self, server: &Server, ip: &PublicIp, request: &Json) -> Result<()> {
        let mut call = Call::once("public_ip.forward", "createPortForwardingRule")
            .with("ipaddressid", &ip.id)
            .with("virtualmachineid", &server.id);
        self.check_provider("createPortForwardingRule", request)?;
        call.merge("createPortForwardingRule", request);
        let missing =
            ["publicport", "privateport", "protocol"].into_iter().find(|name| call.get(name).is_none());
        if let Some(missing) = missing {
            let message = format!("`provider` has no `{missing}`");
            return Err(self
                .session
                .error(Kind::InvalidArgument, message)
                .help("write `#{ publicport: 8080, privateport: 80, protocol: \"tcp\" }`; without `provider` the whole address leads to the server"));
        }
        let making = Making {
            verb: "associate_ip",
            what: "that forwarding rule".to_string(),
            list: format!(
                "api(\"cloudstack\", \"listPortForwardingRules\", #{{ ipaddressid: \"{}\" }})",
                ip.id
            ),
        };
        let call = &call;
        let send = || async move { self.run(call).await.map(drop) };
        let look = || async move {
            let list = Call::read("public_ip.forward", "listPortForwardingRules")
                .with("ipaddressid", &ip.id)
                .with("listall", true);
            let rows = self.every(&list, "portforwardingrule").await?;
            let same = |row: &&Json| {
                ["publicport", "privateport", "virtualmachineid"]
                    .iter()
                    .all(|name| text(row, name).as_deref() == call.get(name))
            };
            Ok(Seen::from(rows.iter().find(same).map(drop)))
        };
        self.make(&making, send, look).await
    }

    // What is free already stays as it is.
    async fn disassociate_ip(&self, ip: &PublicIp) -> Result<()> {
        match self.public_ip(&ip.id).await? {
            Some(now) if truth(&now.raw, "isstaticnat") == Some(true) => {
                let call = Call::idempotent("public_ip.disassociate", "disableStaticNat")
                    .with("ipaddressid", &ip.id);
                let there = || async {
                    let now = self.public_ip(&ip.id).await?;
                    Ok(now.is_some_and(|now| truth(&now.raw, "isstaticnat") == Some(true)))
                };
                self.take_away(&call, there).await.map(drop)
            }
            // Single ports lead to servers: each has a rule of its own.
            Some(now) => {
                for rule in list(&now.raw, FORWARDINGS) {
                    let Some(rule) = text(rule, "id") else { continue };
                    let call = Call::idempotent("public_ip.disassociate", "deletePortForwardingRule")
                        .with("id", &rule);
                    let project = text(&now.raw, "projectid");
                    let there = || async {
                        let rules = self.forwardings(Some(&ip.id), project.as_deref()).await?;
                        Ok(rules.iter().any(|one| text(one, "id").as_ref() == Some(&rule)))
                    };
                    self.take_away(&call, there).await?;
                }
                Ok(())
            }
            None => Ok(()),
        }
    }

    async fn release_ip(&self, id: &str) -> Result<bool> {
        if self.public_ip(id).await?.is_none() {
            return Ok(false);
        }
        let call = Call::idempotent("public_ip.release", "disassociateIpAddress").with("id", id);
        self.take_away(&call, || async { Ok(self.public_ip(id).await?.is_some()) }).await
    }
}

impl CloudStack {
    /// The rules by which single ports lead to servers, of one address or of all.
    async fn forwardings(&self, ip: Option<&str>, project: Option<&str>) -> Result<Vec<Json>> {
        let call = Call::read("public_ip.forward", "listPortForwardingRules")
            .with("ipaddressid", ip)
            .with("listall", true)
            .with("projectid", project);
        match self.every(&call, "portforwardingrule").await {
            // Who may not see rules, or has a server without them, has none that could be shown.
            Err(error) if matches!(error.kind, Kind::Forbidden | Kind::Unsupported) => Ok(Vec::new()),
            result => result,
        }
    }

    /// The error of an address that is to lead to a server whole, and of which ports lead somewhere already.
    fn forwards(&self, ip: &PublicIp, rules: &[Json]) -> Error {
        let told = |rule: &Json| {
            let part = |name: &str| text(rule, name).unwrap_or_default();
            format!("{}/{} to {}", part("publicport"), part("protocol"), part("virtualmachinename"))
        };
        let told = rules.iter().map(told).collect::<Vec<_>>().join(", ");
        let message = format!("the public IP `{}` forwards single ports: {told}", ip.address);
        let help =
            "write `disassociate_ip(ip)` first, which ends these; or forward one more port with `provider`";
        self.session.error(Kind::Conflict, message).help(help)
    }

    /// The network that an address is taken for.
    async fn pool(&self, pool: Option<&str>) -> Result<String> {
        if let Some(pool) = pool {
            let row = self.network_row(pool).await?;
            return text(&row, "id")
                .ok_or_else(|| self.lacking(&Call::read("network.list", "listNetworks"), "id"));
        }
        let rows = self.every(&Call::read("network.list", "listNetworks"), "network").await?;
        let gives = |row: &&Json| {
            list(row, "service").iter().any(|one| text(one, "name").as_deref() == Some("StaticNat"))
        };
        let fitting: Vec<&Json> = rows.iter().filter(gives).collect();
        match fitting.as_slice() {
            [only] => Ok(text(only, "id").unwrap_or_default()),
            [] => Err(self
                .session
                .error(Kind::InvalidArgument, "no network here takes public addresses")
                .help("make one with `create_network`")),
            several => {
                let names: Vec<String> = several.iter().filter_map(|row| text(row, "name")).collect();
                Err(self
                    .session
                    .error(
                        Kind::InvalidArgument,
                        format!("{} networks take public addresses, and none is named", names.len()),
                    )
                    .help(format!(
                        "give the network as the pool: `allocate_ip(\"{}\")`; there are: {}",
                        names[0],
                        names.join(", ")
                    )))
            }
        }
    }

    fn ip_of(&self, row: &Json) -> Option<PublicIp> {
        let id = text(row, "id")?;
        let server = text(row, "virtualmachineid");
        Some(PublicIp {
            address: text(row, "ipaddress").unwrap_or_default(),
            port: None,
            fixed_ip: text(row, "vmipaddress"),
            pool: text(row, "associatednetworkname").or_else(|| text(row, "associatednetworkid")),
            association: server.as_ref().map(|_| id.clone()),
            server,
            cloud: self.session.name().clone(),
            raw: Arc::new(row.clone()),
            id,
        })
    }
}
