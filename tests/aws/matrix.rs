//! Every fault of the simulated EC2 × every family of verbs: a table of rules says how each cell ends, and the world's journal
//! judges whether something was made twice.

use crate::support::{World, matrix, told};
use rhain::script::failure::Cause;
use rhain::script::value::display;
use rhain_sim::{Fault, FaultKind};
use std::fmt;
use std::time::Duration;

/// What may be done about a request whose answer is lost: that alone says how a cell ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Class {
    /// It looks: repeated freely.
    Read,
    /// Doing it twice leaves what doing it once leaves.
    Idempotent,
    /// Starts something that leaves no mark: never repeated when it may have arrived.
    Once,
    /// Makes something that carries a token: looked for, and asked for again with the same token where it is not there.
    Token,
    /// Leaves a state that can be read: looked for, and asked for again where it is not so.
    Seen,
    /// Is refused the second time: asked again once, and that refusal says that it is done.
    Told,
}
use Class::{Idempotent, Once, Read, Seen, Token};

/// A family of verbs: a script, the text it gives when all is well, and the operation that is struck.
struct Family {
    name: &'static str,
    class: Class,
    operation: &'static str,
    before: &'static str,
    script: &'static str,
    gives: &'static str,
    /// How many things it is to make.
    makes: usize,
    /// How it ends where the instance ends in ERROR, and where it never goes on: `ok` for who does not see it.
    errs: &'static str,
    stuck: &'static str,
}

const fn family(
    name: &'static str,
    class: Class,
    operation: &'static str,
    script: &'static str,
    gives: &'static str,
) -> Family {
    let makes = match class {
        Token | Seen | Class::Told => 1,
        _ => 0,
    };
    Family { name, class, operation, before: "", script, gives, makes, errs: "ok", stuck: "ok" }
}

/// The operations that make something: no cell does more of them than its family is to make.
const MAKING: [&str; 13] = [
    "ec2.RunInstances",
    "ec2.CreateImage",
    "ec2.CreateVolume",
    "ec2.AttachVolume",
    "ec2.CreateSecurityGroup",
    "ec2.AuthorizeSecurityGroupIngress",
    "ec2.AllocateAddress",
    "ec2.CreateVpc",
    "ec2.CreateSubnet",
    "ec2.CreateKeyPair",
    "ec2.CreateSnapshot",
    "cfn.CreateStack",
    "cfn.UpdateStack",
];

