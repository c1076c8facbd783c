//! What a test puts into its simulated cloud beforehand: flavors, images, consoles, and what other hosts and programs answer.

use super::testing::{misfit, of_tests, simulation};
use crate::cloud::simulation::{SimFlavor, SimImage, SimReply};
use crate::cloud::{Result, Ty, Value};
use crate::verbs::Call;
use crate::verbs::argument::{Argument, Map, Meta, Name, OneOrMany, Positive};
use crate::verbs::verb::{Example, Form, Key, Run, Verb};
use std::collections::BTreeMap;

const FLAVORS: Key<OneOrMany<Map>> =
    Key::required("flavors", "Maps with `name`, and `vcpus` (1), `ram` MiB (512), `disk` GiB (1).");

/// `sim_flavors`
pub static SIM_FLAVORS: Verb = of_tests(
    "sim_flavors",
    "Add flavors to the simulated cloud: one map, or an array of them.",
    &[Form::of(&[FLAVORS.param()])],
    Ty::Unit,
    &[Example {
        code: r#"sim_flavors(#{ name: "g1.huge", ram: 262144 }); flavor("g1.huge").ram"#,
        gives: "262144",
    }],
    &["sim_images", "flavors"],
    Run::Once(|call| {
        Box::pin(async move {
            let world = simulation(&call.host, call.verb.name)?;
            for map in call.get(&FLAVORS)?.0 {
                let map = fields(&call, FLAVORS.name, &map, &["name", "vcpus", "ram", "disk"])?;
                let flavor = SimFlavor {
                    name: map.name()?,
                    vcpus: map.number("vcpus", 1)?,
                    ram: map.number("ram", 512)?,
                    disk: map.number("disk", 1)?,
                };
                world.flavor(&flavor).map_err(|why| misfit(why, &call, FLAVORS.name))?;
            }
            Ok(Value::Unit)
        })
    }),
);

const IMAGES: Key<OneOrMany<Map>> =
    Key::required("images", "Maps with `name`, and `min_disk` GiB (0), `min_ram` MiB (0), `meta`.");

/// `sim_images`
pub static SIM_IMAGES: Verb = of_tests(
    "sim_images",
    "Add public images to the simulated cloud: one map, or an array of them.",
    &[Form::of(&[IMAGES.param()])],
    Ty::Unit,
    &[Example { code: r#"sim_images(#{ name: "debian-13" }); image("debian-13").status"#, gives: "ACTIVE" }],
    &["sim_flavors", "images"],
    Run::Once(|call| {
        Box::pin(async move {
            let world = simulation(&call.host, call.verb.name)?;
            for map in call.get(&IMAGES)?.0 {
                let map = fields(&call, IMAGES.name, &map, &["name", "min_disk", "min_ram", "meta"])?;
                let meta = match map.map.get("meta") {
                    None | Some(Value::Unit) => BTreeMap::new(),
                    Some(value) => {
                        Meta::read(value)
                            .map_err(|wrong| {
                                misfit(format!("`meta` must be {}", wrong.give), &call, IMAGES.name)
                            })?
                            .0
                    }
                };
                let image = SimImage {
                    name: map.name()?,
                    min_disk: map.number("min_disk", 0)?,
                    min_ram: map.number("min_ram", 0)?,
                    meta,
                };
                world.image(&image).map_err(|why| misfit(why, &call, IMAGES.name))?;
            }
            Ok(Value::Unit)
        })
    }),
);

/// A map of a few known keys.
struct Fields<'a> {
    call: &'a Call,
    param: &'static str,
    map: &'a BTreeMap<String, Value>,
}

fn fields<'a>(
    call: &'a Call,
    param: &'static str,
    map: &'a BTreeMap<String, Value>,
    known: &[&str],
) -> Result<Fields<'a>> {
    match map.keys().find(|key| !known.contains(&key.as_str())) {
        Some(key) => Err(misfit(format!("`{}` knows no `{key}`", call.verb.name), call, param)
            .help(format!("use {}", known.join(", ")))),
        None => Ok(Fields { call, param, map }),
    }
}

