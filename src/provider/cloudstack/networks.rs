//! Networks, each with its one range: isolated ones are made with a way out, shared ones are the cloud's. A tier of a VPC is a network too.

use super::CloudStack;
use super::call::Call;
use super::decode::{int, is_id, text, truth};
use super::resources::Making;
use crate::cloud::{Error, Filter, Kind, Network, NetworkSpec, Networks, Result, Subnet, Subnets};
use crate::provider::recover::quoted;
use async_trait::async_trait;
use serde_json::Value as Json;
use std::sync::Arc;

/// The offering that new networks are of where none is named: every installation has it.
const OFFERING: &str = "DefaultIsolatedNetworkOfferingWithSourceNatService";

#[async_trait]
impl Networks for CloudStack {
    async fn networks(&self, filter: &Filter) -> Result<Vec<Network>> {
        // A list by name takes any part of it on old releases: what is exact is judged here.
        let call = CloudStack::narrowed(Call::read("network.list", "listNetworks"), "keyword", filter);
        self.gather(call, "network", filter, |row| self.network_of(row)).await
    }

    async fn network(&self, id: &str) -> Result<Option<Network>> {
        let row = self.row("network.show", "listNetworks", "network", id).await?;
        Ok(row.and_then(|row| self.network_of(&row)))
    }

    async fn create_network(&self, spec: &NetworkSpec) -> Result<Network> {
        let own = spec.provider.as_ref().and_then(Json::as_object).cloned().unwrap_or_default();
        self.check_provider("createNetwork", &Json::Object(own.clone()))?;
        let given = |name: &str| own.keys().any(|known| known.eq_ignore_ascii_case(name));
        let mut call = Call::once("network.create", "createNetwork")
            .with("name", &spec.name)
            .with("displaytext", &spec.name);
        if !given("networkofferingid") {
            let (offering, named) = self.offering().await?;
            (self.warn)(&format!("network `{}` is of the offering `{named}`, for none is named", spec.name));
            call = call.with("networkofferingid", offering);
        }
        if !given("zoneid") {
            let zone = self.zone_for(None, &format!("the network `{}`", spec.name)).await?;
            call = call.with("zoneid", &zone.id);
        }
        if let Some(cidr) = &spec.cidr {
            let (gateway, mask) = gateway(cidr).ok_or_else(|| {
                let message = format!("`{cidr}` is no IPv4 range");
                self.session.error(Kind::InvalidArgument, message).help("write it as \"10.1.2.0/24\"")
            })?;
            call = call.with("gateway", gateway).with("netmask", mask);
        }
        call.merge("createNetwork", &Json::Object(own.clone()));
        let before = CloudStack::ids(&self.named_networks(&spec.name).await?);
        let making = Making {
            verb: "create_network",
            what: format!("network `{}`", spec.name),
            list: format!("networks(#{{ name: {} }})", quoted(&spec.name)),
        };
        let (call, before) = (&call, &before);
        let send = || async move {
            let body = self.ask(call).await?;
            let row = body.get("network").unwrap_or(&body);
            self.network_of(row).ok_or_else(|| self.lacking(call, "network"))
        };
        let look = || async move {
            let rows = self.named_networks(&spec.name).await?;
            Ok(CloudStack::fresh(&rows, before, |one| self.network_of(one)))
        };
        self.make(&making, send, look).await
    }

    async fn delete_network(&self, id: &str) -> Result<bool> {
        let call = Call::idempotent("network.delete", "deleteNetwork").with("id", id);
        match self.take_away(&call, || async { Ok(self.network(id).await?.is_some()) }).await {
            // "Failed to delete network" says nothing of why: what is in it does.
            Err(error)
                if matches!(error.kind, Kind::Failed | Kind::Conflict) || error.status == Some(530) =>
            {
                Err(self.still_used(id, error).await)
            }
            result => result,
        }
    }
}

