//! A region as one caller sees it: the world and this face's own notes, limited to what is the caller's.

use std::time::SystemTime;

use super::ec2_state::{Ledger, Mark, REMEMBERED};
use super::ids::{INSTANCE, Kind};
use super::params::Params;
use super::refused::Outcome;
use super::xml::Xml;
use crate::openstack::time;
use crate::world::{Asker, Pairs, Server, State, World, put};

/// What an action works on.
pub(super) struct Region<'a> {
    pub(super) world: &'a mut World,
    pub(super) ledger: &'a mut Ledger,
    pub(super) params: &'a Params,
    pub(super) asker: Asker,
    pub(super) account: String,
    /// Such as `http://127.0.0.1:4321`.
    pub(super) host: &'a str,
}

impl Region<'_> {
    pub(super) fn project(&self) -> &str {
        &self.asker.project
    }

    pub(super) fn now(&self) -> SystemTime {
        self.world.now()
    }

    /// The name of a resource by which all of AWS knows it.
    pub(super) fn arn(&self, kind: Kind, id: &str) -> String {
        format!("arn:aws:ec2:{}:{}:{}/{id}", super::REGION, self.account, kind.resource)
    }

    /// What is noted of a server.
    pub(super) fn mark(&self, server: &Server) -> Mark {
        self.ledger.marks.get(&server.id).cloned().unwrap_or_default()
    }

    pub(super) fn note(&mut self, at: usize) -> &mut Mark {
        self.ledger.marks.entry(self.world.servers[at].id.clone()).or_default()
    }

    /// Whether the caller sees this server at this time.
    pub(super) fn sees(&self, server: &Server) -> bool {
        let now = self.now();
        let hidden =
            self.ledger.marks.get(&server.id).and_then(|mark| mark.hidden).is_some_and(|until| now < until);
        let gone = server.state == State::Deleted
            && server
                .terminated
                .is_none_or(|at| now.duration_since(at).is_ok_and(|since| since >= REMEMBERED));
        server.project == self.asker.project && !hidden && !gone
    }

    /// Indices of the servers of these ids, all of which must be there; every server's where there are none.
    pub(super) fn instances(&self, ids: &[String]) -> Outcome<Vec<usize>> {
        if ids.is_empty() {
            let seen = self.world.servers.iter().enumerate().filter(|(_, server)| self.sees(server));
            return Ok(seen.map(|(at, _)| at).collect());
        }
        let (mut found, mut missing) = (Vec::new(), Vec::new());
        for id in ids {
            INSTANCE.formed(id)?;
            match self
                .world
                .servers
                .iter()
                .position(|server| INSTANCE.is(id, &server.id) && self.sees(server))
            {
                Some(at) if found.contains(&at) => {}
                Some(at) => found.push(at),
                None => missing.push(id.as_str()),
            }
        }
        if missing.is_empty() { Ok(found) } else { Err(INSTANCE.missing(&missing)) }
    }

    /// The index of one server.
    pub(super) fn instance(&self, id: &str) -> Outcome<usize> {
        let found = self.instances(&[id.to_owned()])?;
        found.first().copied().ok_or_else(|| INSTANCE.missing(&[id]))
    }

    /// The tags that a request gives what it makes, where it makes this kind.
    pub(super) fn given_tags(&self, kind: Kind) -> Outcome<Pairs> {
        let mut tags = Pairs::new();
        for spec in self.params.records("TagSpecification") {
            if spec.get("ResourceType") == Some(kind.resource) {
                for (key, value) in super::tag::read(&spec)? {
                    put(&mut tags, &key, &value);
                }
            }
        }
        Ok(tags)
    }
}

/// The tags of a server: its name as `Name`, unless it was given none, and its metadata.
pub(super) fn server_tags(server: &Server) -> Pairs {
    let mut tags = Pairs::new();
    if server.name != INSTANCE.id(&server.id) {
        tags.push(("Name".to_owned(), server.name.clone()));
    }
    tags.extend(server.metadata.iter().filter(|(key, _)| key != "Name").cloned());
    tags
}

impl Xml {
    /// A `tagSet`.
    pub(super) fn tags(&mut self, tags: &Pairs) -> &mut Self {
        self.set("tagSet", tags, |xml, (key, value)| {
            xml.text("key", key).text("value", value);
        })
    }

    /// A time as EC2 writes it: `2026-11-21T00:18:48.000Z`.
    pub(super) fn time(&mut self, name: &str, at: SystemTime) -> &mut Self {
        self.text(name, stamp(at))
    }
}

/// A time as EC2 writes it.
pub(super) fn stamp(at: SystemTime) -> String {
    time::second(at).replace('Z', ".000Z")
}
