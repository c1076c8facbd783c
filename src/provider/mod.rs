//! A driver lives here: one folder a provider, which turns operations into request values and answers into nouns.

pub mod openstack;
