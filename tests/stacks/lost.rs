//! What is sent and not answered, and logins that end: nothing is made twice, nothing of somebody else's is taken for ours, and no
//! event is told twice.

use crate::support::World;
use crate::support::program::{output, rhain};
use rhain_sim::{Fault, FaultKind, Sim, SimOptions, SimTime};

const MAKE: &str = r##"create_stack("c17", #{ template: if cloud().provider == "openstack" { "heat_template_version: 2018-08-31\nresources: {}\n" } else { "Resources: {A: {Type: AWS::SNS::Topic}}\n" } })"##;

fn world(cloud: &str) -> World {
    World::with(|options| options.cloud = Some(cloud.to_string()))
}

fn operation(cloud: &str, heat: &'static str, aws: &'static str) -> &'static str {
    if cloud == "sim" { heat } else { aws }
}

#[test]
fn a_create_whose_answer_is_lost_is_one_stack_of_ours() {
    for cloud in ["sim", "sim:aws"] {
        let world = world(cloud);
        world.fault(operation(cloud, "stack.create", "cfn.CreateStack"), FaultKind::ResetAfter);
        world.gives(&format!("{MAKE}.wait_ready().status"), "CREATE_COMPLETE");
        world.gives("stacks().map(|s| s.name)", r#"["c17"]"#);
        assert_eq!(world.exists(), ["1 stack of this run: c17"], "{cloud}");
    }
}

#[test]
fn somebody_elses_stack_is_a_conflict_with_and_without_a_lost_answer() {
    for cloud in ["sim", "sim:aws"] {
        for fault in [None, Some(FaultKind::ResetAfter), Some(FaultKind::ResetBefore)] {
            let world = world(cloud);
            world.ok(&format!("{MAKE}.wait_ready()"));
            if let Some(fault) = &fault {
                world.fault(operation(cloud, "stack.create", "cfn.CreateStack"), fault.clone());
            }
            let written = world.written(|| world.fails(MAKE, "conflict", "c17"));
            assert_eq!(written, Vec::<String>::new(), "{cloud} {fault:?}");
        }
    }
}

#[test]
fn a_deletion_that_was_done_all_the_same_is_done() {
    for cloud in ["sim", "sim:aws"] {
        for fault in
            [FaultKind::ResetAfter, FaultKind::ResetBefore, FaultKind::Truncate, FaultKind::Malformed]
        {
            let world = world(cloud);
            world.ok(&format!("{MAKE}.wait_ready()"));
            world.fault(operation(cloud, "stack.delete", "cfn.DeleteStack"), fault.clone());
            world.gives(r#"delete(stack("c17"), #{ wait: true }); find_stack("c17") == ()"#, "true");
        }
    }
}

#[test]
fn an_update_is_one_patch_and_reads_no_file_again() {
    let world = World::with(|options| options.allow_read = vec![String::new()]);
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cases/stacks/01-update-keeps");
    world.ok(&format!(
        r#"create_stack("c01", #{{ template_file: "{folder}/template.yaml", parameters: #{{ n: 1 }} }}).wait_ready()"#
    ));
    let seen = world.seen(|| {
        world.gives(
            r#"stack("c01").update_stack(#{ parameters: #{ n: 2 } }).wait_ready().outputs.all.n"#,
            "2",
        );
    });
    let changing: Vec<(&str, &str)> = seen
        .iter()
        .filter(|seen| seen.method != "GET")
        .map(|seen| (seen.method.as_str(), seen.operation.as_str()))
        .collect();
    assert_eq!(changing, [("PATCH", "stack.update")]);
    // A file that cannot be found, or that Heat could not be sent, is told before anything is asked.
    let seen = world.seen(|| {
        for file in ["missing.yaml", "yml.yaml"] {
            let case = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cases/stacks/03-files-tree");
            world.fails(
                &format!(r#"create_stack("c03", #{{ template_file: "{case}/{file}" }})"#),
                "invalid_argument",
                file,
            );
        }
    });
    assert_eq!(seen.iter().map(|seen| seen.operation.as_str()).collect::<Vec<_>>(), Vec::<&str>::new());
}

const SLOW: &str = r##"#{ heat_template_version: "2018-08-31", resources: #{ w: #{ type: "OS::Heat::TestResource", properties: #{ value: "y", action_wait_secs: #{ create: 300 } } } } }"##;

#[test]
fn a_token_that_ends_in_a_long_wait_costs_one_login() {
    let world = World::new();
    world.ok("stacks()");
    world.fault_after("stack.show", 20, FaultKind::ExpireToken);
    let asked = world.asked(|| {
        let script = format!(
            r#"let s = create_stack("c18", #{{ template: {SLOW}, timeout: "20m" }}).wait_ready("15m"); `${{s.status}} ${{s.stack_events().len()}} ${{unique(s.stack_events().map(|e| e.id)).len()}}`"#
        );
        world.gives(&script, "CREATE_COMPLETE 4 4");
    });
    assert_eq!(asked.iter().filter(|one| *one == "token.issue").count(), 1, "{asked:?}");
}

/// A cloud on the machine's own time, for programs.
async fn served() -> Sim {
    Sim::start(SimOptions { time: SimTime::Wall, ..SimOptions::default() }).await.expect("it listens")
}

#[tokio::test]
async fn a_bare_token_that_ends_names_the_stack_that_goes_on() {
    let sim = served().await;
    let clouds = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(clouds.path(), sim.clouds_yaml()).unwrap();
    let path = clouds.path().to_owned();
    let told = |command: std::process::Command| async move {
        let mut command = command;
        tokio::task::spawn_blocking(move || output(&mut command)).await.unwrap()
    };
    // Whose token it is, and where Heat is: what heatclient's users have.
    let mut first = rhain(["-e", r#"catalog().orchestration"#]);
    first.env("OS_CLIENT_CONFIG_FILE", &path).env("OS_CLOUD", "sim");
    let (out, err, code) = told(first).await;
    assert_eq!(code, Some(0), "{err}");
    let url: String = serde_json::from_str(out.trim()).unwrap_or_else(|_| out.trim().to_string());
    let token = token_of(&sim).await;
    let bare = |script: &str| {
        let mut command = rhain(["-e", script]);
        command.env("HEAT_URL", &url).env("OS_AUTH_TOKEN", &token);
        command
    };
    let (out, err, code) = told(bare("stacks().len()")).await;
    assert_eq!((out.trim(), code), ("0", Some(0)), "{err}");
    sim.fault(Fault {
        operation: "stack.show".to_string(),
        times: 1,
        after: 0,
        kind: FaultKind::ExpireToken,
    });
    let script = format!(r#"create_stack("c18", #{{ template: {SLOW} }}).wait_ready("15m")"#);
    let (_, err, code) = told(bare(&script)).await;
    assert_eq!(code, Some(1), "{err}");
    for words in ["unauthorized", "c18", "its id is"] {
        assert!(err.contains(words), "{words}\n{err}");
    }
}

/// A token of the demo user's.
async fn token_of(sim: &Sim) -> String {
    let body = serde_json::json!({ "auth": {
        "identity": { "methods": ["password"], "password": { "user": { "name": "demo", "password": "secret", "domain": { "name": "Default" } } } },
        "scope": { "project": { "name": "demo", "domain": { "name": "Default" } } } } });
    let address = sim.address();
    let text = body.to_string();
    let request = format!(
        "POST /identity/v3/auth/tokens HTTP/1.1\r\nhost: {address}\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{text}",
        text.len()
    );
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    let line = answer.lines().find(|line| line.to_ascii_lowercase().starts_with("x-subject-token:")).unwrap();
    line.split_once(':').unwrap().1.trim().to_string()
}

/// Heat's CloudFormation endpoint, which knows no tokens of requests: what was lost is looked at, by age, template and parameters.
#[tokio::test]
async fn heats_endpoint_makes_nothing_twice_either() {
    let cells = [
        ("cfn.CreateStack", FaultKind::ResetAfter),
        ("cfn.CreateStack", FaultKind::ResetBefore),
        ("cfn.CreateStack", FaultKind::Status { code: 503, body: None, retry_after: None }),
        ("cfn.UpdateStack", FaultKind::ResetAfter),
        ("cfn.UpdateStack", FaultKind::Truncate),
        ("cfn.DeleteStack", FaultKind::ResetAfter),
        ("cfn.DeleteStack", FaultKind::ResetBefore),
        ("cfn.DeleteStack", FaultKind::Html),
    ];
    let script = r##"
        let t = #{ AWSTemplateFormatVersion: "2010-09-09", Parameters: #{ Note: #{ Type: "String", Default: "first" } },
            Resources: #{ Held: #{ Type: "OS::Heat::TestResource", Properties: #{ value: #{ Ref: "Note" } } } }, Outputs: #{ Note: #{ Value: #{ Ref: "Note" } } } };
        let s = create_stack("c17", #{ template: t }).wait_ready();
        s.update_stack(#{ parameters: #{ Note: "second" } }).wait_ready();
        print(`${s.status} ${s.outputs.Note} ${stacks().len()}`);
        s.delete(#{ wait: true });
        print(stacks().len());
        create_stack("theirs", #{ template: t });
        try { create_stack("theirs", #{ template: t }); } catch (e) { print(e.kind); }
    "##;
    let runs = cells.map(|(operation, kind)| async move {
        let sim = served().await;
        sim.fault(Fault { operation: operation.to_string(), times: 1, after: 0, kind: kind.clone() });
        let access = sim.aws_access();
        let mut command = rhain(["run", "--cloud", "aws", "-"]);
        command.env("AWS_ENDPOINT_URL_CLOUDFORMATION", format!("{}/v1", sim.base_url()));
        command.env("AWS_ENDPOINT_URL", sim.base_url()).env("AWS_REGION", &access.region);
        command.env("AWS_ACCESS_KEY_ID", &access.key).env("AWS_SECRET_ACCESS_KEY", &access.secret);
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), script).unwrap();
        command.stdin(std::fs::File::open(file.path()).unwrap());
        let (out, err, code) = tokio::task::spawn_blocking(move || output(&mut command)).await.unwrap();
        let wanted = "UPDATE_COMPLETE second 1\n0\nconflict\n";
        assert_eq!((out.as_str(), code), (wanted, Some(0)), "{operation} {kind:?}\n{err}");
        let done =
            |operation: &str| sim.journal().iter().filter(|write| write.operation == operation).count();
        assert_eq!((done("cfn.CreateStack"), done("cfn.UpdateStack")), (2, 1), "{operation} {kind:?}");
    });
    futures_util::future::join_all(runs).await;
}
