//! A plain client for the EC2 face: signed by the drivers' own signing, which the simulator does not know.

use std::sync::Arc;
use std::time::Duration;

use rhain::wire::auth::Signer;
use rhain::wire::{Body, Credentials, Method, Request};
use rhain_sim::{Sim, SimOptions};

pub struct Reply {
    pub status: u16,
    pub headers: reqwest::header::HeaderMap,
    pub body: String,
}

impl Reply {
    /// The texts of all elements of this name, in order.
    pub fn all(&self, name: &str) -> Vec<String> {
        let (open, close) = (format!("<{name}>"), format!("</{name}>"));
        let parts = self.body.split(&open).skip(1);
        parts.map(|part| part.split(&close).next().unwrap_or_default().to_owned()).collect()
    }

    /// The text of the first element of this name; nothing without one.
    pub fn first(&self, name: &str) -> String {
        self.all(name).into_iter().next().unwrap_or_default()
    }

    /// The status and the code of a refusal.
    pub fn code(&self) -> (u16, String) {
        (self.status, self.first("Code"))
    }
}

pub struct Ec2 {
    pub sim: Sim,
    http: reqwest::Client,
    pub signer: Signer,
}

impl Ec2 {
    /// A fresh cloud in virtual time, as demo.
    pub async fn start() -> Self {
        let sim = Sim::start(SimOptions::default()).await.unwrap();
        let http = super::http().build().unwrap();
        let access = sim.aws_access();
        let signer = Signer::v4(Credentials::new(access.key, access.secret), access.region, "ec2");
        Self { sim, http, signer }
    }

    /// Asks for an action; no answer where the connection breaks.
    pub async fn try_ask(&self, action: &str, params: &[(&str, &str)]) -> Option<Reply> {
        let version = if action == "GetCallerIdentity" { "2011-06-15" } else { "2016-11-15" };
        let mut pairs =
            vec![("Action".to_owned(), action.to_owned()), ("Version".to_owned(), version.to_owned())];
        pairs.extend(params.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        let mut request = Request::new("test", Method::Post, format!("{}/", self.sim.base_url()));
        request.body = Body::Form(pairs);
        let signed = self.signer.sign(&request, self.sim.now()).unwrap();
        let mut sent = self.http.post(&signed.url);
        for (name, value) in &signed.headers {
            sent = sent.header(name, value);
        }
        let (_, bytes) = signed.body.encode().unwrap();
        let reply = sent.body(bytes).send().await.ok()?;
        let (status, headers) = (reply.status().as_u16(), reply.headers().clone());
        Some(Reply { status, headers, body: reply.text().await.ok()? })
    }

    pub async fn ask(&self, action: &str, params: &[(&str, &str)]) -> Reply {
        self.try_ask(action, params).await.unwrap()
    }

    pub async fn image(&self) -> String {
        self.ask("DescribeImages", &[]).await.first("imageId")
    }

    /// One instance of this image, and what more is asked.
    pub async fn run(&self, more: &[(&str, &str)]) -> Reply {
        let image = self.image().await;
        let mut params = vec![("ImageId", image.as_str()), ("InstanceType", "m1.tiny")];
        params.extend([("MinCount", "1"), ("MaxCount", "1")]);
        params.retain(|(name, _)| more.iter().all(|(other, _)| other != name));
        params.extend_from_slice(more);
        self.ask("RunInstances", &params).await
    }

    /// A running one.
    pub async fn boot(&self, more: &[(&str, &str)]) -> String {
        let made = self.run(more).await;
        assert_eq!(made.status, 200, "{}", made.body);
        self.pass(2000);
        made.first("instanceId")
    }

    pub async fn state(&self, id: &str) -> String {
        let reply = self.ask("DescribeInstances", &[("InstanceId.1", id)]).await;
        if reply.status == 200 { reply.first("name") } else { reply.first("Code") }
    }

    pub fn pass(&self, millis: u64) {
        self.sim.advance(Duration::from_millis(millis));
    }

    /// The writes of this operation.
    pub fn written(&self, operation: &str) -> usize {
        self.sim.journal().iter().filter(|write| write.operation == operation).count()
    }

    /// The same cloud, signed otherwise.
    pub fn signing(self, signer: Signer) -> Self {
        Self { signer, ..self }
    }
}

/// Shares a cloud's keys under another scope.
pub fn scoped(cloud: &Ec2, region: &str, service: &str) -> Signer {
    Signer::v4(cloud.signer.credentials.clone(), Arc::<str>::from(region), Arc::<str>::from(service))
}