#[async_trait]
impl Subnets for CloudStack {
    async fn subnets(&self, filter: &Filter) -> Result<Vec<Subnet>> {
        let call = CloudStack::narrowed(Call::read("subnet.list", "listNetworks"), "keyword", filter);
        self.gather(call, "network", filter, |row| self.subnet_of(row)).await
    }

    async fn subnet(&self, id: &str) -> Result<Option<Subnet>> {
        let row = self.row("subnet.show", "listNetworks", "network", id).await?;
        Ok(row.and_then(|row| self.subnet_of(&row)))
    }
}

impl CloudStack {
    /// A network's description by its id or unique name.
    pub(super) async fn network_row(&self, wanted: &str) -> Result<Json> {
        let name = self.session.name();
        if is_id(wanted)
            && let Some(row) = self.row("network.show", "listNetworks", "network", wanted).await?
        {
            return Ok(row);
        }
        let mut found = self.named_networks(wanted).await?;
        match found.len() {
            1 => Ok(found.remove(0)),
            0 => {
                let all = self.every(&Call::read("network.list", "listNetworks"), "network").await?;
                Err(self.missing("network", wanted, &CloudStack::names(&all)))
            }
            many => Err(self
                .session
                .error(Kind::Ambiguous, format!("{name} has {many} networks named `{wanted}`"))
                .coded("cloud::ambiguous")
                .help(format!("name one by its id: {}", CloudStack::ids(&found).join(", ")))),
        }
    }

    async fn named_networks(&self, name: &str) -> Result<Vec<Json>> {
        let call = Call::read("network.list", "listNetworks").with("keyword", name);
        let rows = self.every(&call, "network").await?;
        Ok(rows.into_iter().filter(|row| text(row, "name").as_deref() == Some(name)).collect())
    }

    /// The offering of new networks, by id and name.
    async fn offering(&self) -> Result<(String, String)> {
        let call = Call::read("network.offerings", "listNetworkOfferings")
            .with("state", "Enabled")
            .with("guestiptype", "Isolated");
        let rows = self.every(&call, "networkoffering").await?;
        let usable = |row: &&Json| truth(row, "forvpc") != Some(true);
        let named = rows.iter().filter(usable).find(|row| text(row, "name").as_deref() == Some(OFFERING));
        let with_nat = |row: &&Json| {
            super::decode::list(row, "service")
                .iter()
                .any(|one| text(one, "name").as_deref() == Some("SourceNat"))
        };
        let chosen = named.or_else(|| rows.iter().filter(usable).find(with_nat));
        match chosen.and_then(|row| Some((text(row, "id")?, text(row, "name")?))) {
            Some(chosen) => Ok(chosen),
            None => {
                let message = format!("{} offers no isolated network with a way out", self.session.name());
                Err(self.session.error(Kind::Unsupported, message).help(
                    "make it with `api(\"cloudstack\", \"createNetwork\", #{ … })` and an offering of `listNetworkOfferings`",
                ))
            }
        }
    }

