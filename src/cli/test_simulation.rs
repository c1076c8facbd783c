//! What the helpers of tests do: faults, quotas, time, the journal, kept output, and runbooks that run in the test's own cloud.

use super::test_console::Kept;
use super::test_world::{TestWorld, folder};
use crate::cloud::simulation::{Reset, SimFault, SimFlavor, SimImage, SimReply, SimWrite, Simulation};
use crate::cloud::{Error, Kind, Time, Value};
use crate::script::failure::{Cause, Failure};
use crate::script::given::{self, Given, GivenValue};
use crate::script::params;
use crate::script::run::Program;
use crate::script::session::Console as _;
use crate::script::value::display;
use crate::testing::{Stream, operations};
use crate::wire::Settings;
use async_trait::async_trait;
use rhain_sim::{Fault, FaultKind};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError};
use std::time::Duration;

impl TestWorld {
    fn ask<T>(&self, ask: impl FnOnce(&rhain_sim::Sim) -> T) -> Result<T, String> {
        self.simulated.started(ask).map_err(|error| error.message.clone())
    }

    /// Where the output of the test is kept: `FILE_test.snap/TEST.txt`.
    fn snapshot_file(&self) -> PathBuf {
        let file = Path::new(&self.subject.file);
        self.environment.cwd.join(file.with_extension("snap")).join(format!("{}.txt", self.subject.test))
    }

    /// Run a runbook as `rhain run` would; its output and exit code.
    fn run_here(&self, file: &str, given: BTreeMap<String, Given>) -> Result<(String, i64), Error> {
        let world = self.me.upgrade().ok_or_else(|| Error::new(Kind::Failed, "the test is over"))?;
        let path = folder(&self.subject.file).join(file);
        let name = path.to_string_lossy().into_owned();
        let name = name.strip_prefix("./").unwrap_or(&name).to_string();
        let text = std::fs::read_to_string(self.environment.cwd.join(&path)).map_err(|why| {
            Error::new(Kind::NotFound, format!("the runbook `{name}` cannot be read: {why}"))
                .coded("language::file")
                .help("name it from the folder of the test's file")
        })?;
        let console = Arc::new(Kept::new(false));
        let setup = world
            .session(&name, BTreeMap::new(), console.clone())
            .map_err(|why| Error::new(Kind::Failed, why.to_string()))?;
        let mistake = crate::check::all(&setup.session, &name, &text)
            .into_iter()
            .flat_map(|source| source.findings)
            .find(|finding| finding.severity == crate::check::Severity::Error);
        if let Some(mistake) = mistake {
            return Err(mistake.error.fact("runbook", name));
        }
        let ended = Program::compile(&setup.session, &name, &text).and_then(|program| {
            let plain = |error: Error| Failure { cause: Cause::Error(error), sites: Vec::new() };
            given::check(program.params(), &given, &[], &[]).map_err(plain)?;
            setup.session.params.give(given);
            params::resolve(&setup.session, program.params())?;
            program.run()
        });
        for line in console.lines() {
            match line.stream {
                Stream::Out => self.console.data(&line.text),
                Stream::Err => self.console.talk(&line.text),
            }
        }
        let output = console.out();
        match ended {
            Ok(_) | Err(Failure { cause: Cause::Exit(0), .. }) => Ok((output, 0)),
            Err(Failure { cause: Cause::Exit(code), .. }) => Ok((output, code)),
            Err(Failure { cause: Cause::Interrupted { .. }, .. }) => {
                Err(Error::new(Kind::Cancelled, "interrupted"))
            }
            Err(Failure { cause: Cause::Error(error) | Cause::Parse(error), sites }) => {
                let at = sites.first().map(|site| format!("{}:{}:{}", site.source, site.line, site.column));
                let mut error = error.fact("runbook", at.unwrap_or_else(|| name.clone()));
                // Its place is one of another text.
                (error.raised, error.place) = (None, crate::cloud::error::Place::Verb);
                Err(error)
            }
        }
    }
}

/// What AWS calls a refusal of this status, where the status alone would not tell.
fn aws_word(status: u16) -> Option<&'static str> {
    match status {
        403 => Some("UnauthorizedOperation"),
        429 => Some("RequestLimitExceeded"),
        500 => Some("InternalError"),
        502..=504 => Some("Unavailable"),
        _ => None,
    }
}

/// The simulator's word for a limit of `limits()`.
fn limit(name: &str) -> Option<&'static str> {
    Some(match name {
        "servers" => "servers",
        "vcpus" => "cores",
        "ram_mib" => "ram_mib",
        "volumes" => "volumes",
        "volume_gib" => "gigabytes",
        "snapshots" => "snapshots",
        "public_ips" => "floating_ips",
        "ports" => "ports",
        "networks" => "networks",
        "security_groups" => "security_groups",
        "keypairs" => "keypairs",
        "server_meta" => "metadata_items",
        "personality" => "files",
        _ => return None,
    })
}