/// `ID` stands for the id of the instance `web`, which is there.
const FAMILIES: &[Family] = &[
    family("describe one", Read, "ec2.DescribeInstances", r#"server("ID").name"#, "web"),
    family("list", Read, "ec2.DescribeInstances", "servers().len()", "1"),
    family(
        "api, a read",
        Read,
        "ec2.DescribeInstances",
        r#"api("ec2", "DescribeInstances", #{ InstanceIds: ["ID"] }).reservationSet[0].instancesSet[0].instanceType"#,
        "m1.tiny",
    ),
    Family {
        before: r#"stop("ID")"#,
        ..family(
            "wait",
            Read,
            "ec2.DescribeInstances",
            r#"wait_status("ID", "SHUTOFF", "2m").status"#,
            "SHUTOFF",
        )
    },
    Family {
        errs: "failed",
        stuck: "timeout",
        ..family(
            "run instances",
            Token,
            "ec2.RunInstances",
            r#"boot("new", SPEC).wait_active("2m").name"#,
            "new",
        )
    },
    Family {
        makes: 3,
        errs: "failed",
        stuck: "timeout",
        ..family(
            "run instances, three",
            Token,
            "ec2.RunInstances",
            r#"boot("new", SPEC + #{ count: 3 }).wait_active("2m").map(|s| s.name)"#,
            r#"["new-1", "new-2", "new-3"]"#,
        )
    },
    Family {
        makes: 3,
        ..family(
            "run instances, their names",
            Idempotent,
            "ec2.CreateTags",
            r#"boot("new", SPEC + #{ count: 3 }).map(|s| s.name)"#,
            r#"["new-1", "new-2", "new-3"]"#,
        )
    },
    family("set_meta", Idempotent, "ec2.CreateTags", r#"set_meta("ID", "a", "1").meta.a"#, "1"),
    Family {
        before: r#"set_meta("ID", "a", "1")"#,
        ..family(
            "replace_meta",
            Idempotent,
            "ec2.DeleteTags",
            r#"replace_meta("ID", #{ b: "2" }).meta"#,
            r#"#{"b": "2"}"#,
        )
    },
    Family {
        // What comes back from its deletion has not been deleted.
        errs: "failed",
        stuck: "timeout",
        ..family(
            "terminate",
            Idempotent,
            "ec2.TerminateInstances",
            r#"delete("ID", #{ wait: "2m" }); servers().len()"#,
            "0",
        )
    },
    Family {
        stuck: "timeout",
        ..family(
            "stop",
            Idempotent,
            "ec2.StopInstances",
            r#"stop("ID").wait_status("SHUTOFF", "2m").status"#,
            "SHUTOFF",
        )
    },
    Family {
        before: r#"stop("ID").wait_status("SHUTOFF", "2m")"#,
        errs: "failed",
        stuck: "timeout",
        ..family(
            "start",
            Idempotent,
            "ec2.StartInstances",
            r#"start("ID").wait_status("ACTIVE", "2m").status"#,
            "ACTIVE",
        )
    },
    // The one change that is not settled: nothing of an instance tells a soft reboot that was done from one that was not.
    family("reboot", Once, "ec2.RebootInstances", r#"reboot("ID").name"#, "web"),
    family(
        "resize",
        Idempotent,
        "ec2.ModifyInstanceAttribute",
        r#"resize("ID", "m1.small").confirm_resize("2m").flavor"#,
        "m1.small",
    ),
    Family {
        stuck: "timeout",
        ..family(
            "resize, its stop",
            Idempotent,
            "ec2.StopInstances",
            r#"resize("ID", "m1.small").confirm_resize("2m").flavor"#,
            "m1.small",
        )
    },
    Family {
        errs: "failed",
        ..family(
            "resize, its start",
            Idempotent,
            "ec2.StartInstances",
            r#"resize("ID", "m1.small").confirm_resize("2m").flavor"#,
            "m1.small",
        )
    },
    Family {
        makes: 1,
        errs: "failed",
        stuck: "timeout",
        ..family(
            "create image",
            Seen,
            "ec2.CreateImage",
            r#"snapshot("ID", "snap").wait_active("2m").name"#,
            "snap",
        )
    },
    Family {
        makes: 1,
        ..family(
            "create group",
            Seen,
            "ec2.CreateSecurityGroup",
            r#"create_security_group("front", "of a test").description"#,
            "of a test",
        )
    },
    Family {
        before: r#"create_security_group("front", "of a test")"#,
        ..family(
            "authorize",
            Class::Told,
            "ec2.AuthorizeSecurityGroupIngress",
            r#"authorize("front", "tcp", 80, 80, "0.0.0.0/0").rules.filter(|r| r.from_port == 80).len()"#,
            "1",
        )
    },
    family("create volume", Token, "ec2.CreateVolume", r#"create_volume("data", 1).name"#, "data"),
    Family {
        before: r#"create_volume("data", 1).wait_ready()"#,
        ..family("attach volume", Seen, "ec2.AttachVolume", r#"attach("ID", "data").name"#, "web")
    },
    Family {
        makes: 1,
        ..family("allocate address", Seen, "ec2.AllocateAddress", "allocate_ip().server == ()", "true")
    },
    Family {
        before: "allocate_ip()",
        ..family(
            "associate address",
            Idempotent,
            "ec2.AssociateAddress",
            r#"associate_ip("ID", public_ips()[0]).ip == public_ips()[0].address"#,
            "true",
        )
    },
    Family {
        makes: 2,
        ..family(
            "create subnet",
            Seen,
            "ec2.CreateSubnet",
            r#"create_network("net", #{ cidr: "10.9.0.0/24" }).cidrs"#,
            r#"["10.9.0.0/24"]"#,
        )
    },
    Family {
        makes: 1,
        // What was made without its private half being told is deleted, and made again.
        ..family("create key pair", Class::Told, "ec2.CreateKeyPair", r#"create_keypair("key").name"#, "key")
    },
    family(
        "api, a write",
        Once,
        "ec2.StopInstances",
        r#"api("ec2", "StopInstances", #{ InstanceIds: ["ID"] }); "sent""#,
        "sent",
    ),
];

/// What `TEMPLATE` stands for.
const TEMPLATE: &str = r##"#{ AWSTemplateFormatVersion: "2010-09-09", Parameters: #{ N: #{ Type: "String", Default: "first" } }, Resources: #{ P: #{ Type: "AWS::SSM::Parameter", Properties: #{ Type: "String", Value: #{ Ref: "N" } } } }, Outputs: #{ N: #{ Value: #{ Ref: "N" } } } }"##;

/// Every other verb that changes something: met by what strikes once, and settled every time.
const OTHERS: &[Family] = &[
    family(
        "reboot, hard",
        Idempotent,
        "ec2.StopInstances",
        r##"reboot("ID", "hard").wait_active("2m").status"##,
        r#"ACTIVE"#,
    ),
    Family {
        before: r##"resize("ID", "m1.small")"##,
        ..family(
            "revert_resize",
            Idempotent,
            "ec2.ModifyInstanceAttribute",
            r##"revert_resize("ID").wait_active("2m").flavor"##,
            r#"m1.tiny"#,
        )
    },
    family("rename", Idempotent, "ec2.CreateTags", r##"rename("ID", "other").name"##, r#"other"#),
    Family {
        before: r##"set_meta("ID", "a", "1")"##,
        ..family(
            "delete_meta",
            Idempotent,
            "ec2.DeleteTags",
            r##"delete_meta("ID", "a"); "a" in server("ID").meta"##,
            r#"false"#,
        )
    },
    family("add_tags", Idempotent, "ec2.CreateTags", r##"add_tags("ID", ["eu"]).tags"##, r#"["eu"]"#),
    Family {
        before: r##"add_tags("ID", ["eu", "us"])"##,
        ..family(
            "remove_tags",
            Idempotent,
            "ec2.DeleteTags",
            r##"remove_tags("ID", "eu").tags"##,
            r#"["us"]"#,
        )
    },
    Family {
        before: r##"add_tags("ID", ["eu"])"##,
        ..family(
            "replace_tags",
            Idempotent,
            "ec2.CreateTags",
            r##"replace_tags("ID", ["us"]).tags"##,
            r#"["us"]"#,
        )
    },
    Family {
        before: r##"create_security_group("front", "of a test")"##,
        ..family(
            "add_security_group",
            Idempotent,
            "ec2.ModifyInstanceAttribute",
            r##"add_security_group("ID", "front"); "done""##,
            r#"done"#,
        )
    },
    Family {
        before: r##"create_security_group("front", "of a test"); add_security_group("ID", "front")"##,
        ..family(
            "remove_security_group",
            Idempotent,
            "ec2.ModifyInstanceAttribute",
            r##"remove_security_group("ID", "front"); "done""##,
            r#"done"#,
        )
    },
    Family {
        before: r##"create_volume("data", 1).wait_ready(); attach("ID", "data"); wait_status(volume("data"), "IN-USE", "1m")"##,
        makes: 0,
        ..family(
            "detach volume",
            Seen,
            "ec2.DetachVolume",
            r##"detach("ID", "data"); wait_ready(volume("data")).status"##,
            r#"AVAILABLE"#,
        )
    },
    Family {
        before: r##"create_volume("data", 1).wait_ready()"##,
        makes: 0,
        ..family(
            "extend volume",
            Seen,
            "ec2.ModifyVolume",
            r##"wait_ready(extend(volume("data"), 2)).size"##,
            r#"2"#,
        )
    },
    Family {
        before: r##"create_volume("data", 1).wait_ready()"##,
        ..family(
            "create snapshot",
            Seen,
            "ec2.CreateSnapshot",
            r##"snapshot(volume("data"), "snap").wait_ready().name"##,
            r#"snap"#,
        )
    },
    Family {
        makes: 0,
        ..family(
            "import key pair",
            Seen,
            "ec2.ImportKeyPair",
            r##"create_keypair("key", "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ8q8Ad0UqgmK8eI6nDSsJ8hXPCwcYhvOWkvGvE3RVaS me").name"##,
            r#"key"#,
        )
    },
    Family {
        makes: 2,
        ..family(
            "create VPC",
            Seen,
            "ec2.CreateVpc",
            r##"create_network("net", #{ cidr: "10.9.0.0/24" }).cidrs"##,
            r#"["10.9.0.0/24"]"#,
        )
    },
    Family {
        before: r##"create_security_group("front", "of a test"); authorize("front", "tcp", 80, 80, "0.0.0.0/0")"##,
        makes: 0,
        ..family(
            "revoke",
            Seen,
            "ec2.RevokeSecurityGroupIngress",
            r##"revoke("front", "tcp", 80, 80, "0.0.0.0/0").rules.filter(|r| r.from_port == 80).len()"##,
            r#"0"#,
        )
    },
    Family {
        before: r##"allocate_ip(); associate_ip("ID", public_ips()[0])"##,
        ..family(
            "disassociate address",
            Idempotent,
            "ec2.DisassociateAddress",
            r##"disassociate_ip(public_ips()[0]); public_ips()[0].server == ()"##,
            r#"true"#,
        )
    },
    Family {
        before: r##"allocate_ip()"##,
        ..family(
            "release address",
            Idempotent,
            "ec2.ReleaseAddress",
            r##"release_ip(public_ips()[0]); public_ips().len()"##,
            r#"0"#,
        )
    },
    Family {
        makes: 1,
        ..family(
            "create network interface",
            Seen,
            "ec2.CreateNetworkInterface",
            r##"let p = create_port("db", #{ network: "private" }); `${p.name} ${ports(#{ name: "db" }).len}`"##,
            r#"db 1"#,
        )
    },
    Family {
        makes: 1,
        ..family(
            "create placement group",
            Seen,
            "ec2.CreatePlacementGroup",
            r##"create_server_group("apart", "spread").policy"##,
            r#"spread"#,
        )
    },
    Family {
        before: r##"snapshot("ID", "shot").wait_ready()"##,
        ..family(
            "share image",
            Idempotent,
            "ec2.ModifyImageAttribute",
            r##"share_image("shot", "123456789012").name"##,
            r#"shot"#,
        )
    },
    Family {
        before: r##"snapshot("ID", "shot").wait_ready().share_image("123456789012")"##,
        ..family(
            "unshare image",
            Idempotent,
            "ec2.ModifyImageAttribute",
            r##"unshare_image("shot", "123456789012").name"##,
            r#"shot"#,
        )
    },
    Family {
        before: r##"create_volume("old", 1).wait_ready()"##,
        ..family(
            "rename volume",
            Idempotent,
            "ec2.CreateTags",
            r##"rename(volume("old"), "data"); `${volume("data").name} ${find_volume("old") == ()}`"##,
            r#"data true"#,
        )
    },
    Family {
        before: r##"create_port("data", #{ network: "private" })"##,
        ..family(
            "interface, its description",
            Idempotent,
            "ec2.ModifyNetworkInterfaceAttribute",
            r##"update(port("data"), #{ description: "of a test" }); port("data").raw.description"##,
            r#"of a test"#,
        )
    },
    Family {
        before: r##"create_port("data", #{ network: "private" })"##,
        ..family(
            "delete network interface",
            Idempotent,
            "ec2.DeleteNetworkInterface",
            r##"delete(port("data")); find_port("data") == ()"##,
            r#"true"#,
        )
    },
    Family {
        before: r##"create_server_group("data", "cluster")"##,
        ..family(
            "delete placement group",
            Idempotent,
            "ec2.DeletePlacementGroup",
            r##"delete(server_group("data")); find_server_group("data") == ()"##,
            r#"true"#,
        )
    },
    Family {
        before: r##"create_volume("data", 1).wait_ready()"##,
        ..family(
            "delete volume",
            Idempotent,
            "ec2.DeleteVolume",
            r##"delete(volume("data"), #{ wait: "2m" }); find_volume("data") == ()"##,
            r#"true"#,
        )
    },
    Family {
        before: r##"create_volume("data", 1).wait_ready(); snapshot(volume("data"), "data").wait_ready()"##,
        ..family(
            "delete snapshot",
            Idempotent,
            "ec2.DeleteSnapshot",
            r##"delete(snapshot("data"), #{ wait: "2m" }); find_snapshot("data") == ()"##,
            r#"true"#,
        )
    },
    Family {
        before: r##"snapshot("ID", "data").wait_active()"##,
        ..family(
            "delete image",
            Idempotent,
            "ec2.DeregisterImage",
            r##"delete(image("data"), #{ wait: "2m" }); find_image("data") == ()"##,
            r#"true"#,
        )
    },
    Family {
        before: r##"create_network("data", #{ cidr: "10.9.0.0/24" })"##,
        ..family(
            "delete network",
            Idempotent,
            "ec2.DeleteSubnet",
            r##"delete(network("data")); find_network("data") == ()"##,
            r#"true"#,
        )
    },
    Family {
        before: r##"create_security_group("data", "of a test")"##,
        ..family(
            "delete security_group",
            Idempotent,
            "ec2.DeleteSecurityGroup",
            r##"delete(security_group("data")); find_security_group("data") == ()"##,
            r#"true"#,
        )
    },
    Family {
        before: r##"create_keypair("data")"##,
        ..family(
            "delete keypair",
            Idempotent,
            "ec2.DeleteKeyPair",
            r##"delete(keypair("data")); find_keypair("data") == ()"##,
            r#"true"#,
        )
    },
    // Stacks: a request carries its token, so that the same one is done once.
    family(
        "create_stack",
        Token,
        "cfn.CreateStack",
        r##"create_stack("app", #{ template: TEMPLATE }).wait_ready("5m"); stacks().map(|s| `${s.name} ${s.status}`)"##,
        r##"["app CREATE_COMPLETE"]"##,
    ),
    Family {
        before: r##"create_stack("app", #{ template: TEMPLATE }).wait_ready()"##,
        ..family(
            "update_stack",
            Seen,
            "cfn.UpdateStack",
            r##"let s = stack("app").update_stack(#{ parameters: #{ N: "second" } }).wait_ready("5m"); `${s.status} ${s.outputs.N}`"##,
            "UPDATE_COMPLETE second",
        )
    },
    Family {
        before: r##"create_stack("app", #{ template: TEMPLATE }).wait_ready()"##,
        ..family(
            "delete stack",
            Idempotent,
            "cfn.DeleteStack",
            r##"delete(stack("app"), #{ wait: "5m" }); stacks().len()"##,
            "0",
        )
    },
    Family {
        before: r##"create_stack("app", #{ template: TEMPLATE }).wait_ready()"##,
        // Looked at by its name, and taken away again.
        ..family(
            "preview_stack",
            Idempotent,
            "cfn.CreateChangeSet",
            r##"let p = preview_stack("app", #{ parameters: #{ N: "second" } }); let left = api("cloudformation", "ListChangeSets", #{ StackName: "app" }).Summaries.len(); `${p.map(|c| c.action)} ${left}`"##,
            r##"["update"] 0"##,
        )
    },
];

/// What strikes once and says nothing of what was done, or refuses for now.
const ONCE: [&str; 14] = [
    "RequestLimitExceeded",
    "InternalError",
    "Unavailable",
    "GatewayTimeout",
    "500, a page",
    "a proxy's page",
    "reset before",
    "reset after",
    "gone for 2 s",
    "truncated",
    "malformed",
    "another type",
    "done 8 s late",
    "done 60 s late",
];

/// How a cell ends, by the class of the request. The words are kinds of errors; `ok` is the right result.
#[derive(Clone, Copy)]
struct Rule {
    read: &'static str,
    idempotent: &'static str,
    once: &'static str,
    token: &'static str,
    seen: &'static str,
    told: &'static str,
}

const fn each(
    read: &'static str,
    idempotent: &'static str,
    once: &'static str,
    token: &'static str,
    seen: &'static str,
    told: &'static str,
) -> Rule {
    Rule { read, idempotent, once, token, seen, told }
}

/// The same for all.
const fn all(end: &'static str) -> Rule {
    each(end, end, end, end, end, end)
}

/// What goes wrong, and how it ends.
struct Trouble {
    name: String,
    kind: FaultKind,
    /// Each time, not once.
    always: bool,
    rule: Rule,
}

/// The answer of an attempt longer than this is not waited for, in the cells where one hangs.
const TIME_LIMIT: Duration = Duration::from_millis(400);

#[rustfmt::skip]
fn troubles() -> Vec<Trouble> {
    let mut out = Vec::new();
    let mut add = |name: &str, kind: FaultKind, once: Rule, always: Option<Rule>| {
        let one = |always, rule| Trouble {
            name: format!("{name}{}", if always { ", each time" } else { "" }),
            kind: kind.clone(),
            always,
            rule,
        };
        out.push(one(false, once));
        out.extend(always.map(|rule| one(true, rule)));
    };
    let coded = |status: u16, code: &str| FaultKind::Coded { status, code: code.to_string() };
    let asked = |after: &str| FaultKind::Status { code: 503, body: None, retry_after: Some(after.to_string()) };
    // ---- the rules ------- read  idempotent  once  token  seen  told
    // Refusals are told, in their own kind, and change nothing.
    for (status, code, kind) in [
        (400, "InvalidParameterValue", "invalid_argument"),
        (403, "UnauthorizedOperation", "forbidden"),
        (400, "IncorrectInstanceState", "conflict"),
        (400, "InstanceLimitExceeded", "over_quota"),
        // Keys that stand in a file are what they are: nobody can renew them.
        (401, "AuthFailure", "unauthorized"),
        (400, "RequestExpired", "unauthorized"),
        (400, "ExpiredToken", "unauthorized"),
    ] {
        add(code, coded(status, code), all(kind), None);
    }
    // "Not now" refuses what was asked, under whatever status: all ask again.
    for (status, code) in [
        (503, "RequestLimitExceeded"),
        (400, "Throttling"),
        (429, "TooManyRequestsException"),
    ] {
        add(code, coded(status, code), all("ok"), Some(all("rate_limited")));
    }
    add("throttled, 5 s", asked("5"), all("ok"), Some(all("rate_limited")));
    add("throttled, an hour", asked("3600"), all("rate_limited"), None);
    // A fault of the service says nothing of what was done: what has a token is asked for again, and what is refused twice.
    add("InternalError", coded(500, "InternalError"),
        each("ok", "ok", "unavailable", "ok", "ok", "ok"), Some(all("unavailable")));
    for (status, code) in [(503, "Unavailable"), (504, "GatewayTimeout")] {
        add(code, coded(status, code),
            each("ok", "ok", "unavailable", "ok", "ok", "ok"), Some(all("unavailable")));
    }
    let page = || Some("<!doctype html><h1>Internal Server Error</h1>".to_string());
    add("500, a page", FaultKind::Status { code: 500, body: page(), retry_after: None },
        each("ok", "ok", "unavailable", "ok", "ok", "ok"), None);
    add("a proxy's page", FaultKind::Html,
        each("ok", "ok", "unavailable", "ok", "ok", "ok"), Some(all("unavailable")));
    // There is no room: nothing was done, and what happens once is not asked for again at once.
    add("InsufficientInstanceCapacity", coded(500, "InsufficientInstanceCapacity"),
        each("ok", "ok", "unavailable", "unavailable", "unavailable", "unavailable"), Some(all("unavailable")));
    // A connection that breaks.
    add("reset before", FaultKind::ResetBefore,
        each("ok", "ok", "network", "ok", "ok", "ok"), Some(all("network")));
    add("reset after", FaultKind::ResetAfter,
        each("ok", "ok", "network", "ok", "ok", "ok"),
        Some(each("network", "network", "network", "ok", "ok", "network")));
    add("gone for 2 s", FaultKind::Refuse(Duration::from_secs(2)),
        each("ok", "ok", "network", "ok", "ok", "ok"), None);
    add("truncated", FaultKind::Truncate,
        each("ok", "ok", "network", "ok", "ok", "ok"),
        Some(each("network", "network", "network", "ok", "ok", "network")));
    // What makes no sense is asked again where that does no harm; the rest is looked for.
    for (name, kind) in [("malformed", FaultKind::Malformed), ("another type", FaultKind::WrongType)] {
        add(name, kind,
            each("ok", "ok", "protocol", "ok", "ok", "ok"),
            Some(each("protocol", "protocol", "protocol", "ok", "ok", "protocol")));
    }
    // No answer in time.
    add("hangs, done", FaultKind::Delay(TIME_LIMIT * 4), each("ok", "ok", "timeout", "ok", "ok", "ok"), None);
    add("done 8 s late", FaultKind::Late(Duration::from_secs(8)), each("ok", "ok", "timeout", "ok", "ok", "ok"), None);
    add("done 60 s late", FaultKind::Late(Duration::from_secs(60)),
        each("ok", "ok", "timeout", "ok", "ok", "ok"), None);
    // What was accepted and goes its own way: who waits for it sees that.
    let message = "No valid host was found.".to_string();
    add("ends in ERROR", FaultKind::ErrorState { message }, all("by family"), None);
    add("never goes on", FaultKind::Stuck, all("by family"), None);
    add("shows no trace for 3 s", FaultKind::SlowStart(Duration::from_secs(3)), all("ok"), None);
    add("20 times slower", FaultKind::Slow(20), all("ok"), None);
    // A signature for another time is refused; the refusal tells the cloud's time.
    for ahead in [-7200, 7200] {
        add(&format!("a clock {ahead} s ahead"), FaultKind::Skew(ahead), all("ok"), None);
    }
    out
}

/// How a cell ends by the rules, and the exceptions from them, each with its reason.
fn expected(family: &Family, trouble: &Trouble) -> &'static str {
    let rule = trouble.rule;
    match (&trouble.kind, family.class) {
        (FaultKind::ErrorState { .. }, _) => family.errs,
        (FaultKind::Stuck, _) => family.stuck,
        (_, Read) => rule.read,
        (_, Idempotent) => rule.idempotent,
        (_, Once) => rule.once,
        (_, Token) => rule.token,
        (_, Seen) => rule.seen,
        (_, Class::Told) => rule.told,
    }
}

/// How a cell ended, as the rules say it.
#[derive(Default)]
struct End {
    word: String,
    /// Whether the error says that it may have happened.
    maybe: bool,
    /// Whether it says what exists now.
    exists: bool,
    words: String,
}

fn end(world: &World, script: &str, gives: &str) -> End {
    let plain = |word: &str| End { word: word.to_string(), ..End::default() };
    match world.run(script) {
        Ok(value) if display(&value) == gives => plain("ok"),
        Ok(value) => plain(&format!("another result: {}", display(&value))),
        Err(failure) => match &failure.cause {
            Cause::Error(error) => {
                let tells = error.facts.iter().any(|(name, _)| *name == "exists");
                let exists = tells || !error.exists.is_empty();
                let word = error.kind.as_str().to_string();
                End { word, maybe: error.maybe, exists, words: told(&failure) }
            }
            _ => End { words: told(&failure), ..plain("no error of a cloud") },
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
        let world = World::with(|options| {
            options.cloud = Some("sim:aws".to_string());
            options.timeout = hangs.then_some(TIME_LIMIT);
        });
        let spec = r##"#{ image: "cirros", flavor: "m1.tiny" }"##;
        let web = world.text(&format!(r#"boot("web", {spec}).wait_active().id"#));
        let fit = |text: &str| {
            let text = text.replace("\"ID\"", &format!("{web:?}"));
            text.replace("SPEC", spec).replace("TEMPLATE", TEMPLATE)
        };
        world.ok(&fit(family.before));
        let (start, writes) = world.sim(|sim| (sim.now(), sim.journal().len()));
        let times = if trouble.always { u32::MAX } else { 1 };
        let plan = Fault { operation: family.operation.into(), times, after: 0, kind: trouble.kind.clone() };
        world.sim(|sim| sim.fault(plan));
        let End { word: ended, maybe, exists, words } = end(&world, &fit(family.script), family.gives);
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
        let has = |operation: &str| journal.iter().any(|write| write.operation == operation);
        let undone = |operation: &str| operation == "ec2.CreateVpc" && has("ec2.DeleteVpc");
        let made: Vec<&str> = journal
            .iter()
            .map(|write| write.operation.as_str())
            .filter(|operation| MAKING.contains(operation) && !undone(operation))
            .collect();
        let deleted_keys = journal.iter().filter(|write| write.operation == "ec2.DeleteKeyPair").count();
        if made.len() > family.makes + deleted_keys {
            wrong.push(format!("{self}: makes {} instead of {}: {made:?}", made.len(), family.makes));
        }
        if ended == "ok" && family.class != Read && !has(family.operation) {
            wrong.push(format!("{self}: ends well, and `{}` was never done", family.operation));
        }
        let accepted = matches!(trouble.kind, FaultKind::ErrorState { .. } | FaultKind::Stuck);
        if ended != "ok" && !made.is_empty() && !maybe && !exists && !accepted {
            wrong.push(format!(
                "{self}: {made:?} was done, and the error does not say that it may be\n    {words}"
            ));
        }
        // A refusal leaves no doubt; what happens once and was not answered does.
        let doubt = match ended.as_str() {
            "network" | "timeout" | "protocol" => true,
            "unavailable" => !trouble.name.starts_with("Insufficient"),
            _ => false,
        };
        if !matches!(family.class, Read | Idempotent) && !accepted && maybe != doubt {
            wrong.push(format!("{self}: ends with {ended}, and `maybe` is {maybe}\n    {words}"));
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
