//! Several stacks in one view: whose each line is.

use crate::support::{Program, Served};

#[test]
fn below_lines_of_another_stack_a_resource_says_whose_it_is() {
    let script = r##"
        let t = |wait| #{ heat_template_version: "2018-08-31", resources: #{
            a: #{ type: "OS::Heat::TestResource", properties: #{ wait_secs: wait } },
            one: #{ type: "OS::Heat::None", depends_on: "a" } } };
        let one = create_stack("one", #{ template: t.call(2) });
        let two = create_stack("two", #{ template: t.call(9) });
        wait_ready([one, two]);
        create_stack("three", #{ template: t.call(0) }).wait_ready();
        ()
    "##;
    let ended = Program::new().run(&["--cloud", "sim", "-e", script]);
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    let lines: Vec<String> =
        ended.err.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
    let has = |wanted: &str| lines.iter().any(|line| line == wanted);
    // Each stack's own, and those of the other where they are mixed.
    assert!(has("two CREATE_COMPLETE") && has("one CREATE_COMPLETE"), "{}", ended.err);
    let mixed = lines.iter().filter(|line| line.starts_with("one/") || line.starts_with("two/")).count();
    assert!(mixed > 0, "{}", ended.err);
    // A stack alone repeats its name nowhere, and a resource that is called as its stack is told as one.
    assert!(!lines.iter().any(|line| line.starts_with("three/")), "{}", ended.err);
    assert_eq!(
        lines.iter().filter(|line| *line == "one OS::Heat::None CREATE_COMPLETE").count(),
        3,
        "{}",
        ended.err
    );
}

#[test]
fn a_stack_that_another_run_began_is_told_to_its_end() {
    let served = Served::new();
    let make = r##"create_stack("app", #{ template: #{ heat_template_version: "2018-08-31", resources: #{
        a: #{ type: "OS::Heat::TestResource", properties: #{ wait_secs: 2 } } } } })"##;
    served.program().run(&["-e", make]).ok();
    let ended = served.program().run(&["-e", r#"wait_ready(stack("app")).status"#]);
    assert_eq!((ended.code, ended.out.trim()), (Some(0), "CREATE_COMPLETE"), "{}", ended.err);
    let lines: Vec<String> =
        ended.err.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
    for line in ["a OS::Heat::TestResource CREATE_COMPLETE", "app CREATE_COMPLETE"] {
        assert_eq!(lines.iter().filter(|told| *told == line).count(), 1, "{}", ended.err);
    }
    // One that is at rest has none.
    let again = served.program().run(&["-e", r#"wait_ready(stack("app")).status"#]);
    assert_eq!((again.code, again.err.as_str()), (Some(0), ""));
}
