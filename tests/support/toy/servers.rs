//! Its servers: there at once, and gone at once.

use super::Toy;
use rhain::cloud::server::{Named, Nics};
use rhain::cloud::traits::{Account as _, Servers};
use rhain::cloud::{Accepted, Action, BootSpec, Error, Filter, Kind, Result, Server};
use std::collections::BTreeMap;
use std::sync::Arc;

impl Toy {
    fn set(&self, id: &str, status: &str) -> Result<Accepted> {
        let mut servers = self.servers.lock().unwrap();
        let server = servers.iter_mut().find(|server| server.id == id);
        let server = server.ok_or_else(|| Error::new(Kind::NotFound, format!("no toy {id}")))?;
        server.status = status.to_string();
        Ok(Accepted::default())
    }
}

#[async_trait::async_trait]
impl Servers for Toy {
    async fn servers(&self, filter: &Filter) -> Result<Vec<Server>> {
        if filter.all_projects {
            return Err(self.unsupported("servers(all_projects)"));
        }
        let fits = |server: &&Server| filter.matches(*server);
        Ok(self.servers.lock().unwrap().iter().filter(fits).cloned().collect())
    }

    async fn server(&self, id: &str) -> Result<Option<Server>> {
        Ok(self.servers.lock().unwrap().iter().find(|server| server.id == id).cloned())
    }

    async fn boot(&self, spec: &BootSpec) -> Result<Vec<Server>> {
        let texts = [&spec.description, &spec.access_ipv4, &spec.access_ipv6];
        let beyond =
            spec.admin_pass.is_some() || spec.config_drive.is_some() || spec.networks == Nics::Absent;
        let with_port =
            matches!(&spec.networks, Nics::These(nics) if nics.iter().any(|nic| nic.port.is_some()));
        let placed = spec.server_group.is_some() || spec.root_disk.is_some();
        if beyond || with_port || placed || texts.iter().any(|text| text.is_some()) {
            return Err(self.unsupported("boot with these options"));
        }
        let mut servers = self.servers.lock().unwrap();
        let server = Server {
            flavor: Named { id: Some(spec.flavor.clone()), name: None },
            image: Named { id: spec.image.clone(), name: None },
            meta: spec.meta.clone(),
            cloud: self.name.clone(),
            ..machine(&format!("toy-{}", servers.len() + 1), &spec.name)
        };
        servers.push(server.clone());
        Ok(vec![server])
    }

    async fn act(&self, id: &str, action: &Action) -> Result<Accepted> {
        match action {
            Action::Start => self.set(id, "ACTIVE"),
            Action::Stop { .. } => self.set(id, "SHUTOFF"),
            other => Err(self.unsupported(other.verb())),
        }
    }

    async fn delete_server(&self, id: &str, _force: bool) -> Result<bool> {
        let mut servers = self.servers.lock().unwrap();
        let before = servers.len();
        servers.retain(|server| server.id != id);
        Ok(servers.len() < before)
    }
}

/// A server that is ACTIVE and has nothing.
pub fn machine(id: &str, name: &str) -> Server {
    Server {
        id: id.to_string(),
        name: name.to_string(),
        status: "ACTIVE".to_string(),
        provider_status: "there".to_string(),
        task: None,
        progress: None,
        fault: None,
        flavor: Named::default(),
        image: Named::default(),
        meta: BTreeMap::new(),
        tags: Vec::new(),
        addresses: Vec::new(),
        access: (None, None),
        description: None,
        host: None,
        project: None,
        locked: None,
        key: None,
        security_groups: Vec::new(),
        volumes: Vec::new(),
        zone: None,
        created: None,
        updated: None,
        admin_pass: None,
        cloud: Arc::from("toybox"),
        read: super::long_ago(),
        raw: Arc::default(),
    }
}
