//! The CloudStack driver: recorded answers read, and a server that loses answers and ends logins.

// `tokio::test` waits for its own future.
#![allow(clippy::disallowed_methods)]
#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic)]

use crate::support::stub::{CountingClock, Reply, Stub};
use rhain::cli::clouds::CloudClock;
use rhain::cloud::{Action, BootSpec, Kind, RequestState, Secret, Servers};
use rhain::provider::cloudstack::CloudStack;
use rhain::provider::cloudstack::login::Password;
use rhain::provider::cloudstack::session::{Auth, Session, Settings};
use rhain::wire::auth::cloudstack::LIFETIME;
use rhain::wire::{self, Credentials, Silent, Wire};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

const ID: &str = "dc09ed2e-7e3f-4b0b-8e02-9d0ce956b7af";
const ZONES: &str = r#"{"listzonesresponse":{"count":1,"zone":[{"id":"6eedb4c7-2816-46d3-93a9-66664c02b45a","name":"adv","networktype":"Advanced"}]}}"#;

#[path = "cloudstack/answers.rs"]
mod answers;
#[path = "cloudstack/cases.rs"]
mod cases;
#[path = "cloudstack/matrix.rs"]
mod matrix;
#[path = "cloudstack/recorded.rs"]
mod recorded;
#[path = "cloudstack/storage.rs"]
mod storage;
#[path = "cloudstack/verbs.rs"]
mod verbs;

/// A cloud and its server.
struct World {
    cloud: CloudStack,
    clock: Arc<CountingClock>,
    asked: Arc<Mutex<Vec<BTreeMap<String, String>>>>,
    _stub: Stub,
}

impl World {
    fn count(&self, command: &str) -> usize {
        self.asked
            .lock()
            .unwrap()
            .iter()
            .filter(|one| one.get("command").is_some_and(|name| name == command))
            .count()
    }
}

fn keys() -> Auth {
    Auth::Keys(Credentials::new("AKEY", "planted-secret"))
}

/// What a session is made of.
fn settings(endpoint: String, auth: Auth) -> Settings {
    Settings {
        found: "~/.cloudstack.ini:1".to_string(),
        endpoint,
        auth,
        project: None,
        zone: None,
        lifetime: LIFETIME,
        headers: Vec::new(),
    }
}

/// A cloud whose server answers by the closure: the parameters, and how often the command was asked for before.
async fn world(
    auth: Auth,
    answer: impl Fn(&BTreeMap<String, String>, usize) -> Reply + Send + Sync + 'static,
) -> World {
    world_of(auth, None, answer).await
}

/// The same in a project.
async fn world_of(
    auth: Auth,
    project: Option<&str>,
    answer: impl Fn(&BTreeMap<String, String>, usize) -> Reply + Send + Sync + 'static,
) -> World {
    let asked: Arc<Mutex<Vec<BTreeMap<String, String>>>> = Arc::default();
    let all = asked.clone();
    let stub = Stub::start(move |seen, _| {
        let query = seen.target.split_once('?').map_or("", |(_, query)| query);
        let mut fields: BTreeMap<String, String> =
            url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        fields.extend(url::form_urlencoded::parse(&seen.body).into_owned());
        fields.insert("METHOD".to_string(), seen.method.clone());
        fields.insert("COOKIE".to_string(), seen.header("cookie").unwrap_or_default().to_string());
        let mut all = all.lock().unwrap();
        let before = all.iter().filter(|one| one.get("command") == fields.get("command")).count();
        all.push(fields.clone());
        answer(&fields, before)
    })
    .await;
    let clock = Arc::new(CountingClock::default());
    let wire = Wire::new(wire::Settings::default(), clock.clone(), Arc::new(Silent));
    let mut settings = settings(format!("{}/client/api", stub.url), auth);
    settings.project = project.map(str::to_string);
    let session = Session::new("lab".into(), settings, wire);
    let cloud = CloudStack::new(session, Arc::new(CloudClock(clock.clone())), Arc::new(|_| {}));
    World { cloud, clock, asked, _stub: stub }
}

fn machine(state: &str, more: &str) -> Reply {
    Reply::json(
        200,
        &format!(
            r#"{{"listvirtualmachinesresponse":{{"count":1,"virtualmachine":[{{"id":"{ID}","name":"web","state":"{state}"{more}}}]}}}}"#
        ),
    )
}

