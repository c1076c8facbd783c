//! When a wait for anything but a server is over: its status alone tells, for these clouds change it with the request.

use super::watch::{self, Goal, Scene, Verdict, Watch};
use crate::cloud::ports::{Clock, Progress};
use crate::cloud::{Cloud, Error, Filter, Handle, Kind, Noun, Resource, Result, Value};
use async_trait::async_trait;
use std::collections::BTreeMap;
use std::time::Duration;

/// Wait for resources of one noun; results in order. Whatever a look shows is in the object at once.
pub async fn resources(
    cloud: &dyn Cloud,
    clock: &dyn Clock,
    progress: &dyn Progress,
    wanted: &[Handle],
    goal: &Goal,
    timeout: Duration,
) -> Vec<Result<Resource>> {
    let scene = Scene {
        cloud,
        clock,
        progress,
        goal,
        single: wanted.len() == 1,
        until: clock.elapsed().saturating_add(timeout),
    };
    let members = wanted.iter().map(|object| {
        let resource = object.latest();
        let leaving = is_leaving(resource.status());
        Member { object: object.clone(), resource, seen: false, leaving }
    });
    let members = members.collect();
    watch::all(&scene, members, timeout).await
}

/// The statuses of a noun in which it is at rest and good; none of a noun that has no status.
pub fn good(noun: Noun) -> &'static [&'static str] {
    match noun {
        Noun::Image | Noun::Server | Noun::Network | Noun::Router => &["ACTIVE"],
        Noun::Volume => &["AVAILABLE", "IN-USE"],
        Noun::Snapshot | Noun::Backup => &["AVAILABLE"],
        // One that no server has is DOWN for good.
        Noun::Port => &["ACTIVE", "DOWN", "N/A"],
        Noun::Stack => crate::cloud::stack::noun::GOOD,
        Noun::Flavor
        | Noun::Keypair
        | Noun::SecurityGroup
        | Noun::Subnet
        | Noun::PublicIp
        | Noun::ServerGroup => &[],
    }
}

/// Whether a status tells that something went wrong for good.
fn is_bad(status: &str) -> bool {
    status == "KILLED" || status == "FAILED" || status == "ERROR" || status.starts_with("ERROR_")
}

/// Whether a status is that of a deletion under way.
fn is_leaving(status: &str) -> bool {
    matches!(status, "DELETING" | "PENDING_DELETE")
}

struct Member {
    object: Handle,
    resource: Resource,
    seen: bool,
    /// Whether its deletion was seen under way.
    leaving: bool,
}

#[async_trait]
impl Watch for Member {
    type Item = Resource;

    fn many(&self) -> String {
        format!("{}s", self.resource.noun().as_str())
    }

    fn id(&self) -> &str {
        self.resource.id()
    }

    fn name(&self) -> &str {
        self.resource.name()
    }

    fn last(&self) -> &Resource {
        &self.resource
    }

    fn not_begun(&self) -> Option<&'static str> {
        None
    }

    fn id_of(resource: &Resource) -> &str {
        resource.id()
    }

    fn state(resource: &Resource) -> String {
        resource.status().to_string()
    }

    async fn get(&self, cloud: &dyn Cloud) -> Result<Option<Resource>> {
        cloud.one(self.resource.noun(), self.resource.id()).await
    }

    async fn list(&self, cloud: &dyn Cloud, prefix: &str) -> Result<Vec<Resource>> {
        let filter = Filter { name: super::server::begins(prefix), ..Filter::default() };
        cloud.list(self.resource.noun(), &filter).await
    }

    async fn judge(&mut self, scene: &Scene<'_>, seen: Option<Resource>, _look: u32) -> Verdict<Resource> {
        let gone = seen.as_ref().is_none_or(|resource| matches!(resource.status(), "DELETED"));
        let Some(resource) = seen.filter(|_| !gone) else {
            self.object.set_gone();
            let wanted = match scene.goal {
                Goal::Deleted => true,
                Goal::Status(list) => list.iter().any(|status| status == "DELETED"),
                Goal::Active | Goal::Ready => false,
            };
            return match wanted {
                true => Verdict::Reached(self.resource.clone()),
                false => Verdict::Failed(self.gone(scene)),
            };
        };
        self.seen = true;
        self.leaving |= is_leaving(resource.status());
        self.object.update(resource.clone());
        self.resource = resource.clone();
        let (noun, status) = (resource.noun(), resource.status());
        let good = good(noun);
        let reached = match scene.goal {
            Goal::Status(list) => list.iter().any(|wanted| wanted == status),
            // What has no status is ready as soon as it is there.
            Goal::Active | Goal::Ready => good.is_empty() || good.contains(&status),
            Goal::Deleted => false,
        };
        if reached {
            return Verdict::Reached(self.resource.clone());
        }
        let wanted = good.join(" or ");
        let message = match (scene.goal, status) {
            // What is in ERROR can be deleted; only a deletion that ends there has failed.
            (Goal::Deleted, "ERROR_DELETING") => format!("the deletion of `{}` went wrong", self.name()),
            (Goal::Deleted, status) if self.leaving && (is_bad(status) || good.contains(&status)) => {
                format!("the deletion of `{}` ended, and it is {status}", self.name())
            }
            (Goal::Deleted, _) => return Verdict::NotYet,
            (_, bad) if is_bad(bad) => format!("`{}` went to {bad}", self.name()),
            (Goal::Active | Goal::Ready, "DEACTIVATED" | "PENDING_DELETE" | "DELETING") => {
                format!("`{}` is {status}, which does not lead to {wanted}", self.name())
            }
            _ => return Verdict::NotYet,
        };
        let mut error = Error::new(Kind::Failed, message).coded("cloud::failed");
        error.cloud = Some(scene.cloud.name().to_string());
        error.provider = Some(scene.cloud.provider().as_str());
        error.answer = reason(&resource);
        error.exists = vec![Value::Resource(self.object.clone())];
        Verdict::Failed(error)
    }
}

/// Why it went wrong, where the cloud's description of it says that, by whatever key.
fn reason(resource: &Resource) -> Option<String> {
    let Some(Value::Map(raw)) = resource.field("raw") else { return None };
    let text = |map: &BTreeMap<String, Value>, key: &str| match map.get(key) {
        Some(Value::Text(words)) if !words.is_empty() => Some(words.to_string()),
        _ => None,
    };
    let inner = match raw.get("stateReason") {
        Some(Value::Map(inner)) => text(inner, "message"),
        _ => None,
    };
    let keys = ["statusMessage", "fail_reason", "status_reason", "error_message"];
    inner.or_else(|| keys.iter().find_map(|key| text(&raw, key)))
}

impl Member {
    fn gone(&self, scene: &Scene<'_>) -> Error {
        let noun = self.resource.noun();
        let mut error = match (self.seen, noun) {
            // Glance deletes an image whose upload or snapshot goes wrong.
            (true, Noun::Image) => self
                .went()
                .help("look at the server it was made of; a snapshot that fails takes its image away"),
            (true, _) => self.went(),
            (false, _) => {
                let words = format!("{} has no {} `{}`", scene.cloud.name(), noun.as_str(), self.name());
                Error::new(Kind::NotFound, words).coded("cloud::not_found")
            }
        };
        error.cloud = Some(scene.cloud.name().to_string());
        error.provider = Some(scene.cloud.provider().as_str());
        error
    }

    fn went(&self) -> Error {
        Error::new(Kind::Failed, format!("`{}` is gone: it was deleted meanwhile", self.name()))
            .coded("cloud::failed")
    }
}
