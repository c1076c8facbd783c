//! What the recordings do not show: faults, limits, projects, zones, and that nothing is heard and then forgotten.

use std::time::Duration;

use serde_json::Value;

use super::replay::Stage;
use super::{TABLES, table};

/// What a command is answered with, by someone's key.
fn ask(stage: &mut Stage, who: &str, command: &str) -> (u16, Value) {
    let answer = stage.by_key(who, &format!("command={command}"));
    let body: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    let told = body.as_object().and_then(|body| body.values().next()).cloned().unwrap_or_default();
    (answer.status, told)
}

/// The end of a job.
fn end(stage: &mut Stage, who: &str, began: &Value) -> Value {
    for _ in 0..100 {
        let job = began["jobid"].as_str().unwrap_or_default().to_owned();
        let (_, told) = ask(stage, who, &format!("queryAsyncJobResult&jobid={job}"));
        if told["jobstatus"] != 0 {
            return told;
        }
        stage.pass(Duration::from_millis(500));
    }
    Value::Null
}

/// A cloud with a user's own network, and the command that deploys into it.
fn begun() -> (Stage, String) {
    let mut stage = Stage::new();
    stage.key("admin", "APIKEY", "SECRETKEY");
    let first = |told: &Value, noun: &str| told[noun][0]["id"].as_str().unwrap_or_default().to_owned();
    let zone = first(&ask(&mut stage, "admin", "listZones&name=adv").1, "zone");
    let template = first(&ask(&mut stage, "admin", "listTemplates&templatefilter=featured").1, "template");
    let offering = first(&ask(&mut stage, "admin", "listServiceOfferings").1, "serviceoffering");
    (stage, format!("deployVirtualMachine&zoneid={zone}&templateid={template}&serviceofferingid={offering}"))
}

#[test]
fn a_planned_error_leaves_the_machine_behind_and_a_job_that_says_so() {
    let (mut stage, deploy) = begun();
    stage.world.fault_settings.error = Some("the host is on fire".to_owned());
    let (_, began) = ask(&mut stage, "admin", &format!("{deploy}&name=lost"));
    stage.world.fault_settings.error = None;
    let told = end(&mut stage, "admin", &began);
    assert_eq!((&told["jobstatus"], &told["jobresultcode"]), (&2.into(), &530.into()), "{told}");
    assert!(told["jobresult"]["errortext"].to_string().contains("the host is on fire"), "{told}");
    let (_, list) = ask(&mut stage, "admin", "listVirtualMachines&name=lost");
    assert_eq!(list["virtualmachine"][0]["state"], "Error");
    let (status, again) = ask(&mut stage, "admin", &format!("{deploy}&name=lost"));
    assert_eq!((status, &again["cserrorcode"]), (431, &4350.into()), "the name stays taken: {again}");
}

#[test]
fn jobs_under_a_fault_fail_and_change_nothing_or_never_end() {
    let (mut stage, deploy) = begun();
    let (_, began) = ask(&mut stage, "admin", &format!("{deploy}&name=web"));
    end(&mut stage, "admin", &began);
    let id = began["id"].as_str().unwrap_or_default().to_owned();
    stage.world.fault_settings.error = Some("no".to_owned());
    let (_, stop) = ask(&mut stage, "admin", &format!("stopVirtualMachine&id={id}"));
    stage.world.fault_settings.error = None;
    assert_eq!(end(&mut stage, "admin", &stop)["jobresult"]["errortext"], "no");
    stage.world.fault_settings.stuck = true;
    let (_, stuck) = ask(&mut stage, "admin", &format!("stopVirtualMachine&id={id}"));
    stage.world.fault_settings.stuck = false;
    assert_eq!(end(&mut stage, "admin", &stuck), Value::Null);
    let (_, list) = ask(&mut stage, "admin", &format!("listVirtualMachines&id={id}"));
    assert_eq!(list["virtualmachine"][0]["state"], "Running");
    let (_, jobs) = ask(&mut stage, "admin", "listAsyncJobs");
    assert_eq!(jobs["count"], 1, "{jobs}");
}

