//! What is said of stacks before anything is sent, and what a dry run does not make up.

use crate::support::{Program, World};

fn on(cloud: &str, dry_run: bool) -> World {
    World::with(|options| {
        options.cloud = Some(cloud.to_string());
        options.dry_run = dry_run;
    })
}

const HEAT: &str =
    r##"#{ heat_template_version: "2018-08-31", resources: #{ r: #{ type: "OS::Heat::None" } } }"##;

#[test]
fn a_time_limit_under_a_minute_is_told_as_one() {
    let make = |timeout: &str| {
        format!(
            r#"print(create_stack("s", #{{ template: {HEAT}, timeout: {timeout} }}).wait_ready().timeout)"#
        )
    };
    let run = |timeout: &str| Program::new().run(&["--cloud", "sim", "-e", &make(timeout)]);
    let bare = run("10");
    assert_eq!((bare.code, bare.out.as_str()), (Some(0), "1m\n"), "{}", bare.err);
    assert!(bare.err.contains("write \"10m\" for minutes"), "{}", bare.err);
    let minutes = run("\"10m\"");
    assert_eq!((minutes.code, minutes.out.as_str()), (Some(0), "10m\n"), "{}", minutes.err);
    assert!(!minutes.err.contains("for minutes"), "{}", minutes.err);
}

#[test]
fn a_dry_run_knows_a_name_that_is_taken() {
    let world = on("sim", true);
    let make = format!(r#"create_stack("app", #{{ template: {HEAT} }})"#);
    world.ok(&make);
    world.fails(&make, "conflict", "`app`");
    // One that is there before the run.
    let served = crate::support::Served::new();
    served.program().run(&["-e", &format!("{make}.wait_ready(); ()")]).ok();
    let err = served.program().run(&["--dry-run", "-e", &make]).failed(1);
    assert!(err.contains("there is a stack `app` already"), "{err}");
}

#[test]
fn a_dry_run_makes_up_no_output_and_leaves_out_no_default() {
    let template = "Parameters:\n  Who: {Type: String, Default: you}\n  Pw: {Type: String, NoEcho: true, Default: hush}\nResources:\n  \
                    Vol: {Type: 'AWS::EC2::Volume', Properties: {Size: 1, AvailabilityZone: a}}\nOutputs:\n  V: {Value: !Ref Vol}\n  \
                    W: {Value: !Sub 'hi ${Who}'}\n  X: {Value: !Ref Who}\n  Y: {Value: plain}\n";
    let code = format!(
        r#"let s = create_stack("s", #{{ template: {template:?} }}).wait_ready(); [s.outputs, s.parameters]"#
    );
    on("sim:aws", true)
        .gives(&code, r#"[#{"V": (), "W": (), "X": "you", "Y": "plain"}, #{"Pw": "******", "Who": "you"}]"#);
}

#[test]
fn what_leads_on_is_said() {
    let world = on("sim", false);
    let bad = r##"#{ heat_template_version: "2018-08-31", resources: #{ r: #{ type: "OS::Heat::TestResource", properties: #{ fail: true } } } }"##;
    world.ok(&format!(r#"create_stack("s", #{{ template: {HEAT} }}).wait_ready()"#));
    let failed = world.error(&format!(r#"stack("s").update_stack(#{{ template: {bad} }}).wait_ready()"#));
    let help = failed.help.clone().unwrap_or_default();
    assert!(help.contains("update_stack") && !help.contains("delete"), "{help}");
    let slept = world.error(r#"stack("s").suspend().wait_ready()"#);
    assert!(slept.help.as_ref().is_some_and(|help| help.contains("SUSPEND_COMPLETE")), "{slept:?}");
    let short = r#"create_stack("t", #{ template: "heat_template_version: 2018-08-31\nresources: {b: {type: 'OS::Heat::None'}}\noutputs: {o: {value: !Ref b}}" })"#;
    let told = world.error(short);
    assert!(told.help.as_ref().is_some_and(|help| help.contains("get_resource")), "{told:?}");
}

#[test]
fn heat_s_address_without_a_token_is_no_simulated_cloud() {
    let ended = Program::new().var("HEAT_URL", "http://127.0.0.1:9/v1/abc").run(&["-e", "stacks()"]);
    assert!(ended.err.contains("OS_AUTH_TOKEN") && !ended.err.contains("simulated"), "{}", ended.err);
    assert_ne!(ended.code, Some(0));
}

/// A token says nothing of whether its Heat is there.
#[test]
fn a_cloud_that_only_a_token_describes_is_asked_before_it_is_called_there() {
    let gone = Program::new()
        .var("HEAT_URL", "http://127.0.0.1:9/v1/abc")
        .var("OS_AUTH_TOKEN", "nonsense")
        .run(&["clouds", "--check"]);
    assert!(gone.out.contains("envvars") && gone.out.contains("no:"), "{}{}", gone.out, gone.err);
    assert_ne!(gone.code, Some(0));
}
