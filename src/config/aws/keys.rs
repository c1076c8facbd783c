//! What the keys of a cloud come from, in botocore's order: the environment (unless a profile was asked for by its name), a role,
//! a web identity, Identity Center, the files, a program, boto's files, the container, the instance.

use super::endpoints::{Endpoints, is_true};
use super::profile::Profile;
use super::{Aws, boto};
use crate::cloud::Error;
use crate::config::document::{At, Item};
use crate::config::environment::Environment;
use crate::config::openstack::bad_value;
use crate::wire::auth::source::{
    AssumeRole, Container, InstanceMetadata, Process, Sso, Sts, Token, WebIdentity,
};
use crate::wire::auth::{Credentials, Source};
use url::{Host, Url};

const CONTAINER: [&str; 2] = ["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI"];

/// Whether the environment says what the keys of `aws` come from.
pub(super) fn in_environment(environment: &Environment) -> bool {
    let set = |name: &str| environment.get(name).is_some();
    set("AWS_ACCESS_KEY_ID")
        || set("AWS_SECRET_ACCESS_KEY")
        || of_ec2(environment)
        || set("AWS_WEB_IDENTITY_TOKEN_FILE") && set("AWS_ROLE_ARN")
}

/// Whether this is a container that is given keys.
pub(super) fn in_container(environment: &Environment) -> bool {
    CONTAINER.iter().any(|name| environment.get(name).is_some())
}

/// Whether a profile says what its keys come from.
pub(super) fn has_any(profile: &Profile<'_>) -> bool {
    const WAYS: [&str; 6] = [
        "aws_access_key_id",
        "role_arn",
        "credential_process",
        "sso_session",
        "sso_start_url",
        "login_session",
    ];
    WAYS.iter().any(|key| profile.text(key).is_some())
}

/// Whether the keys of `aws` are those that OpenStack's and Eucalyptus's rc files export.
pub(super) fn of_ec2(environment: &Environment) -> bool {
    environment.get("AWS_ACCESS_KEY_ID").is_none()
        && ["EC2_ACCESS_KEY", "EC2_SECRET_KEY"].iter().all(|name| environment.get(name).is_some())
}

/// What is asked of one chain of profiles.
struct Chain<'a> {
    aws: &'a Aws,
    environment: &'a Environment,
    sts: Sts,
    endpoints: &'a Endpoints,
    looked: Vec<String>,
}

/// What the keys of a cloud come from.
pub(super) fn source(
    aws: &Aws,
    profile: &Profile<'_>,
    explicit: bool,
    region: &str,
    endpoints: &Endpoints,
    environment: &Environment,
) -> Result<Source, Error> {
    let sts = Sts {
        endpoint: endpoints.of("sts").map(str::to_string),
        region: region.to_string(),
        hosts: endpoints.hosts,
    };
    let mut chain = Chain { aws, environment, sts, endpoints, looked: Vec::new() };
    if !explicit {
        if let Some(credentials) = variables(environment)? {
            return Ok(Source::Static(credentials));
        }
        chain.looked.push("AWS_ACCESS_KEY_ID is not set".to_string());
    }
    if let Some(source) = chain.of_profile(profile, explicit, true, &mut Vec::new())? {
        return Ok(source);
    }
    chain.looked.push(match profile.at() {
        Some(at) => format!("profile `{}` ({}) has none", profile.name, at.line()),
        None => format!("there is no profile `{}`", profile.name),
    });
    if let Some(credentials) = aws.boto.as_ref().map(boto::keys).transpose()?.flatten() {
        return Ok(Source::Static(credentials));
    }
    chain.looked.push("boto's files have none".to_string());
    if let Some(container) = chain.container()? {
        return Ok(Source::Container(container));
    }
    chain.looked.push("no container gives any".to_string());
    Ok(chain.metadata(profile))
}

