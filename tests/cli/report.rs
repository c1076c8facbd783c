//! What a run tells of its requests, and the simulated cloud whose misfortunes a file plans.

use crate::support::{Program, Served, World};
use rhain_sim::FaultKind;
use serde_json::Value;

#[test]
fn a_run_tells_what_was_repeated_and_waited_for() {
    let served = Served::new();
    let busy = FaultKind::Status { code: 429, body: None, retry_after: Some("1".into()) };
    served.fault("server.create", 2, busy);
    let program = served.program();
    let script = r#"boot("web", #{ image: "cirros", flavor: "m1.tiny" }).wait_active(); ()"#;
    let told = program.run(&["-v", "--stats", "-e", script]);
    assert_eq!(told.code, Some(0), "{}", told.err);
    let creates: Vec<&str> = told
        .err
        .lines()
        .filter(|line| line.starts_with("POST") && line.contains("/compute/v2.1/servers "))
        .collect();
    let shown: Vec<Vec<&str>> = creates.iter().map(|line| line.split(", ").skip(1).collect()).collect();
    assert_eq!(shown.len(), 3, "{creates:?}");
    assert!(shown.iter().all(|parts| parts[0].starts_with("req-")), "{creates:?}");
    assert!(shown[0].len() == 2 && shown[0][1].starts_with("again in 1"), "{creates:?}");
    assert!(shown[1][1] == "attempt 2" && shown[1][2].starts_with("again in 1"), "{creates:?}");
    assert_eq!(shown[2][1..], ["attempt 3"]);
    let line =
        |start: &str| told.err.lines().find(|line| line.starts_with(start)).unwrap_or_default().to_string();
    let requests = told.err.lines().filter(|line| line.contains(" -> ")).count();
    let lab = line("lab: ");
    assert!(lab.starts_with(&format!("lab: {requests} requests, 2 of them repeated after 2")), "{lab}");
    assert!(line("waits: ").contains(" in all"), "{}", told.err);
    assert_eq!(told.err.lines().filter(|line| line.starts_with("slowest: ")).count(), 3, "{}", told.err);
    let json = program.run(&["--no-cache", "--stats", "--format", "json", "-e", "servers().len()"]);
    let stats: Value = serde_json::from_str(json.err.lines().last().expect("a line")).expect("JSON");
    assert_eq!((&stats["event"], &stats["clouds"]["lab"]["retries"]), (&"stats".into(), &0.into()));
    assert_eq!(stats["slowest"].as_array().map(Vec::len), Some(3));
}

#[test]
fn what_a_driver_waits_between_its_own_looks_is_counted() {
    let world = World::new();
    world.ok("servers()");
    world.fault("server.create", FaultKind::ResetAfter);
    let waits = || world.setup.watch.summary_json(&Default::default());
    assert_eq!((&waits()["waits"], &waits()["wait_ms"]), (&0.into(), &0.into()));
    world.gives(r#"boot("web", #{ image: "cirros", flavor: "m1.tiny" }).name"#, "web");
    assert_eq!((&waits()["waits"], &waits()["wait_ms"]), (&1.into(), &2000.into()));
}

#[test]
fn a_trace_tells_of_every_attempt_when_it_was() {
    let served = Served::new();
    served.fault("server.list", 1, FaultKind::ResetBefore);
    let program = served.program();
    program.run(&["--trace", "t.jsonl", "-e", "servers(); ()"]).ok();
    let text = program.read("t.jsonl");
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let lists: Vec<&Value> = lines.iter().filter(|line| line["operation"] == "server.list").collect();
    assert_eq!(lists.len(), 2, "{text}");
    assert_eq!((&lists[0]["status"], &lists[0]["attempt"]), (&Value::Null, &1.into()));
    assert!(lists[0]["error"].is_string() && lists[0]["wait_ms"].is_u64(), "{}", lists[0]);
    assert_eq!(
        (&lists[1]["status"], &lists[1]["attempt"], &lists[1]["wait_ms"]),
        (&200.into(), &2.into(), &Value::Null)
    );
    let time = lists[1]["time"].as_str().expect("a time");
    assert!(time.starts_with("20") && time.contains('T'), "{time}");
}

#[test]
fn an_error_tells_how_often_and_how_long_it_was_tried() {
    let served = Served::new();
    served.fault("server.list", u32::MAX, FaultKind::Html);
    let err = served.program().run(&["-e", "servers()"]).failed(1);
    let request = err.lines().find(|line| line.trim_start().starts_with("request")).expect("a request");
    assert!(request.contains("502 in") && err.contains("(6 attempts, "), "{err}");
}

#[test]
fn a_file_of_faults_is_served_and_its_mistakes_are_told() {
    let program = Program::new();
    program.file("faults.txt", "server.list status=503 times=2\nserver.create error=\"no host\" after=1\n");
    let sim = program.start(&["sim", "--clouds-yaml", "clouds.yaml", "--faults", "faults.txt"]);
    let yaml = program.folder().join("clouds.yaml");
    while !yaml.exists() {
        std::thread::yield_now();
    }
    let client = Program::with_clouds(&program.read("clouds.yaml"));
    let script = r#"
        let spec = #{ image: "cirros", flavor: "m1.tiny" };
        print(boot("a", spec).wait_active().status);
        try { boot("b", spec).wait_active() } catch (e) { print(e.kind + ": " + e.message); }
        servers().len()"#;
    let told = client.run(&["--cloud", "sim", "--stats", "-e", script]);
    assert_eq!(told.out.lines().next(), Some("ACTIVE"), "{}", told.err);
    assert!(told.out.contains("failed: ") && told.out.trim_end().ends_with('2'), "{}", told.out);
    assert!(told.err.contains(", 2 of them repeated"), "{}", told.err);
    sim.signal("TERM");
    assert_eq!(sim.end().code, Some(0));

    program.file("bad.txt", "server.list status=503\nserver.lis status=503\n\nserver.list sometimes\n");
    let err = program.run(&["sim", "--faults", "bad.txt"]).failed(2);
    assert!(
        err.contains("cli::faults") && err.contains("bad.txt:2: there is no operation `server.lis`"),
        "{err}"
    );
    assert!(err.contains("bad.txt:4: `sometimes` is no word of a fault"), "{err}");
    assert!(program.run(&["sim", "--faults", "nosuch.txt"]).failed(2).contains("there is no such file"));
}
