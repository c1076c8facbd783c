//! What can be read of values that are no resources: times, durations, clouds and errors. The language, the checker,
//! editors and the manual read these tables.

use super::error::Kind;
use super::ty::{Field, Ty};

/// The word of every kind of error.
pub const KINDS: [&str; Kind::ALL.len()] = {
    let mut words = [""; Kind::ALL.len()];
    let mut nth = 0;
    while nth < words.len() {
        words[nth] = Kind::ALL[nth].as_str();
        nth += 1;
    }
    words
};

/// The fields of a time, in UTC.
pub const TIME: &[Field] = &[
    Field::new("year", Ty::Int, "The year."),
    Field::new("month", Ty::Int, "The month, 1 to 12."),
    Field::new("day", Ty::Int, "The day of the month, from 1."),
    Field::new("hour", Ty::Int, "The hour, 0 to 23."),
    Field::new("minute", Ty::Int, "The minute, 0 to 59."),
    Field::new("second", Ty::Int, "The second, 0 to 59."),
    Field::new("weekday", Ty::Int, "The day of the week, 1 for Monday to 7 for Sunday."),
];

/// The fields of a duration.
pub const DURATION: &[Field] = &[Field::new("seconds", Ty::Int, "Its length in whole seconds.")];

/// The fields of a cloud.
pub const CLOUD: &[Field] = &[
    Field::new("name", Ty::Text, "Its name in the configuration."),
    Field::new("provider", Ty::OneOf(&["openstack", "aws", "cloudstack"]), "openstack, aws or cloudstack."),
    Field::new("region", Ty::Text, "Its region, or ()."),
];

/// The fields of an error that was caught.
pub const ERROR: &[Field] = &[
    Field::new("kind", Ty::OneOf(&KINDS), "What to act on: not_found, conflict, timeout and so on."),
    Field::new("message", Ty::Text, "What happened, with the cloud's own words."),
    Field::new("verb", Ty::Text, "The verb that was called, or ()."),
    Field::new("cloud", Ty::Text, "The cloud where it happened, or ()."),
    Field::new("provider", Ty::Text, "That cloud's provider, or ()."),
    Field::new("service", Ty::Text, "The service that answered, or ()."),
    Field::new("status", Ty::Int, "The HTTP status, or ()."),
    Field::new("code", Ty::Text, "The provider's code, or ()."),
    Field::new("request_id", Ty::Text, "The request's id, or ()."),
    Field::new("retryable", Ty::Bool, "Whether trying again may succeed."),
    Field::new("help", Ty::Text, "What to do, or ()."),
    Field::new("results", Ty::ArrayOf(&Ty::Any), "Of a bulk call: each member's result, in order."),
    Field::new("exists", Ty::ArrayOf(&Ty::Any), "What the call left behind."),
];

/// The functions that are called on one of these values: name, parameters, what it gives, what it does.
#[derive(Debug, Clone, Copy)]
pub struct Method {
    /// Its name.
    pub name: &'static str,
    /// Its parameter.
    pub param: &'static str,
    /// What it gives.
    pub gives: Ty,
    /// What it does.
    pub summary: &'static str,
}

/// Of a time.
pub const TIME_METHODS: &[Method] = &[Method {
    name: "format",
    param: "pattern",
    gives: Ty::Text,
    summary: "Text, by a pattern such as \"%Y-%m-%d %H:%M\".",
}];

/// Of a cloud.
pub const CLOUD_METHODS: &[Method] = &[Method {
    name: "supports",
    param: "verb",
    gives: Ty::Bool,
    summary: "Whether it has what a verb needs.",
}];

/// The names of fields.
pub fn names(fields: &'static [Field]) -> Vec<&'static str> {
    fields.iter().map(|field| field.name).collect()
}
