//! Every fault of the simulated CloudStack × every family of verbs: a table of rules says how each cell ends, and the world's journal
//! judges whether something was made twice.
//!
//! No create of CloudStack's takes a token: what was not answered is looked for, by marker, name or state, and asked for again, once,
//! where it is not there.

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
    /// Is looked for, and asked for again where it is not there.
    Seen,
}
use Class::{Idempotent, Read, Seen};

/// A family of verbs: a script, the text it gives when all is well, and the command that is struck.
struct Family {
    name: &'static str,
    class: Class,
    command: &'static str,
    before: &'static str,
    script: &'static str,
    gives: &'static str,
    /// How often each making command may be done.
    makes: usize,
}

const fn family(
    name: &'static str,
    class: Class,
    command: &'static str,
    script: &'static str,
    gives: &'static str,
) -> Family {
    let makes = if matches!(class, Seen) { 1 } else { 0 };
    Family { name, class, command, before: "", script, gives, makes }
}

/// The commands that make something or begin what is not to be begun twice.
const MAKING: [&str; 19] = [
    "deployVirtualMachine",
    "createTemplate",
    "createSnapshot",
    "createVolume",
    "attachVolume",
    "detachVolume",
    "createSecurityGroup",
    "authorizeSecurityGroupIngress",
    "revokeSecurityGroupIngress",
    "associateIpAddress",
    "createNetwork",
    "createSSHKeyPair",
    "registerSSHKeyPair",
    "rebootVirtualMachine",
    "restoreVirtualMachine",
    "startVirtualMachine",
    "stopVirtualMachine",
    "scaleVirtualMachine",
    "destroyVirtualMachine",
];

