//! What was done while the exchanges were recorded: played again, with what was done between them.

use std::collections::HashMap;
use std::sync::PoisonError;
use std::time::{Duration, SystemTime};

use hyper::HeaderMap;
use hyper::header::{HeaderName, HeaderValue};
use serde_json::Value;

use super::setup::ENFORCED;
use crate::cloudstack::call;
use crate::cloudstack::params::pairs_of;
use crate::cloudstack::signature::{field, sign, text};
use crate::cloudstack::state::Shared;
use crate::openstack::{Answer, Request, encode, read_query};
use crate::world::{Pairs, World};

/// What was done between the recorded exchanges: before which label, and commands (`ID=` binds a recorded id to what is made).
const BETWEEN: &str = include_str!("between.txt");

pub(in crate::cloudstack) struct Stage {
    pub(in crate::cloudstack) world: World,
    pub(super) shared: Shared,
    /// Recorded ids, as they are here.
    pub(super) ids: HashMap<String, String>,
    pub(super) cookies: (String, String),
}

pub(super) fn at(seconds: u64) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)
}

impl Stage {
    pub(in crate::cloudstack) fn key(&mut self, name: &str, key: &str, secret: &str) {
        let mut ledger = self.shared.lock().unwrap_or_else(PoisonError::into_inner);
        for person in ledger.people.iter_mut().filter(|person| person.name == name) {
            person.key = Some((key.to_owned(), secret.to_owned()));
        }
    }

    fn set(&mut self, name: &str, value: &str) {
        let mut ledger = self.shared.lock().unwrap_or_else(PoisonError::into_inner);
        ledger.settings.insert(name.to_owned(), value.to_owned());
    }

    /// Does what was done before an exchange.
    pub(super) fn before(&mut self, label: &str) {
        let mut mine = false;
        for line in BETWEEN.lines().filter(|line| !line.is_empty()) {
            let Some(step) = line.strip_prefix("  ") else {
                mine = line == label;
                continue;
            };
            if mine {
                self.step(step);
            }
        }
    }

    fn step(&mut self, step: &str) {
        let words: Vec<&str> = step.split(' ').collect();
        match words[..] {
            ["key", name, key, secret] => self.key(name, key, secret),
            ["set", name, value] => self.set(name, value),
            ["time", "enforced"] => {
                let right = self.world.clock.right();
                self.skew(ENFORCED, right);
            }
            ["fault", ..] => self.world.fault_settings.error = Some(step["fault ".len()..].to_owned()),
            ["host", id] => {
                let ledger = self.shared.lock().unwrap_or_else(PoisonError::into_inner);
                self.ids.insert(id.to_owned(), ledger.zones[0].hosts[1].clone());
            }
            ["login"] => {
                let text = "command=login&username=admin&password=password&domain=/&response=json";
                let answer = self.send("POST", "", text, "");
                self.remember(&answer);
            }
            ["later", seconds] => self.advance(seconds.parse().unwrap_or(1)),
            ["all", command] => self.for_all(command),
            ["throttle", times] => {
                for _ in 0..times.parse().unwrap_or(0) {
                    let pairs =
                        pairs_of(&["command=listZones&apiKey=DEMOKEY&signature="]).unwrap_or_default();
                    let sealed = self.sealed(&pairs, "DEMOSECRET");
                    self.send("GET", &sealed, "", "");
                }
            }
            _ => {
                let (bound, text) =
                    step.split_once('=').filter(|parts| parts.0.len() == 36).unwrap_or(("", step));
                self.ask(bound, text);
            }
        }
    }

    /// Sends a command as the administrator, and waits for its job unless it is to be left alone (`!`).
    pub(super) fn ask(&mut self, bound: &str, command: &str) {
        let (leave, command) = command.strip_prefix('!').map_or((false, command), |rest| (true, rest));
        let answer = self.signed(&format!("command={command}"));
        let body: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
        assert_eq!(answer.status, 200, "{command}: {body}");
        let told = body.as_object().and_then(|body| body.values().next()).cloned().unwrap_or_default();
        let inner = told.as_object().and_then(|told| told.values().find(|value| value.is_object())).cloned();
        let id = told["id"]
            .as_str()
            .or(inner.as_ref().and_then(|inner| inner["id"].as_str()))
            .or(told["jobid"].as_str());
        if !bound.is_empty() {
            self.ids.insert(bound.to_owned(), id.unwrap_or_default().to_owned());
        }
        if let Some(job) = told["jobid"].as_str().filter(|_| !leave) {
            let done = self.wait(&format!("command=queryAsyncJobResult&jobid={job}"));
            assert!(done.contains("\"jobstatus\":1}"), "{command}: {done}");
        }
    }

    fn signed(&mut self, text: &str) -> Answer {
        let text = self.mapped(text);
        let mut pairs = pairs_of(&[&text, "response=json&apiKey=APIKEY"]).unwrap_or_default();
        pairs.push(("signature".to_owned(), String::new()));
        self.send("POST", "", &self.sealed(&pairs, "SECRETKEY"), "")
    }

    /// A form of these pairs with the right signature.
    pub(super) fn sealed(&self, pairs: &Pairs, secret: &str) -> String {
        let signature = sign(&text(pairs), secret);
        let part = |(name, value): &(String, String)| {
            let value = if name.eq_ignore_ascii_case("signature") { &signature } else { value };
            format!("{}={}", encode(name), encode(value))
        };
        pairs.iter().map(part).collect::<Vec<_>>().join("&")
    }

