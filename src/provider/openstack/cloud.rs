//! The driver itself, and what is known of its cloud. Its other operations are in a file for each noun, and what a call looks like in
//! the service's own folder.

use super::capabilities::OPENSTACK;
use super::claims::Given;
use super::marked::Markers;
use super::nova::limits;
use super::session::{Call, Range, Service, Session};
use crate::cloud::ports::Clock;
use crate::cloud::{Account, Cloud, Daemon, Double, Identity, Noun, Provider, RestCall, Result, Time, Value};
use crate::provider::doubles::{Doubles, Twice};
use crate::provider::warn::Warn;
use async_trait::async_trait;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use tokio::sync::OnceCell;

/// One OpenStack cloud.
pub struct OpenStack {
    pub(super) session: Session,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) glance: OnceCell<bool>,
    pub(super) given: Given,
    /// What stacks are called, by id: Heat addresses them by both.
    pub(super) stack_names: tokio::sync::Mutex<HashMap<String, String>>,
    /// Whether what was rolled back was an update, by a stack's id and when it was last updated.
    pub(super) rolled_updates: tokio::sync::Mutex<HashMap<(String, Option<Time>), bool>>,
    /// The types of what this run's nested templates hold, by a stack's id and the way to each.
    pub(super) stack_types: tokio::sync::Mutex<HashMap<String, BTreeMap<String, String>>>,
    /// Creates that went out twice.
    pub(super) doubles: Doubles<Call>,
    /// What this run marked where people read it.
    pub(super) markers: Markers,
    pub(super) warn: Warn,
    /// What a listing of every project was warned about already.
    pub(super) warned: std::sync::Mutex<BTreeSet<&'static str>>,
}

impl OpenStack {
    /// A cloud behind a session; the clock is what its own short waits go by.
    pub fn new(session: Session, clock: Arc<dyn Clock>, warn: Warn) -> OpenStack {
        OpenStack {
            session,
            clock,
            glance: OnceCell::new(),
            given: Given::default(),
            stack_names: tokio::sync::Mutex::default(),
            rolled_updates: tokio::sync::Mutex::default(),
            stack_types: tokio::sync::Mutex::default(),
            doubles: Doubles::default(),
            markers: Markers::default(),
            warn,
            warned: std::sync::Mutex::default(),
        }
    }

    /// The microversions of Nova.
    pub(super) async fn compute(&self) -> Result<Range> {
        self.session.microversions(&Service::Compute).await
    }
}

#[async_trait]
impl Account for OpenStack {
    fn name(&self) -> &Arc<str> {
        self.session.name()
    }

    fn provider(&self) -> &'static Provider {
        &OPENSTACK
    }

    fn region(&self) -> Option<String> {
        self.session.region()
    }

    fn is_id(&self, _noun: Noun, text: &str) -> bool {
        // A UUID with or without dashes, or the whole number of an old cloud.
        let hex = text.chars().filter(char::is_ascii_hexdigit).count();
        let dashes = text.chars().filter(|c| *c == '-').count();
        (hex + dashes == text.len() && hex == 32 && (dashes == 0 || dashes == 4))
            || (!text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()))
    }

    async fn login(&self) -> Result<()> {
        self.session.login().await
    }

    async fn whoami(&self) -> Result<Identity> {
        self.session.identity().await
    }

    async fn catalog(&self) -> Result<BTreeMap<String, String>> {
        self.session.catalog().await
    }

    async fn limits(&self) -> Result<BTreeMap<String, Option<i64>>> {
        self.all_limits().await
    }

    async fn limits_of(&self, project: &str) -> Result<BTreeMap<String, Option<i64>>> {
        self.all_limits_of(project).await
    }

    async fn services(&self) -> Result<Vec<Daemon>> {
        self.daemons().await
    }

    async fn delete_doubles(&self, last: bool) -> Vec<Double> {
        let look = |twice: Arc<Twice<Call>>| async move { self.made_of(&twice).await };
        let delete = |call: Call| async move { self.take_away(&call).await };
        let found = self.doubles.delete(&*self.clock, last, look, delete).await;
        if last {
            self.unmark().await;
        }
        found
    }

    fn made_before(&self, noun: Noun, id: &str, token: &str) {
        self.markers.recall(noun, id, token);
    }

    async fn zones(&self) -> Result<Vec<String>> {
        let call = limits::zones(&self.compute().await?);
        Ok(limits::decode_zones(&self.holding(&call, "/availabilityZoneInfo", Some("zoneName")).await?))
    }

    async fn api(&self, call: &RestCall) -> Result<Value> {
        self.raw_call(call).await
    }
}

impl Cloud for OpenStack {}
