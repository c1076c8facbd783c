//! The secondary storage: what it refuses, what proves the right to use it, and a wait behind it that is interrupted.

use crate::support::{Program, Served, World};
use rhain_sim::{Fault, FaultKind};
use std::time::{Duration, Instant};

fn program(served: &Served) -> Program {
    let access = served.sim.cloudstack_access();
    Program::new()
        .var("CLOUDSTACK_ENDPOINT", &access.url)
        .var("CLOUDSTACK_KEY", &access.key)
        .var("CLOUDSTACK_SECRET", &access.secret)
}

fn status(code: u16, body: &str) -> FaultKind {
    FaultKind::Status { code, body: Some(body.to_string()), retry_after: None }
}

#[test]
fn an_interrupted_wait_for_a_template_takes_it_away() {
    for (signal, code) in [("INT", 130), ("TERM", 143)] {
        let served = Served::new();
        // It is never done with what it was sent.
        let kind = status(
            200,
            r#"{"listtemplatesresponse":{"count":1,"template":[{"id":"x","name":"a","isready":false,"status":"Processing"}]}}"#,
        );
        served.sim.fault(Fault {
            operation: "cloudstack.listTemplates".into(),
            times: u32::MAX,
            after: 1,
            kind,
        });
        let program = program(&served);
        program.file("book.rhai", r#"upload_image("a", #{ data: "0123456789" }); print("went on");"#);
        let running = program.start(&["run", "--timeout", "5m", "book.rhai"]);
        let until = Instant::now() + Duration::from_secs(60);
        while !served.sim.requests().iter().any(|seen| seen.operation == "cloudstack.upload") {
            assert!(Instant::now() < until, "it is never sent");
            std::thread::yield_now();
        }
        running.signal(signal);
        let ended = running.end();
        assert_eq!((ended.code, ended.out.as_str()), (Some(code), ""), "{}", ended.err);
        assert!(served.written().iter().any(|one| one.starts_with("cloudstack.deleteTemplate")), "{signal}");
    }
}

#[test]
fn what_proves_the_right_to_a_place_of_the_storage_never_prints() {
    let served = Served::new();
    let program = program(&served);
    program.file(
        "book.rhai",
        r#"let i = upload_image("a", #{ data: "0123456789" }); save_image(i, "copy"); print("done");"#,
    );
    for more in [&["-vv"][..], &["--trace", "t.jsonl"][..]] {
        let args = [&["run", "--allow-write=."][..], more, &["book.rhai"][..]].concat();
        let ended = program.run(&args);
        assert_eq!((ended.code, ended.out.trim()), (Some(0), "done"), "{}", ended.err);
        let trace = std::fs::read_to_string(program.folder().join("t.jsonl")).unwrap_or_default();
        let all = format!("{}{trace}", ended.err);
        for (name, value) in [
            (r#"(?i)\\?"x-metadata\\?"[^"]*"([^"\\]*)"#, "header"),
            (r#"\\?"metadata\\?": ?\\?"([^"\\]*)"#, "answer"),
            (r#"\\?"signature\\?": ?\\?"([^"\\]*)"#, "signature"),
            (r"/userdata/([^\s?]{0,3})", "link"),
        ] {
            for found in regex::Regex::new(name).expect("a pattern").captures_iter(&all) {
                let shown = found[1].to_string();
                assert!(shown.starts_with('•'), "{more:?}, {value}: {shown}");
            }
        }
        assert!(all.contains("/userdata/•"), "{more:?}: {all}");
        program.run(&["-e", r#"delete(image("a"))"#]).ok();
    }
}

#[test]
fn what_the_storage_refuses_is_told_of_the_storage() {
    let world = World::with(|options| {
        options.cloud = Some("sim:cloudstack".to_string());
        options.allow_write = vec![String::new()];
    });
    let make = r#"upload_image("a", #{ data: "0123456789" }).status"#;
    for (code, words, kind) in [
        (400, "request not valid anymore.", "unavailable"),
        (404, "Not Found", "unavailable"),
        (413, "too large", "over_quota"),
    ] {
        world.fault("cloudstack.upload", status(code, words));
        let error = world.error(make);
        assert_eq!((error.kind.as_str(), error.maybe, error.status), (kind, false, Some(code)), "{error:?}");
        assert_eq!(error.message, format!("the secondary storage of sim:cloudstack refuses ({code})"));
        let line = error.request.as_ref().expect("a request").path.clone();
        assert!(line.starts_with("the storage at 127.0.0.1:"), "{line}");
        assert_eq!(error.answer.as_deref(), Some(words));
        world.gives(r#"images(#{ name: "a" }).len"#, "0");
    }
    world.gives(make, "ACTIVE");
    world.fault_always("cloudstack.download", status(404, "Not Found"));
    let folder = tempfile::tempdir().expect("a folder");
    let error = world.error(&format!(r#"save_image("a", "{}/copy")"#, folder.path().display()));
    assert_eq!((error.kind.as_str(), error.maybe), ("unavailable", false), "{error:?}");
    assert!(error.help.as_deref().is_some_and(|help| help.contains("new place")), "{error:?}");
}
