//! The providers that there are: the one list. What each of them can do is declared in its own folder (`capabilities.rs`
//! there), and held by a test that calls every operation on every one.
//!
//! A session is handed a list, [`Drivers`], so that it may have another: a test adds a provider of its own.

use super::{aws, cloudstack, openstack};
use crate::cloud::{Cloud, Provider, Providers};
use std::sync::Arc;

/// A cloud of a provider that needs no configuration.
#[derive(Clone, Copy)]
pub struct BuiltIn {
    /// Its name in the session.
    pub name: &'static str,
    /// Opens it under that name.
    pub open: fn(Arc<str>) -> Arc<dyn Cloud>,
}

/// A provider that a session may have clouds of.
#[derive(Clone, Copy)]
pub struct Driver {
    /// What it is called and can do.
    pub provider: &'static Provider,
    /// Its cloud that is always there, where it has one.
    pub built_in: Option<BuiltIn>,
}

/// What a session may have clouds of.
#[derive(Clone)]
pub struct Drivers(Arc<[Driver]>);

impl Drivers {
    /// Those of the program.
    pub fn all() -> Drivers {
        let configured = |provider| Driver { provider, built_in: None };
        Drivers(Arc::new([
            configured(&openstack::capabilities::OPENSTACK),
            configured(&aws::capabilities::AWS),
            configured(&cloudstack::capabilities::CLOUDSTACK),
        ]))
    }

    /// The same, and one more.
    pub fn and(&self, driver: Driver) -> Drivers {
        Drivers(self.0.iter().copied().chain([driver]).collect())
    }

    /// The providers.
    pub fn providers(&self) -> Providers {
        Providers::new(self.0.iter().map(|driver| driver.provider))
    }

    /// The provider of this word.
    pub fn provider(&self, name: &str) -> Option<&'static Provider> {
        self.0.iter().map(|driver| driver.provider).find(|provider| provider.name == name)
    }

    /// The clouds that need no configuration, each with its provider's word.
    pub fn built_in(&self) -> impl Iterator<Item = (&'static str, BuiltIn)> + '_ {
        self.0.iter().filter_map(|driver| Some((driver.provider.name, driver.built_in?)))
    }
}
