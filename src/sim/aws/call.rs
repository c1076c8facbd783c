//! Calls: a request, the row of the tables that its action means, and what comes of it in EC2's shape.

use super::ec2_state::Ledger;
use super::keys::{account, owner};
use super::params::Params;
use super::refused::{Outcome, Refused};
use super::scope::Region;
use super::signature::{Flaw, claim};
use super::xml::{Xml, document};
use super::{REGION, TABLES};
use crate::openstack::{Answer, Request, read_query, time};
use crate::world::World;

/// What an action answers, and which resources it wrote.
#[derive(Debug, Default)]
pub(super) struct Told {
    pub(super) xml: Xml,
    pub(super) about: Vec<(String, String)>,
    /// It was done before, and not again.
    pub(super) repeats: bool,
}

impl From<Xml> for Told {
    fn from(xml: Xml) -> Self {
        Self { xml, ..Self::default() }
    }
}

impl Told {
    /// Says which resource was written.
    pub(super) fn about(mut self, id: &str, name: &str) -> Self {
        self.about.push((id.to_owned(), name.to_owned()));
        self
    }

    /// The answer of actions that have nothing to tell.
    pub(super) fn done() -> Self {
        let mut xml = Xml::default();
        xml.text("return", true);
        xml.into()
    }
}

pub(super) type Run = fn(&mut Region<'_>) -> Outcome<Told>;

/// One row of the tables.
pub(crate) struct Action {
    /// Such as `ec2.RunInstances`.
    pub(super) operation: &'static str,
    /// The names of its parameters, up to their first dot.
    takes: &'static [&'static str],
    pub(super) run: Run,
    writes: bool,
}

/// An action that changes nothing.
pub(super) const fn asks(operation: &'static str, takes: &'static [&'static str], run: Run) -> Action {
    Action { operation, takes, run, writes: false }
}

/// An action that changes the world.
pub(super) const fn does(operation: &'static str, takes: &'static [&'static str], run: Run) -> Action {
    Action { operation, takes, run, writes: true }
}

/// The services that answer here, by the versions of their protocols.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Service {
    Ec2,
    Sts,
}

/// A request and the row it was matched to.
pub(crate) struct Call<'a> {
    request: &'a Request,
    params: Params,
    service: Service,
    action: Option<&'static Action>,
    project: String,
    repeats: bool,
}

/// Whether a request speaks this protocol: it names an action at the root.
pub(crate) fn is_ours(request: &Request) -> bool {
    request.path == "/"
        && (request.method == "POST" || request.query.iter().any(|(name, _)| name == "Action"))
}

/// The row of the tables that a request means.
pub(crate) fn find(request: &Request) -> Call<'_> {
    let mut pairs = request.query.clone();
    if request.method == "POST" {
        pairs.extend(read_query(&String::from_utf8_lossy(&request.body)));
    }
    let params = Params(pairs);
    let service = if params.get("Version") == Some("2011-06-15") { Service::Sts } else { Service::Ec2 };
    let prefix = if service == Service::Sts { "sts." } else { "ec2." };
    let named = |action: &&Action| action.operation.strip_prefix(prefix) == params.get("Action");
    let action = TABLES.iter().copied().flatten().find(named);
    Call { request, params, service, action, project: String::new(), repeats: false }
}

