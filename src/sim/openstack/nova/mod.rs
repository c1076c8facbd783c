//! Nova's tables: every path and every action of the Compute API that is served, with the microversions it exists in.
//!
//! Bodies are checked in [`schemas`], servers are drawn in [`view`], refusals worded in [`refuse`]; the rest is one file
//! a resource.

mod actions;
mod create;
mod entry;
mod extras;
mod filters;
mod flavors;
mod floating;
mod groups;
mod interfaces;
mod keypairs;
mod metadata;
mod migrate;
mod order;
mod proxies;
mod quotas;
mod rebuild;
mod refuse;
mod request;
mod schemas;
mod server_groups;
mod servers;
mod view;
mod volumes;

use super::answer::framed;
use super::{Act, Answer, Call, Cut, Outcome, Route, Service, act, json, on};
use refuse::fault;
use request::{body, bookmark, links, own_link, page, policy, server};

pub(super) static SERVICE: Service = Service {
    prefix: "/compute",
    routes: &[ROUTES, SERVERS],
    cut: |path| Cut::versioned(path, &["v2", "v2.1"]),
    enter: entry::enter,
    unknown: |_| Answer { plain: true, ..framed(404, "The resource could not be found.") },
    error: fault,
    stamp: entry::stamp,
};

static ROUTES: &[Route] = &[
    on("GET", "", "compute.versions", entry::versions),
    on("GET", "v2", "compute.version", entry::version_old),
    on("GET", "v2.1", "compute.version", entry::version),
    on("GET", "+/flavors", "flavor.list", flavors::list),
    on("GET", "+/flavors/detail", "flavor.list", flavors::detail),
    on("POST", "+/flavors", "flavor.create", flavors::create),
    on("GET", "+/flavors/{}", "flavor.show", flavors::show),
    on("DELETE", "+/flavors/{}", "flavor.delete", flavors::delete),
    on("GET", "+/flavors/{}/os-extra_specs", "flavor.extra_specs", flavors::extra_specs),
    on("GET", "+/flavors/{}/os-extra_specs/{}", "flavor.extra_spec", flavors::extra_spec),
    on("GET", "+/limits", "limits.show", quotas::limits),
    on("GET", "+/os-quota-sets/{}", "quota.show", quotas::show),
    on("GET", "+/os-quota-sets/{}/defaults", "quota.defaults", quotas::defaults),
    on("GET", "+/os-quota-sets/{}/detail", "quota.detail", quotas::detail),
    on("PUT", "+/os-quota-sets/{}", "quota.update", quotas::update),
    on("DELETE", "+/os-quota-sets/{}", "quota.reset", quotas::reset),
    on("GET", "+/os-keypairs", "keypair.list", keypairs::list),
    on("POST", "+/os-keypairs", "keypair.create", keypairs::create),
    on("GET", "+/os-keypairs/{}", "keypair.show", keypairs::show),
    on("DELETE", "+/os-keypairs/{}", "keypair.delete", keypairs::delete),
    on("GET", "+/os-availability-zone", "zone.list", extras::zones),
    on("GET", "+/os-availability-zone/detail", "zone.list", extras::zones_detail),
    on("GET", "+/os-services", "service.list", extras::services),
    on("GET", "+/os-hypervisors", "hypervisor.list", extras::hypervisors),
    on("GET", "+/os-hypervisors/detail", "hypervisor.list", extras::hypervisors_detail),
    on("GET", "+/os-server-groups", "server_group.list", server_groups::list),
    on("POST", "+/os-server-groups", "server_group.create", server_groups::create),
    on("GET", "+/os-server-groups/{}", "server_group.show", server_groups::show),
    on("DELETE", "+/os-server-groups/{}", "server_group.delete", server_groups::delete),
    on("GET", "+/extensions", "extension.list", extras::extensions),
    on("GET", "+/extensions/{}", "extension.show", extras::extension),
    on("GET", "+/images", "image.list", proxies::list).between(1, 35),
    on("GET", "+/images/detail", "image.list", proxies::detail).between(1, 35),
    on("GET", "+/images/{}", "image.show", proxies::show).between(1, 35),
    on("DELETE", "+/images/{}", "image.delete", proxies::delete).between(1, 35),
    on("GET", "+/images/{}/metadata", "image.metadata", proxies::metadata).between(1, 38),
    on("POST", "+/images/{}/metadata", "image.metadata_update", proxies::metadata_update).between(1, 38),
    on("PUT", "+/images/{}/metadata", "image.metadata_replace", proxies::metadata_replace).between(1, 38),
    on("GET", "+/images/{}/metadata/{}", "image.metadata_item", proxies::item).between(1, 38),
    on("PUT", "+/images/{}/metadata/{}", "image.metadata_set", proxies::item_set).between(1, 38),
    on("DELETE", "+/images/{}/metadata/{}", "image.metadata_delete", proxies::item_delete).between(1, 38),
    on("GET", "+/os-security-groups", "security_group.list", groups::list).between(1, 35),
    on("POST", "+/os-security-groups", "security_group.create", groups::create).between(1, 35),
    on("GET", "+/os-security-groups/{}", "security_group.show", groups::show).between(1, 35),
    on("DELETE", "+/os-security-groups/{}", "security_group.delete", groups::delete).between(1, 35),
    on("POST", "+/os-security-group-rules", "security_group_rule.create", groups::add_rule).between(1, 35),
    on("DELETE", "+/os-security-group-rules/{}", "security_group_rule.delete", groups::remove_rule)
        .between(1, 35),
    on("GET", "+/os-floating-ip-pools", "floating_ip.pools", floating::pools).between(1, 35),
    on("GET", "+/os-floating-ips", "floating_ip.list", floating::list).between(1, 35),
    on("POST", "+/os-floating-ips", "floating_ip.create", floating::create).between(1, 35),
    on("GET", "+/os-floating-ips/{}", "floating_ip.show", floating::show).between(1, 35),
    on("DELETE", "+/os-floating-ips/{}", "floating_ip.delete", floating::delete).between(1, 35),
    on("GET", "+/os-volumes", "volume.list", volumes::all).between(1, 35),
    on("GET", "+/os-volumes/detail", "volume.list", volumes::all).between(1, 35),
    on("GET", "+/os-volumes/{}", "volume.show", volumes::one).between(1, 35),
];

