//! Signatures and roles before verifiers that others wrote: `OS_CLOUD=… cargo test keys::real -- --ignored` with a Keystone and a
//! heat-api-cfn, `AWS_ENDPOINT_URL=…` with a moto of one's own, which is left as it was found but for a user and a role.

use super::{Run, run};
use rhain::cli::clouds::settings;
use rhain::config::{Environment, find};
use rhain::provider::aws::credentials::KeyRing;
use rhain::provider::openstack::session::{Call, Service, Session};
use rhain::wire::auth::source::{AssumeRole, Source, Sts};
use rhain::wire::clock::Sleep;
use rhain::wire::{Answer, Body, Clock, Credentials, Method, Request, Signer, WallClock, Wire};
use rhain::wire::{Settings, Silent, xml};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

/// A clock that goes wrong by half an hour.
struct Wrong(WallClock);

impl Clock for Wrong {
    fn now(&self) -> SystemTime {
        self.0.now() - Duration::from_secs(1800)
    }
    fn elapsed(&self) -> Duration {
        self.0.elapsed()
    }
    fn sleep(&self, by: Duration) -> Sleep<'_> {
        self.0.sleep(by)
    }
}

fn wire(clock: Arc<dyn Clock>) -> Wire {
    Wire::new(Settings::default(), clock, Arc::new(Silent))
}

fn post(url: &str, fields: &[(&str, &str)]) -> Request {
    let mut request = Request::new("test", Method::Post, url);
    request.body =
        Body::Form(fields.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect());
    request
}

fn said(answer: &Answer) -> String {
    String::from_utf8_lossy(&answer.body).into_owned()
}

#[tokio::test]
#[ignore = "needs a real cloud with heat-api-cfn"]
async fn keystone_takes_both_versions() {
    let wall: Arc<dyn Clock> = Arc::new(WallClock::start());
    let found = find(&Environment::of_process());
    let chosen = found.choose(None).expect("a cloud");
    let profile = found.openstack(&chosen.name, None).expect("a profile");
    let session = Session::new(Arc::from("real"), settings(profile), wire(wall.clone()));
    session.login().await.expect("a login");
    let user = session.user_id().expect("a user");
    let path = format!("/users/{user}/credentials/OS-EC2");
    let mut make = Call::new("credential.create", Service::Identity, Method::Post, path.clone());
    make.body = Body::Json(json!({ "tenant_id": session.project_id() }));
    let answer = session.send(&make).await.expect("a credential");
    let made: Value = serde_json::from_slice(&answer.body).expect("JSON");
    let text = |key: &str| made["credential"][key].as_str().expect("text").to_string();
    let good = Credentials::new(text("access"), text("secret"));
    let bad = Credentials::new(text("access"), "another");
    let base = session.catalog().await.expect("a catalog")["cloudformation"].clone();
    let base = format!("{}/", base.trim_end_matches('/'));

    let list = [("Action", "ListStacks"), ("Version", "2010-05-15"), ("ContentType", "a b+c~*é")];
    let form = post(&base, &list);
    let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(list).finish();
    let get = Request::new("test", Method::Get, format!("{base}?{query}"));
    let v4 = |keys: &Credentials| Signer::v4(keys.clone(), "RegionOne", "cloudformation");
    let v2 = |keys: &Credentials| Signer::v2(keys.clone());
    let late: Arc<dyn Clock> = Arc::new(Wrong(WallClock::start()));
    let mut failures = Vec::new();
    for (name, request, signer, clock, status) in [
        ("v4 post", form.clone(), v4(&good), &wall, 200),
        ("v4 get", get.clone(), v4(&good), &wall, 200),
        ("v2 post", form.clone(), v2(&good), &wall, 200),
        ("v2 get", get.clone(), v2(&good), &wall, 200),
        ("v4 late", form.clone(), v4(&good), &late, 200),
        ("v2 late", get.clone(), v2(&good), &late, 200),
        ("v4 bad", form, v4(&bad), &wall, 403),
        ("v2 bad", get, v2(&bad), &wall, 403),
    ] {
        let way = wire(clock.clone());
        way.hosts().allow(&request.url);
        let answer = way.send(&request.signed(signer)).await.expect("an answer");
        println!("{name}: {} after {} attempts", answer.status, answer.attempts);
        if answer.status != status {
            failures.push(format!("{name}: {} {}", answer.status, said(&answer)));
        }
    }
    let gone = format!("{path}/{}", text("access"));
    let gone = session.send(&Call::new("credential.delete", Service::Identity, Method::Delete, gone)).await;
    assert_eq!(gone.expect("an answer").status, 204);
    assert!(failures.is_empty(), "{failures:#?}");
}