impl Call<'_> {
    /// The name of what is asked, as faults and the journal know it.
    pub(crate) fn operation(&self) -> &'static str {
        self.action.map_or("unknown", |action| action.operation)
    }

    /// Whether it is meant to change the world, and does not repeat what was done.
    pub(crate) fn writes(&self) -> bool {
        self.action.is_some_and(|action| action.writes) && !self.repeats
    }

    /// The project of the caller, once known.
    pub(crate) fn project(&self) -> &str {
        &self.project
    }

    /// An error that was planned.
    pub(crate) fn error(&self, status: u16, code: Option<&str>, message: &str) -> Answer {
        self.refuse(&Refused::planned(status, code, message))
    }

    fn id(&self) -> &str {
        self.request.id.strip_prefix("req-").unwrap_or(&self.request.id)
    }

    fn answer(&self, status: u16, body: Vec<u8>) -> Answer {
        Answer { body, kind: "text/xml;charset=UTF-8", ..Answer::empty(status) }
            .with("x-amzn-requestid", self.id())
    }

    fn refuse(&self, refused: &Refused) -> Answer {
        let told = |xml: &mut Xml| {
            xml.text("Code", &refused.code).text("Message", &refused.message);
        };
        let mut xml = Xml::default();
        let body = match self.service {
            Service::Ec2 => {
                xml.node("Errors", |xml| {
                    xml.node("Error", told);
                });
                xml.text("RequestID", self.id());
                document("Response", "", &xml)
            }
            Service::Sts => {
                xml.node("Error", |xml| {
                    xml.text("Type", "Sender");
                    told(xml);
                });
                xml.text("RequestId", self.id());
                document("ErrorResponse", "https://sts.amazonaws.com/doc/2011-06-15/", &xml)
            }
        };
        self.answer(refused.status, body)
    }

    /// Answers it. The project of the caller, once known, is left in the call.
    pub(crate) fn run(&mut self, world: &mut World, ledger: &mut Ledger) -> Answer {
        match self.answered(world, ledger) {
            Ok(answer) => answer,
            Err(refused) => self.refuse(&refused),
        }
    }

    fn answered(&mut self, world: &mut World, ledger: &mut Ledger) -> Outcome<Answer> {
        let asker = self.signer(world)?;
        self.project.clone_from(&asker.project);
        let version = self.params.need("Version")?.to_owned();
        let name = self.params.need("Action")?.to_owned();
        let known = version.len() == 10 && ("2006-06-26"..="2016-11-15").contains(&version.as_str());
        if self.service == Service::Ec2 && !known {
            let message = format!("The requested version ({version}) of service AmazonEC2 does not exist");
            return Err(Refused::new("NoSuchVersion", message));
        }
        let Some(action) = self.action else {
            let message = format!("The action {name} is not valid for this web service.");
            return Err(Refused::new("InvalidAction", message));
        };
        self.named(action)?;
        if self.service == Service::Ec2 && self.params.flag("DryRun")? {
            let message = "Request would have succeeded, but DryRun flag is set.";
            return Err(Refused::with(412, "DryRunOperation", message));
        }
        let account = account(&asker.project);
        let params = &self.params;
        let mut region = Region { world, ledger, params, asker, account, host: &self.request.base };
        region.world.fault_settings.apart = true;
        let told = (action.run)(&mut region);
        region.world.fault_settings.apart = false;
        let told = told?;
        self.repeats = told.repeats;
        let mut xml = Xml::default();
        let namespace = match self.service {
            Service::Ec2 => {
                xml.text("requestId", self.id()).and(&told.xml);
                format!("http://ec2.amazonaws.com/doc/{version}/")
            }
            Service::Sts => {
                xml.node(&format!("{name}Result"), |xml| {
                    xml.and(&told.xml);
                });
                xml.node("ResponseMetadata", |xml| {
                    xml.text("RequestId", self.id());
                });
                "https://sts.amazonaws.com/doc/2011-06-15/".to_owned()
            }
        };
        let body = document(&format!("{name}Response"), &namespace, &xml);
        Ok(Answer { about: told.about, ..self.answer(200, body) })
    }

    /// Refuses names that the action does not know: a misspelt parameter is no option.
    fn named(&self, action: &Action) -> Outcome<()> {
        const ALL: [&str; 11] = [
            "Action",
            "Version",
            "DryRun",
            "AWSAccessKeyId",
            "Signature",
            "SignatureMethod",
            "SignatureVersion",
            "Timestamp",
            "Expires",
            "SecurityToken",
            "ContentType",
        ];
        for (name, _) in &self.params.0 {
            let first = name.split('.').next().unwrap_or_default();
            if !ALL.contains(&first) && !action.takes.contains(&first) && !name.starts_with("X-Amz-") {
                let message = format!("The parameter {first} is not recognized");
                return Err(Refused::new("UnknownParameter", message));
            }
        }
        Ok(())
    }

    /// Who signed it.
    fn signer(&self, world: &World) -> Outcome<crate::world::Asker> {
        let (request, params, ec2) = (self.request, &self.params.0, self.service == Service::Ec2);
        let claim = claim(request, params).map_err(|flaw| match (flaw, ec2) {
            (Flaw::Unsigned, true) => Refused::missing("AWSAccessKeyId"),
            (Flaw::Unsigned, false) => {
                Refused::with(403, "MissingAuthenticationToken", "Request is missing Authentication Token")
            }
            (Flaw::Incomplete(part), true) => {
                let message = format!("The request's signature has no usable '{part}'.");
                Refused::with(401, "AuthFailure", message)
            }
            (Flaw::Incomplete(part), false) => {
                let message = format!("Authorization header requires '{part}' parameter.");
                Refused::with(403, "IncompleteSignature", message)
            }
        })?;
        if let Some((region, service)) = &claim.scope {
            let wanted = if ec2 { "ec2" } else { "sts" };
            let wrong = if region != REGION {
                Some(format!("Credential should be scoped to a valid region, not '{region}'."))
            } else if service != wanted {
                Some(format!("Credential should be scoped to correct service: '{wanted}'."))
            } else {
                None
            };
            if let Some(message) = wrong {
                let (status, code) = if ec2 { (401, "AuthFailure") } else { (403, "SignatureDoesNotMatch") };
                return Err(Refused::with(status, code, message));
            }
        }
        let Some((asker, key)) = owner(world, &claim.access_key, &request.id) else {
            return Err(if ec2 {
                Refused::unauthenticated()
            } else {
                let message = "The security token included in the request is invalid.";
                Refused::with(403, "InvalidClientTokenId", message)
            });
        };
        if claim.is_off(world.now()) {
            let (made, now) = (time::second(claim.at()), time::second(world.now()));
            return Err(if ec2 {
                Refused::new("RequestExpired", "Request has expired.")
            } else {
                let message = format!("Signature expired: {made} is more than 15 minutes away from {now}");
                Refused::with(403, "SignatureDoesNotMatch", message)
            });
        }
        if !claim.is_by(&key.secret, request, params) {
            return Err(if ec2 {
                Refused::unauthenticated()
            } else {
                let message = "The request signature we calculated does not match the signature you provided. Check your \
                               AWS Secret Access Key and signing method.";
                Refused::with(403, "SignatureDoesNotMatch", message)
            });
        }
        Ok(asker)
    }
}
