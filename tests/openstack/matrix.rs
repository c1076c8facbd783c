//! Every fault of the simulated cloud × every family of verbs: a table of rules says how each cell ends, and the world's journal
//! judges whether something was made twice.

use crate::support::{World, matrix, told};
use rhain::script::failure::Cause;
use rhain::script::value::display;
use rhain_sim::{Fault, FaultKind};
use std::fmt;
use std::time::Duration;

/// What kind of request it is that meets the fault: how it may be repeated goes by this alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Class {
    /// Repeated freely.
    Read,
    /// Doing it twice leaves what doing it once leaves.
    Idempotent,
    /// Starts something: settled by what its server shows, and sent again where it did not take.
    Once,
    /// The same, but what it made carries a marker and is looked for.
    Create,
    /// A request of the script's own, of which nobody knows what it does: never repeated when it may have arrived.
    Raw,
}
use Class::{Create, Idempotent, Once, Raw, Read};

/// A family of verbs: a script, the text it gives when all is well, the operation that is struck, and how often the journal may
/// hold that at the most.
struct Family {
    name: &'static str,
    class: Class,
    operation: &'static str,
    before: &'static str,
    script: &'static str,
    gives: &'static str,
    most: usize,
    /// Whether its answer has a body; without one nothing can be cut from it. A 204 cannot even have a page.
    body: Body,
    /// Whether it waits for a course of the world to end.
    waits: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Body {
    Some,
    /// It has one, and nobody needs it.
    Spare,
    /// A 202 without one.
    None,
    /// A 204.
    Never,
}

const fn family(
    name: &'static str,
    class: Class,
    operation: &'static str,
    script: &'static str,
    gives: &'static str,
) -> Family {
    let most = match class {
        Once | Create | Raw => 1,
        Read | Idempotent => usize::MAX,
    };
    let body = match class {
        Read | Create => Body::Some,
        Idempotent => Body::Spare,
        Once | Raw => Body::None,
    };
    Family { name, class, operation, before: "", script, gives, most, body, waits: false }
}

/// `ID` stands for the id of the server `web`, which is there.
const FAMILIES: &[Family] = &[
    family("read one", Read, "server.show", r#"server("ID").name"#, "web"),
    family("list", Read, "server.list", "servers().len()", "1"),
    family("api, a read", Read, "server.show", r#"api("compute", "GET", "/servers/ID").server.name"#, "web"),
    Family {
        before: r#"stop("ID")"#,
        ..family("wait", Read, "server.show", r#"wait_status("ID", "SHUTOFF", "2m").status"#, "SHUTOFF")
    },
    Family {
        waits: true,
        ..family("boot", Create, "server.create", r#"boot("new", SPEC).wait_active("2m").name"#, "new")
    },
    Family {
        most: 3,
        waits: true,
        ..family(
            "boot with count",
            Create,
            "server.create",
            r#"boot("new", SPEC + #{ count: 3 }).wait_active("2m").map(|s| s.name)"#,
            r#"["new-1", "new-2", "new-3"]"#,
        )
    },
    family("set_meta", Idempotent, "server.metadata_update", r#"set_meta("ID", "a", "1").meta.a"#, "1"),
    family(
        "replace_meta",
        Idempotent,
        "server.metadata_replace",
        r#"replace_meta("ID", #{ b: "2" }).meta.b"#,
        "2",
    ),
    Family {
        body: Body::Never,
        waits: true,
        ..family(
            "delete",
            Idempotent,
            "server.delete",
            r#"delete("ID", #{ wait: "2m" }); servers().len()"#,
            "0",
        )
    },
    Family {
        waits: true,
        ..family("stop", Once, "server.stop", r#"stop("ID").wait_status("SHUTOFF", "2m").status"#, "SHUTOFF")
    },
    Family {
        waits: true,
        ..family(
            "resize",
            Once,
            "server.resize",
            r#"resize("ID", "m1.small").confirm_resize("2m").flavor"#,
            "m1.small",
        )
    },
    Family {
        before: r#"resize("ID", "m1.small").wait_status("VERIFY_RESIZE")"#,
        body: Body::Never,
        waits: true,
        ..family(
            "confirm_resize",
            Once,
            "server.confirm_resize",
            r#"confirm_resize("ID", "2m").wait_status("ACTIVE", "2m").flavor"#,
            "m1.small",
        )
    },
    Family {
        waits: true,
        ..family(
            "snapshot",
            Create,
            "server.create_image",
            r#"snapshot("ID", "snap").wait_active("2m").name"#,
            "snap",
        )
    },
    family("create_volume", Create, "volume.create", r#"create_volume("data", 1).name"#, "data"),
    Family {
        before: r#"create_volume("data", 1).wait_ready()"#,
        ..family("attach", Create, "server.volume_attach", r#"attach("ID", "data").name"#, "web")
    },
    family(
        "create_security_group",
        Create,
        "security_group.create",
        r#"create_security_group("front", "of a test").description"#,
        "of a test",
    ),
    Family {
        before: r#"create_security_group("front", "of a test")"#,
        ..family(
            "authorize",
            Create,
            "security_group_rule.create",
            r#"authorize("front", "tcp", 80, 80, "0.0.0.0/0").rules.filter(|r| r.from_port == 80).len()"#,
            "1",
        )
    },
    family("allocate_ip", Create, "floating_ip.create", r#"allocate_ip("public").pool"#, "public"),
    Family {
        before: "allocate_ip()",
        ..family(
            "associate_ip",
            Idempotent,
            "floating_ip.update",
            r#"associate_ip("ID", public_ips()[0]).ip == public_ips()[0].address"#,
            "true",
        )
    },
    family(
        "create_network",
        Create,
        "network.create",
        r#"create_network("net", #{ cidr: "10.9.0.0/24" }).cidrs"#,
        r#"["10.9.0.0/24"]"#,
    ),
    family(
        "create_network, its subnet",
        Create,
        "subnet.create",
        r#"create_network("net", #{ cidr: "10.9.0.0/24" }).cidrs"#,
        r#"["10.9.0.0/24"]"#,
    ),
    family(
        "api, a write",
        Raw,
        "server.stop",
        r#"api("compute", "POST", "/servers/ID/action", #{ "os-stop": () }); "sent""#,
        "sent",
    ),
];

/// A stack that is there; `TEMPLATE` and `SLOW` stand for templates, the second with what takes its time.
const STACK: &str = r##"create_stack("app", #{ template: TEMPLATE }).wait_ready()"##;
const TEMPLATE: &str = r##"#{ heat_template_version: "2018-08-31", parameters: #{ n: #{ type: "number", default: 1 } }, resources: #{ a: #{ type: "OS::Heat::TestResource", properties: #{ value: #{ get_param: "n" } } } }, outputs: #{ n: #{ value: #{ get_param: "n" } } } }"##;
const SLOW: &str = r##"#{ heat_template_version: "2018-08-31", resources: #{ a: #{ type: "OS::Heat::TestResource", properties: #{ value: "x" } }, slow: #{ type: "OS::Heat::TestResource", properties: #{ value: "x", action_wait_secs: #{ create: 120 } } } } }"##;

/// Every other verb that changes something: met by what strikes once, and settled every time.
const OTHERS: &[Family] = &[
    Family {
        before: r##"stop("ID").wait_status("SHUTOFF")"##,
        ..family(
            "start",
            Once,
            "server.start",
            r##"start("ID").wait_status("ACTIVE", "2m").status"##,
            r#"ACTIVE"#,
        )
    },
    family("reboot", Once, "server.reboot", r##"reboot("ID").wait_active("2m").status"##, r#"ACTIVE"#),
    family(
        "reboot, hard",
        Once,
        "server.reboot",
        r##"reboot("ID", "hard").wait_active("2m").status"##,
        r#"ACTIVE"#,
    ),
    family("pause", Once, "server.pause", r##"pause("ID").wait_status("PAUSED", "2m").status"##, r#"PAUSED"#),
    Family {
        before: r##"pause("ID").wait_status("PAUSED")"##,
        ..family(
            "unpause",
            Once,
            "server.unpause",
            r##"unpause("ID").wait_status("ACTIVE", "2m").status"##,
            r#"ACTIVE"#,
        )
    },
    family(
        "suspend",
        Once,
        "server.suspend",
        r##"suspend("ID").wait_status("SUSPENDED", "2m").status"##,
        r#"SUSPENDED"#,
    ),
    Family {
        before: r##"suspend("ID").wait_status("SUSPENDED")"##,
        ..family(
            "resume",
            Once,
            "server.resume",
            r##"resume("ID").wait_status("ACTIVE", "2m").status"##,
            r#"ACTIVE"#,
        )
    },
    family(
        "shelve",
        Once,
        "server.shelve",
        r##"shelve("ID").wait_status("SHELVED_OFFLOADED", "2m").status"##,
        r#"SHELVED_OFFLOADED"#,
    ),
    Family {
        before: r##"shelve("ID").wait_status("SHELVED_OFFLOADED")"##,
        ..family(
            "unshelve",
            Once,
            "server.unshelve",
            r##"unshelve("ID").wait_status("ACTIVE", "2m").status"##,
            r#"ACTIVE"#,
        )
    },
    family("lock", Once, "server.lock", r##"lock("ID"); "done""##, r#"done"#),
    Family {
        before: r##"lock("ID")"##,
        ..family("unlock", Once, "server.unlock", r##"unlock("ID"); "done""##, r#"done"#)
    },
    family(
        "rescue",
        Once,
        "server.rescue",
        r##"rescue("ID").wait_status("RESCUE", "2m").status"##,
        r#"RESCUE"#,
    ),
    Family {
        before: r##"rescue("ID").wait_status("RESCUE")"##,
        ..family(
            "unrescue",
            Once,
            "server.unrescue",
            r##"unrescue("ID").wait_status("ACTIVE", "2m").status"##,
            r#"ACTIVE"#,
        )
    },
    family(
        "rebuild",
        Once,
        "server.rebuild",
        r##"rebuild("ID", "cirros").wait_active("2m").status"##,
        r#"ACTIVE"#,
    ),
    Family {
        before: r##"resize("ID", "m1.small").wait_status("VERIFY_RESIZE")"##,
        ..family(
            "revert_resize",
            Once,
            "server.revert_resize",
            r##"revert_resize("ID", "2m").wait_status("ACTIVE", "2m").flavor"##,
            r#"m1.tiny"#,
        )
    },
    family(
        "set_password",
        Once,
        "server.password",
        r##"set_password("ID", "a-Secret-12"); "done""##,
        r#"done"#,
    ),
    Family {
        before: r##"create_security_group("front", "of a test")"##,
        ..family(
            "add_security_group",
            Once,
            "server.add_security_group",
            r##"add_security_group("ID", "front"); "done""##,
            r#"done"#,
        )
    },
    Family {
        before: r##"create_security_group("front", "of a test"); add_security_group("ID", "front")"##,
        ..family(
            "remove_security_group",
            Once,
            "server.remove_security_group",
            r##"remove_security_group("ID", "front"); "done""##,
            r#"done"#,
        )
    },
    family("rename", Idempotent, "server.update", r##"rename("ID", "other").name"##, r#"other"#),
    Family {
        before: r##"set_meta("ID", "a", "1")"##,
        ..family(
            "delete_meta",
            Idempotent,
            "server.metadata_delete",
            r##"delete_meta("ID", "a"); "a" in server("ID").meta"##,
            r#"false"#,
        )
    },
    family("add_tags", Idempotent, "server.tag_add", r##"add_tags("ID", ["eu"]).tags"##, r#"["eu"]"#),
    Family {
        before: r##"add_tags("ID", ["eu", "us"])"##,
        ..family(
            "remove_tags",
            Idempotent,
            "server.tag_delete",
            r##"remove_tags("ID", "eu").tags"##,
            r#"["us"]"#,
        )
    },
    Family {
        before: r##"add_tags("ID", ["eu"])"##,
        ..family(
            "replace_tags",
            Idempotent,
            "server.tags_replace",
            r##"replace_tags("ID", ["us"]).tags"##,
            r#"["us"]"#,
        )
    },
    Family {
        before: r##"create_volume("data", 1).wait_ready(); attach("ID", "data").wait_ready(); wait_status(volume("data"), "IN-USE", "1m")"##,
        ..family(
            "detach",
            Idempotent,
            "server.volume_detach",
            r##"detach("ID", "data"); wait_ready(volume("data")).status"##,
            r#"AVAILABLE"#,
        )
    },
    Family {
        before: r##"create_volume("data", 1).wait_ready()"##,
        ..family("extend", Create, "volume.extend", r##"wait_ready(extend(volume("data"), 2)).size"##, r#"2"#)
    },
    Family {
        before: r##"create_volume("data", 1).wait_ready()"##,
        ..family(
            "snapshot of a volume",
            Create,
            "snapshot.create",
            r##"snapshot(volume("data"), "snap").wait_ready().name"##,
            r#"snap"#,
        )
    },
    Family {
        most: 2,
        ..family("create_keypair", Create, "keypair.create", r##"create_keypair("key").name"##, r#"key"#)
    },
    family(
        "create_keypair, imported",
        Create,
        "keypair.create",
        r##"create_keypair("key", "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ8q8Ad0UqgmK8eI6nDSsJ8hXPCwcYhvOWkvGvE3RVaS me").name"##,
        r#"key"#,
    ),
    family("create_router", Create, "router.create", r##"create_router("edge").name"##, r#"edge"#),
    Family {
        before: r##"create_network("net", #{ cidr: "10.9.0.0/24" })"##,
        ..family(
            "create_router, its join",
            Create,
            "router.join",
            r##"create_router("edge", #{ networks: ["net"] }).name"##,
            r#"edge"#,
        )
    },
    Family {
        before: r##"create_security_group("front", "of a test"); authorize("front", "tcp", 80, 80, "0.0.0.0/0")"##,
        ..family(
            "revoke",
            Idempotent,
            "security_group_rule.delete",
            r##"revoke("front", "tcp", 80, 80, "0.0.0.0/0").rules.filter(|r| r.from_port == 80).len()"##,
            r#"0"#,
        )
    },
    Family {
        before: r##"allocate_ip("public"); associate_ip("ID", public_ips()[0])"##,
        ..family(
            "disassociate_ip",
            Idempotent,
            "floating_ip.update",
            r##"disassociate_ip(public_ips()[0]); public_ips()[0].server == ()"##,
            r#"true"#,
        )
    },
    Family {
        before: r##"allocate_ip("public")"##,
        ..family(
            "release_ip",
            Idempotent,
            "floating_ip.delete",
            r##"release_ip(public_ips()[0]); public_ips().len()"##,
            r#"0"#,
        )
    },
    Family {
        before: r##"create_volume("data", 1).wait_ready()"##,
        ..family(
            "delete, volume",
            Idempotent,
            "volume.delete",
            r##"delete(volume("data"), #{ wait: "2m" }); find_volume("data") == ()"##,
            r#"true"#,
        )
    },
    Family {
        before: r##"create_volume("data", 1).wait_ready(); snapshot(volume("data"), "data").wait_ready()"##,
        ..family(
            "delete, snapshot",
            Idempotent,
            "snapshot.delete",
            r##"delete(snapshot("data"), #{ wait: "2m" }); find_snapshot("data") == ()"##,
            r#"true"#,
        )
    },
    Family {
        before: r##"snapshot("ID", "data").wait_active()"##,
        ..family(
            "delete, image",
            Idempotent,
            "image.delete",
            r##"delete(image("data"), #{ wait: "2m" }); find_image("data") == ()"##,
            r#"true"#,
        )
    },
    Family {
        before: r##"create_network("data", #{ cidr: "10.9.0.0/24" })"##,
        ..family(
            "delete, network",
            Idempotent,
            "network.delete",
            r##"delete(network("data")); find_network("data") == ()"##,
            r#"true"#,
        )
    },
    Family {
        before: r##"create_router("data")"##,
        ..family(
            "delete, router",
            Idempotent,
            "router.delete",
            r##"delete(router("data")); find_router("data") == ()"##,
            r#"true"#,
        )
    },
    Family {
        before: r##"create_security_group("data", "of a test")"##,
        ..family(
            "delete, security_group",
            Idempotent,
            "security_group.delete",
            r##"delete(security_group("data")); find_security_group("data") == ()"##,
            r#"true"#,
        )
    },
    Family {
        before: r##"create_keypair("data")"##,
        ..family(
            "delete, keypair",
            Idempotent,
            "keypair.delete",
            r##"delete(keypair("data")); find_keypair("data") == ()"##,
            r#"true"#,
        )
    },
    family(
        "create_port",
        Create,
        "port.create",
        r##"let p = create_port("db", #{ network: "private" }); `${p.name} ${ports(#{ name: "db" }).len}`"##,
        r#"db 1"#,
    ),
    Family {
        before: r##"create_port("db", #{ network: "private" })"##,
        ..family("rename, port", Idempotent, "port.update", r##"rename(port("db"), "data").name"##, r#"data"#)
    },
    Family {
        before: r##"create_port("data", #{ network: "private" }); allocate_ip("public")"##,
        ..family(
            "associate_ip, port",
            Idempotent,
            "floating_ip.update",
            r##"port("data").associate_ip(public_ips()[0]); public_ips()[0].fixed_ip == port("data").ip"##,
            r#"true"#,
        )
    },
    Family {
        before: r##"create_port("data", #{ network: "private" })"##,
        body: Body::Never,
        ..family(
            "delete, port",
            Idempotent,
            "port.delete",
            r##"delete(port("data")); find_port("data") == ()"##,
            r#"true"#,
        )
    },
    Family {
        before: r##"create_server_group("data", "affinity")"##,
        body: Body::Never,
        ..family(
            "delete, server group",
            Idempotent,
            "server_group.delete",
            r##"delete(server_group("data")); find_server_group("data") == ()"##,
            r#"true"#,
        )
    },
    Family {
        before: r##"upload_image("old", #{ data: "x" })"##,
        ..family(
            "rename, image",
            Idempotent,
            "image.update",
            r##"rename(image("old"), "data").name"##,
            r#"data"#,
        )
    },
    Family {
        before: r##"create_volume("old", 1).wait_ready()"##,
        ..family(
            "rename, volume",
            Idempotent,
            "volume.update",
            r##"rename(volume("old"), "data").name"##,
            r#"data"#,
        )
    },
    Family {
        before: r##"snapshot(create_volume("v", 1).wait_ready(), "old").wait_ready()"##,
        ..family(
            "rename, snapshot",
            Idempotent,
            "snapshot.update",
            r##"rename(snapshot("old"), "data").name"##,
            r#"data"#,
        )
    },
    Family {
        before: r##"create_backup(create_volume("v", 1).wait_ready(), "old").wait_ready()"##,
        ..family(
            "rename, backup",
            Idempotent,
            "backup.update",
            r##"rename(backup("old"), "data").name"##,
            r#"data"#,
        )
    },
    Family {
        before: r##"create_network("old", #{ cidr: "10.9.0.0/24" })"##,
        ..family(
            "rename, network",
            Idempotent,
            "network.update",
            r##"rename(network("old"), "data").name"##,
            r#"data"#,
        )
    },
    Family {
        before: r##"create_router("old")"##,
        ..family(
            "rename, router",
            Idempotent,
            "router.update",
            r##"rename(router("old"), "data").name"##,
            r#"data"#,
        )
    },
    Family {
        before: r##"create_security_group("old", "of a test")"##,
        ..family(
            "rename, security group",
            Idempotent,
            "security_group.update",
            r##"rename(security_group("old"), "data").name"##,
            r#"data"#,
        )
    },
    family(
        "upload_image",
        Create,
        "image.create",
        r##"let i = upload_image("tiny", #{ data: "0123456789" }); `${i.status} ${images(#{ name: "tiny" }).len()}`"##,
        r#"ACTIVE 1"#,
    ),
    Family {
        body: Body::Never,
        ..family(
            "upload_image, its bytes",
            Create,
            "image.upload",
            r##"let i = upload_image("tiny", #{ data: "0123456789" }); `${i.status} ${i.size} ${images(#{ name: "tiny" }).len()}`"##,
            r#"ACTIVE 10 1"#,
        )
    },
    Family {
        before: r##"upload_image("tiny", #{ data: "0123456789" })"##,
        body: Body::Spare,
        ..family(
            "share_image",
            Create,
            "image.member_add",
            r##"share_image("tiny", "123456789012").name"##,
            r#"tiny"#,
        )
    },
    Family {
        before: r##"upload_image("tiny", #{ data: "0123456789" }).share_image("123456789012")"##,
        body: Body::Never,
        ..family(
            "unshare_image",
            Idempotent,
            "image.member_delete",
            r##"unshare_image("tiny", "123456789012").name"##,
            r#"tiny"#,
        )
    },
    Family {
        before: r##"create_volume("data", 1).wait_ready()"##,
        ..family(
            "create_backup",
            Create,
            "backup.create",
            r##"let b = create_backup(volume("data"), "monday").wait_ready(); `${b.name} ${b.status} ${backups().len}`"##,
            r#"monday AVAILABLE 1"#,
        )
    },
    Family {
        before: r##"create_backup(create_volume("data", 1).wait_ready(), "monday").wait_ready()"##,
        ..family(
            "restore_backup",
            Create,
            "backup.restore",
            r##"let v = restore_backup(backup("monday")).wait_ready(); `${v.name} ${v.status} ${volumes().len}`"##,
            r#"data AVAILABLE 2"#,
        )
    },
    Family {
        before: r##"create_backup(create_volume("data", 1).wait_ready(), "monday").wait_ready(); volume("data").wait_ready()"##,
        ..family(
            "restore_backup, onto a volume",
            Create,
            "backup.restore",
            r##"let v = restore_backup(backup("monday"), volume("data")).wait_ready(); `${v.name} ${v.status} ${volumes().len}`"##,
            r#"data AVAILABLE 1"#,
        )
    },
    Family {
        before: r##"create_backup(create_volume("data", 1).wait_ready(), "data").wait_ready()"##,
        ..family(
            "delete, backup",
            Idempotent,
            "backup.delete",
            r##"delete(backup("data"), #{ wait: "2m" }); find_backup("data") == ()"##,
            r#"true"#,
        )
    },
    // What is asked of stacks: nothing is made twice, and no update is lost or sent twice.
    Family {
        waits: true,
        ..family(
            "create_stack",
            Create,
            "stack.create",
            r##"create_stack("app", #{ template: TEMPLATE }).wait_ready("2m"); stacks().map(|s| `${s.name} ${s.status} ${s.tags}`)"##,
            r##"["app CREATE_COMPLETE []"]"##,
        )
    },
    Family {
        before: STACK,
        waits: true,
        ..family(
            "update_stack",
            Once,
            "stack.update",
            r##"let s = stack("app").update_stack(#{ parameters: #{ n: 2 } }).wait_ready("2m"); `${s.status} ${s.outputs.n}`"##,
            "UPDATE_COMPLETE 2",
        )
    },
    Family {
        before: STACK,
        body: Body::Never,
        waits: true,
        ..family(
            "delete, stack",
            Idempotent,
            "stack.delete",
            r##"delete(stack("app"), #{ wait: "2m" }); stacks().len()"##,
            "0",
        )
    },
    Family {
        before: STACK,
        waits: true,
        ..family(
            "suspend, stack",
            Once,
            "stack.suspend",
            r##"stack("app").suspend().wait_status("SUSPEND_COMPLETE", "2m").status"##,
            "SUSPEND_COMPLETE",
        )
    },
    Family {
        before: r##"create_stack("app", #{ template: TEMPLATE }).wait_ready().suspend().wait_status("SUSPEND_COMPLETE")"##,
        waits: true,
        ..family(
            "resume, stack",
            Once,
            "stack.resume",
            r##"stack("app").resume().wait_ready("2m").status"##,
            "RESUME_COMPLETE",
        )
    },
    Family {
        before: STACK,
        waits: true,
        ..family(
            "check_stack",
            Once,
            "stack.check",
            r##"stack("app").check_stack().wait_ready("2m").status"##,
            "CHECK_COMPLETE",
        )
    },
    Family {
        before: STACK,
        waits: true,
        ..family(
            "snapshot, stack",
            Create,
            "stack.snapshot",
            r##"let s = stack("app"); let p = s.snapshot("before"); s.wait_ready("2m"); `${s.status} ${p.name}`"##,
            "SNAPSHOT_COMPLETE before",
        )
    },
    Family {
        before: r##"let s = create_stack("app", #{ template: TEMPLATE }).wait_ready(); s.snapshot("before"); s.wait_ready()"##,
        waits: true,
        ..family(
            "restore_stack",
            Once,
            "stack.restore",
            r##"stack("app").restore_stack("before").wait_ready("2m").status"##,
            "RESTORE_COMPLETE",
        )
    },
    Family {
        before: r##"let s = create_stack("app", #{ template: TEMPLATE }).wait_ready(); s.update_stack(#{ template: SLOW })"##,
        waits: true,
        ..family(
            "cancel_update",
            Once,
            "stack.cancel_update",
            r##"stack("app").cancel_update().wait_status("UPDATE_ROLLBACK_COMPLETE", "5m").status"##,
            "UPDATE_ROLLBACK_COMPLETE",
        )
    },
];

/// What strikes once and says nothing of what was done, or refuses for now.
const ONCE: [&str; 15] = [
    "401",
    "429",
    "500",
    "502",
    "503",
    "a proxy's page",
    "reset before",
    "reset after",
    "gone for 2 s",
    "truncated",
    "malformed",
    "another type",
    "hangs, done",
    "done 8 s late",
    "done 60 s late",
];

/// What goes wrong: how it is told, what it is, and whether what was asked is done all the same.
struct Trouble {
    name: String,
    kind: FaultKind,
    /// Each time, not once.
    always: bool,
    rule: Rule,
}

/// How a cell ends, by the class of the request. The words are kinds of errors; `ok` is the right result.
#[derive(Clone, Copy)]
struct Rule {
    read: &'static str,
    idempotent: &'static str,
    once: &'static str,
    create: &'static str,
    raw: &'static str,
}

/// The same for all.
const fn all(end: &'static str) -> Rule {
    Rule { read: end, idempotent: end, once: end, create: end, raw: end }
}

const fn each(
    read: &'static str,
    idempotent: &'static str,
    once: &'static str,
    create: &'static str,
    raw: &'static str,
) -> Rule {
    Rule { read, idempotent, once, create, raw }
}

/// The answer of an attempt longer than this is not waited for, in the cells where one hangs.
const TIME_LIMIT: Duration = Duration::from_millis(400);

fn status(code: u16, retry_after: Option<&str>) -> FaultKind {
    FaultKind::Status { code, body: None, retry_after: retry_after.map(String::from) }
}

fn troubles() -> Vec<Trouble> {
    let mut all_of_them = Vec::new();
    let mut add = |name: &str, kind: FaultKind, once: Rule, always: Option<Rule>| {
        let one = |always, rule| Trouble {
            name: format!("{name}{}", if always { ", each time" } else { "" }),
            kind: kind.clone(),
            always,
            rule,
        };
        all_of_them.push(one(false, once));
        all_of_them.extend(always.map(|rule| one(true, rule)));
    };
    // ---- the rules ------------------------------ reads  idempotent  once  creates  raw
    // Refusals are told, in their own kind, and change nothing.
    add("400", status(400, None), all("invalid_argument"), None);
    add("403", status(403, None), all("forbidden"), None);
    add("404", status(404, None), all("not_found"), None);
    add("409", status(409, None), all("conflict"), None);
    // Nova's old word for both: too many things, and too many requests.
    let quota = r#"{"overLimit": {"code": 413, "message": "Quota exceeded for cores"}}"#;
    let full = FaultKind::Status { code: 413, body: Some(quota.to_string()), retry_after: None };
    add("413, no quota", full, all("over_quota"), None);
    add("413, too fast", status(413, Some("5")), all("ok"), Some(all("rate_limited")));
    // A token that is not taken any more is renewed once.
    add("401", status(401, None), all("ok"), Some(all("unauthorized")));
    add("a revoked token", FaultKind::RevokeToken, all("ok"), Some(all("unauthorized")));
    add("an expired token", FaultKind::ExpireToken, all("ok"), Some(all("unauthorized")));
    // "Not now" refuses what was asked: all ask again, as long as the wait can be borne.
    add("429", status(429, None), all("ok"), Some(all("rate_limited")));
    add("429, 5 s", status(429, Some("5")), all("ok"), Some(all("rate_limited")));
    add("429, an hour", status(429, Some("3600")), all("rate_limited"), None);
    // A fault of the service says nothing of what was done: who may ask again does, and the rest is settled by looking.
    add("500", status(500, None), each("ok", "ok", "ok", "ok", "unavailable"), Some(all("unavailable")));
    for code in [502, 503, 504] {
        let rule = each("ok", "ok", "ok", "ok", "unavailable");
        add(&code.to_string(), status(code, None), rule, Some(all("unavailable")));
    }
    add("503, 5 s", status(503, Some("5")), each("ok", "ok", "ok", "ok", "unavailable"), None);
    add(
        "a proxy's page",
        FaultKind::Html,
        each("ok", "ok", "ok", "ok", "unavailable"),
        Some(all("unavailable")),
    );
    // A connection that breaks: what it did is looked for, and sent again where it is not there. What the script itself wrote is
    // told as what it is, a maybe.
    add(
        "reset before",
        FaultKind::ResetBefore,
        each("ok", "ok", "ok", "ok", "network"),
        Some(all("network")),
    );
    add(
        "reset after",
        FaultKind::ResetAfter,
        each("ok", "ok", "ok", "ok", "network"),
        Some(each("network", "ok", "ok", "ok", "network")),
    );
    add(
        // Waits stray as far down as nothing: seven of them are shorter than this once in half a million times.
        "gone for 2 s",
        FaultKind::Refuse(Duration::from_secs(2)),
        each("ok", "ok", "ok", "ok", "network"),
        None,
    );
    add(
        "truncated",
        FaultKind::Truncate,
        each("ok", "ok", "ok", "ok", "network"),
        Some(each("network", "ok", "ok", "ok", "network")),
    );
    // What makes no sense may make some the next time.
    add("malformed", FaultKind::Malformed, each("ok", "ok", "ok", "ok", "protocol"), None);
    add("another type", FaultKind::WrongType, each("ok", "ok", "ok", "ok", "protocol"), None);
    // No answer in time.
    add("hangs, done", FaultKind::Delay(TIME_LIMIT * 4), each("ok", "ok", "ok", "ok", "timeout"), None);
    add(
        "done 8 s late",
        FaultKind::Late(Duration::from_secs(8)),
        each("ok", "ok", "ok", "ok", "timeout"),
        None,
    );
    add(
        "done 60 s late",
        FaultKind::Late(Duration::from_secs(60)),
        each("ok", "ok", "ok", "ok", "timeout"),
        None,
    );
    // What was accepted and goes its own way.
    let message = "No valid host was found.".to_string();
    add("ends in ERROR", FaultKind::ErrorState { message }, all("failed"), None);
    add("never goes on", FaultKind::Stuck, all("timeout"), None);
    add("shows no trace for 3 s", FaultKind::SlowStart(Duration::from_secs(3)), all("ok"), None);
    add("20 times slower", FaultKind::Slow(20), all("ok"), None);
    for ahead in [-7200, 7200] {
        add(&format!("a clock {ahead} s ahead"), FaultKind::Skew(ahead), all("ok"), None);
    }
    all_of_them
}

/// How a cell ends by the rules, and the exceptions from them, each with its reason.
fn expected(family: &Family, trouble: &Trouble) -> &'static str {
    let rule = match family.class {
        Read => trouble.rule.read,
        Idempotent => trouble.rule.idempotent,
        Once => trouble.rule.once,
        Create => trouble.rule.create,
        Raw => trouble.rule.raw,
    };
    match &trouble.kind {
        // Where there is no body, none can be cut.
        FaultKind::Truncate | FaultKind::Malformed if matches!(family.body, Body::None | Body::Never) => "ok",
        FaultKind::WrongType if family.body == Body::Never => "ok",
        // Any REST call may give text, and a page is text: it is the script that finds no server in it.
        FaultKind::WrongType if family.name == "api, a read" => "script",
        // Neutron says 409 of a state and of a quota; the refusal that is told here is of a quota.
        FaultKind::Status { code: 409, .. } if is_neutron(family.operation) => "over_quota",
        // Who does not wait for it does not see it.
        FaultKind::ErrorState { .. } | FaultKind::Stuck if !family.waits => "ok",
        _ => rule,
    }
}

fn is_neutron(operation: &str) -> bool {
    ["network.", "subnet.", "floating_ip.", "security_group"].iter().any(|of| operation.starts_with(of))
}

/// How a cell ended, as the rules say it.
fn end(world: &World, script: &str, gives: &str) -> (String, bool, String) {
    match world.run(script) {
        Ok(value) if display(&value) == gives => ("ok".to_string(), false, String::new()),
        Ok(value) => (format!("another result: {}", display(&value)), false, String::new()),
        Err(failure) => match &failure.cause {
            Cause::Error(error) => {
                let knows = error.maybe || !error.exists.is_empty();
                (error.kind.as_str().to_string(), knows, told(&failure))
            }
            _ => ("no error of a cloud".to_string(), false, told(&failure)),
        },
    }
}

struct Cell<'a>(&'a Family, &'a Trouble);

impl fmt::Display for Cell<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} × {}", self.0.name, self.1.name)
    }
}

impl Cell<'_> {
    /// What is wrong with how it ends.
    fn judge(&self) -> Vec<String> {
        let Cell(family, trouble) = self;
        let hangs = matches!(trouble.kind, FaultKind::Delay(_) | FaultKind::Late(_));
        let world = World::with(|options| options.timeout = hangs.then_some(TIME_LIMIT));
        let spec = r##"#{ image: "cirros", flavor: "m1.tiny" }"##;
        let web = world.text(&format!(r#"boot("web", {spec}).wait_active().id"#));
        let fit = |text: &str| {
            text.replace("ID", &web).replace("SPEC", spec).replace("TEMPLATE", TEMPLATE).replace("SLOW", SLOW)
        };
        world.ok(&fit(family.before));
        let (start, writes) = world.sim(|sim| (sim.now(), sim.journal().len()));
        let times = if trouble.always { u32::MAX } else { 1 };
        let plan = Fault { operation: family.operation.into(), times, after: 0, kind: trouble.kind.clone() };
        world.sim(|sim| sim.fault(plan));
        let (ended, knows, words) = end(&world, &fit(family.script), family.gives);
        let wanted = expected(family, trouble);
        let mut wrong = Vec::new();
        if ended != wanted {
            wrong.push(format!("{self}: ends with {ended}, not {wanted}\n    {words}"));
        }
        let took = world.sim(|sim| sim.now().duration_since(start).unwrap());
        if took > Duration::from_secs(900) {
            wrong.push(format!("{self}: takes {took:?}"));
        }
        // What lay there is done now; what came of it all is what the journal holds.
        world.sim(|sim| sim.advance(Duration::from_secs(600)));
        let journal = world.sim(|sim| sim.journal().split_off(writes));
        let done = journal.iter().filter(|write| write.operation == family.operation).count();
        if done > family.most {
            wrong.push(format!("{self}: `{}` is done {done} times", family.operation));
        }
        if ended == "ok" && family.class != Read && done == 0 {
            wrong.push(format!("{self}: ends well, and `{}` was never done", family.operation));
        }
        let accepted = family.waits && matches!(ended.as_str(), "failed" | "timeout");
        if ended != "ok" && matches!(family.class, Once | Create | Raw) && done > 0 && !knows && !accepted {
            wrong.push(format!(
                "{self}: `{}` was done, and the error does not say that it may be\n    {words}",
                family.operation
            ));
        }
        wrong
    }
}

fn judge(whole: bool) {
    let troubles = troubles();
    let cells = matrix::cells((FAMILIES, OTHERS), &troubles, |trouble| &trouble.name, &ONCE, whole);
    let cells: Vec<Cell<'_>> = cells.into_iter().map(|(family, trouble)| Cell(family, trouble)).collect();
    matrix::judge(&cells, Cell::judge);
}

/// Every cell takes minutes on a small machine.
#[test]
fn faults_in_turn_end_as_the_rules_say() {
    judge(false);
}

#[test]
#[ignore = "takes minutes: tests/matrices.sh"]
fn every_fault_of_every_family_ends_as_the_rules_say() {
    judge(true);
}
