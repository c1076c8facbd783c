//! What a stack is made and updated from: the options that creating, updating and previewing share.

use crate::cloud::ports::FileGate;
use crate::cloud::{
    EnvironmentSource, Error, Kind, ReadFile, Result, Span, StackSpec, StackTags, TemplateSource, Ty, Value,
};
use crate::verbs::argument::{Argument, Files, Map, Mismatch, Name, OneOrMany, meta_text};
use crate::verbs::call::Call;
use crate::verbs::run_context::RunContext;
use crate::verbs::verb::{Key, Param, Role};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A template as text, or as a map.
#[derive(Debug, Clone, PartialEq)]
pub struct TemplateText(pub String);

impl Argument for TemplateText {
    const TY: Ty = Ty::Either(&Ty::Text, &Ty::MapOf(&Ty::Any));
    fn read(value: &Value) -> std::result::Result<Self, Mismatch> {
        const GIVE: &str = "a template: its text, or a map of its sections";
        match value {
            Value::Text(text) if text.trim().is_empty() => Err(Mismatch::because(GIVE, "it is empty")),
            Value::Text(text) => Ok(TemplateText(text.to_string())),
            Value::Secret(secret) => Ok(TemplateText(secret.reveal().to_string())),
            Value::Map(map) if map.is_empty() => Err(Mismatch::because(GIVE, "it is empty")),
            map @ Value::Map(_) => Ok(TemplateText(format!("{:#}", map.to_request()))),
            _ => Err(Mismatch::give(GIVE)),
        }
    }
}

/// An environment: a map of its sections, or the path of a file.
#[derive(Debug, Clone, PartialEq)]
struct EnvironmentArgument(Value);

impl Argument for EnvironmentArgument {
    const TY: Ty = Ty::Either(&Ty::Text, &Ty::MapOf(&Ty::Any));
    fn read(value: &Value) -> std::result::Result<Self, Mismatch> {
        match value {
            Value::Map(_) => Ok(EnvironmentArgument(value.clone())),
            Value::Text(path) if !path.trim().is_empty() => Ok(EnvironmentArgument(value.clone())),
            _ => Err(Mismatch::give("an environment: a map of its sections, or a file's path")),
        }
    }
}

/// Tags: words, or words with values.
#[derive(Debug, Clone, PartialEq)]
struct TagsArgument(StackTags);

impl Argument for TagsArgument {
    const TY: Ty = Ty::Either(&Ty::ArrayOf(&Ty::Text), &Ty::MapOf(&Ty::Text));
    fn read(value: &Value) -> std::result::Result<Self, Mismatch> {
        const GIVE: &str = "tags: an array of texts, or a map of text";
        let text = |value: &Value| meta_text(value).ok_or_else(|| Mismatch::give(GIVE));
        Ok(TagsArgument(match value {
            Value::Array(words) => {
                StackTags::Words(words.iter().map(text).collect::<std::result::Result<_, _>>()?)
            }
            Value::Map(map) => {
                let pairs = map.iter().map(|(key, value)| Ok((key.clone(), text(value)?)));
                StackTags::Pairs(pairs.collect::<std::result::Result<_, Mismatch>>()?)
            }
            _ => return Err(Mismatch::give(GIVE)),
        }))
    }
}

const TEMPLATE: Key<TemplateText> =
    Key::optional("template", "The template: text, or a map of its sections.");
const TEMPLATE_FILE: Key<Name> = Key::optional(
    "template_file",
    "The template's file; files that it names are found beside it. Needs --allow-read, as they do.",
)
.names(Role::ReadsFile);
const TEMPLATE_URL: Key<Name> =
    Key::optional("template_url", "Where the service itself fetches the template.");
const PARAMETERS: Key<Map> =
    Key::optional("parameters", "The template's parameters by name; () is not given.").hashed();
const ENVIRONMENT: Key<OneOrMany<EnvironmentArgument>> = Key::optional(
    "environment",
    "Environments, as maps or files, or an array of them, the later winning; merged here and never sent as files.",
)
.names(Role::ReadsFile).hashed();
const FILES: Key<Files> =
    Key::optional("files", "Files by the names that the template calls them: text or blobs.").hashed();
const TIMEOUT: Key<Span> = Key::optional(
    "timeout",
    "How long the operation may take, by the service's clock; rounded up to whole minutes.",
);
const ROLLBACK: Key<bool> =
    Key::optional("rollback", "Whether a failure is rolled back; true for a new stack.");
const TAGS: Key<TagsArgument> =
    Key::optional("tags", "Tags: an array of text for Heat, a map for CloudFormation.");
const CAPABILITIES: Key<OneOrMany<Name>> = Key::optional(
    "capabilities",
    "What the template may do on AWS: [\"CAPABILITY_NAMED_IAM\"]; Heat asks for none.",
);

/// The options.
pub const OPTIONS: &[Param] = &[
    TEMPLATE.param(),
    TEMPLATE_FILE.param(),
    TEMPLATE_URL.param(),
    PARAMETERS.param(),
    ENVIRONMENT.param(),
    FILES.param(),
    TIMEOUT.param(),
    ROLLBACK.param(),
    TAGS.param(),
    CAPABILITIES.param(),
];

/// Those that a validation takes.
pub const OF_VALIDATION: &[Param] = &[ENVIRONMENT.param(), FILES.param()];

