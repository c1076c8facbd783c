//! What a profile says: plain values, checked, with nothing of the file they came from but its name.

use super::note::Note;
use crate::cloud::Secret;
use crate::wire::Tls;
use std::collections::BTreeMap;
use std::time::Duration;

/// Something of Keystone's, by id or name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Named {
    pub id: Option<String>,
    pub name: Option<String>,
    pub domain_id: Option<String>,
    pub domain_name: Option<String>,
}

/// What proves who the user is.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Auth {
    Password {
        user: Named,
        password: Secret,
    },
    Token(Secret),
    ApplicationCredential {
        credential: Named,
        user: Named,
        secret: Secret,
    },
    /// An endpoint for every service, with a token or none, and no Keystone.
    Fixed {
        endpoint: Option<String>,
        token: Option<Secret>,
    },
}

/// What the session works on.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Scope {
    Unscoped,
    Project(Named),
    Domain(Named),
    System,
    Trust(String),
}

/// What is said about one service.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Service {
    pub endpoint: Option<String>,
    /// `public`, `internal`, `admin`; best first.
    pub interfaces: Vec<String>,
    pub region: Option<String>,
    pub name: Option<String>,
    pub kind: Option<String>,
    pub api_version: Option<String>,
    pub microversion: Option<String>,
}

/// All that is known of an OpenStack cloud before it is asked anything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    /// Its name.
    pub name: String,
    /// Where it was found, as `clouds` lists it: file and line, or `environment`.
    pub found: String,
    /// Keystone's URL; empty with [`Auth::Fixed`].
    pub auth_url: String,
    /// 2 or 3, where it is said.
    pub identity_version: Option<u8>,
    /// Who.
    pub auth: Auth,
    /// On what.
    pub scope: Scope,
    /// The region.
    pub region: Option<String>,
    /// `public`, `internal`, `admin`; best first, never empty.
    pub interfaces: Vec<String>,
    /// By the prefix of its settings, dashes for underscores: `compute`, `block-storage`.
    pub services: BTreeMap<String, Service>,
    /// TLS.
    pub tls: Tls,
    /// The longest one request may take.
    pub api_timeout: Option<Duration>,
    /// What a person should know of these settings.
    pub notes: Vec<Note>,
}
