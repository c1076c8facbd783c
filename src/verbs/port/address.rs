//! An address as it is written: of IPv4 or of IPv6.

use crate::cloud::{Ty, Value};
use crate::verbs::argument::{Argument, Mismatch};
use std::net::IpAddr;

/// An address, as text.
pub struct Address(pub String);

impl Argument for Address {
    const TY: Ty = Ty::Text;
    fn read(value: &Value) -> Result<Self, Mismatch> {
        const GIVE: &str = "an address: \"10.0.0.5\"";
        match value {
            Value::Text(text) if text.trim().parse::<IpAddr>().is_ok() => {
                Ok(Address(text.trim().to_string()))
            }
            Value::Text(text) => Err(Mismatch::because(GIVE, format!("`{text}` is none"))),
            _ => Err(Mismatch::give(GIVE)),
        }
    }
}