#[async_trait]
impl Simulation for TestWorld {
    fn fault(&self, fault: &SimFault) -> Result<(), String> {
        // A refusal of EC2 or CloudFormation has a word of its own.
        let (of_aws, others): (Vec<String>, Vec<String>) = operations::of_word(&fault.verb)?
            .into_iter()
            .partition(|operation| operation.starts_with("ec2.") || operation.starts_with("cfn."));
        let operation = others.join("|");
        let longest = self.options.timeout.unwrap_or(Settings::default().timeout);
        let kinds = [
            fault.status.map(|code| FaultKind::Status { code, body: None, retry_after: None }),
            fault
                .error_state
                .then(|| FaultKind::ErrorState { message: "No valid host was found.".to_string() }),
            fault.delay.map(|delay| FaultKind::Takes(delay.min(longest))),
            fault.delay.filter(|delay| *delay >= longest).map(|_| FaultKind::ResetAfter),
            fault.reset.map(|reset| match reset {
                Reset::Before => FaultKind::ResetBefore,
                Reset::After => FaultKind::ResetAfter,
            }),
        ];
        let plan = |operation: String, kind: FaultKind| Fault {
            operation,
            times: fault.times,
            after: fault.after,
            kind,
        };
        self.ask(|sim| {
            for kind in kinds.into_iter().flatten() {
                if !of_aws.is_empty() {
                    let kind = match &kind {
                        FaultKind::Status { code, .. } => aws_word(*code).map_or(kind.clone(), |word| {
                            FaultKind::Coded { status: *code, code: word.to_string() }
                        }),
                        _ => kind.clone(),
                    };
                    sim.fault(plan(of_aws.join("|"), kind));
                }
                if !operation.is_empty() {
                    sim.fault(plan(operation.clone(), kind));
                }
            }
        })
    }

    fn quota(&self, name: &str, value: Option<i64>) -> Result<(), String> {
        let known = "servers, vcpus, ram_mib, volumes, volume_gib, snapshots, public_ips, ports, networks, security_groups, keypairs";
        let word = limit(name).ok_or_else(|| format!("there is no limit `{name}`; there are {known}"))?;
        self.ask(|sim| sim.quota(word, value.unwrap_or(-1))).map(|_| ())
    }

    fn advance(&self, by: Duration) {
        self.simulated.pass(by);
    }

    fn journal(&self) -> Vec<SimWrite> {
        let all = self.simulated.with(rhain_sim::Sim::journal).unwrap_or_default();
        let write = |write: rhain_sim::Write| SimWrite {
            verb: operations::verb_of(&write.operation),
            operation: write.operation,
            name: write.name,
            id: write.id,
            at: Time::from_system(write.at),
        };
        all.into_iter().filter(|one| one.operation != "token.issue").map(write).collect()
    }

    fn flavor(&self, flavor: &SimFlavor) -> Result<(), String> {
        match self.ask(|sim| sim.add_flavor(&flavor.name, flavor.vcpus, flavor.ram, flavor.disk))? {
            true => Ok(()),
            false => Err(format!("there is a flavor `{}` already", flavor.name)),
        }
    }

    fn image(&self, image: &SimImage) -> Result<(), String> {
        let meta = image.meta.clone().into_iter().collect();
        self.ask(|sim| sim.add_image(&image.name, image.min_disk, image.min_ram, meta))
    }

    fn console(&self, server: &str, text: &str) -> Result<(), String> {
        match self.ask(|sim| sim.console(server, text))? {
            true => Ok(()),
            false => Err(format!("there is no server `{server}`")),
        }
    }

    fn reply(&self, reply: SimReply) {
        self.replies.add(reply);
    }

    fn asked(&self) -> Vec<(String, String)> {
        self.replies.asked()
    }

    fn snapshot(&self) -> Result<String, Error> {
        let (output, file) = (self.console.out(), self.snapshot_file());
        let shown = file.strip_prefix(&self.environment.cwd).unwrap_or(&file).display().to_string();
        match std::fs::read_to_string(&file) {
            Ok(kept) if kept == output => return Ok(output),
            Ok(kept) if !self.subject.update => {
                return Err(Error::new(Kind::Script, format!("the output differs from `{shown}`"))
                    .coded("script::assertion")
                    .help("run `rhain test --update` where the new output is right")
                    .fact("differs", crate::testing::difference::of_texts(&kept, &output)));
            }
            _ => {}
        }
        let folder = file.parent().unwrap_or(&file);
        let done = std::fs::create_dir_all(folder).and_then(|()| std::fs::write(&file, &output));
        done.map_err(|why| {
            Error::new(Kind::Failed, format!("`{shown}` cannot be written: {why}")).coded("language::file")
        })?;
        self.written.lock().unwrap_or_else(PoisonError::into_inner).push(shown);
        Ok(output)
    }

    async fn run_script(&self, file: &str, given: BTreeMap<String, Value>) -> Result<(String, i64), Error> {
        let world = self.me.upgrade().ok_or_else(|| Error::new(Kind::Failed, "the test is over"))?;
        let items = |items: &[Value]| GivenValue::Items(items.iter().map(display).collect());
        let read = |value: &Value| match value {
            Value::Array(all) => Given { value: items(all), from: None },
            other => Given::text(display(other)),
        };
        let given: BTreeMap<String, Given> =
            given.iter().map(|(name, value)| (params::option_name(name), read(value))).collect();
        let file = file.to_string();
        let (tell, told) = tokio::sync::oneshot::channel();
        std::thread::Builder::new()
            .name("runbook".to_string())
            .stack_size(super::run::STACK)
            .spawn(move || {
                // Whoever asked may have given up.
                let _ = tell.send(world.run_here(&file, given));
            })
            .map_err(|why| Error::new(Kind::Failed, why.to_string()))?;
        told.await.map_err(|_| Error::new(Kind::Failed, "the runbook's thread broke"))?
    }
}
