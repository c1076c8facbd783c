//! Roles: STS gives temporary keys for other keys (`AssumeRole`), or for a token of an identity provider.

use super::{KeyRing, kind_of, time};
use crate::cloud::{Kind, Result};
use crate::provider::aws::service::Service;
use crate::wire::auth::Signer;
use crate::wire::auth::source::{AssumeRole, Source, Sts, WebIdentity};
use crate::wire::{Answer, Body, Credentials, Intent, Method, Request, xml};
use std::time::SystemTime;

/// Take on a role with these keys.
pub(super) async fn assume(ring: &KeyRing, role: &AssumeRole, keys: Credentials) -> Result<Credentials> {
    let access_key = keys.access_key.clone();
    let mut form = form(ring, "AssumeRole", &role.role_arn, role.session_name.as_deref(), role.duration);
    if let Some(id) = &role.external_id {
        form.push(("ExternalId".to_string(), id.clone()));
    }
    let request = request(&role.sts, form).signed(Signer::v4(keys, role.sts.region.as_str(), "sts"));
    let help = format!(
        "check the key `{access_key}`, and that its user or role may take on `{}`, in both policies",
        role.role_arn
    );
    ask(ring, &request, &role.role_arn, &help).await
}

/// Take on a role with the token in a file, read each time: it is replaced while the program runs.
pub(super) async fn identify(ring: &KeyRing, identity: &WebIdentity) -> Result<Credentials> {
    let path = identity.token_file.display();
    let token = std::fs::read_to_string(&identity.token_file).map_err(|error| {
        let message = format!("`{}` has no keys: the token file {path} cannot be read: {error}", ring.cloud);
        ring.none(
            Kind::Unauthorized,
            message,
            "check AWS_WEB_IDENTITY_TOKEN_FILE or `web_identity_token_file`",
        )
    })?;
    let token = token.trim().to_string();
    ring.wire.known().add(&token);
    let name = identity.session_name.as_deref();
    let mut form = form(ring, "AssumeRoleWithWebIdentity", &identity.role_arn, name, identity.duration);
    form.push(("WebIdentityToken".to_string(), token));
    let help = format!(
        "check that the token in {path} is fresh, and that `{}` trusts who gave it",
        identity.role_arn
    );
    ask(ring, &request(&identity.sts, form), &identity.role_arn, &help).await
}

/// The endpoints of STS that a source of keys names, or that Amazon has in its region.
pub(super) fn endpoints(source: &Source, found: &mut dyn FnMut(&str)) {
    if let Source::AssumeRole(role) = source {
        found(&address(&role.sts));
        endpoints(&role.source, found);
    }
}

fn address(sts: &Sts) -> String {
    sts.endpoint.clone().or_else(|| Service::Sts.address(&sts.region, sts.hosts)).unwrap_or_default()
}

fn form(
    ring: &KeyRing,
    action: &str,
    role: &str,
    session_name: Option<&str>,
    duration: Option<u32>,
) -> Vec<(String, String)> {
    let now = ring.wire.clock().now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs();
    let name = session_name.map_or_else(|| format!("rhain-{now}"), str::to_string);
    let pair = |key: &str, value: String| (key.to_string(), value);
    let mut form = vec![
        pair("Action", action.to_string()),
        pair("Version", "2011-06-15".to_string()),
        pair("RoleArn", role.to_string()),
        pair("RoleSessionName", name),
    ];
    form.extend(duration.map(|seconds| pair("DurationSeconds", seconds.to_string())));
    form
}

fn request(sts: &Sts, form: Vec<(String, String)>) -> Request {
    let mut request = Request::new("credentials.role", Method::Post, address(sts)).intent(Intent::Login);
    request.body = Body::Form(form);
    request
}

async fn ask(ring: &KeyRing, request: &Request, role: &str, help: &str) -> Result<Credentials> {
    let answer = ring
        .ask(&ring.wire, request, "STS", "check the network, the region, and AWS_ENDPOINT_URL_STS")
        .await?;
    if answer.status != 200 {
        let (code, words, id) = refusal(&answer);
        let message = format!("`{}` has no keys: STS does not give the role `{role}`", ring.cloud);
        let mut error = ring.refused(kind_of(answer.status), message, &answer, words.as_deref(), help);
        error.code = code;
        error.request_id = error.request_id.take().or(id);
        return Err(error);
    }
    keys(&answer).map_err(|what| {
        let message = format!("`{}` has no keys: STS gives an answer that does not do: {what}", ring.cloud);
        ring.refused(
            Kind::Protocol,
            message,
            &answer,
            None,
            "check AWS_ENDPOINT_URL_STS and AWS_ENDPOINT_URL",
        )
    })
}

/// Code, message and request id of an error, wherever they stand.
fn refusal(answer: &Answer) -> (Option<String>, Option<String>, Option<String>) {
    let Ok(root) = xml::parse(&answer.body) else { return (None, None, None) };
    let text = |name: &str| {
        root.find(name).map(|found| found.text.trim().to_string()).filter(|text| !text.is_empty())
    };
    (text("Code"), text("Message"), text("RequestId").or_else(|| text("RequestID")))
}

fn keys(answer: &Answer) -> std::result::Result<Credentials, String> {
    let root = xml::parse(&answer.body)?;
    let found = root.find("Credentials").ok_or("it has no `Credentials`")?;
    let need = |name: &str| found.text_of(name).ok_or_else(|| format!("it has no `{name}`"));
    let expires = time(need("Expiration")?).ok_or("its `Expiration` is no time")?;
    Ok(Credentials::new(need("AccessKeyId")?, need("SecretAccessKey")?)
        .session_token(found.text_of("SessionToken"))
        .expires(Some(expires)))
}
