//! Keys from each of their sources, against servers and programs that say what the real ones say, and what they refuse.

// `tokio::test` waits for its own future.
#![allow(clippy::disallowed_methods)]
#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic)]

mod real;

use crate::support::stub::{CountingClock, KeepingTrace, Reply, Seen, Stub};
use rhain::cloud::{Error, Kind};
use rhain::provider::aws::credentials::KeyRing;
use rhain::wire::auth::source::{
    AssumeRole, Container, InstanceMetadata, Process, Source, Sso, Sts, Token, WebIdentity,
};
use rhain::wire::{Clock, Credentials, Settings, Wire};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime};

/// What a run has: a clock that stands at 1994-11-06T08:49:37Z until it is moved, and whoever watches.
struct Run {
    clock: Arc<CountingClock>,
    trace: Arc<KeepingTrace>,
    wire: Wire,
}

fn run() -> Run {
    let (clock, trace) = (Arc::new(CountingClock::default()), Arc::new(KeepingTrace::default()));
    let wire = Wire::new(Settings::default(), clock.clone(), trace.clone());
    Run { clock, trace, wire }
}

impl Run {
    fn ring(&self, source: Source) -> KeyRing {
        KeyRing::new(Arc::from("aws:lab"), source, self.wire.clone())
    }

    /// Let time pass.
    fn pass(&self, seconds: u64) {
        drop(self.clock.sleep(Duration::from_secs(seconds)));
    }

    fn told(&self) -> String {
        self.trace.text()
    }
}

fn time(text: &str) -> SystemTime {
    text.parse::<jiff::Timestamp>().expect("a time").into()
}

async fn refused(run: &Run, source: Source) -> Error {
    let error = run.ring(source).keys().await.unwrap_err();
    assert_eq!(error.diagnostic, Some("config::credentials"), "{error}");
    assert_eq!((error.cloud.as_deref(), error.provider), (Some("aws:lab"), Some("aws")));
    error
}

fn help(error: &Error) -> &str {
    error.help.as_deref().expect("help")
}

fn form(seen: &Seen) -> BTreeMap<String, String> {
    url::form_urlencoded::parse(&seen.body).into_owned().collect()
}

fn sts(stub: &Stub) -> Sts {
    Sts {
        endpoint: Some(format!("{}/", stub.url)),
        region: "eu-west-1".to_string(),
        hosts: Default::default(),
    }
}

fn role(stub: &Stub, source: Source) -> Source {
    Source::AssumeRole(Box::new(AssumeRole {
        role_arn: "arn:aws:iam::1:role/ops".to_string(),
        source,
        session_name: None,
        external_id: Some("ext".to_string()),
        duration: Some(1800),
        sts: sts(stub),
    }))
}

fn own() -> Source {
    Source::Static(Credentials::new("AKOWN", "the-own-secret"))
}

fn granted(number: usize, expires: &str) -> Reply {
    let body = format!(
        "<AssumeRoleResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><AssumeRoleResult><Credentials>\
         <AccessKeyId>ASIA{number}</AccessKeyId><SecretAccessKey>the-new-secret{number}</SecretAccessKey>\
         <SessionToken>the-new-token{number}</SessionToken><Expiration>{expires}</Expiration></Credentials>\
         </AssumeRoleResult></AssumeRoleResponse>"
    );
    Reply::Answer(200, vec![("Content-Type", "text/xml".to_string())], body.into_bytes())
}

fn new(number: usize, expires: &str) -> Credentials {
    Credentials::new(format!("ASIA{number}"), format!("the-new-secret{number}"))
        .session_token(Some(format!("the-new-token{number}")))
        .expires(Some(time(expires)))
}

