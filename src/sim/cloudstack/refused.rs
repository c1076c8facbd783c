//! Why a command is not done, in CloudStack's numbers and words.

/// What a command comes to.
pub(super) type Outcome<T> = Result<T, Refused>;

/// A refusal as CloudStack tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refused {
    /// The HTTP status, and the code in a job's result.
    pub(super) code: u16,
    /// Absent where nobody is logged in.
    pub(super) inner: Option<u32>,
    pub(super) text: String,
    /// The things it is about, by id and what they are called.
    pub(super) about: Vec<(String, String)>,
}

impl Refused {
    fn new(code: u16, inner: Option<u32>, text: impl Into<String>) -> Self {
        Self { code, inner, text: text.into(), about: Vec::new() }
    }

    /// With these numbers.
    pub(super) fn with(code: u16, inner: u32, text: impl Into<String>) -> Self {
        Self::new(code, Some(inner), text)
    }

    /// A parameter is missing or malformed.
    pub(super) fn param(text: impl Into<String>) -> Self {
        Self::with(431, 9999, text)
    }

    /// A value that the command itself refuses.
    pub(super) fn value(text: impl Into<String>) -> Self {
        Self::with(431, 4350, text)
    }

    /// Something went wrong inside.
    pub(super) fn internal(text: impl Into<String>) -> Self {
        Self::with(530, 4250, text)
    }

    /// The caller may not do this to that.
    pub(super) fn forbidden(text: impl Into<String>) -> Self {
        Self::with(531, 4365, text)
    }

    /// The command is not there for this account.
    pub(super) fn unavailable(text: impl Into<String>) -> Self {
        Self::with(432, 9999, text)
    }

    /// The account has as much as it may.
    pub(super) fn limit(text: impl Into<String>) -> Self {
        Self::with(535, 9999, text)
    }

    /// Nobody is logged in, or not rightly.
    pub(super) fn unauthorized(text: &str) -> Self {
        Self::new(401, None, text)
    }

    /// A login that fails.
    pub(super) fn login(text: impl Into<String>) -> Self {
        Self::new(531, None, text)
    }

    /// Names what it is about.
    pub(super) fn about(mut self, id: &str, description: &str) -> Self {
        self.about.push((id.to_owned(), description.to_owned()));
        self
    }
}