impl Fields<'_> {
    fn name(&self) -> Result<String> {
        match self.map.get("name") {
            Some(Value::Text(name)) if !name.is_empty() => Ok(name.to_string()),
            _ => Err(misfit("`name` must be text".into(), self.call, self.param)),
        }
    }

    fn number(&self, key: &str, default: i64) -> Result<i64> {
        match self.map.get(key) {
            None | Some(Value::Unit) => Ok(default),
            Some(Value::Int(number)) if *number >= 0 => Ok(*number),
            Some(_) => Err(misfit(format!("`{key}` must be a whole number"), self.call, self.param)),
        }
    }
}

const SERVER: Key<Name> = Key::required("server", "The server's name.");
const CONSOLE: Key<String> = Key::required("text", "What its console shows.");

/// `sim_console`
pub static SIM_CONSOLE: Verb = of_tests(
    "sim_console",
    "Set what a server's console shows.",
    &[Form::of(&[SERVER.param(), CONSOLE.param()])],
    Ty::Unit,
    &[Example { code: r#"sim_console("web", "login:"); console_log("web")"#, gives: "login:" }],
    &["console_log"],
    Run::Once(|call| {
        Box::pin(async move {
            let (server, text) = (call.get(&SERVER)?.0, call.get(&CONSOLE)?);
            let world = simulation(&call.host, call.verb.name)?;
            world.console(&server, &text).map_err(|why| misfit(why, &call, SERVER.name))?;
            Ok(Value::Unit)
        })
    }),
);

const PATTERN: Key<Name> = Key::required(
    "pattern",
    "A glob over `METHOD url`, or over a program and its arguments: \"GET http://*/health\".",
);
const HTTP_STATUS: Key<Positive> = Key::optional("status", "The status of the answer; 200.");
const BODY: Key<Value> = Key::optional("body", "The body: text, or a value that is sent as JSON.");
const CODE: Key<i64> = Key::optional("code", "The program's exit code; 0.");
const STDOUT: Key<String> = Key::optional("stdout", "What the program writes.");
const REPLY_TIMES: Key<Positive> = Key::optional("times", "How often; always, where not given.");

/// `sim_reply`
pub static SIM_REPLY: Verb = of_tests(
    "sim_reply",
    "What `http` and `exec` get in this test, in place of another host or a program; the last one that fits counts.",
    &[Form::with(
        &[PATTERN.param()],
        &[HTTP_STATUS.param(), BODY.param(), CODE.param(), STDOUT.param(), REPLY_TIMES.param()],
    )],
    Ty::Unit,
    &[Example {
        code: r#"sim_reply("POST https://hooks.example/*", #{ body: "fine" }); sim_replies().len"#,
        gives: "0",
    }],
    &["sim_replies", "http", "exec"],
    Run::Once(|call| {
        Box::pin(async move {
            let world = simulation(&call.host, call.verb.name)?;
            let body = match call.value(BODY.name) {
                None | Some(Value::Unit) => String::new(),
                Some(Value::Text(text)) => text.to_string(),
                Some(other) => other.to_json(&|_, id| Value::text(id)).to_string(),
            };
            world.reply(SimReply {
                pattern: call.get(&PATTERN)?.0,
                status: call.find(&HTTP_STATUS)?.map_or(200, |one| u16::try_from(one.0).unwrap_or(599)),
                body,
                code: call.find(&CODE)?.unwrap_or(0),
                stdout: call.find(&STDOUT)?.unwrap_or_default(),
                times: call.find(&REPLY_TIMES)?.map(|one| u64::try_from(one.0).unwrap_or(u64::MAX)),
            });
            Ok(Value::Unit)
        })
    }),
);

/// `sim_replies`
pub static SIM_REPLIES: Verb = of_tests(
    "sim_replies",
    "What `http` and `exec` asked in this test, in order: an array of #{asked, body}.",
    &[Form::of(&[])],
    Ty::ArrayOf(&Ty::MapOf(&Ty::Text)),
    &[Example { code: "sim_replies().len", gives: "0" }],
    &["sim_reply"],
    Run::Once(|call| {
        Box::pin(async move {
            let asked = simulation(&call.host, call.verb.name)?.asked();
            let row = |(asked, body): (String, String)| {
                Value::Map(BTreeMap::from([
                    ("asked".to_string(), Value::text(asked)),
                    ("body".to_string(), Value::text(body)),
                ]))
            };
            Ok(Value::Array(asked.into_iter().map(row).collect()))
        })
    }),
);