    fn mapped(&self, text: &str) -> String {
        let (mut out, mut rest) = (String::with_capacity(text.len()), text);
        while let Some(first) = rest.chars().next() {
            match rest.get(..36).and_then(|id| self.ids.get(id)) {
                Some(own) => {
                    out.push_str(own);
                    rest = &rest[36..];
                }
                None => {
                    out.push(first);
                    rest = &rest[first.len_utf8()..];
                }
            }
        }
        out
    }

    /// Asks again until a job is over.
    fn wait(&mut self, poll: &str) -> String {
        let mut body = String::new();
        for _ in 0..600 {
            body = String::from_utf8_lossy(&self.signed(poll).body).into_owned();
            if !body.contains("\"jobstatus\":0}}") {
                break;
            }
            self.world.clock.advance(Duration::from_millis(500));
            self.world.settle();
        }
        body
    }

    fn remember(&mut self, answer: &Answer) {
        for (name, value) in &answer.headers {
            let value = value.split(';').next().unwrap_or_default();
            match value.split_once('=') {
                Some(("JSESSIONID", own)) if *name == "Set-Cookie" && !own.is_empty() => {
                    self.cookies.0 = own.to_owned()
                }
                Some(("sessionkey", own)) if *name == "Set-Cookie" && !own.is_empty() => {
                    self.cookies.1 = own.to_owned()
                }
                _ => {}
            }
        }
    }

    /// Whether a recording has a request at all.
    pub(super) fn playable(exchange: &Value) -> bool {
        exchange["reason"].is_string()
    }

    /// Plays a recorded request. Where the real job was over, time passes until it is here too.
    pub(super) fn play(&mut self, exchange: &Value) -> Answer {
        let path = exchange["path"].as_str().unwrap_or_default();
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let label = exchange["op"].as_str().unwrap_or_default();
        let (query, body) =
            self.rewritten(label, query, exchange["request_body"].as_str().unwrap_or_default());
        let method = exchange["method"].as_str().unwrap_or_default();
        let headers = &exchange["request_headers"];
        let head = |name: &str| headers[name].as_str().unwrap_or_default().to_owned();
        let cookie = head("Cookie")
            .replace("JSESSIONID=JSESSIONID", &format!("JSESSIONID={}", self.cookies.0))
            .replace("SESSIONKEY", &self.cookies.1);
        let request = self.request(method, path, &query, &body, &cookie, &head("Content-Type"));
        let result = &exchange["response_body"]["queryasyncjobresultresponse"]["jobstatus"];
        let shown = label.split_once(", shown as ").map(|parts| parts.1.to_owned());
        let mut answer = self.run(&request);
        for _ in 0..1200 {
            let body = String::from_utf8_lossy(&answer.body).into_owned();
            let waits = match &shown {
                Some(state) if state == "None" => body.contains("\"state\""),
                Some(state) => !body.contains(&format!("\"state\":\"{state}\"")),
                None => {
                    result.as_i64().is_some_and(|status| status > 0) && body.ends_with("\"jobstatus\":0}}")
                        || label == "XML: its result" && body.contains("<jobstatus>0</jobstatus></query")
                }
            };
            if !waits {
                break;
            }
            self.world.clock.advance(Duration::from_millis(100));
            self.world.settle();
            answer = self.run(&request);
        }
        self.world.fault_settings.error = None;
        if answer.status == 200 && label.contains("log in") {
            self.remember(&answer);
        }
        answer
    }

    /// A request with the ids of this cloud, signed anew where it was signed rightly.
    fn rewritten(&self, label: &str, query: &str, body: &str) -> (String, String) {
        let joined = [query, body].join("&");
        let numbered = label.starts_with("a number as an id");
        let changed = numbered || self.mapped(&joined) != joined;
        let session = [query, body]
            .map(|text| text.replace("sessionkey=SESSIONKEY", &format!("sessionkey={}", self.cookies.1)));
        let was = pairs_of(&[query, body]).unwrap_or_default();
        let secret = match field(&was, "apiKey") {
            Some("APIKEY") => "SECRETKEY",
            Some("DEMOKEY") => "DEMOSECRET",
            _ => "",
        };
        if !changed || secret.is_empty() {
            let [query, body] = session;
            return (self.mapped(&query), self.mapped(&body));
        }
        let mut mine: Pairs = was.iter().map(|(name, value)| (name.clone(), self.mapped(value))).collect();
        // The first machine has another internal number here.
        mine.iter_mut().filter(|pair| numbered && pair.0 == "id").for_each(|pair| pair.1 = "1".to_owned());
        let sealed = self.sealed(&mine, secret);
        if body.is_empty() { (sealed, String::new()) } else { (String::new(), sealed) }
    }

    pub(super) fn send(&mut self, method: &str, query: &str, body: &str, cookie: &str) -> Answer {
        let request =
            self.request(method, "/client/api", query, body, cookie, "application/x-www-form-urlencoded");
        self.run(&request)
    }

    fn request(
        &self,
        method: &str,
        path: &str,
        query: &str,
        body: &str,
        cookie: &str,
        kind: &str,
    ) -> Request {
        let mut headers = HeaderMap::new();
        for (name, value) in [("cookie", cookie), ("content-type", kind)] {
            if let (Ok(name), Ok(value)) =
                (HeaderName::from_bytes(name.as_bytes()), HeaderValue::from_str(value))
                && !value.is_empty()
            {
                headers.insert(name, value);
            }
        }
        Request {
            method: method.to_owned(),
            path: path.to_owned(),
            query: read_query(query),
            raw_query: query.to_owned(),
            headers,
            body: body.as_bytes().to_vec(),
            base: String::new(),
            id: String::new(),
        }
    }

    fn run(&mut self, request: &Request) -> Answer {
        self.world.settle();
        call::find(request).run(&mut self.world, &self.shared)
    }
}
