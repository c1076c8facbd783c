//! What this provider can do. A test calls every operation on the simulator's face of it: one is unsupported if and only if
//! it is not listed here.

use crate::cloud::Provider;

/// The provider.
pub static AWS: Provider = Provider {
    name: "aws",
    operations: &[
        // Account
        "whoami",
        "catalog",
        "limits",
        "zones",
        "api(service, action, params)",
        // Servers
        "servers",
        "server",
        "boot",
        "boot(networks: [port])",
        "boot(server_group)",
        "update",
        "start",
        "stop",
        "reboot",
        "rebuild",
        "resize",
        "confirm_resize",
        "revert_resize",
        "add_security_group",
        "remove_security_group",
        "snapshot(server)",
        "console_log",
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
        "update(network)",
        "update(subnet)",
        "update(volume)",
        "update(snapshot)",
        // Images
        "images",
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
        "security_group",
        "create_security_group",
        "authorize",
        "authorize(prefix_list)",
        "revoke",
        "delete(security_group)",
        // Networks
        "networks",
        "network",
        "create_network",
        "delete(network)",
        // Subnets
        "subnets",
        "subnet",
        "delete(subnet)",
        // Public ips
        "public_ips",
        "public_ip",
        "allocate_ip",
        "associate_ip",
        "associate_ip(port)",
        "disassociate_ip",
        "release_ip",
        // Ports
        "ports",
        "port",
        "create_port",
        "create_port(provider)",
        "update(port)",
        "delete(port)",
        // Server groups
        "server_groups",
        "server_group",
        "create_server_group",
        "delete(server_group)",
        // Volumes
        "volumes",
        "volume",
        "create_volume",
        "extend",
        "attach",
        "detach",
        "delete(volume)",
        // Snapshots
        "snapshots",
        "snapshot",
        "snapshot(volume)",
        "delete(snapshot)",
        // Stacks
        "stacks",
        "stack",
        "create_stack",
        "update_stack",
        "preview_stack",
        "validate_template",
        "cancel_update",
        "rollback_stack",
        "stack_drift",
        "stack_resources",
        "stack_events",
        "stack_template",
        "delete(stack)",
        "delete(stack, retain)",
    ],
};