#[tokio::test]
async fn a_role_is_taken_on_and_renewed_before_it_ends() {
    const ENDS: [&str; 2] = ["1994-11-06T09:49:37Z", "1994-11-06T10:49:37+00:00"];
    let stub = Stub::start(|_, number| granted(number, ENDS[number])).await;
    let run = run();
    let ring = run.ring(role(&stub, own()));
    for _ in 0..2 {
        assert_eq!(ring.keys().await.expect("keys"), new(0, ENDS[0]));
    }
    run.pass(3299);
    assert_eq!(ring.keys().await.expect("keys"), new(0, ENDS[0]), "five minutes and a second are left");
    assert_eq!(stub.count(), 1);
    run.pass(2);
    assert_eq!(ring.keys().await.expect("keys"), new(1, ENDS[1]));
    let seen = &stub.seen()[0];
    let asked: Vec<(String, String)> = form(seen).into_iter().collect();
    let asked: Vec<String> = asked.iter().map(|(name, value)| format!("{name}={value}")).collect();
    assert_eq!(
        asked,
        [
            "Action=AssumeRole",
            "DurationSeconds=1800",
            "ExternalId=ext",
            "RoleArn=arn:aws:iam::1:role/ops",
            "RoleSessionName=rhain-784111777",
            "Version=2011-06-15",
        ]
    );
    let signed = seen.header("authorization").expect("a signature");
    assert!(signed.contains("Credential=AKOWN/19941106/eu-west-1/sts/aws4_request"), "{signed}");
    let told = run.told();
    assert!(told.contains("ASIA1") && !told.contains("the-"), "{told}");
}

#[tokio::test]
async fn a_role_may_stand_on_a_role() {
    let stub = Stub::start(|_, number| granted(number, "1994-11-06T09:49:37Z")).await;
    let run = run();
    let keys = run.ring(role(&stub, role(&stub, own()))).keys().await.expect("keys");
    assert_eq!(&*keys.access_key, "ASIA1");
    let second = &stub.seen()[1];
    assert!(second.header("authorization").expect("a signature").contains("Credential=ASIA0/"));
    assert_eq!(second.header("x-amz-security-token"), Some("the-new-token0"));
}

#[tokio::test]
async fn keys_that_are_good_outlive_a_source_that_is_not() {
    let up = Arc::new(AtomicBool::new(true));
    let switch = up.clone();
    let stub = Stub::start(move |_, number| match switch.load(Ordering::SeqCst) {
        true => granted(number, "1994-11-06T09:49:37Z"),
        false => Reply::json(
            403,
            "<ErrorResponse><Error><Code>X</Code><Message>gone</Message></Error></ErrorResponse>",
        ),
    })
    .await;
    let run = run();
    let ring = run.ring(role(&stub, own()));
    ring.keys().await.expect("keys");
    up.store(false, Ordering::SeqCst);
    run.pass(3400);
    for _ in 0..5 {
        assert_eq!(&*ring.keys().await.expect("keys").access_key, "ASIA0");
    }
    assert_eq!(stub.count(), 2, "a failure is not met by each");
    run.pass(201);
    assert_eq!(ring.keys().await.unwrap_err().answer.as_deref(), Some("gone"));
    up.store(true, Ordering::SeqCst);
    assert!(ring.keys().await.is_err(), "told again for ten seconds");
    run.pass(10);
    assert_eq!(&*ring.keys().await.expect("keys").access_key, "ASIA3");
}

#[tokio::test]
async fn keys_that_the_cloud_does_not_take_are_renewed_once_for_all() {
    let stub = Stub::start(|_, number| granted(number, "1994-11-06T09:49:37Z")).await;
    let run = run();
    let ring = run.ring(role(&stub, own()));
    let old = ring.keys().await.expect("keys");
    let (one, two) = tokio::join!(ring.renewed(&old), ring.renewed(&old));
    assert_eq!(one.expect("keys").expect("others").access_key, "ASIA1".into());
    assert_eq!(two.expect("keys").expect("others").access_key, "ASIA1".into());
    assert_eq!(stub.count(), 2);
    let written = run.ring(own());
    let keys = written.keys().await.expect("keys");
    assert_eq!(written.renewed(&keys).await.expect("an answer"), None);
}