/// What the options of a call say; template and environments are read from their files here.
pub fn of(call: &Call, name: &str) -> Result<StackSpec> {
    let reader = Arc::new(Reader { host: call.host.clone(), verb: call.verb.name });
    let has = |param: &str| call.form.options.iter().any(|key| key.name == param);
    let mut spec = bare(name, reader.clone());
    if has(TEMPLATE.name) {
        spec.template = template(call, &reader)?;
        spec.parameters = call.find(&PARAMETERS)?.unwrap_or_default();
        spec.parameters.retain(|_, value| *value != Value::Unit);
        spec.timeout = call.find(&TIMEOUT)?.map(|span| minutes(call, span)).transpose()?;
        spec.rollback = call.find(&ROLLBACK)?;
        spec.tags = call.find(&TAGS)?.map(|tags| tags.0);
        let capabilities = call.find(&CAPABILITIES)?.map(|all| all.0).unwrap_or_default();
        spec.capabilities = capabilities.into_iter().map(|name| name.0).collect();
    }
    for one in call.find(&ENVIRONMENT)?.map(|all| all.0).unwrap_or_default() {
        spec.environments.push(match &one.0 {
            Value::Text(path) => {
                EnvironmentSource::File(path.to_string(), text_of(call, &reader, path, ENVIRONMENT.name)?)
            }
            map => EnvironmentSource::Map(map.to_request()),
        });
    }
    spec.files = call.find(&FILES)?.map(|files| files.0.into_iter().collect()).unwrap_or_default();
    Ok(spec)
}

/// One with nothing but a name.
fn bare(name: &str, reader: Arc<Reader>) -> StackSpec {
    StackSpec {
        name: name.to_string(),
        template: None,
        parameters: BTreeMap::new(),
        environments: Vec::new(),
        files: BTreeMap::new(),
        timeout: None,
        rollback: None,
        tags: None,
        capabilities: Vec::new(),
        reader,
    }
}

/// The template, which is given in one way at the most.
fn template(call: &Call, reader: &Reader) -> Result<Option<TemplateSource>> {
    let text = call.find(&TEMPLATE)?.map(|text| TemplateSource::Text(text.0));
    let file = match call.find(&TEMPLATE_FILE)? {
        Some(Name(path)) => {
            let text = text_of(call, reader, &path, TEMPLATE_FILE.name)?;
            Some(TemplateSource::File(path, text))
        }
        None => None,
    };
    let url = call.find(&TEMPLATE_URL)?.map(|url| TemplateSource::Url(url.0));
    let mut given = [text, file, url].into_iter().flatten();
    match (given.next(), given.next()) {
        (_, Some(_)) => Err(Error::new(Kind::InvalidArgument, "the template is given twice")
            .coded("call::wrong_type")
            .help("give one of `template`, `template_file` and `template_url`")),
        (one, None) => Ok(one),
    }
}

/// A template must be given for what is not there yet.
pub fn needs_template(call: &Call, spec: &StackSpec) -> Result<()> {
    if spec.template.is_some() {
        return Ok(());
    }
    let message = format!("`{}` needs a template", call.verb.name);
    Err(Error::new(Kind::InvalidArgument, message)
        .coded("call::missing_argument")
        .help("give one of `template`, `template_file` and `template_url`"))
}

fn minutes(call: &Call, span: Span) -> Result<i64> {
    const MINUTE: i128 = 60_000_000_000;
    let minutes = span.nanos().div_euclid(MINUTE) + i128::from(span.nanos() % MINUTE != 0);
    match i64::try_from(minutes) {
        Ok(minutes) if minutes > 0 => {
            // The services' own option is in minutes: a bare 10 is seconds here.
            if span.nanos() < MINUTE {
                call.host.progress.warn(&format!(
                    "`timeout` is {span}, which counts as one minute; a bare number is seconds: write \"{}m\" for minutes",
                    span.nanos().div_euclid(1_000_000_000)
                ));
            }
            Ok(minutes)
        }
        _ => Err(Error::new(Kind::InvalidArgument, "`timeout` must be more than nothing")
            .coded("call::wrong_type")
            .help("give a duration such as \"30m\"; services count whole minutes")
            .at(call.place(TIMEOUT.name), "no time at all")),
    }
}

fn text_of(call: &Call, reader: &Reader, path: &str, name: &str) -> Result<String> {
    let placed = |error: Error| error.at(call.place(name), "this file");
    let bytes = reader.read_file(path).map_err(placed)?;
    String::from_utf8(bytes).map_err(|_| {
        let message = format!("`{path}` is no text");
        placed(
            Error::new(Kind::InvalidArgument, message)
                .coded("language::file")
                .help("give a YAML or JSON file"),
        )
    })
}

/// Reads files for a call, as far as the session may.
struct Reader {
    host: Arc<RunContext>,
    verb: &'static str,
}

impl ReadFile for Reader {
    fn read_file(&self, path: &str) -> Result<Vec<u8>> {
        match self.gate() {
            Some(gate) => gate.may_read(self.verb, path)?,
            None => return Err(Error::new(Kind::Denied, format!("this session reads no files: `{path}`"))),
        }
        self.host.outside.read_file(path).map_err(|why| {
            Error::new(Kind::NotFound, format!("`{path}` cannot be read: {why}")).coded("language::file")
        })
    }

    fn directory(&self) -> String {
        self.gate().map_or_else(|| "/".to_string(), |gate| gate.directory())
    }
}

impl Reader {
    fn gate(&self) -> Option<&Arc<dyn FileGate>> {
        self.host.file_gate()
    }
}