/// `ID` stands for the id of the machine `web`, which is there; `SPEC` for a spec.
const FAMILIES: &[Family] = &[
    family("show", Read, "listVirtualMachines", r#"server("ID").name"#, "web"),
    family("list", Read, "listVirtualMachines", "servers().len()", "1"),
    family("api, a read", Read, "listZones", r#"api("cloudstack", "listZones", #{}).zone.len()"#, "1"),
    Family {
        before: r#"stop("ID")"#,
        ..family(
            "wait",
            Read,
            "listVirtualMachines",
            r#"wait_status("ID", "SHUTOFF", "4m").status"#,
            "SHUTOFF",
        )
    },
    Family {
        before: r#"stop("ID")"#,
        ..family(
            "wait, the job",
            Read,
            "queryAsyncJobResult",
            r#"wait_status("ID", "SHUTOFF", "4m").status"#,
            "SHUTOFF",
        )
    },
    family("deploy", Seen, "deployVirtualMachine", r#"boot("new", SPEC).wait_active("4m").name"#, "new"),
    Family {
        makes: 3,
        ..family(
            "deploy, three",
            Seen,
            "deployVirtualMachine",
            r#"boot("new", SPEC + #{ count: 3 }).wait_active("4m").map(|s| s.name)"#,
            r#"["new-1", "new-2", "new-3"]"#,
        )
    },
    family(
        "deploy, its tags",
        Seen,
        "createTags",
        r#"boot("new", SPEC + #{ meta: #{ a: "1" } }).wait_active("4m"); server("new").meta.a"#,
        "1",
    ),
    Family {
        makes: 0,
        ..family("set_meta", Seen, "createTags", r#"set_meta("ID", "a", "1"); meta(server("ID")).a"#, "1")
    },
    Family {
        before: r#"set_meta("ID", "a", "1")"#,
        makes: 0,
        ..family(
            "replace_meta",
            Seen,
            "deleteTags",
            r#"replace_meta("ID", #{ b: "2" }); meta(server("ID"))"#,
            r#"#{"b": "2"}"#,
        )
    },
    Family {
        before: r#"set_meta("ID", "a", "1")"#,
        makes: 0,
        ..family(
            "set_meta, in the middle",
            Seen,
            "createTags",
            r#"set_meta("ID", "a", "2"); meta(server("ID")).a"#,
            "2",
        )
    },
    family(
        "rename",
        Idempotent,
        "updateVirtualMachine",
        r#"rename("ID", "other"); server("ID").name"#,
        "other",
    ),
    family(
        "stop",
        Seen,
        "stopVirtualMachine",
        r#"stop("ID").wait_status("SHUTOFF", "4m").status"#,
        "SHUTOFF",
    ),
    Family {
        before: r#"stop("ID").wait_status("SHUTOFF")"#,
        ..family("start", Seen, "startVirtualMachine", r#"start("ID").wait_active("4m").status"#, "ACTIVE")
    },
    family("reboot", Seen, "rebootVirtualMachine", r#"reboot("ID").wait_active("4m").status"#, "ACTIVE"),
    family(
        "reboot, hard",
        Seen,
        "rebootVirtualMachine",
        r#"reboot("ID", "hard").wait_active("4m").status"#,
        "ACTIVE",
    ),
    family(
        "rebuild",
        Seen,
        "restoreVirtualMachine",
        r#"rebuild("ID", "cirros").wait_active("4m").status"#,
        "ACTIVE",
    ),
    Family {
        before: r#"stop("ID").wait_status("SHUTOFF")"#,
        ..family(
            "resize",
            Seen,
            "scaleVirtualMachine",
            r#"resize("ID", "m1.small"); server("ID").flavor"#,
            "m1.small",
        )
    },
    Family {
        makes: 1,
        ..family(
            "resize, running",
            Seen,
            "stopVirtualMachine",
            r#"resize("ID", "m1.small"); server("ID").flavor"#,
            "m1.small",
        )
    },
    family("delete", Seen, "destroyVirtualMachine", r#"delete("ID").wait_deleted("4m").status"#, "DELETED"),
    family(
        "delete, force",
        Seen,
        "destroyVirtualMachine",
        r#"delete("ID", #{ force: true }).wait_deleted("4m").status"#,
        "DELETED",
    ),
    family("snapshot", Seen, "createTemplate", r#"snapshot("ID", "shot").wait_active("4m").name"#, "shot"),
    family(
        "snapshot, of its disk",
        Seen,
        "createSnapshot",
        r#"snapshot("ID", "shot").wait_active("4m").name"#,
        "shot",
    ),
    family(
        "create_volume",
        Seen,
        "createVolume",
        r#"create_volume("data", 1).wait_ready("4m").name"#,
        "data",
    ),
    Family {
        before: r#"create_volume("data", 1).wait_ready()"#,
        ..family(
            "attach",
            Seen,
            "attachVolume",
            r#"attach("ID", volume("data")); volume("data").wait_status("IN-USE").status"#,
            "IN-USE",
        )
    },
    Family {
        before: r#"let v = create_volume("data", 1).wait_ready(); attach("ID", v); v.wait_status("IN-USE")"#,
        ..family(
            "detach",
            Seen,
            "detachVolume",
            r#"detach("ID", volume("data")); volume("data").wait_status("AVAILABLE").status"#,
            "AVAILABLE",
        )
    },
    Family {
        before: r#"let v = create_volume("data", 1).wait_ready(); attach("ID", v); v.wait_status("IN-USE")"#,
        ..family(
            "extend",
            Idempotent,
            "resizeVolume",
            r#"extend(volume("data"), 2); volume("data").wait_ready().size"#,
            "2",
        )
    },
    Family {
        before: r#"create_volume("data", 1).wait_ready()"#,
        ..family(
            "delete volume",
            Idempotent,
            "deleteVolume",
            r#"delete(volume("data")); find_volume("data") == ()"#,
            "true",
        )
    },
    Family {
        before: r#"let v = create_volume("data", 1).wait_ready(); attach("ID", v); v.wait_status("IN-USE")"#,
        ..family(
            "snapshot volume",
            Seen,
            "createSnapshot",
            r#"snapshot(volume("data"), "monday").wait_ready("4m").name"#,
            "monday",
        )
    },
    Family {
        before: r#"let v = create_volume("data", 1).wait_ready(); attach("ID", v); v.wait_status("IN-USE"); snapshot(v, "monday").wait_ready()"#,
        ..family(
            "delete snapshot",
            Idempotent,
            "deleteSnapshot",
            r#"delete(snapshot("monday")); find_snapshot("monday") == ()"#,
            "true",
        )
    },
    family(
        "create_security_group",
        Seen,
        "createSecurityGroup",
        r#"create_security_group("data", "d").name"#,
        "data",
    ),
    Family {
        before: r#"create_security_group("data", "d")"#,
        ..family(
            "authorize",
            Seen,
            "authorizeSecurityGroupIngress",
            r#"security_group("data").authorize("tcp", 80, 80, "0.0.0.0/0"); security_group("data").rules.len()"#,
            "1",
        )
    },
    Family {
        before: r#"create_security_group("data", "d").authorize("tcp", 80, 80, "0.0.0.0/0")"#,
        ..family(
            "revoke",
            Seen,
            "revokeSecurityGroupIngress",
            r#"let g = security_group("data"); g.revoke(g.rules[0]); security_group("data").rules.len()"#,
            "0",
        )
    },
    Family {
        before: r#"create_security_group("data", "d")"#,
        ..family(
            "delete group",
            Idempotent,
            "deleteSecurityGroup",
            r#"delete(security_group("data")); find_security_group("data") == ()"#,
            "true",
        )
    },
    family(
        "affinity group",
        Seen,
        "createAffinityGroup",
        r#"create_server_group("apart", "anti-affinity").policy"#,
        "anti-affinity",
    ),
    Family {
        before: r#"create_server_group("apart", "anti-affinity")"#,
        ..family(
            "delete affinity group",
            Idempotent,
            "deleteAffinityGroup",
            r#"delete(server_group("apart")); find_server_group("apart") == ()"#,
            "true",
        )
    },
    family("rename", Idempotent, "updateVirtualMachine", r#"rename("ID", "other").name"#, "other"),
    Family {
        before: r#"create_volume("old", 1).wait_ready()"#,
        ..family(
            "rename volume",
            Idempotent,
            "updateVolume",
            r#"rename(volume("old"), "data"); `${volume("data").name} ${find_volume("old") == ()}`"#,
            "data true",
        )
    },
    Family {
        before: r#"create_network("old", #{ cidr: "10.8.0.0/24" })"#,
        ..family(
            "rename network",
            Idempotent,
            "updateNetwork",
            r#"rename(network("old"), "data"); `${network("data").name} ${find_network("old") == ()}`"#,
            "data true",
        )
    },
    Family {
        before: r#"create_security_group("old", "d")"#,
        ..family(
            "rename group",
            Idempotent,
            "updateSecurityGroup",
            r#"rename(security_group("old"), "data"); `${security_group("data").name} ${find_security_group("old") == ()}`"#,
            "data true",
        )
    },
    family(
        "upload_image",
        Seen,
        "getUploadParamsForTemplate",
        r#"let i = upload_image("tiny", #{ data: "0123456789" }); `${i.status} ${images(#{ name: "tiny" }).len()}`"#,
        "ACTIVE 1",
    ),
    Family {
        before: r#"snapshot("ID", "shot").wait_ready("4m")"#,
        ..family(
            "share template",
            Idempotent,
            "updateTemplatePermissions",
            r#"share_image("shot", "admin").name"#,
            "shot",
        )
    },
    family("create_keypair", Seen, "createSSHKeyPair", r#"create_keypair("data").private_key != ()"#, "true"),
    family(
        "import keypair",
        Seen,
        "registerSSHKeyPair",
        r#"create_keypair("data", "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJw0aE0yz1TOVlVyYb8vGZpsrvmhfbEXAMPLEexample0 t").name"#,
        "data",
    ),
    Family {
        before: r#"create_keypair("data")"#,
        ..family(
            "delete keypair",
            Idempotent,
            "deleteSSHKeyPair",
            r#"delete(keypair("data")); find_keypair("data") == ()"#,
            "true",
        )
    },
    family(
        "create_network",
        Seen,
        "createNetwork",
        r#"create_network("data", #{ cidr: "10.8.0.0/24" }).name"#,
        "data",
    ),
    Family {
        before: r#"create_network("data", #{ cidr: "10.8.0.0/24" })"#,
        ..family(
            "delete network",
            Idempotent,
            "deleteNetwork",
            r#"delete(network("data")); find_network("data") == ()"#,
            "true",
        )
    },
    family("allocate_ip", Seen, "associateIpAddress", "allocate_ip(); public_ips().len()", "1"),
    Family {
        before: "allocate_ip()",
        makes: 1,
        ..family(
            "associate_ip",
            Idempotent,
            "enableStaticNat",
            r#"associate_ip("ID", public_ips()[0]); public_ips()[0].server == "ID""#,
            "true",
        )
    },
    Family {
        before: r#"associate_ip("ID", allocate_ip())"#,
        ..family(
            "disassociate_ip",
            Idempotent,
            "disableStaticNat",
            "disassociate_ip(public_ips()[0]); public_ips()[0].server == ()",
            "true",
        )
    },
    Family {
        before: "allocate_ip()",
        ..family(
            "release_ip",
            Idempotent,
            "disassociateIpAddress",
            "release_ip(public_ips()[0]); public_ips().len()",
            "0",
        )
    },
];

/// What goes wrong, and how it ends for what reads or may be done twice, and for what is looked for.
struct Trouble {
    name: &'static str,
    kind: FaultKind,
    /// Each time, not once.
    always: bool,
    /// Of any class; several words are either.
    ends: &'static str,
}

/// The answer of an attempt longer than this is not waited for, in the cells where one hangs.
const TIME_LIMIT: Duration = Duration::from_millis(400);

fn troubles() -> Vec<Trouble> {
    let page = |code: u16| FaultKind::Status {
        code,
        body: Some("<!doctype html><h1>Down</h1>".to_string()),
        retry_after: None,
    };
    let coded = |status: u16| FaultKind::Coded { status, code: "9999".to_string() };
    let once = |name, kind, ends| Trouble { name, kind, always: false, ends };
    let each = |name, kind, ends| Trouble { name, kind, always: true, ends };
    vec![
        // Refusals are told, in their own kind, and change nothing.
        once("401", coded(401), "unauthorized"),
        once("431", coded(431), "invalid_argument"),
        once("432", coded(432), "forbidden"),
        once("531", coded(531), "forbidden"),
        once("535", coded(535), "over_quota"),
        once("537", coded(537), "conflict"),
        // "Not now" is asked again by all.
        once("429", coded(429), "ok"),
        each("429, each time", coded(429), "rate_limited"),
        // A fault of something on the way says nothing of what was done.
        once("500, a page", page(500), "ok"),
        once("503, a page", page(503), "ok"),
        once("502, a proxy's page", FaultKind::Html, "ok"),
        each("502, each time", FaultKind::Html, "unavailable"),
        // A connection that breaks, and an answer that makes no sense.
        once("reset before", FaultKind::ResetBefore, "ok"),
        once("reset after", FaultKind::ResetAfter, "ok"),
        each("reset before, each time", FaultKind::ResetBefore, "network"),
        once("gone for 2 s", FaultKind::Refuse(Duration::from_secs(2)), "ok"),
        once("truncated", FaultKind::Truncate, "ok"),
        once("malformed", FaultKind::Malformed, "ok"),
        once("empty", FaultKind::Empty, "ok"),
        once("another type", FaultKind::WrongType, "ok"),
        // No answer in time.
        once("hangs, done", FaultKind::Delay(TIME_LIMIT * 4), "ok"),
        once("done 8 s late", FaultKind::Late(Duration::from_secs(8)), "ok"),
        once("done 60 s late", FaultKind::Late(Duration::from_secs(60)), "ok"),
    ]
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

/// The exceptions from the rules, each with its reason: the family, the trouble, how it ends.
const OTHERWISE: &[(&str, &str, &str)] = &[
    // The list of machines shows the state; what a look at the job says is not needed for that.
    ("wait, the job", "*", "ok"),
    // A conflict says that the tags are not as they were read: they are read anew.
    ("set_meta", "537", "ok"),
    ("set_meta, in the middle", "537", "ok"),
    ("replace_meta", "537", "ok"),
    ("deploy, its tags", "537", "ok"),
];

impl Cell<'_> {
    fn expected(&self) -> &'static str {
        let named = |text: &str, pattern: &str| pattern == "*" || text == pattern;
        let other = OTHERWISE
            .iter()
            .find(|(family, trouble, _)| named(self.0.name, family) && named(self.1.name, trouble));
        other.map_or(self.1.ends, |(_, _, ends)| ends)
    }

    /// What is wrong with how it ends.
    fn judge(&self) -> Vec<String> {
        let Cell(family, trouble) = self;
        let hangs = matches!(trouble.kind, FaultKind::Delay(_) | FaultKind::Late(_));
        let world = World::with(|options| {
            options.cloud = Some("sim:cloudstack".to_string());
            options.timeout = hangs.then_some(TIME_LIMIT);
        });
        let spec = r##"#{ image: "cirros", flavor: "m1.tiny" }"##;
        let web = world.text(&format!(r#"boot("web", {spec}).wait_active().id"#));
        let fit = |text: &str| text.replace("\"ID\"", &format!("{web:?}")).replace("SPEC", spec);
        world.ok(&fit(family.before));
        let (start, writes) = world.sim(|sim| (sim.now(), sim.journal().len()));
        let times = if trouble.always { u32::MAX } else { 1 };
        let operation = format!("cloudstack.{}", family.command);
        world.sim(|sim| sim.fault(Fault { operation, times, after: 0, kind: trouble.kind.clone() }));
        let End { word: ended, maybe, exists, words } = end(&world, &fit(family.script), family.gives);
        let wanted = self.expected();
        let mut wrong = Vec::new();
        if !wanted.split(' ').any(|one| one == ended) {
            wrong.push(format!("{self}: ends with {ended}, not {wanted}\n    {words}"));
        }
        let took = world.sim(|sim| sim.now().duration_since(start).unwrap());
        if took > Duration::from_secs(900) {
            wrong.push(format!("{self}: takes {took:?}"));
        }
        // What lay there is done now; what came of it all is what the journal holds.
        world.sim(|sim| sim.advance(Duration::from_secs(120)));
        let journal = world.sim(|sim| sim.journal().split_off(writes));
        for command in MAKING {
            let done =
                journal.iter().filter(|write| write.operation == format!("cloudstack.{command}")).count();
            // A key whose private half was lost is deleted, and made anew.
            let deleted =
                journal.iter().filter(|write| write.operation == "cloudstack.deleteSSHKeyPair").count();
            let again = if command == "createSSHKeyPair" { deleted } else { 0 };
            let most = if command == family.command { family.makes.max(1) + again } else { 1 };
            if done > most {
                wrong.push(format!("{self}: {command} is done {done} times instead of {most}"));
            }
            if ended != "ok" && command == family.command && done > 0 && !maybe && !exists {
                wrong.push(format!(
                    "{self}: {command} was done, and the error does not say that it may be\n    {words}"
                ));
            }
        }
        if ended == "ok" && family.class != Read {
            let has = journal.iter().any(|write| write.operation == format!("cloudstack.{}", family.command));
            if !has {
                wrong.push(format!("{self}: ends well, and `{}` was never done", family.command));
            }
        }
        // A refusal leaves no doubt; what was not answered does.
        let doubt = matches!(ended.as_str(), "network" | "timeout" | "protocol");
        if family.class == Seen && ended != "ok" && maybe != doubt && ended != "unavailable" {
            wrong.push(format!("{self}: ends with {ended}, and `maybe` is {maybe}\n    {words}"));
        }
        wrong
    }
}

/// Every cell takes minutes on a small machine.
#[test]
fn faults_in_turn_end_as_the_rules_say() {
    let troubles = troubles();
    let cells = matrix::share(FAMILIES, &troubles, |trouble| trouble.name);
    judge_all(&cells.map(|(family, trouble)| Cell(family, trouble)).collect::<Vec<_>>());
}

#[test]
#[ignore = "takes minutes: tests/matrices.sh"]
fn every_fault_of_every_family_ends_as_the_rules_say() {
    let troubles = troubles();
    let cells: Vec<Cell<'_>> = FAMILIES
        .iter()
        .flat_map(|family| troubles.iter().map(move |trouble| Cell(family, trouble)))
        .collect();
    judge_all(&cells);
}

fn judge_all(cells: &[Cell<'_>]) {
    for (family, trouble, _) in OTHERWISE {
        let named = |text: &str, pattern: &str| pattern == "*" || text == pattern;
        let known = FAMILIES.iter().any(|one| named(one.name, family))
            && troubles().iter().any(|one| named(one.name, trouble));
        assert!(known, "{family} × {trouble} is no cell");
    }
    matrix::judge(cells, Cell::judge);
}
