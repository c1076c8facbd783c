//! Public clouds that need no file: where their Keystone is, and which regions they have.

use super::document::{At, Data, Item};
use std::sync::Arc;

/// A public cloud: its name, Keystone's URL, the identity version where it matters, its regions.
struct Vendor(&'static str, &'static str, Option<&'static str>, &'static [&'static str]);

const VENDORS: &[Vendor] = &[
    Vendor("binero", "https://auth.binero.cloud:5000/v3", Some("3"), &["europe-se-1"]),
    Vendor("catalyst", "https://api.cloud.catalyst.net.nz:5000/v3", Some("3"), &["nz-por-1", "nz_wlg_2"]),
    Vendor(
        "citycloud",
        "https://{region_name}.citycloud.com:5000/v3/",
        Some("3"),
        &["Buf1", "Fra1", "Sto2", "Kna1", "dx1", "tky1"],
    ),
    Vendor("conoha", "https://identity.{region_name}.conoha.io", Some("2"), &["sin1", "sjc1", "tyo1"]),
    Vendor("elastx", "https://ops.elastx.cloud:5000/v3", Some("3"), &[]),
    Vendor("otc", "https://iam.{region_name}.otc.t-systems.com/v3", Some("3"), &["eu-de", "eu-nl"]),
    Vendor("ovh", "https://auth.cloud.ovh.net/v3", Some("3"), &[]),
    Vendor("ovh-us", "https://auth.cloud.ovh.us/", Some("3"), &["US-EAST-VA-1", "US-WEST-OR-1"]),
    Vendor(
        "rackspace",
        "https://identity.api.rackspacecloud.com/v2.0/",
        Some("2"),
        &["DFW", "HKG", "IAD", "ORD", "SYD", "LON"],
    ),
    Vendor("switchengines", "https://keystone.cloud.switch.ch:5000/v3", Some("3"), &["LS", "ZH"]),
    Vendor("vexxhost", "https://auth.vexxhost.net/v3", Some("3"), &[]),
];

/// The profile of a public cloud, as an entry would say it.
pub(super) fn profile(name: &str) -> Option<Item> {
    let Vendor(name, url, version, regions) = VENDORS.iter().find(|vendor| vendor.0 == name)?;
    let at = At::BuiltIn(Arc::from(*name));
    let map = || Item { at: at.clone(), data: Data::Map(Vec::new()) };
    let (mut profile, mut auth) = (map(), map());
    auth.set("auth_url", Item::text(at.clone(), *url));
    profile.set("auth", auth);
    if let Some(version) = version {
        profile.set("identity_api_version", Item::text(at.clone(), *version));
    }
    if !regions.is_empty() {
        let regions = regions.iter().map(|region| Item::text(at.clone(), *region)).collect();
        profile.set("regions", Item { at: at.clone(), data: Data::List(regions) });
    }
    Some(profile)
}
