//! The cloud as it was when the exchanges were recorded.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError};
use std::time::{Duration, SystemTime};

use super::stage::{Stage, at};
use crate::clock::{Clock, SimTime};
use crate::cloudstack::network_offering::OFFERINGS;
use crate::cloudstack::offering::Offering;
use crate::cloudstack::params::{Params, pairs_of};
use crate::cloudstack::scope::{Caller, Cloud};
use crate::cloudstack::state::Shared;
use crate::cloudstack::template::Template;
use crate::cloudstack::zone::Zone;
use crate::openstack::Answer;
use crate::world::{Flavor, Image, Pairs, World, fresh_id};

/// When it was recorded: ten minutes before the ends of life that are ten minutes ahead.
const BEGIN: u64 = 1_795_245_875;
/// The same for the part in which those are enforced.
pub(super) const ENFORCED: u64 = 1_795_247_286;

fn flavor(name: &str, ram_mib: i64) -> Flavor {
    Flavor {
        id: fresh_id(),
        name: name.to_owned(),
        ram_mib,
        disk_gib: 0,
        vcpus: 1,
        swap_mib: 0,
        ephemeral_gib: 0,
        public: true,
        description: None,
        extra: Pairs::new(),
    }
}

impl Stage {
    pub(in crate::cloudstack) fn new() -> Self {
        let mut world = World::seeded(Arc::new(Clock::new(SimTime::Virtual, None)));
        let now = world.now();
        world.networks.retain(|network| network.external);
        let outside: Vec<String> = world.networks.iter().map(|network| network.id.clone()).collect();
        world.subnets.retain(|subnet| outside.contains(&subnet.network));
        world.routers.clear();
        world.ports.clear();
        let admin = world.projects[2].id.clone();
        let quotas = world.quotas.entry(admin).or_default();
        for name in
            ["servers", "cores", "ram_mib", "networks", "subnets", "ports", "floating_ips", "security_groups"]
        {
            quotas.limit(name).into_iter().for_each(|limit| *limit = -1);
        }
        let mut stage =
            Self { world, shared: Shared::default(), ids: HashMap::new(), cookies: Default::default() };
        stage.skew(BEGIN, now);
        stage.offerings();
        stage.people();
        stage
    }

    /// Sets the time.
    pub(super) fn skew(&mut self, to: u64, right: SystemTime) {
        let by = at(to).duration_since(right).map(|by| by.as_secs() as i64);
        let by = by.unwrap_or_else(|_| -(right.duration_since(at(to)).unwrap_or_default().as_secs() as i64));
        self.world.skew(by);
    }

    fn offerings(&mut self) {
        let now = self.world.now();
        let mut ledger = self.shared.lock().unwrap_or_else(PoisonError::into_inner);
        ledger.zones = vec![Zone::seeded("adv", false), Zone::seeded("sg", true)];
        self.world.flavors = vec![flavor("Small Instance", 512), flavor("Medium Instance", 1024)];
        for (flavor, speed) in self.world.flavors.iter().zip([500, 1000]) {
            let offering =
                Offering { custom: false, speed, display: flavor.name.clone(), created: now, dynamic: true };
            ledger.offerings.insert(flavor.id.clone(), offering);
        }
        ledger.systems = vec!["Debian GNU/Linux 5.0 (64-bit)".to_owned()];
        let mut system = Image::new(&self.world.images[0].owner.clone(), now);
        system.fill(vec![0]);
        system.visibility = "private".to_owned();
        self.world.images.push(system);
        let rows = [
            ("CentOS 5.6 (64-bit) no GUI (Simulator)", "CentOS 5.6 (64-bit)", None),
            ("SystemVM Template (simulator)", "Debian GNU/Linux 5.0 (64-bit)", Some("SYSTEM")),
        ];
        for (image, (name, os, kind)) in self.world.images.iter_mut().zip(rows) {
            image.name = Some(name.to_owned());
            image.min_disk_gib = 2;
            let note = Template {
                os: Some(os.to_owned()),
                format: Some("VHD".to_owned()),
                kind,
                ..Template::default()
            };
            ledger.templates.insert(image.id.clone(), note);
        }
    }

    fn people(&mut self) {
        let shared = Arc::clone(&self.shared);
        let mut guard = shared.lock().unwrap_or_else(PoisonError::into_inner);
        let ledger = &mut *guard;
        ledger.seed(&self.world);
        ledger.accounts.retain(|account| account.name == "admin");
        ledger.people.retain(|person| person.name == "admin");
        (ledger.people[0].password, ledger.people[0].key) = ("password".to_owned(), None);
        let (zone, person) = (ledger.zones[1].clone(), ledger.people[0].id.clone());
        let Some(caller) = Caller::of(ledger, &person) else { return };
        let (owner, params) = (caller.account.clone(), Params::default());
        let mut cloud = Cloud {
            world: &mut self.world,
            ledger,
            shared: &self.shared,
            params: &params,
            caller,
            request: "",
            got: false,
        };
        let range = Some(([10, 147, 31, 0].into(), 24, Some([10, 147, 31, 1].into())));
        assert!(OFFERINGS[0].shared);
        assert!(cloud.new_network(&zone, &owner, "sgnet", 0, range).is_ok());
    }

    /// What a command is answered with, asked by the administrator or by the user demo.
    pub(in crate::cloudstack) fn by_key(&mut self, who: &str, text: &str) -> Answer {
        let (key, secret) = if who == "admin" { ("APIKEY", "SECRETKEY") } else { ("DEMOKEY", "DEMOSECRET") };
        let rest = format!("response=json&apiKey={key}&signature=");
        let pairs = pairs_of(&[text, &rest]).unwrap_or_default();
        let form = self.sealed(&pairs, secret);
        self.send("POST", "", &form, "")
    }

    /// Lets time pass.
    pub(in crate::cloudstack) fn pass(&mut self, by: Duration) {
        self.world.clock.advance(by);
        self.world.settle();
    }

    pub(super) fn advance(&mut self, seconds: u64) {
        for _ in 0..seconds * 10 {
            self.world.clock.advance(Duration::from_millis(100));
            self.world.settle();
        }
    }

    /// Expunges every machine.
    pub(super) fn for_all(&mut self, command: &str) {
        let ids: Vec<String> = self.world.servers.iter().map(|server| server.id.clone()).collect();
        for id in ids.iter().filter(|id| self.world.server_at(id).is_some()).cloned().collect::<Vec<_>>() {
            self.ask("", &format!("{command}&id={id}&expunge=true"));
        }
    }
}
