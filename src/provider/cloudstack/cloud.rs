//! The driver itself. Its operations are in a file for each noun.

use super::call::Call;
use super::capabilities::CLOUDSTACK;
use super::jobs::Running;
use super::memory::Memory;
use super::page::PAGE;
use super::session::Session;
use super::zones::Zone;
use crate::cloud::call_scope;
use crate::cloud::ports::Clock;
use crate::cloud::{
    Account, Cloud, Double, Ec2Credentials, Error, Identity, Kind, Noun, Provider, Resource, Result, Routers,
    Stacks, Value,
};
use crate::provider::recover;
use crate::provider::warn::Warn;
use crate::wire::Intent;
use async_trait::async_trait;
use serde_json::Value as Json;
use std::collections::BTreeMap;
use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::time::Duration;

/// How long after each other what may be asked twice is asked again when its answer makes no sense.
const AGAIN: [Duration; 2] = [Duration::from_millis(500), Duration::from_secs(1)];

/// One CloudStack cloud.
pub struct CloudStack {
    pub(super) session: Session,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) memory: Memory,
    pub(super) warn: Warn,
    /// As many members as a page holds.
    pub(super) page_size: AtomicUsize,
    /// The zones, once they were asked for.
    pub(super) zones: tokio::sync::Mutex<Vec<Zone>>,
    /// The jobs that several wait for at once.
    pub(super) running: Running,
}

impl CloudStack {
    /// A cloud behind a session; the clock is what its own waits go by.
    pub fn new(session: Session, clock: Arc<dyn Clock>, warn: Warn) -> CloudStack {
        CloudStack {
            session,
            clock,
            memory: Memory::default(),
            warn,
            page_size: AtomicUsize::new(PAGE),
            zones: tokio::sync::Mutex::default(),
            running: Running::default(),
        }
    }

    /// The session that everything goes through.
    pub fn session(&self) -> &Session {
        &self.session
    }

    /// Send a call and read its answer; one that makes no sense is asked for again where that does no harm.
    pub(super) async fn ask(&self, call: &Call) -> Result<Json> {
        let mut pauses = AGAIN.iter();
        loop {
            let error = match self.session.ask(call).await {
                Err(error) => error,
                answered => return answered,
            };
            let garbled = error.kind == Kind::Protocol && error.status == Some(200);
            match pauses.next().filter(|_| garbled && call.intent != Intent::Once) {
                Some(pause) => self.clock.sleep(*pause).await,
                None => return Err(error),
            }
        }
    }

    /// Run a command that deletes something: whether it did, or it was not there. Where an answer is lost, or a repeated command is
    /// refused, `there` tells whether the first one took effect.
    pub(super) async fn take_away<F>(&self, call: &Call, there: impl Fn() -> F + Send + Sync) -> Result<bool>
    where
        F: Future<Output = Result<bool>> + Send,
    {
        let mut repeated = false;
        loop {
            let (attempts, answered) = match recover::sent_before() {
                Some(lost) => (0, Err(lost)),
                None => self.session.ask_counting(call).await,
            };
            let result = match answered.map(|body| super::decode::text(&body, "jobid")) {
                Ok(Some(job)) => self.finish(call, &job).await.map(drop),
                Ok(None) => Ok(()),
                Err(error) => Err(error),
            };
            let again = attempts > 1 || repeated;
            let error = match result {
                Ok(()) => return Ok(true),
                // What was not there at the second attempt was taken away by the first.
                Err(error) if error.kind == Kind::NotFound => return Ok(again),
                Err(error) if again || error.maybe => error,
                Err(error) => return Err(error),
            };
            for pause in recover::looks_after(&error) {
                self.clock.sleep(pause).await;
                if let Ok(false) = there().await {
                    return Ok(true);
                }
            }
            if repeated || !error.maybe {
                return Err(error);
            }
            // One that came late is at work.
            if let Ok(Some(job)) = self.job_on(None, call).await {
                let _ = self.finish(call, &job).await;
                if let Ok(false) = there().await {
                    return Ok(true);
                }
            }
            call_scope::nothing_was_sent();
            repeated = true;
        }
    }

    /// The error for what CloudStack has no place for.
    pub(super) fn cannot(&self, what: &str, help: &str) -> Error {
        let message = format!("{what} is not something CloudStack can do");
        self.session.error(Kind::Unsupported, message).help(help)
    }
}

#[async_trait]
impl Account for CloudStack {
    fn name(&self) -> &Arc<str> {
        self.session.name()
    }

    fn provider(&self) -> &'static Provider {
        &CLOUDSTACK
    }

    fn region(&self) -> Option<String> {
        None
    }

    fn is_id(&self, noun: Noun, text: &str) -> bool {
        noun != Noun::Keypair && super::decode::is_id(text)
    }

    fn told_apart(&self, one: &Resource) -> Option<String> {
        let raw = crate::cloud::stored::raw(one);
        let owner = super::decode::text(raw, "project").or_else(|| super::decode::text(raw, "account"));
        let owner = owner.map(|owner| format!("owner {owner}"));
        let zones = match one {
            Resource::Image(image) => {
                let copies = self.memory.template(&image.id).unwrap_or_default();
                copies.into_iter().map(|copy| copy.zone).collect()
            }
            _ => Vec::from_iter(super::decode::text(raw, "zonename")),
        };
        let zone = (!zones.is_empty()).then(|| format!("zone {}", zones.join(", ")));
        let parts: Vec<String> = [owner, zone].into_iter().flatten().collect();
        (!parts.is_empty()).then(|| parts.join(", "))
    }

    async fn login(&self) -> Result<()> {
        self.zone_list().await?;
        // What the profile names is looked up as well: otherwise the first create is what finds a slip.
        if let Some(zone) = &self.session.settings().zone {
            let found = self.session.found();
            self.zone_named(zone).await.map_err(|error| error.fact("found", format!("`zone` in {found}")))?;
        }
        self.session.project().await.map(drop)
    }

    async fn whoami(&self) -> Result<Identity> {
        self.who().await
    }

    async fn catalog(&self) -> Result<BTreeMap<String, String>> {
        Ok(BTreeMap::from([("cloudstack".to_string(), self.session.settings().endpoint.clone())]))
    }

    async fn limits(&self) -> Result<BTreeMap<String, Option<i64>>> {
        self.all_limits().await
    }

    async fn zones(&self) -> Result<Vec<String>> {
        Ok(self.zone_list().await?.into_iter().map(|zone| zone.name).collect())
    }

    async fn query(&self, service: &str, action: &str, params: &Json) -> Result<Value> {
        self.raw(service, action, params).await
    }

    // No create goes out twice here that could make two; the last look is the session's end.
    async fn delete_doubles(&self, last: bool) -> Vec<Double> {
        if last {
            self.session.log_out().await;
        }
        Vec::new()
    }
}

// Routers are the cloud's own machines, made with their networks.
impl Routers for CloudStack {}

impl crate::cloud::Ports for CloudStack {}

impl crate::cloud::Backups for CloudStack {}

impl Stacks for CloudStack {}

impl Ec2Credentials for CloudStack {}

impl Cloud for CloudStack {}