#[tokio::test]
async fn what_sts_refuses_is_told_in_its_words() {
    let stub = Stub::start(|_, _| {
        Reply::json(403, "<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>User x is not authorized</Message></Error><RequestId>r-1</RequestId></ErrorResponse>")
    })
    .await;
    let run = run();
    let error = refused(&run, role(&stub, own())).await;
    assert_eq!(error.kind, Kind::Unauthorized);
    assert_eq!(error.message, "`aws:lab` has no keys: STS does not give the role `arn:aws:iam::1:role/ops`");
    assert_eq!(error.answer.as_deref(), Some("User x is not authorized"));
    assert_eq!(
        (error.code.as_deref(), error.request_id.as_deref(), error.status),
        (Some("AccessDenied"), Some("r-1"), Some(403))
    );
    assert_eq!(
        help(&error),
        "check the key `AKOWN`, and that its user or role may take on `arn:aws:iam::1:role/ops`, in both policies"
    );
    let stub = Stub::start(|_, _| Reply::json(503, "busy")).await;
    let error = refused(&run, role(&stub, own())).await;
    assert_eq!((error.kind, help(&error)), (Kind::Unavailable, "try again later; nothing was changed"));
    for (body, what) in [
        ("<a/>", "it has no `Credentials`"),
        ("<Credentials><AccessKeyId>A</AccessKeyId></Credentials>", "it has no `Expiration`"),
        ("none", "it is no XML: there is no element in it"),
    ] {
        let stub = Stub::start(move |_, _| Reply::json(200, body)).await;
        let error = refused(&run, role(&stub, own())).await;
        assert_eq!(
            error.message,
            format!("`aws:lab` has no keys: STS gives an answer that does not do: {what}")
        );
        assert_eq!(error.kind, Kind::Protocol);
    }
    let nobody = Sts {
        endpoint: Some("http://127.0.0.1:1".to_string()),
        region: "r".to_string(),
        hosts: Default::default(),
    };
    let Source::AssumeRole(mut lost) = role(&stub, own()) else { panic!("a role") };
    lost.sts = nobody;
    let error = refused(&run, Source::AssumeRole(lost)).await;
    assert_eq!(
        (error.kind, error.message.as_str()),
        (Kind::Network, "`aws:lab` has no keys: STS does not answer: connection refused")
    );
    assert_eq!(help(&error), "check the network, the region, and AWS_ENDPOINT_URL_STS");
}

#[tokio::test]
async fn a_web_identity_is_read_anew_and_sent_unsigned() {
    let stub = Stub::start(|_, number| granted(number, "1994-11-06T09:49:37Z")).await;
    let folder = tempfile::tempdir().expect("a folder");
    let token_file = folder.path().join("token");
    let source = Source::WebIdentity(WebIdentity {
        role_arn: "arn:role".to_string(),
        token_file: token_file.clone(),
        session_name: Some("mine".to_string()),
        duration: None,
        sts: sts(&stub),
    });
    let run = run();
    let error = refused(&run, source.clone()).await;
    assert!(
        error.message.starts_with("`aws:lab` has no keys: the token file ")
            && error.message.contains("token cannot be read: "),
        "{error}"
    );
    std::fs::write(&token_file, "the-first-jwt\n").expect("a file");
    let ring = run.ring(source);
    let old = ring.keys().await.expect("keys");
    std::fs::write(&token_file, "the-second-jwt\n").expect("a file");
    ring.renewed(&old).await.expect("keys");
    let asked: Vec<_> = stub.seen().iter().map(form).collect();
    assert_eq!(asked[0]["Action"], "AssumeRoleWithWebIdentity");
    assert_eq!(asked[0]["RoleSessionName"], "mine");
    assert_eq!(
        [&asked[0]["WebIdentityToken"], &asked[1]["WebIdentityToken"]],
        ["the-first-jwt", "the-second-jwt"]
    );
    assert_eq!(stub.seen()[0].header("authorization"), None);
    assert!(!run.told().contains("the-"), "{}", run.told());
}

