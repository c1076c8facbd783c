//! How jobs are asked after.

use serde_json::{Map, Value, json};

use super::call::{Command, Told, asks};
use super::job::{Job, Phase};
use super::refused::{Outcome, Refused};
use super::scope::{Cloud, stamp};

pub(super) static COMMANDS: &[Command] = &[
    asks("cloudstack.queryAsyncJobResult", &["jobid"], query),
    asks(
        "cloudstack.listAsyncJobs",
        &["account", "domainid", "isrecursive", "keyword", "listall", "page", "pagesize", "startdate"],
        list,
    ),
];

fn view(cloud: &Cloud<'_>, job: &Job) -> Map<String, Value> {
    let account = &job.caller.account;
    let domain = cloud.ledger.domain(&account.domain);
    let mut view = Map::new();
    let mut put = |name: &str, value: Value| view.insert(name.to_owned(), value);
    put("accountid", json!(account.id));
    put("account", json!(account.name));
    put("domainid", json!(account.domain));
    put("domainpath", json!(domain.map(|domain| domain.path.clone())));
    put("userid", json!(job.caller.person));
    put("cmd", json!(format!("org.apache.cloudstack.api.command.{}Cmd", job.command)));
    put("jobprocstatus", json!(0));
    let (status, code) = match &job.phase {
        Phase::Done(..) => (1, 0),
        Phase::Failed(_, refused) => (2, refused.code),
        _ => (0, 0),
    };
    put("jobresultcode", json!(code));
    match &job.phase {
        Phase::Done(_, value) => {
            put("jobresulttype", json!("object"));
            put("jobresult", value.clone());
        }
        Phase::Failed(_, refused) => {
            put("jobresulttype", json!("object"));
            put("jobresult", json!({"errorcode": refused.code, "errortext": refused.text}));
        }
        _ => {}
    }
    if let Some((kind, id)) = &job.thing {
        put("jobinstancetype", json!(kind));
        put("jobinstanceid", json!(id));
    }
    if status == 0 {
        put("managementserverid", json!(cloud.ledger.server_id));
        put("managementservername", json!("localhost"));
    }
    put("created", json!(stamp(job.created)));
    if let Phase::Done(at, _) | Phase::Failed(at, _) = &job.phase {
        put("completed", json!(stamp(*at)));
    }
    put("jobid", json!(job.id));
    put("jobstatus", json!(status));
    view
}

fn query(cloud: &mut Cloud<'_>) -> Outcome<Told> {
    let id = cloud.params.need("jobid")?;
    let job =
        cloud.ledger.jobs.iter().find(|job| job.id == id).ok_or_else(|| cloud.params.unknown("jobid", id))?;
    if !cloud.may(&job.caller.account.project) {
        let account = &cloud.caller.account;
        return Err(Refused::forbidden(format!(
            "Account Account [{{\"accountName\":\"{}\",\"id\":{},\"uuid\":\"{}\"}}] is not authorized to see job id={}",
            account.name, account.number, account.id, job.number
        )));
    }
    Ok(Value::Object(view(cloud, job)).into())
}

fn list(cloud: &mut Cloud<'_>) -> Outcome<Told> {
    let reach = cloud.reach()?;
    let after = cloud.params.get("startdate").and_then(crate::openstack::time::read);
    let fits = |job: &&Job| {
        job.pending()
            && reach.covers(&job.caller.account.project)
            && after.is_none_or(|after| job.created >= after)
            && cloud.named(&job.command, &[])
    };
    let rows = cloud.ledger.jobs.iter().filter(fits).map(|job| Value::Object(view(cloud, job))).collect();
    cloud.listed("asyncjobs", rows)
}