    /// The error of a network that could not be deleted, with what is in it.
    async fn still_used(&self, id: &str, mut error: Error) -> Error {
        let call =
            Call::read("server.list", "listVirtualMachines").with("networkid", id).with("listall", true);
        let rows = self.every(&call.anywhere(), "virtualmachine").await.unwrap_or_default();
        error.kind = Kind::Conflict;
        error.diagnostic = Some("cloud::conflict");
        error.message = "the network is still in use".to_string();
        let state = |row: &Json| text(row, "state").unwrap_or_default();
        let name = |row: &Json| text(row, "name").or_else(|| text(row, "id")).unwrap_or_default();
        let mut machines: Vec<String> =
            rows.iter().map(|row| format!("`{}` ({})", name(row), state(row))).collect();
        // Who destroyed a machine does not see it any more, unless it is an administrator.
        let known = CloudStack::ids(&rows);
        let hidden = self.memory.destroyed(|seen| seen.networks.iter().any(|one| one == id));
        let gone: Vec<String> =
            hidden.iter().map(|(id, _)| id.clone()).filter(|id| !known.contains(id)).collect();
        let hidden: Vec<String> = hidden
            .iter()
            .filter(|(server, _)| !known.contains(server))
            .map(|(server, seen)| format!("`{}` (Destroyed, {server})", seen.name))
            .collect();
        let destroyed = !gone.is_empty() || rows.iter().any(|row| state(row) == "Destroyed");
        machines.extend(hidden);
        error.help = Some(match (machines.is_empty(), destroyed) {
            (true, _) => "look for machines that are destroyed and not expunged yet: the cloud frees the network with them; `delete(server, #{ force: true })` expunges at once, where the account may".to_string(),
            (false, true) => {
                let first = rows.iter().find(|row| state(row) == "Destroyed").and_then(|row| text(row, "id"));
                let first = first.or_else(|| gone.first().cloned()).unwrap_or_default();
                format!("what is destroyed keeps its network: {}: {}", machines.join(", "), super::held::way_out(&first))
            }
            (false, false) => format!("delete its servers first: {}", machines.join(", ")),
        });
        if !machines.is_empty() {
            error.facts.push(("exists", machines.join(", ")));
        }
        error
    }

    fn network_of(&self, row: &Json) -> Option<Network> {
        let id = text(row, "id")?;
        let status = match text(row, "state").as_deref() {
            // One that nothing runs on has no router yet, and can be used.
            Some("Allocated" | "Setup" | "Implemented") | None => "ACTIVE",
            Some("Implementing") => "BUILD",
            Some("Destroy") => "DOWN",
            Some("Shutdown") => "DOWN",
            Some(_) => "ERROR",
        };
        let shared = text(row, "type").map(|kind| kind.eq_ignore_ascii_case("shared"));
        Some(Network {
            name: text(row, "name").unwrap_or_default(),
            status: status.to_string(),
            cidrs: [text(row, "cidr"), text(row, "ip6cidr")].into_iter().flatten().collect(),
            external: Some(text(row, "traffictype").is_some_and(|kind| kind.eq_ignore_ascii_case("public"))),
            shared,
            cloud: self.session.name().clone(),
            raw: Arc::new(row.clone()),
            id,
        })
    }

    fn subnet_of(&self, row: &Json) -> Option<Subnet> {
        let id = text(row, "id")?;
        Some(Subnet {
            name: text(row, "name").unwrap_or_default(),
            network: Some(id.clone()),
            cidr: text(row, "cidr"),
            gateway: text(row, "gateway"),
            version: text(row, "cidr").map(|_| 4).or(int(row, "version")),
            zone: text(row, "zonename"),
            cloud: self.session.name().clone(),
            raw: Arc::new(row.clone()),
            id,
        })
    }
}

/// The first address of an IPv4 range, and its mask.
fn gateway(cidr: &str) -> Option<(String, String)> {
    let (address, bits) = cidr.split_once('/')?;
    let address: std::net::Ipv4Addr = address.parse().ok()?;
    let bits: u32 = bits.parse().ok().filter(|bits| (1..=30).contains(bits))?;
    let mask = u32::MAX << (32 - bits);
    let first = (u32::from(address) & mask) + 1;
    Some((std::net::Ipv4Addr::from(first).to_string(), std::net::Ipv4Addr::from(mask).to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_has_a_gateway_and_a_mask() {
        assert_eq!(gateway("10.8.0.0/24"), Some(("10.8.0.1".into(), "255.255.255.0".into())));
        assert_eq!(gateway("10.8.3.7/20"), Some(("10.8.0.1".into(), "255.255.240.0".into())));
        assert_eq!((gateway("10.8.0.0"), gateway("10.8.0.0/31"), gateway("fd00::/64")), (None, None, None));
    }
}