fn sso(stub: &Stub, cache: &Path, session: Option<&str>) -> Source {
    Source::Sso(Sso {
        start_url: "https://d-1.awsapps.com/start".to_string(),
        region: "eu-west-1".to_string(),
        account_id: "123".to_string(),
        role_name: "Read Only".to_string(),
        session: session.map(str::to_string),
        cache: cache.to_path_buf(),
        endpoint: Some(stub.url.clone()),
        oidc: Some(stub.url.clone()),
        hosts: Default::default(),
        login: "aws sso login --profile lab".to_string(),
    })
}

#[tokio::test]
async fn identity_center_gives_keys_for_a_login() {
    let stub = Stub::start(|_, _| {
        Reply::json(200, "{\"roleCredentials\":{\"accessKeyId\":\"ASIA\",\"secretAccessKey\":\"the-secret\",\"sessionToken\":\"the-session\",\"expiration\":784115377000}}")
    })
    .await;
    let folder = tempfile::tempdir().expect("a folder");
    // The names that `aws sso login` gives: `sha1sum` of the session's name, and of the start URL.
    let token = |end: &str| format!("{{\"accessToken\":\"the-access-token\",\"expiresAt\":\"{end}\"}}");
    let run = run();
    let error = refused(&run, sso(&stub, folder.path(), Some("corp"))).await;
    assert_eq!(error.message, "`aws:lab` has no keys: nobody is logged in to Identity Center");
    assert_eq!(help(&error), "run `aws sso login --profile lab`");
    let path = error.facts.iter().find(|(name, _)| *name == "looked").expect("a path").1.clone();
    assert!(path.ends_with("/ee0bfd2552fbd840c02cc48b6e823320543c450f.json"), "{path}");
    std::fs::write(&path, token("1994-11-06T08:49:37Z")).expect("a file");
    let error = refused(&run, sso(&stub, folder.path(), Some("corp"))).await;
    assert_eq!(error.message, "`aws:lab` has no keys: the login to Identity Center has ended");
    std::fs::write(&path, "{}").expect("a file");
    let error = refused(&run, sso(&stub, folder.path(), Some("corp"))).await;
    assert_eq!(error.message, "`aws:lab` has no keys: the login to Identity Center cannot be read");
    assert_eq!(stub.count(), 0);
    std::fs::write(&path, token("1994-11-06T08:49:38UTC")).expect("a file");
    let keys = run.ring(sso(&stub, folder.path(), Some("corp"))).keys().await.expect("keys");
    let expected = Credentials::new("ASIA", "the-secret").session_token(Some("the-session"));
    assert_eq!(keys, expected.expires(Some(time("1994-11-06T09:49:37Z"))));
    let seen = &stub.seen()[0];
    assert_eq!(seen.target, "/federation/credentials?role_name=Read+Only&account_id=123");
    assert_eq!(seen.header("x-amz-sso_bearer_token"), Some("the-access-token"));
    assert_eq!(seen.header("authorization"), None);
    assert!(!run.told().contains("the-"), "{}", run.told());
    // Older settings have no session.
    let error = refused(&run, sso(&stub, folder.path(), None)).await;
    assert!(
        error.facts[0].1.ends_with("/0c54b6c27e90660baa89eaad85ac1d5dae26cb7d.json"),
        "{}",
        error.facts[0].1
    );
    for (status, message, asked) in [
        (
            401,
            "`aws:lab` has no keys: Identity Center does not take the login any more",
            "run `aws sso login --profile lab`",
        ),
        (
            403,
            "`aws:lab` has no keys: Identity Center does not give the role `Read Only` of account 123",
            "check `sso_role_name` and `sso_account_id`, and that the role is yours",
        ),
    ] {
        let stub = Stub::start(move |_, _| Reply::json(status, "{\"message\":\"No access\"}")).await;
        let error = refused(&run, sso(&stub, folder.path(), Some("corp"))).await;
        assert_eq!(
            (error.message.as_str(), help(&error), error.answer.as_deref()),
            (message, asked, Some("No access"))
        );
        assert_eq!(error.kind, Kind::Unauthorized);
    }
}