/// The text of an element of an answer that was given.
async fn asked(run: &Run, request: Request, name: &str) -> String {
    let answer = run.wire.send(&request).await.expect("an answer");
    assert_eq!(answer.status, 200, "{}", said(&answer));
    let root = xml::parse(&answer.body).expect("XML");
    root.find(name).map(|found| found.text.clone()).unwrap_or_default()
}

#[tokio::test]
#[ignore = "needs a moto of its own"]
async fn moto_takes_version_four_and_gives_roles() {
    let mut run = run();
    run.wire = wire(Arc::new(WallClock::start()));
    let base = Environment::of_process().get("AWS_ENDPOINT_URL").expect("AWS_ENDPOINT_URL").to_string();
    let base = format!("{}/", base.trim_end_matches('/'));
    run.wire.hosts().allow(&base);
    let any = || Credentials::new("any", "any");
    let iam = |fields: &[(&str, &str)]| {
        let fields = [fields, &[("Version", "2010-05-08")]].concat();
        post(&base, &fields).signed(Signer::v4(any(), "us-east-1", "iam"))
    };
    let all =
        json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]})
            .to_string();
    let trust = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}]}).to_string();
    asked(&run, iam(&[("Action", "CreateUser"), ("UserName", "rhain-sign")]), "UserName").await;
    let policy = |action: &'static str, key: &'static str, name: &'static str| {
        iam(&[("Action", action), (key, name), ("PolicyName", "all"), ("PolicyDocument", &all)])
    };
    asked(&run, policy("PutUserPolicy", "UserName", "rhain-sign"), "x").await;
    let role =
        iam(&[("Action", "CreateRole"), ("RoleName", "rhain-role"), ("AssumeRolePolicyDocument", &trust)]);
    let arn = asked(&run, role, "Arn").await;
    asked(&run, policy("PutRolePolicy", "RoleName", "rhain-role"), "x").await;
    let made = run
        .wire
        .send(&iam(&[("Action", "CreateAccessKey"), ("UserName", "rhain-sign")]))
        .await
        .expect("keys");
    let made = xml::parse(&made.body).expect("XML");
    let text = |name: &str| made.find(name).expect("an element").text.clone();
    let (access, secret) = (text("AccessKeyId"), text("SecretAccessKey"));

    let enforce = |when: &str| {
        let mut request = Request::new("test", Method::Post, format!("{base}moto-api/reset-auth"));
        request.body = Body::Bytes("text/plain".to_string(), when.to_string().into_bytes().into());
        request
    };
    assert_eq!(run.wire.send(&enforce("0")).await.expect("an answer").status, 200);
    let regions = [("Action", "DescribeRegions"), ("Version", "2016-11-15"), ("RegionName.1", "eu-west-1")];
    let ask = |keys: Credentials| post(&base, &regions).signed(Signer::v4(keys, "us-east-1", "ec2"));
    let good =
        run.wire.send(&ask(Credentials::new(access.as_str(), secret.as_str()))).await.expect("an answer");
    let bad = run.wire.send(&ask(Credentials::new(access.as_str(), "another"))).await.expect("an answer");
    let source = |secret: &str| {
        Source::AssumeRole(Box::new(AssumeRole {
            role_arn: arn.clone(),
            source: Source::Static(Credentials::new(access.as_str(), secret)),
            session_name: None,
            external_id: None,
            duration: None,
            sts: Sts {
                endpoint: Some(base.clone()),
                region: "us-east-1".to_string(),
                hosts: Default::default(),
            },
        }))
    };
    let ring = |secret: &str| KeyRing::new(Arc::from("aws:moto"), source(secret), run.wire.clone());
    let granted = ring(&secret).keys().await;
    let by_role = match &granted {
        Ok(keys) => Some(run.wire.send(&ask(keys.clone())).await.expect("an answer")),
        Err(_) => None,
    };
    let refused = ring("another").keys().await;
    assert_eq!(run.wire.send(&enforce("inf")).await.expect("an answer").status, 200);
    assert!(said(&good).contains("<regionName>eu-west-1</regionName>"), "{}", said(&good));
    assert_eq!(bad.status, 401, "{}", said(&bad));
    assert!(by_role.is_some_and(|answer| said(&answer).contains("eu-west-1")), "{granted:?}");
    let refused = refused.unwrap_err();
    println!("{refused}: {:?} {:?} {:?}", refused.answer, refused.code, refused.help);
    assert_eq!(refused.status, Some(403));
}
