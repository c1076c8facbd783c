//! Hidden parameters: a mask is never sent as a value, and a value never shows; and what counts as a stack's own end.

use crate::support::Program;

#[track_caller]
fn prints(cloud: &str, script: &str, words: &[&str], wanted: &str) -> (String, Program) {
    let program = Program::new();
    program.file("book.rhai", script);
    let ended = program.run(&[&["run", "book.rhai", "--cloud", cloud], words].concat());
    assert_eq!((ended.code, ended.out.as_str()), (Some(0), wanted), "{}", ended.all());
    (ended.all(), program)
}

#[test]
fn a_mask_in_an_environment_keeps_what_is_there_or_is_refused() {
    let script = r#"
let t = #{ heat_template_version: "rocky",
    parameters: #{ ps: #{ type: "string", hidden: true }, note: #{ type: "string", default: "a" } },
    resources: #{ r: #{ type: "OS::Heat::Value", properties: #{ value: #{ get_param: "ps" } } } },
    outputs: #{ v: #{ value: #{ get_attr: ["r", "value"] } } } };
let s = create_stack("m", #{ template: t, parameters: #{ ps: "thepassword" } }).wait_ready();
s.update_stack(#{ environment: #{ parameters: #{ ps: s.parameters.ps, note: "b" } } }).wait_ready();
print(`${s.parameters.ps} ${s.outputs.v} ${s.parameters.note}`);
for e in [#{ parameters: #{ ps: ["a", "****"] } }, #{ parameter_defaults: #{ note: "******" } }] {
    try { s.update_stack(#{ environment: e }); print("sent"); } catch (e) { print(`${e.kind} ${e.message}`); }
}
try { create_stack("n", #{ template: t, environment: #{ parameters: #{ ps: "******" } } }); } catch (e) { print(e.message); }
print(find_stack("n") == ());
"#;
    let wanted = "****** thepassword b\n\
                  invalid_argument `parameters.ps` is the mask of a hidden value\n\
                  invalid_argument `parameter_defaults.note` is the mask of a hidden value\n\
                  `parameters.ps` is the mask of a hidden value\ntrue\n";
    prints("sim", script, &["--quiet"], wanted);
}

#[test]
fn a_hidden_value_stands_in_no_trace_and_no_dry_run() {
    let heat = r#"
let t = #{ heat_template_version: "rocky",
    parameters: #{ pn: #{ type: "number", hidden: true }, pl: #{ type: "comma_delimited_list", hidden: true },
        pd: #{ type: "string", hidden: true, default: "owndefaultDD" } },
    resources: #{ r: #{ type: "OS::Heat::None" } } };
let s = create_stack("m", #{ template: t, parameters: #{ pn: 987654321, pl: ["listhiddenEE", "other"] },
    environment: #{ parameter_defaults: #{ pd: "defaulthiddenBB" } } }).wait_ready();
print(s.parameters.pn);
s.update_stack(#{ parameters: #{ pn: 123456789 } }).wait_ready();
print(s.parameters.pn);
"#;
    let aws = r#"
let t = #{ AWSTemplateFormatVersion: "2010-09-09",
    Parameters: #{ P: #{ Type: "String", NoEcho: true }, Q: #{ Type: "String", NoEcho: true, Default: "awsdefaultFF" } },
    Resources: #{ W: #{ Type: "AWS::CloudFormation::WaitConditionHandle" } } };
let s = create_stack("m", #{ template: to_json(t), environment: #{ parameters: #{ P: "envhiddenAA" } } }).wait_ready();
s.update_stack(#{ parameters: #{ P: "updhiddenBB" } }).wait_ready();
s.update_stack(#{ environment: #{ parameters: #{ P: "updenvCC" } } }).wait_ready();
print(s.parameters.P);
"#;
    let planted = [
        "owndefaultDD",
        "awsdefaultFF",
        "987654321",
        "123456789",
        "listhiddenEE",
        "defaulthiddenBB",
        "envhiddenAA",
        "updhiddenBB",
        "updenvCC",
    ];
    for (cloud, script, wanted) in [("sim", heat, "******\n******\n"), ("sim:aws", aws, "****\n")] {
        let (told, program) = prints(cloud, script, &["--trace", "t.jsonl", "-v"], wanted);
        let trace = program.read("t.jsonl");
        let dry = program.run(&["run", "book.rhai", "--cloud", cloud, "--dry-run"]);
        assert_eq!(dry.code, Some(0), "{}", dry.all());
        for secret in planted {
            for (what, text) in [("output", &told), ("trace", &trace), ("dry run", &dry.all())] {
                assert!(!text.contains(secret), "{cloud}: the {what} shows {secret}: {text}");
            }
        }
        assert!(
            dry.out.lines().all(|line| line.chars().all(|c| c == '*')) && !dry.out.is_empty(),
            "{}",
            dry.out
        );
    }
}

#[test]
fn an_update_that_ended_tells_its_own_end_whatever_another_did_after_it() {
    let script = r#"
let t = |bad| #{ heat_template_version: "rocky",
    resources: #{ r: #{ type: "OS::Heat::TestResource", properties: #{ value: `${bad}`, fail: bad } } } };
let s = create_stack("m", #{ template: t.call(false) }).wait_ready();
let patch = |bad| api("orchestration", "PATCH", `/stacks/m/${s.id}`, #{ template: t.call(bad), existing: true, disable_rollback: true });
s.update_stack(#{ template: t.call(true), rollback: false });
wait_until(|| stack("m").status == "UPDATE_FAILED");
patch.call(false);
wait_until(|| stack("m").status == "UPDATE_COMPLETE");
try { s.wait_ready(); print("a success"); } catch (e) { print(e.message); }
s.update_stack(#{ parameters: #{}, tags: ["x"] });
wait_until(|| stack("m").tags == ["x"] && stack("m").status == "UPDATE_COMPLETE");
patch.call(true);
wait_until(|| stack("m").status == "UPDATE_FAILED");
s.wait_ready();
print("the own one went well");
"#;
    let wanted = "stack `m` is UPDATE_FAILED: `r` (OS::Heat::TestResource) failed first: ValueError: resources.r: Test Resource failed r\n\
                  the own one went well\n";
    prints("sim", script, &["--quiet"], wanted);
}

#[test]
fn a_change_that_changes_nothing_is_ready_at_once_also_after_a_rollback() {
    let script = r#"
let t = |zone| to_json(#{ AWSTemplateFormatVersion: "2010-09-09",
    Resources: #{ V: #{ Type: "AWS::EC2::Volume", Properties: #{ AvailabilityZone: zone, Size: 1 } } } });
let s = create_stack("m", #{ template: t.call("us-east-1a") }).wait_ready();
try { s.update_stack(#{ template: t.call("nowhere") }).wait_ready(); } catch (e) { print(e.kind); }
print(s.status);
s.update_stack(#{ template: t.call("us-east-1a") }).wait_ready();
print(s.status);
"#;
    prints("sim:aws", script, &["--quiet"], "failed\nUPDATE_ROLLBACK_COMPLETE\nUPDATE_ROLLBACK_COMPLETE\n");
}
