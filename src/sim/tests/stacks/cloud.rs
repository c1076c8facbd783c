//! A simulated cloud whose clock stands still, asked for stacks in both protocols.

use std::time::Duration;

use rhain_sim::{Sim, SimOptions};
use serde_json::{Value, json};

use super::client::{Told, send, sign_in, signed_path};

pub struct Cloud {
    pub sim: Sim,
    address: String,
    token: String,
    project: String,
    keys: (String, String),
}

impl Cloud {
    pub async fn start() -> Self {
        let sim = Sim::start(SimOptions::default()).await.unwrap();
        let (address, access) = (sim.address().to_string(), sim.aws_access());
        let (token, project) = sign_in(&address).await;
        Self { sim, address, token, project, keys: (access.key, access.secret) }
    }

    pub fn pass(&self, millis: u64) {
        self.sim.advance(Duration::from_millis(millis));
    }

    /// Asks any OpenStack service.
    pub async fn ask(&self, method: &str, path: &str, body: Value) -> Told {
        let body = if body.is_null() { Vec::new() } else { body.to_string().into_bytes() };
        let headers = [
            ("X-Auth-Token", self.token.as_str()),
            ("Accept", "application/json"),
            ("Content-Type", "application/json"),
        ];
        send(&self.address, method, path, &headers, &body).await
    }

    /// Asks Heat, going where a redirect sends a GET.
    pub async fn heat(&self, method: &str, path: &str, body: Value) -> Told {
        let told = self.ask(method, &format!("/orchestration/v1/{}{path}", self.project), body).await;
        match (&told.location, told.status) {
            (Some(location), 302) => {
                let (_, rest) = location.split_once("/orchestration").unwrap();
                self.ask(method, &format!("/orchestration{rest}"), Value::Null).await
            }
            _ => told,
        }
    }

    /// Begins to make a stack: its path.
    pub async fn create(&self, name: &str, template: &str, more: Value) -> String {
        let mut body = json!({"stack_name": name, "template": template});
        body.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap_or_default());
        let told = self.heat("POST", "/stacks", body).await;
        assert_eq!(told.status, 201, "{}", told.text);
        format!("/stacks/{name}/{}", told.json()["stack"]["id"].as_str().unwrap())
    }

    pub async fn stack(&self, path: &str) -> Value {
        self.heat("GET", path, Value::Null).await.json()["stack"].clone()
    }

    pub async fn state(&self, path: &str) -> String {
        self.stack(path).await["stack_status"].as_str().unwrap_or_default().to_owned()
    }

    /// The events of a stack, oldest first, as resource and state.
    pub async fn events(&self, path: &str) -> Vec<String> {
        let told = self.heat("GET", &format!("{path}/events?sort_dir=asc"), Value::Null).await.json();
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let row =
            |event: &Value| format!("{} {}", text(&event["resource_name"]), text(&event["resource_status"]));
        told["events"].as_array().unwrap().iter().map(row).collect()
    }

    /// Asks CloudFormation as AWS serves it.
    pub async fn aws(&self, action: &str, asked: &[(&str, &str)]) -> Told {
        let mut pairs =
            vec![("Action".to_owned(), action.to_owned()), ("Version".to_owned(), "2010-05-15".to_owned())];
        pairs.extend(asked.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        let path = signed_path(&self.address, "/", &self.keys, &pairs, self.sim.now());
        send(&self.address, "GET", &path, &[], b"").await
    }

    /// The texts of an element in what CloudFormation answers.
    pub async fn told(&self, action: &str, asked: &[(&str, &str)], element: &str) -> Vec<String> {
        let told = self.aws(action, asked).await;
        assert_eq!(told.status, 200, "{}", told.text);
        let (open, close) = (format!("<{element}>"), format!("</{element}>"));
        told.text.split(&open).skip(1).map(|rest| rest.split(&close).next().unwrap().to_owned()).collect()
    }

    pub async fn aws_state(&self, name: &str) -> String {
        self.told("DescribeStacks", &[("StackName", name)], "StackStatus").await.join(",")
    }
}
