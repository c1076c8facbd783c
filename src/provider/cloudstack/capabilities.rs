//! What this provider can do. A test calls every operation on the simulator's face of it: one is unsupported if and only if
//! it is not listed here.

use crate::cloud::Provider;

/// The provider.
pub static CLOUDSTACK: Provider = Provider {
    name: "cloudstack",
    operations: &[
        // Account
        "whoami",
        "catalog",
        "limits",
        "zones",
        "api(service, action, params)",
        // Servers
        "servers",
        "servers(all_projects)",
        "server",
        "boot",
        "boot(admin_pass)",
        "boot(description)",
        "boot(server_group)",
        "update",
        "update(description)",
        "start",
        "stop",
        "reboot",
        "rebuild",
        "resize",
        "confirm_resize",
        "revert_resize",
        "set_password",
        "add_security_group",
        "remove_security_group",
        "snapshot(server)",
        "snapshot(provider)",
        "console_url",
        "password_data",
        "delete(server)",
        // Metadata
        "meta",
        "set_meta",
        "replace_meta",
        "delete_meta",
        "add_tags",
        "remove_tags",
        "replace_tags",
        // Names
        "update(image)",
        "update(security_group)",
        "update(network)",
        "update(volume)",
        // Images
        "images",
        "images(all_projects)",
        "image",
        "share_image",
        "unshare_image",
        "delete(image)",
        // Flavors
        "flavors",
        "flavor",
        // Keypairs
        "keypairs",
        "keypair",
        "create_keypair",
        "delete(keypair)",
        // Security groups
        "security_groups",
        "security_groups(all_projects)",
        "security_group",
        "create_security_group",
        "authorize",
        "revoke",
        "delete(security_group)",
        // Networks
        "networks",
        "networks(all_projects)",
        "network",
        "create_network",
        "create_network(provider)",
        "delete(network)",
        // Subnets
        "subnets",
        "subnets(all_projects)",
        "subnet",
        // Public ips
        "public_ips",
        "public_ips(all_projects)",
        "public_ip",
        "allocate_ip",
        "associate_ip",
        "associate_ip(provider)",
        "disassociate_ip",
        "release_ip",
        // Server groups
        "server_groups",
        "server_groups(all_projects)",
        "server_group",
        "create_server_group",
        "delete(server_group)",
        // Volumes
        "volumes",
        "volumes(all_projects)",
        "volume",
        "create_volume",
        "extend",
        "attach",
        "detach",
        "delete(volume)",
        // Snapshots
        "snapshots",
        "snapshots(all_projects)",
        "snapshot",
        "snapshot(volume)",
        "delete(snapshot)",
    ],
};
