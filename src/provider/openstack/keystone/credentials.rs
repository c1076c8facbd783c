//! What a session needs to know before it asks anything: where Keystone is, who the user is, what to work on.

use crate::cloud::Secret;
use crate::provider::openstack::service::Version;
use std::collections::BTreeMap;

/// Something of Keystone's, by id or by name within a domain.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Named {
    /// Its id; wins over the name.
    pub id: Option<String>,
    /// Its name.
    pub name: Option<String>,
    /// The domain the name is in.
    pub domain_id: Option<String>,
    /// The name of the domain the name is in.
    pub domain_name: Option<String>,
}

impl Named {
    /// Whether it names nothing.
    pub fn is_empty(&self) -> bool {
        self.id.is_none() && self.name.is_none()
    }

    /// Its name, or else its id.
    pub fn shown(&self) -> &str {
        self.name.as_deref().or(self.id.as_deref()).unwrap_or("")
    }
}

/// What proves who the user is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Auth {
    /// A user and a password.
    Password {
        /// The user.
        user: Named,
        /// The password.
        password: Secret,
    },
    /// A token, exchanged for one of the wanted scope.
    Token(Secret),
    /// An application credential; it has its own scope.
    ApplicationCredential {
        /// Its id, or its name with the user who made it.
        credential: Named,
        /// The user, where the credential is named.
        user: Named,
        /// Its secret.
        secret: Secret,
    },
    /// No Keystone: one endpoint for every service that has no override, with a token or none.
    Fixed {
        /// The endpoint.
        endpoint: Option<String>,
        /// The token.
        token: Option<Secret>,
    },
}

/// What the token is to work on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Scope {
    /// Whatever the user has by default.
    #[default]
    Unscoped,
    /// A project (v2.0: a tenant).
    Project(Named),
    /// A domain, by `id` or `name`.
    Domain(Named),
    /// The whole cloud.
    System,
    /// A trust, by id.
    Trust(String),
}

/// Which of a service's endpoints.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Interface {
    Public,
    Internal,
    Admin,
}

impl Interface {
    /// From `public`, `publicURL`, `internal` and so on.
    pub fn parse(text: &str) -> Option<Interface> {
        match text.trim().trim_end_matches("URL") {
            "public" => Some(Interface::Public),
            "internal" => Some(Interface::Internal),
            "admin" => Some(Interface::Admin),
            _ => None,
        }
    }

    /// The word in a v3 catalog; v2.0 adds `URL`.
    pub fn as_str(self) -> &'static str {
        match self {
            Interface::Public => "public",
            Interface::Internal => "internal",
            Interface::Admin => "admin",
        }
    }
}

/// What the user says about one service.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ServiceSettings {
    /// Its URL, in place of the catalog's.
    pub endpoint: Option<String>,
    /// Which endpoints, best first; the session's own where empty.
    pub interfaces: Vec<Interface>,
    /// Its region, where it is not the session's.
    pub region: Option<String>,
    /// Its name in the catalog, where several are of one type.
    pub name: Option<String>,
    /// Its type in the catalog, in place of the usual ones.
    pub kind: Option<String>,
    /// The microversion to ask for where an operation does not say; [`Version::LATEST`] is the newest.
    pub microversion: Option<Version>,
}

/// All that a session needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// Keystone's URL: versioned or not, with or without a path before the version. Empty with [`Auth::Fixed`].
    pub auth_url: String,
    /// 2 or 3, where the user said so; the URL and discovery say it otherwise.
    pub identity_version: Option<u8>,
    /// Who.
    pub auth: Auth,
    /// On what.
    pub scope: Scope,
    /// The region; the first one of the catalog where `None`.
    pub region: Option<String>,
    /// Which endpoints, best first; public where empty.
    pub interfaces: Vec<Interface>,
    /// By [`Service::key`](crate::provider::openstack::service::Service::key).
    pub services: BTreeMap<String, ServiceSettings>,
    /// Where the credentials were found, for help: `~/.config/openstack/clouds.yaml:3`, `the environment`.
    pub found: String,
    /// Whether what proves who the session is stands in the manual, as the embedded simulated cloud's does: it is no secret then,
    /// and hiding it would spoil what else is told.
    pub public: bool,
}

impl Settings {
    /// A user with a password, in the domain `default` unless said otherwise.
    pub fn password(auth_url: &str, user: &str, password: &str, project: &str) -> Settings {
        let named = |name: &str| Named { name: Some(name.to_string()), ..Named::default() };
        Settings {
            auth_url: auth_url.to_string(),
            identity_version: None,
            auth: Auth::Password { user: named(user), password: Secret::new(password) },
            scope: Scope::Project(named(project)),
            region: None,
            interfaces: Vec::new(),
            services: BTreeMap::new(),
            found: "the program".to_string(),
            public: false,
        }
    }

    /// What is shown to Keystone, in the reader's words.
    pub fn proof(&self) -> String {
        match &self.auth {
            Auth::Password { user, .. } => format!("the password of user `{}`", user.shown()),
            Auth::Token(_) | Auth::Fixed { .. } => "the token".to_string(),
            Auth::ApplicationCredential { credential, .. } => {
                format!("the application credential `{}`", credential.shown())
            }
        }
    }
}
