//! What a new machine is asked to have: user data, networks, a free name, disks.

use std::net::Ipv4Addr;

use crate::cloudstack::people::Account;
use crate::cloudstack::refused::{Outcome, Refused};
use crate::cloudstack::scope::Cloud;
use crate::cloudstack::zone::Zone;
use crate::world::{Image, Pairs, Plug, State};

impl Cloud<'_> {
    /// Refuses user data that is too long or no base64.
    pub(super) fn data_is_one(&self) -> Outcome<()> {
        const BY_GET: usize = 4096;
        const BY_POST: usize = 32_768;
        use base64::Engine as _;
        let Some(text) = self.params.get("userdata") else { return Ok(()) };
        if self.got && text.len() > BY_GET {
            return Err(Refused::value("User data is too long for http GET request"));
        }
        if text.len() > BY_POST {
            return Err(Refused::value(format!("User data has exceeded configurable max length: {BY_POST}")));
        }
        if text.contains('%') {
            let rest = text.trim_start_matches(|c| c != '%').get(1..).unwrap_or_default();
            return Err(Refused::param(format!(
                "URLDecoder: Illegal hex characters in escape (%) pattern - Error at index 0 in: \"{rest}\""
            )));
        }
        let joined: String = text.split_whitespace().collect();
        let engine = base64::engine::general_purpose::STANDARD;
        let decoded = engine.decode(&joined).is_ok();
        if decoded { Ok(()) } else { Err(Refused::value("User data is not base64 encoded")) }
    }

    /// Where a new machine is to be plugged in.
    pub(super) fn plugs(&mut self, zone: &Zone, owner: &Account) -> Outcome<Vec<Plug>> {
        if zone.basic && (self.params.has("networkids") || self.params.has("iptonetworklist")) {
            return Err(Refused::value("Can't specify network Ids in Basic zone"));
        }
        let listed = self.params.records("iptonetworklist");
        if !listed.is_empty() {
            return listed.iter().map(|record| self.plug(record)).collect();
        }
        let address =
            self.params.get("ipaddress").map(|text| self.guest_address("ipaddress", text)).transpose()?;
        let ids = self.params.list("networkids");
        let mut plugs = Vec::new();
        for id in &ids {
            let network = self.network_named("networkids", id)?;
            if self.zone_of(&self.network_note(&network).zone).id != zone.id {
                let text = format!("Network id={} doesn't belong to zone {}", network.id, zone.name);
                return Err(Refused::value(text));
            }
            plugs.push(Plug { network: network.id, ..Plug::default() });
        }
        if plugs.is_empty() {
            plugs.push(Plug { network: self.default_network(zone, owner)?, ..Plug::default() });
        }
        plugs[0].address = address;
        Ok(plugs)
    }

    fn plug(&self, record: &Pairs) -> Outcome<Plug> {
        let inner = |name: &str| record.iter().find(|pair| pair.0 == name).map(|pair| pair.1.as_str());
        let id = inner("networkid").ok_or_else(|| self.params.missing("iptonetworklist"))?;
        let network = self.network_named("networkid", id)?.id;
        let address = inner("ip").map(|text| self.guest_address("iptonetworklist", text)).transpose()?;
        Ok(Plug { network, address, ..Plug::default() })
    }

    fn guest_address(&self, name: &str, text: &str) -> Outcome<Ipv4Addr> {
        text.parse().map_err(|_| self.params.invalid(name, text))
    }

    /// The account's only network of a zone, where none is named; where it has none yet, a new one.
    fn default_network(&mut self, zone: &Zone, owner: &Account) -> Outcome<String> {
        let here = |network: &&crate::world::Network| {
            let note = self.network_note(network);
            let own =
                network.project == owner.project || self.network_offering(network).shared && zone.groups;
            !network.external && own && note.vpc.is_none() && self.zone_of(&note.zone).id == zone.id
        };
        let found: Vec<String> =
            self.world.networks.iter().filter(here).map(|network| network.id.clone()).collect();
        match found.as_slice() {
            [] => self.new_network(zone, owner, &format!("{}-network", owner.name), 2, None),
            [one] => Ok(one.clone()),
            _ => Err(Refused::value(format!(
                "More than 1 default Isolated networks are found for account Account \
                 [{{\"accountName\":\"{}\",\"id\":{},\"uuid\":\"{}\"}}]; please specify networkIds",
                owner.name, owner.number, owner.id
            ))),
        }
    }

    /// Refuses a name that another machine of the same network has.
    pub(super) fn name_is_free(&self, name: &str, plugs: &[Plug], except: Option<&str>) -> Outcome<()> {
        for plug in plugs {
            let taken = self.world.servers.iter().any(|server| {
                server.state != State::Deleted
                    && Some(server.id.as_str()) != except
                    && server.name.eq_ignore_ascii_case(name)
                    && self.is_in(server, &plug.network)
            });
            if taken {
                let network =
                    self.world.network(&plug.network).map(|network| network.name.clone()).unwrap_or_default();
                return Err(Refused::value(format!(
                    "The vm with hostName {name} already exists in the network domain: {}; network={network}",
                    crate::cloudstack::network::DOMAIN
                )));
            }
        }
        Ok(())
    }

    /// Whether a machine is in a network, or was to be when it could not be brought up.
    fn is_in(&self, server: &crate::world::Server, network: &str) -> bool {
        let failed = server.state == State::Error;
        server.ports.iter().any(|port| port.network == network)
            || failed && self.machine(server).networks.iter().any(|own| own == network)
    }

    /// Refuses a template that is not in a zone, or not ready there.
    pub(super) fn is_ready(&self, image: &Image, zone: &Zone) -> Outcome<()> {
        let note = self.template_note(image);
        let name = image.name.as_deref().unwrap_or_default();
        if !note.zones.is_empty() && !note.zones.contains(&zone.id) {
            return Err(Refused::value(format!(
                "Template {name} ({}) is not in zone {}",
                image.id, zone.name
            )));
        }
        let ready =
            image.status == crate::world::ImageStatus::Active && note.ready.is_none_or(|at| at <= self.now());
        let text =
            || Refused::value(format!("Template {name} ({}) is not ready in zone {}", image.id, zone.name));
        if ready { Ok(()) } else { Err(text()) }
    }

    /// The size of the disk for data that is asked for, in GiB.
    pub(super) fn data_disk(&self, _image: &Image) -> Outcome<Option<i64>> {
        let Some(offering) = self.disk_offering("diskofferingid")? else { return Ok(None) };
        let size = offering.gib.or(self.params.number("size")?);
        size.map(Some).ok_or_else(|| Refused::value("Disk offering requires size parameter"))
    }

    /// Keeps the interfaces that a new machine is given.
    pub(super) fn keep_nics(&mut self, at: usize) {
        let server = &self.world.servers[at];
        let (id, ports) = (server.id.clone(), server.ports.iter().enumerate());
        let nics: Vec<_> = ports.map(|(place, port)| self.nic_view(server, place, port)).collect();
        let networks = server.ports.iter().map(|port| port.network.clone()).collect();
        let machine = self.note(&id);
        (machine.nics, machine.networks) = (nics, networks);
    }

    /// Names the disks of a new machine as CloudStack does.
    pub(super) fn name_disks(&mut self, at: usize) {
        let (id, number) = (self.world.servers[at].id.clone(), self.world.servers[at].number);
        let offering = self.params.get("diskofferingid").map(str::to_owned);
        let rows: Vec<(String, bool)> =
            self.world.attached(&id).iter().map(|(volume, held)| (volume.id.clone(), held.root)).collect();
        for (id, root) in rows {
            if let Some(volume) = self.world.volume_mut(&id) {
                volume.name = Some(if root { format!("ROOT-{number}") } else { format!("DATA-{number}") });
            }
            let note = self.ledger.volumes.entry(id).or_default();
            (note.offering, note.used) = (offering.clone().filter(|_| !root), true);
        }
    }
}