/// The keys that variables hold.
fn variables(environment: &Environment) -> Result<Option<Credentials>, Error> {
    for (access_name, secret_name) in
        [("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"), ("EC2_ACCESS_KEY", "EC2_SECRET_KEY")]
    {
        let token = ["AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN"].iter().find_map(|name| environment.get(name));
        match (environment.get(access_name), environment.get(secret_name)) {
            (Some(access), Some(secret)) => {
                let token = token.filter(|_| access_name.starts_with("AWS"));
                return Ok(Some(Credentials::new(access, secret).session_token(token)));
            }
            (None, None) => {}
            (access, _) => {
                let (is, missing) =
                    if access.is_some() { (access_name, secret_name) } else { (secret_name, access_name) };
                let message = format!("{is} is set and {missing} is not");
                let help = format!("set {missing} too, or unset {is}");
                return Err(bad_value(&At::Variable(is.into()), message, help).coded("config::credentials"));
            }
        }
    }
    Ok(None)
}

impl Chain<'_> {
    /// What a profile says. A profile that another names as its source gives its own keys before it takes on a role.
    fn of_profile(
        &mut self,
        profile: &Profile<'_>,
        explicit: bool,
        first: bool,
        seen: &mut Vec<String>,
    ) -> Result<Option<Source>, Error> {
        let written = written(profile)?;
        if let Some(keys) = written.as_ref().filter(|_| !first) {
            return Ok(Some(Source::Static(keys.clone())));
        }
        let web = profile.text("web_identity_token_file");
        if let Some(role) = profile.text("role_arn").filter(|_| web.is_none()) {
            return self.role(profile, role, seen).map(Some);
        }
        if let Some(identity) = self.web_identity(profile, explicit)? {
            return Ok(Some(Source::WebIdentity(identity)));
        }
        if let Some(sso) = self.sso(profile)? {
            return Ok(Some(Source::Sso(sso)));
        }
        let of_credentials =
            profile.credentials.is_some_and(|section| section.get("aws_access_key_id").is_some());
        let process = profile.text("credential_process").filter(|_| !of_credentials);
        if let Some(command) = process {
            return Ok(Some(Source::Process(Process { command: command.into() })));
        }
        if profile.text("login_session").is_some() && written.is_none() {
            let help = "add `credential_process = aws configure export-credentials --format process` to the profile \
                        that the session belongs to, or use keys, a role or Identity Center";
            return Err(profile.lacks("logs in with `aws login`, whose sessions are not read", help));
        }
        Ok(written.map(Source::Static))
    }

    fn role(&mut self, profile: &Profile<'_>, role: &str, seen: &mut Vec<String>) -> Result<Source, Error> {
        if seen.iter().any(|name| name == profile.name) {
            let round = [seen.as_slice(), &[profile.name.to_string()]].concat().join(" → ");
            let help = "give the last of them keys of its own";
            return Err(profile.lacks(&format!("takes on a role with its own role's keys ({round})"), help));
        }
        seen.push(profile.name.to_string());
        if profile.text("mfa_serial").is_some() {
            let help = "set `credential_process = aws configure export-credentials --profile NAME`, which asks for the code, \
                        in a profile of its own";
            return Err(profile.lacks("asks for a code (`mfa_serial`), which a run cannot answer", help));
        }
        let source = match (profile.item("source_profile"), profile.text("credential_source")) {
            (Some(item), None) => {
                let name = item.as_text().unwrap_or_default();
                let Some(from) = self.aws.profile(name) else {
                    let message = format!(
                        "profile `{}` has the source `{name}`, and there is no such profile, at {}",
                        profile.name,
                        item.at.line()
                    );
                    let names = self.aws.profile_names().join(", ");
                    return Err(bad_value(&item.at, message, format!("name one of: {names}")));
                };
                // Its own keys may stand beside the role.
                let own = from.name == profile.name && written(&from)?.is_none();
                match self.of_profile(&from, true, own, seen)? {
                    Some(source) => source,
                    None => {
                        let help =
                            "add `aws_access_key_id` and `aws_secret_access_key`, or `credential_process`";
                        return Err(from.lacks("has no keys for the role to be taken on with", help));
                    }
                }
            }
            (None, Some("Environment")) => match variables(self.environment)? {
                Some(keys) => Source::Static(keys),
                None => {
                    let help = "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY";
                    return Err(profile.lacks("takes its keys from the environment, which has none", help));
                }
            },
            (None, Some("Ec2InstanceMetadata")) => self.metadata(profile),
            (None, Some("EcsContainer")) => match self.container()? {
                Some(container) => Source::Container(container),
                None => {
                    let help = format!("run in a container, which sets {}", CONTAINER[0]);
                    return Err(profile.lacks("takes its keys from a container, and this is none", help));
                }
            },
            (None, _) => {
                let help = "add `source_profile = NAME`, or `credential_source = ` with Environment, \
                            Ec2InstanceMetadata or EcsContainer";
                return Err(profile.lacks("has a role and does not say whose keys take it on", help));
            }
            (Some(_), Some(_)) => {
                let help = "keep one of them";
                return Err(profile.lacks("has both `source_profile` and `credential_source`", help));
            }
        };
        Ok(Source::AssumeRole(Box::new(AssumeRole {
            role_arn: role.to_string(),
            source,
            session_name: profile.text("role_session_name").map(str::to_string),
            external_id: profile.text("external_id").map(str::to_string),
            duration: seconds(profile)?,
            sts: self.sts.clone(),
        })))
    }

    fn web_identity(&self, profile: &Profile<'_>, explicit: bool) -> Result<Option<WebIdentity>, Error> {
        let variable = |name: &str| self.environment.get(name).filter(|_| !explicit);
        let either = |name: &str, key: &str| variable(name).or_else(|| profile.text(key)).map(str::to_string);
        let Some(token_file) = either("AWS_WEB_IDENTITY_TOKEN_FILE", "web_identity_token_file") else {
            return Ok(None);
        };
        let Some(role_arn) = either("AWS_ROLE_ARN", "role_arn") else {
            return Err(
                profile.lacks("has a web identity and no role", "add `role_arn`, or set AWS_ROLE_ARN")
            );
        };
        Ok(Some(WebIdentity {
            role_arn,
            token_file: self.environment.path(&token_file),
            session_name: either("AWS_ROLE_SESSION_NAME", "role_session_name"),
            duration: seconds(profile)?,
            sts: self.sts.clone(),
        }))
    }

    fn sso(&self, profile: &Profile<'_>) -> Result<Option<Sso>, Error> {
        let session = profile.text("sso_session");
        if session.is_none() && profile.text("sso_start_url").is_none() {
            return Ok(None);
        }
        let section = match session {
            Some(name) => {
                let found = self.aws.section("sso-session", name);
                Some(found.ok_or_else(|| {
                    let message = format!("has the sso-session `{name}`, which is not described");
                    profile.lacks(&message, format!("add a section `[sso-session {name}]`"))
                })?)
            }
            None => None,
        };
        let need = |key: &str| {
            let of_session = section.and_then(|section| section.get(key)).and_then(Item::as_text);
            let text = of_session.or_else(|| profile.text(key)).map(str::to_string);
            text.ok_or_else(|| {
                profile.lacks(&format!("has no `{key}`"), "run `aws configure sso`, which writes all of them")
            })
        };
        let Some(home) = &self.environment.home else { return Ok(None) };
        let by_name =
            if profile.name == "default" { String::new() } else { format!(" --profile {}", profile.name) };
        Ok(Some(Sso {
            start_url: need("sso_start_url")?,
            region: need("sso_region")?,
            account_id: need("sso_account_id")?,
            role_name: need("sso_role_name")?,
            session: session.map(str::to_string),
            cache: home.join(".aws").join("sso").join("cache"),
            endpoint: self.endpoints.of("sso").map(str::to_string),
            oidc: self.endpoints.of("sso_oidc").map(str::to_string),
            hosts: self.endpoints.hosts,
            login: format!("aws sso login{by_name}"),
        }))
    }

    /// The address that gives keys to this container.
    fn container(&self) -> Result<Option<Container>, Error> {
        let environment = self.environment;
        let url = match (environment.get(CONTAINER[0]), environment.get(CONTAINER[1])) {
            // The address of Amazon ECS's own agent.
            (Some(path), _) => format!("http://169.254.170.2{path}"),
            (None, Some(url)) => {
                if !trusted(url) {
                    let message = format!("{} names a host that keys are not asked of", CONTAINER[1]);
                    let help = "give an https URL, or http on loopback, 169.254.170.2 or 169.254.170.23";
                    return Err(bad_value(&At::Variable(CONTAINER[1].into()), message, help));
                }
                url.to_string()
            }
            (None, None) => return Ok(None),
        };
        let token_file = environment.get("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE");
        let token = environment.get("AWS_CONTAINER_AUTHORIZATION_TOKEN").filter(|_| token_file.is_none());
        Ok(Some(Container {
            url,
            token_file: token_file.map(|path| environment.path(path)),
            token: token.map(|token| Token(token.into())),
        }))
    }

    fn metadata(&self, profile: &Profile<'_>) -> Source {
        let either = |name: &str, key: &str| {
            self.environment.get(name).or_else(|| profile.text(key)).map(str::to_string)
        };
        let six = either("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE", "ec2_metadata_service_endpoint_mode")
            .is_some_and(|mode| mode.eq_ignore_ascii_case("ipv6"));
        let endpoint = either("AWS_EC2_METADATA_SERVICE_ENDPOINT", "ec2_metadata_service_endpoint");
        let known = if six { "http://[fd00:ec2::254]" } else { "http://169.254.169.254" };
        Source::InstanceMetadata(InstanceMetadata {
            endpoint: endpoint.unwrap_or(known.to_string()),
            disabled: self.environment.get("AWS_EC2_METADATA_DISABLED").is_some_and(is_true),
            looked: self.looked.clone(),
        })
    }
}