#[tokio::test]
async fn a_login_is_renewed_and_kept() {
    let stub = Stub::start(|seen, _| match seen.target.as_str() {
        "/token" if String::from_utf8_lossy(&seen.body).contains("the-refresh-one") => {
            Reply::json(200, "{\"accessToken\":\"the-access-two\",\"expiresIn\":3600,\"refreshToken\":\"the-refresh-two\"}")
        }
        "/token" => Reply::json(400, "{\"error\":\"invalid_grant\"}"),
        _ if seen.header("x-amz-sso_bearer_token") != Some("the-access-two") => Reply::json(401, "{}"),
        _ => Reply::json(
            200,
            "{\"roleCredentials\":{\"accessKeyId\":\"ASIA\",\"secretAccessKey\":\"the-secret\",\"sessionToken\":\"the-session\",\"expiration\":784115377000}}",
        ),
    })
    .await;
    let folder = tempfile::tempdir().expect("a folder");
    let run = run();
    let error = refused(&run, sso(&stub, folder.path(), Some("corp"))).await;
    let path = error.facts[0].1.clone();
    let login = |refresh: &str, registered: &str| {
        let text = json!({"startUrl": "u", "accessToken": "the-access-one", "expiresAt": "1994-11-06T08:00:00Z",
            "clientId": "c", "clientSecret": "the-client-secret", "refreshToken": refresh, "registrationExpiresAt": registered});
        std::fs::write(&path, text.to_string()).expect("a file");
    };
    login("the-refresh-one", "1994-12-01T00:00:00Z");
    let keys = run.ring(sso(&stub, folder.path(), Some("corp"))).keys().await.expect("keys");
    assert_eq!(&*keys.access_key, "ASIA");
    let asked: Value = serde_json::from_slice(&stub.seen()[0].body).expect("JSON");
    let expected = json!({"grantType": "refresh_token", "clientId": "c", "clientSecret": "the-client-secret", "refreshToken": "the-refresh-one"});
    assert_eq!(asked, expected);
    let kept: Value = serde_json::from_slice(&std::fs::read(&path).expect("a file")).expect("JSON");
    assert_eq!(
        [&kept["accessToken"], &kept["refreshToken"], &kept["expiresAt"], &kept["startUrl"]],
        ["the-access-two", "the-refresh-two", "1994-11-06T09:49:37Z", "u"]
    );
    assert_eq!(std::fs::read_dir(folder.path()).expect("a folder").count(), 1, "nothing else is left there");
    assert!(!run.told().contains("the-"), "{}", run.told());
    // A login that cannot be renewed has ended.
    for (refresh, registered, requests) in
        [("the-other", "1994-12-01T00:00:00Z", 3), ("the-refresh-one", "1994-11-01T00:00:00Z", 3)]
    {
        login(refresh, registered);
        let error = refused(&run, sso(&stub, folder.path(), Some("corp"))).await;
        assert_eq!(error.message, "`aws:lab` has no keys: the login to Identity Center has ended");
        assert_eq!(stub.count(), requests);
    }
}