static SERVERS: &[Route] = &[
    on("GET", "+/servers", "server.list", servers::list),
    on("GET", "+/servers/detail", "server.list", servers::detail),
    on("POST", "+/servers", "server.create", create::create),
    on("GET", "+/servers/{}", "server.show", servers::show),
    on("PUT", "+/servers/{}", "server.update", servers::update),
    on("DELETE", "+/servers/{}", "server.delete", actions::delete),
    Route { acts: ACTS, ..on("POST", "+/servers/{}/action", "server.action", actions::unknown) },
    on("GET", "+/servers/{}/metadata", "server.metadata", metadata::list),
    on("POST", "+/servers/{}/metadata", "server.metadata_update", metadata::update),
    on("PUT", "+/servers/{}/metadata", "server.metadata_replace", metadata::replace),
    on("GET", "+/servers/{}/metadata/{}", "server.metadata_item", metadata::item),
    on("PUT", "+/servers/{}/metadata/{}", "server.metadata_set", metadata::item_set),
    on("DELETE", "+/servers/{}/metadata/{}", "server.metadata_delete", metadata::item_delete),
    on("GET", "+/servers/{}/ips", "server.addresses", interfaces::addresses),
    on("GET", "+/servers/{}/ips/{}", "server.addresses_of", interfaces::addresses_of),
    on("GET", "+/servers/{}/tags", "server.tags", metadata::tags).between(26, u16::MAX),
    on("PUT", "+/servers/{}/tags", "server.tags_replace", metadata::tags_replace).between(26, u16::MAX),
    on("DELETE", "+/servers/{}/tags", "server.tags_clear", metadata::tags_clear).between(26, u16::MAX),
    on("GET", "+/servers/{}/tags/{}", "server.tag", metadata::tag).between(26, u16::MAX),
    on("PUT", "+/servers/{}/tags/{}", "server.tag_add", metadata::tag_add).between(26, u16::MAX),
    on("DELETE", "+/servers/{}/tags/{}", "server.tag_delete", metadata::tag_delete).between(26, u16::MAX),
    on("GET", "+/servers/{}/os-instance-actions", "server.actions", extras::action_log),
    on("GET", "+/servers/{}/os-instance-actions/{}", "server.action_show", extras::logged),
    on("GET", "+/servers/{}/os-interface", "server.interfaces", interfaces::list),
    on("POST", "+/servers/{}/os-interface", "server.interface_attach", interfaces::attach),
    on("GET", "+/servers/{}/os-interface/{}", "server.interface", interfaces::show),
    on("DELETE", "+/servers/{}/os-interface/{}", "server.interface_detach", interfaces::detach),
    on("GET", "+/servers/{}/os-security-groups", "server.security_groups", groups::of_server),
    on("GET", "+/servers/{}/os-volume_attachments", "server.volumes", volumes::list),
    on("POST", "+/servers/{}/os-volume_attachments", "server.volume_attach", volumes::attach),
    on("GET", "+/servers/{}/os-volume_attachments/{}", "server.volume", volumes::show),
    on("PUT", "+/servers/{}/os-volume_attachments/{}", "server.volume_update", volumes::update),
    on("DELETE", "+/servers/{}/os-volume_attachments/{}", "server.volume_detach", volumes::detach),
    on("GET", "+/servers/{}/os-server-password", "server.password_show", extras::password),
    on("GET", "+/servers/{}/diagnostics", "server.diagnostics", extras::diagnostics),
    on("POST", "+/servers/{}/remote-consoles", "server.console_url", actions::remote_console)
        .between(6, u16::MAX)
        .asking(),
];

