//! What templates need beside stacks: a place to put their texts, as S3 has it, and the addresses that signals are sent to.

use serde_json::{Value, json};

use crate::aws::keys::owner;
use crate::openstack::{Answer, Request, decode};
use crate::world::World;

/// Where signals are sent: below it the stack's id and the resource's name.
pub(super) const SIGNALS: &str = "/cfn-signal/";

/// A request for an object or for a signal's address.
pub(crate) struct Call<'a> {
    request: &'a Request,
    project: String,
}

fn signed_for_s3(request: &Request) -> bool {
    request.header("authorization").is_some_and(|text| text.contains("/s3/aws4_request"))
}

/// Whether a request is one of these.
pub(crate) fn is_ours(request: &Request) -> bool {
    request.path.starts_with(SIGNALS) || signed_for_s3(request)
}

pub(crate) fn find(request: &Request) -> Call<'_> {
    Call { request, project: String::new() }
}

/// The names of all operations, as faults and the journal know them.
pub(crate) fn operations() -> impl Iterator<Item = &'static str> {
    ["s3.CreateBucket", "s3.PutObject", "s3.GetObject", "s3.HeadObject", "cfn.Signal"].into_iter()
}

/// The text of a body, which may come in pieces with their lengths before them.
fn text(request: &Request) -> String {
    let whole = String::from_utf8_lossy(&request.body).into_owned();
    let in_pieces = request.header("content-encoding").is_some_and(|how| how.contains("aws-chunked"));
    if !in_pieces {
        return whole;
    }
    let (mut out, mut rest) = (String::new(), whole.as_str());
    while let Some((head, after)) = rest.split_once("\r\n") {
        let length =
            usize::from_str_radix(head.split(';').next().unwrap_or_default(), 16).unwrap_or_default();
        let Some(piece) = after.get(..length).filter(|piece| !piece.is_empty()) else { break };
        out.push_str(piece);
        rest = after.get(length + 2..).unwrap_or_default();
    }
    out
}

impl Call<'_> {
    pub(crate) fn operation(&self) -> &'static str {
        let deep = self.request.path.trim_matches('/').contains('/');
        match self.request.method.as_str() {
            _ if self.request.path.starts_with(SIGNALS) => "cfn.Signal",
            "PUT" if deep => "s3.PutObject",
            "PUT" => "s3.CreateBucket",
            "HEAD" => "s3.HeadObject",
            _ => "s3.GetObject",
        }
    }

    pub(crate) fn writes(&self) -> bool {
        self.request.method == "PUT"
    }

    pub(crate) fn project(&self) -> &str {
        &self.project
    }

    /// An error that was planned, or one of its own.
    pub(crate) fn error(&self, status: u16, code: Option<&str>, message: &str) -> Answer {
        let code = code.unwrap_or("InternalError");
        let body = format!("<Error><Code>{code}</Code><Message>{message}</Message></Error>");
        Answer { body: body.into_bytes(), kind: "application/xml", ..Answer::empty(status) }
    }

    pub(crate) fn run(&mut self, world: &mut World) -> Answer {
        if self.request.path.starts_with(SIGNALS) {
            return self.signal(world);
        }
        let authorization = self.request.header("authorization").unwrap_or_default();
        let key = authorization.split("Credential=").nth(1).and_then(|rest| rest.split('/').next());
        let Some((asker, _)) = key.and_then(|key| owner(world, key, &self.request.id)) else {
            let message = "The AWS Access Key Id you provided does not exist in our records.";
            return self.error(403, Some("InvalidAccessKeyId"), message);
        };
        self.project = asker.project;
        let name = decode(self.request.path.trim_matches('/'), false);
        match self.operation() {
            "s3.CreateBucket" => Answer::empty(200).about(&name, &name),
            "s3.PutObject" => {
                world.objects.insert(name.clone(), text(self.request));
                Answer::empty(200).with("ETag", "\"00000000000000000000000000000000\"").about(&name, &name)
            }
            _ if !name.contains('/') => Answer::empty(200),
            _ => match world.objects.get(&name) {
                Some(text) => Answer {
                    body: text.clone().into_bytes(),
                    kind: "binary/octet-stream",
                    ..Answer::empty(200)
                }
                .with("ETag", "\"00000000000000000000000000000000\""),
                None => self.error(404, Some("NoSuchKey"), "The specified key does not exist."),
            },
        }
    }

    fn signal(&self, world: &mut World) -> Answer {
        let rest = &self.request.path[SIGNALS.len()..];
        let (id, logical) = rest.split_once('/').unwrap_or((rest, ""));
        let body: Value = serde_json::from_slice(&self.request.body).unwrap_or_default();
        let found = world.stack(id).and_then(|stack| stack.resource(logical)).map(|own| own.number);
        let Some(number) = found else {
            return self.error(404, Some("NoSuchKey"), "There is no such wait condition handle.");
        };
        let unique = body["UniqueId"].as_str().unwrap_or("1").to_owned();
        let signal = json!({"status": body["Status"], "reason": body["Reason"], "data": body["Data"]});
        world.signal_resource(id, number, &unique, signal);
        Answer::empty(200).about(id, logical)
    }
}