#[cfg(unix)]
#[tokio::test]
async fn a_program_prints_keys() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().expect("a folder");
    let program = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, format!("#!/bin/sh\n{text}\n")).expect("a file");
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).expect("a mode");
        path.display().to_string()
    };
    let source = |command: String| Source::Process(Process { command: command.into() });
    let run = run();
    let good = program(
        "give keys",
        "printf '{\"Version\": 1, \"AccessKeyId\": \"%s\", \"SecretAccessKey\": \"the-secret\", \"SessionToken\": \"t\", \"Expiration\": \"1994-11-06T09:49:37Z\"}' \"$2\"",
    );
    let keys = run.ring(source(format!("'{good}' --as \"A B\""))).keys().await.expect("keys");
    let expected = Credentials::new("A B", "the-secret").session_token(Some("t"));
    assert_eq!(keys, expected.expires(Some(time("1994-11-06T09:49:37Z"))));
    let help = "run it by hand; it prints JSON with Version 1, AccessKeyId, SecretAccessKey, and SessionToken and Expiration where they are temporary";
    for (name, text, what, answer) in [
        ("fails", "echo 'log in first' >&2; exit 3", "ends with code 3", Some("log in first")),
        ("dies", "kill -9 $$", "is killed", None),
        ("talks", "echo the-secret", "prints no JSON", None),
        ("newer", "echo '{\"Version\": 2}'", "prints JSON of another version than 1", None),
        (
            "lacks",
            "echo '{\"Version\": 1, \"AccessKeyId\": \"A\"}'",
            "prints JSON that does not do: it has no `SecretAccessKey`",
            None,
        ),
        (
            "late",
            "echo '{\"Version\": 1, \"AccessKeyId\": \"A\", \"SecretAccessKey\": \"S\", \"Expiration\": \"soon\"}'",
            "prints JSON that does not do: its `Expiration` is no time",
            None,
        ),
    ] {
        let path = program(name, text);
        let error = refused(&run, source(path.clone())).await;
        assert_eq!(error.message, format!("`aws:lab` has no keys: the `credential_process` `{path}` {what}"));
        assert_eq!((error.answer.as_deref(), error.help.as_deref()), (answer, Some(help)));
    }
    let error = refused(&run, source("/nowhere/at-all --x".to_string())).await;
    assert!(
        error.message.starts_with(
            "`aws:lab` has no keys: the `credential_process` `/nowhere/at-all` cannot be run: No such file"
        ),
        "{error}"
    );
    let error = refused(&run, source("a 'b".to_string())).await;
    assert_eq!(error.message, "`aws:lab` has no keys: `credential_process` is no command");
}

const KEYS: &str = "{\"Code\":\"Success\",\"AccessKeyId\":\"ASIA\",\"SecretAccessKey\":\"the-secret\",\"Token\":\"the-session\",\"Expiration\":\"1994-11-06T09:49:37Z\"}";

fn expected() -> Credentials {
    Credentials::new("ASIA", "the-secret")
        .session_token(Some("the-session"))
        .expires(Some(time("1994-11-06T09:49:37Z")))
}

#[tokio::test]
async fn a_container_has_an_agent() {
    let stub = Stub::start(|seen, _| match seen.header("authorization") {
        Some("the-file-token" | "the-token") => Reply::json(200, KEYS),
        _ => Reply::json(403, "{\"message\":\"who are you\"}"),
    })
    .await;
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("token");
    std::fs::write(&path, "the-file-token\n").expect("a file");
    let source = |token_file: Option<&Path>, token: Option<&str>| {
        Source::Container(Container {
            url: format!("{}/v2/keys", stub.url),
            token_file: token_file.map(Path::to_path_buf),
            token: token.map(|token| Token(token.into())),
        })
    };
    let run = run();
    assert_eq!(run.ring(source(Some(&path), None)).keys().await.expect("keys"), expected());
    assert_eq!(run.ring(source(None, Some("the-token"))).keys().await.expect("keys"), expected());
    assert_eq!(stub.seen()[0].target, "/v2/keys");
    let error = refused(&run, source(None, None)).await;
    assert_eq!(error.message, "`aws:lab` has no keys: the container's agent refuses them");
    assert_eq!(error.answer.as_deref(), Some("who are you"));
    assert_eq!(help(&error), "check the role of the task or pod, and the variables AWS_CONTAINER_…");
    assert!(!run.told().contains("the-"), "{}", run.told());
}