static ACTS: &[Act] = &[
    act("changePassword", "server.password", actions::password),
    act("reboot", "server.reboot", actions::reboot),
    act("rebuild", "server.rebuild", rebuild::rebuild),
    act("resize", "server.resize", actions::resize),
    act("confirmResize", "server.confirm_resize", actions::confirm),
    act("revertResize", "server.revert_resize", actions::revert),
    act("migrate", "server.migrate", migrate::migrate),
    act("os-migrateLive", "server.migrate_live", migrate::migrate_live),
    act("createImage", "server.create_image", actions::create_image),
    act("os-start", "server.start", actions::start),
    act("os-stop", "server.stop", actions::stop),
    act("pause", "server.pause", actions::pause),
    act("unpause", "server.unpause", actions::unpause),
    act("suspend", "server.suspend", actions::suspend),
    act("resume", "server.resume", actions::resume),
    act("shelve", "server.shelve", actions::shelve),
    act("shelveOffload", "server.shelve_offload", actions::offload),
    act("unshelve", "server.unshelve", actions::unshelve),
    act("lock", "server.lock", actions::lock),
    act("unlock", "server.unlock", actions::unlock),
    act("rescue", "server.rescue", actions::rescue),
    act("unrescue", "server.unrescue", actions::unrescue),
    act("os-getConsoleOutput", "server.console_log", actions::console_log).asking(),
    act("os-getVNCConsole", "server.console_url", actions::vnc_console).between(1, 5).asking(),
    act("os-getSerialConsole", "server.console_url", actions::no_console).between(1, 5).asking(),
    act("os-getSPICEConsole", "server.console_url", actions::no_console).between(1, 5).asking(),
    act("addFloatingIp", "server.add_floating_ip", floating::add).between(1, 43),
    act("removeFloatingIp", "server.remove_floating_ip", floating::remove).between(1, 43),
    act("addSecurityGroup", "server.add_security_group", groups::add),
    act("removeSecurityGroup", "server.remove_security_group", groups::remove),
    act("forceDelete", "server.force_delete", actions::force_delete),
    act("restore", "server.restore", actions::restore),
    act("os-resetState", "server.reset_state", actions::reset_state),
];
