//! The driver itself, and what is known of its cloud. Its other operations are in a file for each noun, making servers in
//! [`super::launch`]; what a call looks like is in the resource's own file.

use super::call::Call;
use super::capabilities::AWS;
use super::consistency::Memory;
use super::ec2::{attribute, region};
use super::page::is_absent;
use super::session::Session;
use crate::cloud::call_scope::unsure;
use crate::cloud::ports::Clock;
use crate::cloud::{
    Account, Cloud, Double, Error, Identity, Kind, Noun, Provider, Result, Routers, Time, Value,
};
use crate::provider::doubles::{Doubles, Twice};
use crate::wire::Intent;
use async_trait::async_trait;
use serde_json::Value as Json;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;

/// How long after each other something new is asked about again that a part of the cloud does not know yet.
pub(super) const LATE: [Duration; 5] = [
    Duration::from_millis(500),
    Duration::from_secs(1),
    Duration::from_secs(2),
    Duration::from_secs(4),
    Duration::from_secs(8),
];
/// How often what may be asked twice is asked again when its answer makes no sense.
const AGAIN: u32 = 2;

/// One AWS cloud.
pub struct Aws {
    pub(super) session: Session,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) memory: Memory,
    /// What networks are called, by id.
    pub(super) networks: tokio::sync::Mutex<HashMap<String, String>>,
    /// Whether its CloudFormation is Heat's.
    pub(super) heat: tokio::sync::OnceCell<bool>,
    /// Whether what Heat rolled back was an update, by a stack's id and when it was last updated.
    pub(super) rolled_updates: tokio::sync::Mutex<HashMap<(String, Option<Time>), bool>>,
    /// The types of what this run's templates on Heat's endpoint are to make, by a stack's id and their names.
    pub(super) stack_types: tokio::sync::Mutex<HashMap<String, BTreeMap<String, String>>>,
    /// Creates that went out twice.
    pub(super) doubles: Doubles<Call>,
}

impl Aws {
    /// A cloud behind a session; the clock is what its own short waits go by.
    pub fn new(session: Session, clock: Arc<dyn Clock>) -> Aws {
        Aws {
            session,
            clock,
            memory: Memory::default(),
            networks: tokio::sync::Mutex::default(),
            heat: tokio::sync::OnceCell::new(),
            rolled_updates: tokio::sync::Mutex::default(),
            stack_types: tokio::sync::Mutex::default(),
            doubles: Doubles::default(),
        }
    }

    /// Send a call and read its answer. What this run made a moment ago may be unknown to a part of EC2: then it is asked again
    /// (API Reference, "Eventual consistency").
    pub(super) async fn ask(&self, call: &Call) -> Result<Json> {
        self.ask_counting(call).await.1
    }

    /// The same, and at which attempt the answer came.
    pub(super) async fn ask_counting(&self, call: &Call) -> (u32, Result<Json>) {
        let mut pauses = LATE.iter();
        let (mut garbled, mut most) = (0, 0);
        loop {
            let (attempts, answered) = self.session.ask_counting(call).await;
            // What was asked twice once stays so, however often it is asked again.
            most = attempts.max(most);
            let attempts = most + garbled;
            let error = match answered {
                Err(error) => error,
                answered => return (attempts, answered),
            };
            // A garbled answer may come through the next time, where asking twice does no harm.
            let makes_none = error.kind == Kind::Protocol && error.status.is_some();
            let again = makes_none && call.intent != Intent::Once && garbled < AGAIN;
            garbled += u32::from(again);
            let late = error.kind == Kind::NotFound
                && error.answer.as_ref().is_some_and(|words| self.memory.excuses(words, self.clock.now()));
            match pauses.next().filter(|_| late || again) {
                Some(pause) => self.clock.sleep(*pause).await,
                None => return (attempts, Err(error)),
            }
        }
    }

