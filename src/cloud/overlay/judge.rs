//! Whether a filter lets a resource of the overlay through.

use crate::cloud::{Image, ImageFilter, Server, ServerFilter};
use std::net::IpAddr;

/// Whether a filter lets a server through.
pub(super) fn server(filter: &ServerFilter, server: &Server) -> bool {
    let same = |wanted: &Option<String>, held: &Option<String>| wanted.is_none() || wanted == held;
    let status = match filter.status.is_empty() {
        true => server.status != "DELETED" || filter.changed_since.is_some(),
        false => filter.status.contains(&server.status),
    };
    status
        && filter.name.as_ref().is_none_or(|pattern| pattern.fits(&server.name))
        && filter.meta.iter().all(|(key, value)| server.meta.get(key) == Some(value))
        && filter.tags.iter().all(|tag| server.tags.contains(tag))
        && same(&filter.image, &server.image.id)
        && same(&filter.flavor, &server.flavor.id)
        && same(&filter.zone, &server.zone)
        && filter.ip.as_ref().is_none_or(|ip| {
            let mut addresses = server.addresses.iter().flat_map(|(_, list)| list);
            addresses.any(|address| same_address(&address.addr, ip))
        })
}

/// Whether a filter lets an image through.
pub(super) fn image(filter: &ImageFilter, image: &Image) -> bool {
    filter.name.as_ref().is_none_or(|pattern| pattern.fits(&image.name))
        && (filter.status.is_empty() || filter.status.contains(&image.status))
        && filter.meta.iter().all(|(key, value)| image.meta.get(key) == Some(value))
        && (filter.visibility.is_none() || filter.visibility == image.visibility)
        && (filter.owner.is_none() || filter.owner == image.owner)
}

/// Two texts for one address: `::1` and `0:0:0:0:0:0:0:1`.
fn same_address(one: &str, other: &str) -> bool {
    one == other || matches!((one.parse::<IpAddr>(), other.parse::<IpAddr>()), (Ok(a), Ok(b)) if a == b)
}
