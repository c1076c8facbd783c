//! An EC2 that answers each action as it is told, on a clock on which waiting takes no time.

use crate::support::stub::{CountingClock, Reply, Stub};
use rhain::cli::clouds::CloudClock;
use rhain::provider::aws::Aws;
use rhain::provider::aws::credentials::KeyRing;
use rhain::provider::aws::session::{Session, Settings};
use rhain::wire::auth::Version;
use rhain::wire::{self, Credentials, Silent, Source, Wire};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A request, read.
#[derive(Debug, Clone)]
pub struct Asked {
    pub action: String,
    pub fields: BTreeMap<String, String>,
    pub authorization: Option<String>,
}

impl Asked {
    pub fn get(&self, name: &str) -> &str {
        self.fields.get(name).map_or("", String::as_str)
    }
}

fn read(seen: &crate::support::stub::Seen) -> Asked {
    let fields: BTreeMap<String, String> = url::form_urlencoded::parse(&seen.body).into_owned().collect();
    let action = fields.get("Action").cloned().unwrap_or_default();
    Asked { action, fields, authorization: seen.header("authorization").map(str::to_string) }
}

/// A cloud and its server.
pub struct World {
    pub cloud: Aws,
    pub clock: Arc<CountingClock>,
    stub: Stub,
}

impl World {
    /// Every request so far.
    pub fn asked(&self) -> Vec<Asked> {
        self.stub.seen().iter().map(read).collect()
    }

    /// The actions so far.
    pub fn actions(&self) -> Vec<String> {
        self.asked().into_iter().map(|asked| asked.action).collect()
    }

    /// How often an action was asked for.
    pub fn count(&self, action: &str) -> usize {
        self.actions().iter().filter(|asked| *asked == action).count()
    }
}

/// A cloud whose server answers by the closure: the request, and how often its action was asked for before.
pub async fn world(answer: impl Fn(&Asked, usize) -> Reply + Send + Sync + 'static) -> World {
    world_signed(Version::V4, answer).await
}

/// The same, with signatures of this version.
pub async fn world_signed(
    signature: Version,
    answer: impl Fn(&Asked, usize) -> Reply + Send + Sync + 'static,
) -> World {
    let counts = std::sync::Mutex::new(BTreeMap::<String, usize>::new());
    let stub = Stub::start(move |seen, _| {
        let asked = read(seen);
        let before = {
            let mut counts = counts.lock().unwrap();
            let count = counts.entry(asked.action.clone()).or_default();
            *count += 1;
            *count - 1
        };
        answer(&asked, before)
    })
    .await;
    let clock = Arc::new(CountingClock::default());
    let wire = Wire::new(wire::Settings::default(), clock.clone(), Arc::new(Silent));
    let keys = Credentials::new("AKIDTEST", "planted-secret");
    let settings = Settings {
        found: "~/.aws/config:1".to_string(),
        region: "eu-west-9".to_string(),
        endpoints: BTreeMap::new(),
        any: Some(stub.url.clone()),
        amazon: false,
        hosts: Default::default(),
        signature,
        keys: KeyRing::new("lab".into(), Source::Static(keys), wire.clone()),
    };
    let session = Session::new("lab".into(), settings, wire);
    World { cloud: Aws::new(session, Arc::new(CloudClock(clock.clone()))), clock, stub }
}

/// An answer.
pub fn ok(action: &str, inner: &str) -> Reply {
    xml(
        200,
        &format!(
            "<{action}Response xmlns=\"http://ec2.amazonaws.com/doc/2016-11-15/\"><requestId>req-1</requestId>{inner}</{action}Response>"
        ),
    )
}

/// A refusal.
pub fn refused(status: u16, code: &str, words: &str) -> Reply {
    xml(
        status,
        &format!(
            "<Response><Errors><Error><Code>{code}</Code><Message>{words}</Message></Error></Errors><RequestID>req-9</RequestID></Response>"
        ),
    )
}

pub fn xml(status: u16, body: &str) -> Reply {
    Reply::Answer(status, vec![("Content-Type", "text/xml".to_string())], body.as_bytes().to_vec())
}

/// A page of a server that broke.
pub fn page(status: u16) -> Reply {
    let body = "<!doctype html>\n<html lang=en>\n<title>500 Internal Server Error</title>\n<h1>Internal Server Error</h1>\n";
    Reply::Answer(status, vec![("Content-Type", "text/html".to_string())], body.as_bytes().to_vec())
}

/// An instance's description.
pub fn instance(id: &str, state: &str, more: &str) -> String {
    format!(
        "<item><instanceId>{id}</instanceId><instanceState><code>0</code><name>{state}</name></instanceState>\
         <instanceType>t3.micro</instanceType>{more}</item>"
    )
}

/// An answer of DescribeInstances, each instance in a reservation of its own.
pub fn described(instances: &[String]) -> Reply {
    let all: String = instances
        .iter()
        .map(|one| {
            format!("<item><reservationId>r-1</reservationId><instancesSet>{one}</instancesSet></item>")
        })
        .collect();
    ok("DescribeInstances", &format!("<reservationSet>{all}</reservationSet>"))
}
