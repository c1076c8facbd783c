//! Calls: a request, the row of the table that its action means, who signed it, and what comes of it.

use super::signer::signer;
use super::{actions, changes, drift, heat, heat_read, heat_words, read, resources};
use crate::aws::params::Params;
use crate::aws::refused::{Outcome, Refused};
use crate::aws::xml::{Xml, document};
use crate::openstack::{Answer, Request, read_query, reason};
use crate::world::stack::Side;
use crate::world::{Asker, World};

/// What an action works on.
pub(super) struct Cloud<'a> {
    pub(super) world: &'a mut World,
    pub(super) params: &'a Params,
    pub(super) asker: Asker,
}

/// What an action answers, and which stacks it wrote.
#[derive(Debug, Default)]
pub(super) struct Told {
    pub(super) xml: Xml,
    pub(super) about: Vec<(String, String)>,
    /// It was done before, and not again.
    pub(super) repeats: bool,
    /// The answer has no element for a result.
    pub(super) bare: bool,
}

impl From<Xml> for Told {
    fn from(xml: Xml) -> Self {
        Self { xml, ..Self::default() }
    }
}

impl Told {
    pub(super) fn about(mut self, id: &str, name: &str) -> Self {
        self.about.push((id.to_owned(), name.to_owned()));
        self
    }
}

pub(super) type Run = fn(&mut Cloud<'_>) -> Outcome<Told>;

/// One row of the table: what runs it on each side, where that side has it.
pub(super) struct Action {
    operation: &'static str,
    aws: Option<Run>,
    heat: Option<Run>,
    writes: bool,
}

const fn row(operation: &'static str, writes: bool, aws: Option<Run>, heat: Option<Run>) -> Action {
    Action { operation, aws, heat, writes }
}

static ACTIONS: &[Action] = &[
    row("cfn.CreateStack", true, Some(actions::create), Some(heat::create)),
    row("cfn.UpdateStack", true, Some(actions::update), Some(heat::update)),
    row("cfn.DeleteStack", true, Some(actions::delete), Some(heat::delete)),
    row("cfn.CancelUpdateStack", true, Some(actions::cancel), Some(heat::cancel)),
    row("cfn.ContinueUpdateRollback", true, Some(actions::go_on), None),
    row("cfn.RollbackStack", true, Some(actions::roll_back), None),
    row("cfn.UpdateTerminationProtection", true, Some(actions::protect), None),
    row("cfn.SignalResource", true, Some(actions::signal), None),
    row("cfn.DescribeStacks", false, Some(read::describe), Some(heat_read::describe)),
    row("cfn.ListStacks", false, Some(read::list), Some(heat_read::list)),
    row("cfn.DescribeStackEvents", false, Some(resources::events), Some(heat_read::events)),
    row("cfn.DescribeStackResources", false, Some(resources::describe_all), Some(heat_read::resources)),
    row("cfn.DescribeStackResource", false, Some(resources::describe), Some(heat_read::resource)),
    row("cfn.ListStackResources", false, Some(resources::list), Some(heat_read::list_resources)),
    row("cfn.GetTemplate", false, Some(read::template), Some(heat_read::template_text)),
    row("cfn.GetTemplateSummary", false, Some(read::summary), None),
    row("cfn.ValidateTemplate", false, Some(read::validate), Some(heat_read::validate)),
    row("cfn.EstimateTemplateCost", false, Some(read::estimate), Some(heat_read::estimate)),
    row("cfn.ListExports", false, Some(read::exports), None),
    row("cfn.ListImports", false, Some(read::imports), None),
    row("cfn.GetStackPolicy", false, Some(read::policy), None),
    row("cfn.CreateChangeSet", true, Some(changes::create), None),
    row("cfn.DescribeChangeSet", false, Some(changes::describe), None),
    row("cfn.ExecuteChangeSet", true, Some(changes::execute), None),
    row("cfn.DeleteChangeSet", true, Some(changes::delete), None),
    row("cfn.ListChangeSets", false, Some(changes::list), None),
    row("cfn.DetectStackDrift", false, Some(drift::detect), None),
    row("cfn.DescribeStackDriftDetectionStatus", false, Some(drift::status), None),
    row("cfn.DescribeStackResourceDrifts", false, Some(drift::resources), None),
];

/// The names of all operations, as faults and the journal know them.
pub(crate) fn operations() -> impl Iterator<Item = &'static str> {
    ACTIONS.iter().map(|action| action.operation)
}

/// A request and the row it was matched to.
pub(crate) struct Call<'a> {
    request: &'a Request,
    params: Params,
    side: Side,
    action: Option<&'static Action>,
    project: String,
    repeats: bool,
}

/// The version of the protocol.
const VERSION: &str = "2010-05-15";

fn pairs(request: &Request) -> Vec<(String, String)> {
    let mut pairs = request.query.clone();
    if request.method == "POST" {
        pairs.extend(read_query(&String::from_utf8_lossy(&request.body)));
    }
    pairs
}

