//! An error in the user's nouns. Its kinds are the language's; it never starts with HTTP.

use super::value::Value;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// The kind of an error: what a script can act on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum Kind {
    NotFound,
    Ambiguous,
    Unauthorized,
    Forbidden,
    Denied,
    InvalidArgument,
    Conflict,
    OverQuota,
    RateLimited,
    Timeout,
    Unavailable,
    Network,
    Protocol,
    Unsupported,
    Failed,
    Script,
    Cancelled,
}

impl Kind {
    /// Every kind that a script can see, in the manual's order.
    pub const ALL: [Kind; 17] = [
        Kind::NotFound,
        Kind::Ambiguous,
        Kind::Unauthorized,
        Kind::Forbidden,
        Kind::Denied,
        Kind::InvalidArgument,
        Kind::Conflict,
        Kind::OverQuota,
        Kind::RateLimited,
        Kind::Timeout,
        Kind::Unavailable,
        Kind::Network,
        Kind::Protocol,
        Kind::Unsupported,
        Kind::Failed,
        Kind::Script,
        Kind::Cancelled,
    ];

    /// The word that `e.kind` gives.
    pub const fn as_str(self) -> &'static str {
        match self {
            Kind::NotFound => "not_found",
            Kind::Ambiguous => "ambiguous",
            Kind::Unauthorized => "unauthorized",
            Kind::Forbidden => "forbidden",
            Kind::Denied => "denied",
            Kind::InvalidArgument => "invalid_argument",
            Kind::Conflict => "conflict",
            Kind::OverQuota => "over_quota",
            Kind::RateLimited => "rate_limited",
            Kind::Timeout => "timeout",
            Kind::Unavailable => "unavailable",
            Kind::Network => "network",
            Kind::Protocol => "protocol",
            Kind::Unsupported => "unsupported",
            Kind::Failed => "failed",
            Kind::Script => "script",
            Kind::Cancelled => "cancelled",
        }
    }

    /// Whether trying the same again later may succeed.
    pub fn is_retryable(self) -> bool {
        matches!(self, Kind::RateLimited | Kind::Unavailable | Kind::Network)
    }
}

/// Which part of the call a report underlines.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Place {
    /// The verb's name.
    #[default]
    Verb,
    /// The argument with this index, the receiver of a method call being 0.
    Argument(usize),
    /// The key of the options map: the key's text for an unknown one.
    OptionKey(String),
    /// The value of a key of the options map.
    OptionValue(String),
}

/// The exchange that an error came from, as a report shows it; secrets are masked.
#[derive(Debug, Clone, PartialEq)]
pub struct RequestLine {
    /// The method.
    pub method: &'static str,
    /// Path and query.
    pub path: String,
    /// What happened: `403 in 212 ms`, or `connection reset after 1.4 s; it may have reached the cloud`.
    pub outcome: String,
    /// How long it took.
    pub elapsed: Duration,
}

/// An error: boxed, for it travels through every result.
#[derive(Debug, Clone, PartialEq)]
pub struct Error(Box<Details>);