    /// Send a call that takes something away: whether it did, or it was not there.
    pub(super) async fn take_away(&self, call: &Call) -> Result<bool> {
        match self.ask_counting(call).await {
            (_, Ok(_)) => Ok(true),
            // What was not there at the second attempt was taken away by the first, perhaps that of a run that died.
            (attempts, Err(error)) if is_absent(&error) => Ok(attempts > 1 || unsure().is_some()),
            // And what is on its way is.
            (attempts, Err(error)) if (attempts > 1 || unsure().is_some()) && is_leaving(&error) => Ok(true),
            (_, Err(error)) => Err(error),
        }
    }

    /// The error for what EC2 has no place for.
    pub(super) fn cannot(&self, what: &str, help: &str) -> Error {
        let message = format!("{what} is not something EC2 can do");
        self.session.error(Kind::Unsupported, message).help(help)
    }
}

/// What does on EC2 what an operation does elsewhere.
fn instead(operation: &str) -> Option<&'static str> {
    Some(match operation {
        "create_backup" => "make a snapshot, `snapshot(volume, name)`: EC2 keeps it apart from the volume",
        "restore_backup" => "make a volume of a snapshot: `create_volume(name, gib, #{ snapshot })`",
        "upload_image" => "put the disk into S3 and import it: `api(\"ec2\", \"ImportImage\", #{ … })`",
        "save_image" => "export it to S3: `api(\"ec2\", \"ExportImage\", #{ … })`",
        "update(image)" => "make another by that name: `api(\"ec2\", \"CopyImage\", #{ … })`",
        "backups" | "backup" => "look at `snapshots()`: EC2 keeps them apart from their volumes",
        _ => return None,
    })
}

/// Whether a refusal says that the thing is being deleted.
fn is_leaving(error: &Error) -> bool {
    error.kind == Kind::Conflict && error.answer.as_deref().is_some_and(|words| words.contains("deleting"))
}

#[async_trait]
impl Account for Aws {
    fn name(&self) -> &Arc<str> {
        self.session.name()
    }

    fn provider(&self) -> &'static Provider {
        &AWS
    }

    fn region(&self) -> Option<String> {
        Some(self.session.region().to_string())
    }

    fn is_id(&self, noun: Noun, text: &str) -> bool {
        super::ids::is_id(noun, text)
    }

    fn takes_as_written(&self, noun: Noun, text: &str) -> bool {
        super::ids::is_as_written(noun, text)
    }

    fn unsupported(&self, operation: &str) -> Error {
        let mut error = Error::unsupported(AWS.name, operation);
        error.cloud = Some(self.session.name().to_string());
        error.help = instead(operation).map(str::to_string);
        error
    }

    async fn login(&self) -> Result<()> {
        match self.session.ask(&region::all()).await {
            // Who may not even do that is known all the same.
            Err(error) if error.kind != Kind::Forbidden => Err(error),
            _ => Ok(()),
        }
    }

    async fn whoami(&self) -> Result<Identity> {
        self.who().await
    }

    async fn catalog(&self) -> Result<BTreeMap<String, String>> {
        self.addresses().await
    }

    async fn limits(&self) -> Result<BTreeMap<String, Option<i64>>> {
        let told = self.every(attribute::show(), "accountAttributeSet", attribute::decode).await?;
        self.all_limits(told).await
    }

    async fn delete_doubles(&self, last: bool) -> Vec<Double> {
        let look = |twice: Arc<Twice<Call>>| async move { self.made_of(&twice).await };
        let delete = |call: Call| async move { self.take_away(&call).await };
        self.doubles.delete(&*self.clock, last, look, delete).await
    }

    async fn zones(&self) -> Result<Vec<String>> {
        self.every(region::zones(), "availabilityZoneInfo", region::decode_zone).await
    }

    async fn query(&self, service: &str, action: &str, params: &Json) -> Result<Value> {
        self.raw(service, action, params).await
    }
}

// A subnet joins nothing by itself: VPCs have routers that are nobody's to make.
impl Routers for Aws {}

impl crate::cloud::Backups for Aws {}

impl crate::cloud::Ec2Credentials for Aws {}

impl Cloud for Aws {}