/// Whether a request speaks this protocol: below `/v1` as Heat has it, or at the root in this version.
pub(crate) fn is_ours(request: &Request) -> bool {
    if matches!(request.path.as_str(), "/v1" | "/v1/") {
        return true;
    }
    request.path == "/"
        && matches!(request.method.as_str(), "GET" | "POST")
        && pairs(request).iter().any(|(name, value)| name == "Version" && value == VERSION)
}

/// The row of the table that a request means.
pub(crate) fn find(request: &Request) -> Call<'_> {
    let side = if request.path == "/" { Side::Aws } else { Side::Heat };
    let params = Params(pairs(request));
    let named = |action: &&Action| action.operation.strip_prefix("cfn.") == params.get("Action");
    let here = |action: &&Action| match side {
        Side::Aws => action.aws.is_some(),
        Side::Heat => action.heat.is_some(),
    };
    let action = ACTIONS.iter().find(named).filter(here);
    Call { request, params, side, action, project: String::new(), repeats: false }
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
        let usual = match status {
            400 | 429 => "Throttling",
            403 => "AccessDenied",
            503 => "ServiceUnavailable",
            _ => "InternalFailure",
        };
        self.refuse(&Refused::with(status, code.unwrap_or(usual), message))
    }

    fn id(&self) -> &str {
        self.request.id.strip_prefix("req-").unwrap_or(&self.request.id)
    }

    fn answer(&self, status: u16, body: Vec<u8>) -> Answer {
        let kind = if self.side == Side::Aws { "text/xml" } else { "application/xml" };
        let asks_json = self.params.get("ContentType") == Some("JSON");
        let (kind, body) = match asks_json {
            true => (
                "application/json",
                super::json::of(&String::from_utf8_lossy(&plain(body))).to_string().into_bytes(),
            ),
            false => (kind, body),
        };
        let answer = Answer { body, kind, ..Answer::empty(status) };
        match self.side {
            Side::Aws => answer.with("x-amzn-requestid", self.id()),
            Side::Heat => answer,
        }
    }

    fn refuse(&self, refused: &Refused) -> Answer {
        if self.side == Side::Heat && refused.code == heat_words::CRASHED {
            let text = format!("{}\r\n\r\n{}\r\n\r\n(generated by server)", reason(500), refused.message);
            return Answer {
                body: text.into_bytes(),
                kind: "text/plain; charset=UTF-8",
                ..Answer::empty(500)
            };
        }
        let mut xml = Xml::default();
        xml.node("Error", |xml| {
            let who = if refused.status >= 500 { "Receiver" } else { "Sender" };
            xml.text("Type", who).text("Code", &refused.code).text("Message", &refused.message);
        });
        let body = match self.side {
            Side::Aws => {
                xml.text("RequestId", self.id());
                document("ErrorResponse", NAMESPACE, &xml)
            }
            Side::Heat => plain(document("ErrorResponse", "", &xml)),
        };
        self.answer(refused.status, body)
    }

    /// Answers it. The project of the caller, once known, is left in the call.
    pub(crate) fn run(&mut self, world: &mut World) -> Answer {
        match self.answered(world) {
            Ok(answer) => answer,
            Err(refused) => self.refuse(&refused),
        }
    }

    fn answered(&mut self, world: &mut World) -> Outcome<Answer> {
        let asker = signer(world, self.request, &self.params.0, self.side)?;
        self.project.clone_from(&asker.project);
        let name = self.params.get("Action").unwrap_or_default().to_owned();
        let run =
            self.action.and_then(|action| if self.side == Side::Aws { action.aws } else { action.heat });
        let Some(run) = run else {
            let message = match self.side {
                Side::Aws => format!("Could not find operation {name} for version {VERSION}"),
                Side::Heat => "The action or operation requested is invalid".to_owned(),
            };
            return Err(Refused::new("InvalidAction", message));
        };
        let mut cloud = Cloud { world, params: &self.params, asker };
        let told = run(&mut cloud)?;
        self.repeats = told.repeats;
        let mut xml = Xml::default();
        if !told.bare {
            xml.node(&format!("{name}Result"), |xml| {
                xml.and(&told.xml);
            });
        }
        let body = match self.side {
            Side::Aws => {
                xml.node("ResponseMetadata", |xml| {
                    xml.text("RequestId", self.id());
                });
                document(&format!("{name}Response"), NAMESPACE, &xml)
            }
            Side::Heat => plain(document(&format!("{name}Response"), "", &xml)),
        };
        Ok(Answer { about: told.about, ..self.answer(200, body) })
    }
}

const NAMESPACE: &str = "http://cloudformation.amazonaws.com/doc/2010-05-15/";

/// A document without the line that says it is XML.
fn plain(document: Vec<u8>) -> Vec<u8> {
    if !document.starts_with(b"<?xml") {
        return document;
    }
    let at = document.iter().position(|byte| *byte == b'\n').map_or(0, |at| at + 1);
    document[at..].to_vec()
}