/// All that is known of an error.
#[derive(Debug, Clone, PartialEq)]
pub struct Details {
    /// What a script can act on.
    pub kind: Kind,
    /// What happened, present tense, names in backticks.
    pub message: String,
    /// The code that `rhain explain` documents: `cloud::over_quota`, `call::unknown_option`.
    pub diagnostic: Option<&'static str>,
    /// The verb that was called.
    pub verb: Option<&'static str>,
    /// The cloud's name in this session.
    pub cloud: Option<String>,
    /// `openstack`, `aws`, `cloudstack`.
    pub provider: Option<&'static str>,
    /// The service that answered: `compute`.
    pub service: Option<&'static str>,
    /// The HTTP status.
    pub status: Option<u16>,
    /// The provider's own code: `itemNotFound`, `conflictingRequest`.
    pub code: Option<String>,
    /// The request id the cloud gave.
    pub request_id: Option<String>,
    /// What to do: begins with a verb.
    pub help: Option<String>,
    /// What the cloud said, in its own words.
    pub answer: Option<String>,
    /// The exchange.
    pub request: Option<RequestLine>,
    /// More facts for the report: `seen`, `waiting`, `looked`.
    pub facts: Vec<(&'static str, String)>,
    /// What a report underlines.
    pub place: Place,
    /// What a report writes below the underline.
    pub label: Option<String>,
    /// Where in a script it was first raised: source (the main script where not given), line and column. An error that
    /// is caught and thrown again is shown there.
    pub raised: Option<(Option<String>, usize, usize)>,
    /// The call that it ended, by its place in the run: `7:3/1`.
    pub path: Option<Arc<str>>,
    /// Whether the request may have taken effect though it was not answered.
    pub maybe: bool,
    /// Whether the cloud accepted the request: what failed came after it.
    pub accepted: bool,
    /// Whether the request was shown and not sent, for a dry run; its overlay goes on from there, and no script sees it.
    pub kept: bool,
    /// Of a bulk call: a result or an error for each member, in order.
    pub results: Vec<Value>,
    /// The resources that the call left behind.
    pub exists: Vec<Value>,
    /// More mistakes found in the same call.
    pub also: Vec<Error>,
}

/// The result of anything that asks a cloud.
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// An error of this kind; the message in the present tense.
    pub fn new(kind: Kind, message: impl Into<String>) -> Error {
        Error(Box::new(Details {
            kind,
            message: message.into(),
            diagnostic: None,
            verb: None,
            cloud: None,
            provider: None,
            service: None,
            status: None,
            code: None,
            request_id: None,
            help: None,
            answer: None,
            request: None,
            facts: Vec::new(),
            place: Place::Verb,
            label: None,
            raised: None,
            path: None,
            maybe: false,
            accepted: false,
            kept: false,
            results: Vec::new(),
            exists: Vec::new(),
            also: Vec::new(),
        }))
    }

    /// This provider, or this driver, cannot do it.
    pub fn unsupported(provider: &'static str, operation: &str) -> Error {
        let mut error =
            Error::new(Kind::Unsupported, format!("`{operation}` is not something {provider} can do"));
        error.provider = Some(provider);
        error
    }

    /// With what to do about it.
    pub fn help(mut self, help: impl Into<String>) -> Error {
        self.0.help = Some(help.into());
        self
    }

    /// With the cloud's own words.
    pub fn answer(mut self, answer: impl Into<String>) -> Error {
        self.0.answer = Some(answer.into());
        self
    }

    /// Underlined there, with this label.
    pub fn at(mut self, place: Place, label: impl Into<String>) -> Error {
        self.0.place = place;
        self.0.label = Some(label.into());
        self
    }

    /// With the diagnostic's code.
    pub fn coded(mut self, diagnostic: &'static str) -> Error {
        self.0.diagnostic = Some(diagnostic);
        self
    }

    /// A request that was shown and not sent.
    pub fn kept(mut self) -> Error {
        self.0.kept = true;
        self
    }

    /// With one more fact for the report.
    pub fn fact(mut self, name: &'static str, text: impl Into<String>) -> Error {
        self.0.facts.push((name, text.into()));
        self
    }

    /// What happened, with the cloud's own words: what a script prints of it.
    pub fn words(&self) -> String {
        match &self.answer {
            Some(answer) => format!("{}: {answer}", self.message),
            None => self.message.clone(),
        }
    }

    /// Whether trying again may succeed; what may have taken effect is not safe to try again.
    pub fn is_retryable(&self) -> bool {
        self.kind.is_retryable() && !self.maybe
    }
}

impl std::ops::Deref for Error {
    type Target = Details;
    fn deref(&self) -> &Details {
        &self.0
    }
}

impl std::ops::DerefMut for Error {
    fn deref_mut(&mut self) -> &mut Details {
        &mut self.0
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {}