fn metadata(url: &str, disabled: bool) -> Source {
    let looked = vec!["AWS_ACCESS_KEY_ID is not set".to_string(), "no container gives any".to_string()];
    Source::InstanceMetadata(InstanceMetadata { endpoint: url.to_string(), disabled, looked })
}

fn looked(error: &Error) -> &str {
    let fact = error.facts.iter().find(|(name, _)| *name == "looked");
    let text = &fact.expect("where it looked").1;
    text.strip_prefix("AWS_ACCESS_KEY_ID is not set; no container gives any; ").expect("all places")
}

#[tokio::test]
async fn an_instance_has_a_role() {
    const ROLE: &str = "/latest/meta-data/iam/security-credentials/";
    let stub = Stub::start(|seen, _| match (seen.method.as_str(), seen.target.as_str()) {
        ("PUT", "/latest/api/token") => Reply::json(200, "the-imds-token"),
        _ if seen.header("x-aws-ec2-metadata-token") != Some("the-imds-token") => Reply::json(401, ""),
        ("GET", ROLE) => Reply::json(200, "web\n"),
        ("GET", target) if target == format!("{ROLE}web") => Reply::json(200, KEYS),
        _ => Reply::json(404, ""),
    })
    .await;
    let run = run();
    assert_eq!(run.ring(metadata(&stub.url, false)).keys().await.expect("keys"), expected());
    let seen = stub.seen();
    assert_eq!(seen[0].header("x-aws-ec2-metadata-token-ttl-seconds"), Some("21600"));
    assert_eq!(seen.len(), 3);
    assert!(!run.told().contains("the-"), "{}", run.told());
    // A private cloud that knows no tokens.
    let stub = Stub::start(|seen, _| match (seen.method.as_str(), seen.target.as_str()) {
        ("PUT", _) => Reply::json(404, ""),
        ("GET", ROLE) => Reply::json(200, "web"),
        _ => Reply::json(200, KEYS),
    })
    .await;
    assert_eq!(run.ring(metadata(&stub.url, false)).keys().await.expect("keys"), expected());
    assert_eq!(stub.seen()[2].header("x-aws-ec2-metadata-token"), None);
}

#[tokio::test]
async fn the_last_place_tells_of_all() {
    let run = run();
    let error = refused(&run, metadata("http://127.0.0.1:1", false)).await;
    assert_eq!((error.kind, error.message.as_str()), (Kind::Unauthorized, "`aws:lab` has no keys"));
    assert_eq!(help(&error), "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or run `aws configure`");
    let connection = looked(&error);
    assert!(
        connection.starts_with("the metadata service of an instance does not answer: connection refused"),
        "{connection}"
    );
    let error = refused(&run, metadata("http://127.0.0.1:1", true)).await;
    assert_eq!(looked(&error), "the metadata service is switched off (AWS_EC2_METADATA_DISABLED)");
    for reply in
        [|| Reply::json(404, "<html>"), || Reply::json(200, ""), || Reply::json(200, "<html> a page")]
    {
        let stub =
            Stub::start(
                move |seen, _| {
                    if seen.method == "PUT" { Reply::json(200, "the-imds-token") } else { reply() }
                },
            )
            .await;
        assert_eq!(looked(&refused(&run, metadata(&stub.url, false)).await), "this instance has no role");
    }
    let stub = Stub::start(|seen, _| match seen.target.as_str() {
        target if target.ends_with("/token") => Reply::json(200, "the-imds-token"),
        target if target.ends_with("/web") => Reply::json(
            200,
            "{\"Code\":\"AssumeRoleUnauthorizedAccess\",\"Message\":\"EC2 cannot assume the role web\"}",
        ),
        _ => Reply::json(200, "web"),
    })
    .await;
    let error = refused(&run, metadata(&stub.url, false)).await;
    assert_eq!(error.message, "`aws:lab` has no keys: the metadata service refuses them");
    assert_eq!(error.answer.as_deref(), Some("EC2 cannot assume the role web"));
}