/// The keys that stand in a profile.
fn written(profile: &Profile<'_>) -> Result<Option<Credentials>, Error> {
    match (profile.text("aws_access_key_id"), profile.text("aws_secret_access_key")) {
        (Some(access), Some(secret)) => {
            let token = profile.text("aws_session_token").or_else(|| profile.text("aws_security_token"));
            Ok(Some(Credentials::new(access, secret).session_token(token)))
        }
        (None, None) => Ok(None),
        (access, _) => {
            let missing = if access.is_some() { "aws_secret_access_key" } else { "aws_access_key_id" };
            Err(profile
                .lacks(&format!("has no `{missing}`"), format!("add `{missing}`"))
                .coded("config::credentials"))
        }
    }
}

fn seconds(profile: &Profile<'_>) -> Result<Option<u32>, Error> {
    let Some(item) = profile.item("duration_seconds") else { return Ok(None) };
    match item.as_text().and_then(|text| text.parse::<u32>().ok()).filter(|all| (900..=43_200).contains(all))
    {
        Some(all) => Ok(Some(all)),
        None => Err(bad_value(
            &item.at,
            format!(
                "`duration_seconds` of profile `{}` has a value of no use, at {}",
                profile.name,
                item.at.line()
            ),
            "give 900 to 43200 seconds",
        )),
    }
}

/// Whether an address may be asked for keys without TLS: this machine, and the agents of Amazon's containers.
fn trusted(url: &str) -> bool {
    let Ok(url) = Url::parse(url) else { return false };
    match (url.scheme(), url.host()) {
        ("https", Some(_)) => true,
        ("http", Some(Host::Ipv4(host))) => {
            host.is_loopback() || matches!(host.octets(), [169, 254, 170, 2 | 23])
        }
        ("http", Some(Host::Ipv6(host))) => {
            host.is_loopback() || host.segments() == [0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x23]
        }
        ("http", Some(Host::Domain(host))) => host == "localhost",
        _ => false,
    }
}