#[test]
fn a_destroyed_machine_is_expunged_when_its_time_is_over() {
    let (mut stage, deploy) = begun();
    let (_, began) = ask(&mut stage, "admin", &format!("{deploy}&name=old&startvm=false"));
    end(&mut stage, "admin", &began);
    let id = began["id"].as_str().unwrap_or_default().to_owned();
    let (_, destroy) = ask(&mut stage, "admin", &format!("destroyVirtualMachine&id={id}"));
    assert_eq!(end(&mut stage, "admin", &destroy)["jobresult"]["virtualmachine"]["state"], "Destroyed");
    let (status, _) = ask(&mut stage, "admin", &format!("{deploy}&name=old"));
    assert_eq!(status, 431, "until then its name is taken");
    stage.pass(Duration::from_secs(90_000));
    assert_eq!(ask(&mut stage, "admin", &format!("destroyVirtualMachine&id={id}")).0, 431);
    assert_eq!(ask(&mut stage, "admin", &format!("{deploy}&name=old")).0, 200);
}

#[test]
fn many_jobs_at_once_end_together() {
    let (mut stage, deploy) = begun();
    let mut jobs = Vec::new();
    for number in 0..20 {
        jobs.push(ask(&mut stage, "admin", &format!("{deploy}&name=many{number}")).1);
    }
    for job in &jobs {
        assert_eq!(end(&mut stage, "admin", job)["jobstatus"], 1);
    }
    let (_, list) = ask(&mut stage, "admin", "listVirtualMachines&state=Running");
    assert_eq!(list["count"], 20);
}

#[test]
fn projects_have_things_of_their_own() {
    let (mut stage, deploy) = begun();
    let (_, made) = ask(&mut stage, "admin", "createProject&name=blue&displaytext=blue");
    assert_eq!(end(&mut stage, "admin", &made)["jobresult"]["project"]["name"], "blue");
    let project = made["id"].as_str().unwrap_or_default().to_owned();
    let (_, began) = ask(&mut stage, "admin", &format!("{deploy}&name=inside&projectid={project}"));
    let told = end(&mut stage, "admin", &began);
    assert_eq!(told["jobresult"]["virtualmachine"]["project"], "blue", "{told}");
    assert_eq!(told["jobresult"]["virtualmachine"]["account"], Value::Null);
    let mut count =
        |scope: &str| ask(&mut stage, "admin", &format!("listVirtualMachines{scope}")).1["count"].clone();
    assert_eq!(count(""), Value::Null);
    assert_eq!(count(&format!("&projectid={project}")), 1);
    assert_eq!(count("&projectid=-1&listall=true"), 1);
}

#[test]
fn nothing_is_heard_and_then_forgotten() {
    let (mut stage, deploy) = begun();
    let (status, told) = ask(&mut stage, "admin", &format!("{deploy}&name=a&leaseduration=5"));
    assert_eq!(status, 431);
    let text = "The parameter leaseduration of deployVirtualMachine is not carried by the simulated cloud.";
    assert_eq!(told["errortext"], text);
    assert_eq!(ask(&mut stage, "admin", "listVirtualMachines").1, serde_json::json!({}));
    let (status, told) = ask(&mut stage, "admin", "createAutoScaleVmGroup");
    assert_eq!((status, told["errorcode"].clone()), (432, 432.into()));
    assert_eq!(ask(&mut stage, "admin", "makeCoffee").0, 401);
}

#[test]
fn every_command_and_every_parameter_is_one_of_cloudstacks() {
    let mut wrong = Vec::new();
    for command in TABLES.iter().copied().flatten() {
        let Some(listed) = table::find(command.name()) else {
            wrong.push(command.name().to_owned());
            continue;
        };
        let missing = listed
            .required
            .iter()
            .find(|name| !command.takes.iter().any(|own| own.eq_ignore_ascii_case(name)));
        wrong.extend(missing.map(|name| format!("{} does not carry {name}, which it needs", command.name())));
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(TABLES.iter().copied().flatten().count() > 120);
}
