//! What keys come from, as plain values: configuration fills them in, the AWS driver fetches.

use super::Credentials;
use std::path::PathBuf;
use std::sync::Arc;

/// Where keys come from. Its `Debug` shows no secret.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(clippy::large_enum_variant)] // there is one a cloud
pub enum Source {
    /// Keys that are written down.
    Static(Credentials),
    /// A role of STS, taken on with the keys of another source.
    AssumeRole(Box<AssumeRole>),
    /// A role of STS, taken on with a token of an identity provider.
    WebIdentity(WebIdentity),
    /// A role of IAM Identity Center, for whoever `aws sso login` has logged in.
    Sso(Sso),
    /// A program that prints keys as JSON: `credential_process`.
    Process(Process),
    /// An address that gives keys to a container.
    Container(Container),
    /// The metadata service of the instance that the program runs on.
    InstanceMetadata(InstanceMetadata),
}

/// A role to take on: `role_arn` and what belongs to it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct AssumeRole {
    pub role_arn: String,
    /// Whose keys ask for it.
    pub source: Source,
    pub session_name: Option<String>,
    pub external_id: Option<String>,
    /// How long the keys are good for, in seconds, where it is said.
    pub duration: Option<u32>,
    pub sts: Sts,
}

/// Which of AWS's hosts are meant, where no endpoint is said.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Hosts {
    /// Those with FIPS cryptography.
    pub fips: bool,
    /// Those that have IPv6 too.
    pub dualstack: bool,
}

/// How STS is reached.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Sts {
    /// Amazon's in the region, where none is said.
    pub endpoint: Option<String>,
    pub region: String,
    pub hosts: Hosts,
}

/// A role to take on with a token from a file, which is read anew every time.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct WebIdentity {
    pub role_arn: String,
    pub token_file: PathBuf,
    pub session_name: Option<String>,
    pub duration: Option<u32>,
    pub sts: Sts,
}

/// What `sso_…` settings say.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Sso {
    pub start_url: String,
    pub region: String,
    pub account_id: String,
    pub role_name: String,
    /// The name of the `sso-session`; the token of older settings is kept by the start URL.
    pub session: Option<String>,
    /// Where tokens are kept: `~/.aws/sso/cache`.
    pub cache: PathBuf,
    /// The portal's address; Amazon's in the region, where none is said.
    pub endpoint: Option<String>,
    /// The address that renews logins; Amazon's in the region, where none is said.
    pub oidc: Option<String>,
    pub hosts: Hosts,
    /// What to type to log in again.
    pub login: String,
}

/// A program and where its setting stands.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Process {
    /// The program and its arguments, as the shell's words.
    pub command: Arc<str>,
}

/// An address of keys, and what proves that they may be had.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Container {
    pub url: String,
    /// A file that holds the `Authorization` header; read anew every time.
    pub token_file: Option<PathBuf>,
    /// The variable that holds it, by its own text; never printed.
    pub token: Option<Token>,
}

/// Text that never prints.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(pub Arc<str>);

impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(crate::wire::mask::MASK)
    }
}

/// The metadata service.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct InstanceMetadata {
    pub endpoint: String,
    /// Whether it is switched off (`AWS_EC2_METADATA_DISABLED`).
    pub disabled: bool,
    /// Where else keys were looked for, in words: it is the last place, and its failure is told with them.
    pub looked: Vec<String>,
}