fn job(state: &str) -> Reply {
    Reply::json(200, &format!(r#"{{"queryasyncjobresultresponse":{{"jobid":"j-1",{state}}}}}"#))
}

fn refused(status: u16, words: &str) -> Reply {
    Reply::json(
        status,
        &format!(
            r#"{{"errorresponse":{{"uuidList":[],"errorcode":{status},"cserrorcode":9999,"errortext":"{words}"}}}}"#
        ),
    )
}

#[tokio::test]
async fn a_login_that_has_ended_is_made_anew_once_and_nothing_is_done_twice() {
    let password = Password {
        username: "admin".to_string(),
        password: Secret::new("planted-password"),
        domain: "ROOT".to_string(),
    };
    let world = world(Auth::Password(password), |asked, before| match asked["command"].as_str() {
        "login" => Reply::json(
            200,
            &format!(r#"{{"loginresponse":{{"sessionkey":"KEY-{before}","username":"admin"}}}}"#),
        )
        .with("Set-Cookie", format!("JSESSIONID=J-{before}; Path=/client"))
        .with("Set-Cookie", format!("sessionkey=KEY-{before};HttpOnly")),
        "startVirtualMachine" if asked["sessionkey"] == "KEY-0" => {
            refused(401, "unable to verify user credentials")
        }
        _ => Reply::json(200, r#"{"startvirtualmachineresponse":{"jobid":7}}"#),
    })
    .await;
    let accepted = world.cloud.act(ID, &Action::Start).await.expect("accepted");
    assert_eq!(accepted.request_id.as_deref(), Some("7"));
    assert_eq!((world.count("login"), world.count("startVirtualMachine")), (2, 2));
    let asked = world.asked.lock().unwrap();
    let last = asked.last().unwrap();
    assert_eq!((last["METHOD"].as_str(), last["sessionkey"].as_str()), ("POST", "KEY-1"));
    assert_eq!(last["COOKIE"], "JSESSIONID=J-1; sessionkey=KEY-1");
    assert_eq!(asked[0]["domain"], "/");
}

#[tokio::test]
async fn a_refused_key_is_explained() {
    let world =
        world(keys(), |_, _| refused(401, "unable to verify user credentials and/or request signature"))
            .await;
    let error = world.cloud.server(ID).await.expect_err("refused");
    assert_eq!((error.kind, error.diagnostic), (Kind::Unauthorized, Some("config::credentials")));
    assert!(
        error.message.contains("AKEY") && error.help.as_deref().is_some_and(|help| help.contains("locked")),
        "{error}"
    );
    let signed = error.facts.iter().find(|(name, _)| *name == "signed").expect("what was signed");
    assert!(
        signed.1.contains("command=listvirtualmachines") && !format!("{error:?}").contains("planted-secret")
    );
}

#[tokio::test]
async fn bad_polls_end_nothing_and_a_failed_job_tells_its_words() {
    let world = world(keys(), |asked, before| match (asked["command"].as_str(), before) {
        ("startVirtualMachine", _) => Reply::json(200, r#"{"startvirtualmachineresponse":{"jobid":"j-1"}}"#),
        ("queryAsyncJobResult", 0) => job(r#""jobstatus":0"#),
        ("queryAsyncJobResult", _) => {
            job(r#""jobstatus":2,"jobresultcode":530,"jobresult":{"errorcode":530,"errortext":"no host takes it"}"#)
        }
        _ => machine("Stopped", ""),
    })
    .await;
    let accepted = world.cloud.act(ID, &Action::Start).await.expect("accepted");
    let request = accepted.request_id.expect("a job");
    assert_eq!(world.cloud.request_state(ID, &request).await.expect("a state"), RequestState::Running);
    assert_eq!(
        world.cloud.request_state(ID, &request).await.expect("a state"),
        RequestState::Failed("no host takes it".to_string())
    );
}

#[tokio::test]
async fn a_deploy_whose_answer_is_lost_is_found_by_its_marker_and_not_repeated() {
    let marker: Arc<Mutex<String>> = Arc::default();
    let kept = marker.clone();
    let world = world(keys(), move |asked, _| match asked["command"].as_str() {
        "listZones" => Reply::json(200, ZONES),
        "deployVirtualMachine" => {
            *kept.lock().unwrap() = asked["details[0].rhainmarker"].clone();
            Reply::Reset
        }
        "listVirtualMachines" => {
            let details = format!(
                r#","details":{{"deployvm":"true","rhainmarker":"{}"}},"jobid":"j-1","jobstatus":0"#,
                kept.lock().unwrap()
            );
            machine("Stopped", &details)
        }
        _ => job(r#""jobstatus":0"#),
    })
    .await;
    let spec = BootSpec {
        name: "web".to_string(),
        image: Some(ID.to_string()),
        flavor: ID.to_string(),
        marker: "m-1".to_string(),
        ..BootSpec::default()
    };
    let servers = world.cloud.boot(&spec).await.expect("a server");
    assert_eq!((servers[0].id.as_str(), servers[0].status.as_str()), (ID, "BUILD"));
    assert_eq!(world.count("deployVirtualMachine"), 1);
    assert_eq!(*marker.lock().unwrap(), "m-1-web");
}

#[tokio::test]
async fn user_data_that_is_too_long_is_refused_before_anything_is_sent() {
    let world = world(keys(), |asked, _| match asked["command"].as_str() {
        "listZones" => Reply::json(200, ZONES),
        _ => refused(431, "never asked"),
    })
    .await;
    let spec = BootSpec {
        name: "web".to_string(),
        image: Some(ID.to_string()),
        flavor: ID.to_string(),
        user_data: Some(vec![b'#'; 24_577]),
        ..BootSpec::default()
    };
    let error = world.cloud.boot(&spec).await.expect_err("too long");
    assert_eq!(error.kind, Kind::InvalidArgument);
    assert!(
        error.message.contains("24577 bytes, 32772 in base64") && error.message.contains("32768"),
        "{error}"
    );
    assert_eq!(world.count("deployVirtualMachine"), 0);
}
