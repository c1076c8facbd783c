//! What stays from input to input, without a terminal.

use crate::support::{STACK, World};
use rhain::cloud::Value;
use rhain::diag::{self, Style};
use rhain::script::failure::Failure;
use rhain::script::interactive::{Interactive, results};
use rhain::script::value::display;

/// Evaluate inputs one after another on a thread like the program's; gives the text or the report of each.
fn session(inputs: &[&str]) -> Vec<String> {
    let world = World::new();
    let session = world.setup.session.clone();
    let inputs: Vec<String> = inputs.iter().map(ToString::to_string).collect();
    let run = move || {
        let mut interactive = Interactive::new(&session);
        let told = |result: Result<Value, Failure>| match result {
            Ok(value) => display(&value),
            Err(failure) => {
                let report = diag::from_script::report(&failure, &session.texts, &[]).expect("a report");
                diag::draw(&report, Style::PLAIN, &[])
            }
        };
        inputs.iter().map(|input| told(interactive.evaluate(input))).collect()
    };
    let thread = std::thread::Builder::new().stack_size(STACK).spawn(run).expect("a thread");
    thread.join().expect("the session does not break")
}

/// The last of the inputs must give this text.
#[track_caller]
fn gives(inputs: &[&str], text: &str) {
    let told = session(inputs);
    assert_eq!(told.last().expect("an input"), text, "{told:#?}");
}

#[test]
fn variables_functions_and_closures_stay() {
    gives(&["let a = 1;", "let b = a + 1;", "a + b"], "3");
    gives(&["fn twice(n) { n * 2 }", "twice(21)"], "42");
    gives(&["let n = 40;", "let add = |x| x + n;", "n = 41;", "add.call(1)"], "42");
    gives(&["let f = |x| x * 2;", "[1, 2].map(f)"], "[2, 4]");
    gives(&["let a = 1; let a = 2;", "a"], "2");
    gives(&["let a = 1;", "let b = 5;", "let a = 2;", "let c = 3;", "[a, b, c]"], "[2, 5, 3]");
    gives(&["const A = 1;", "let A = 2;", "A"], "2");
    gives(&["const K = 3;", "fn h() { global::K }", "h()", "_ + 1", "[K, h()]"], "[3, 3]");
    gives(&["const A = 1;", "const A = 2; fn f() { global::A }", "f()"], "2");
}

#[test]
fn a_function_is_defined_again_and_its_callers_see_it() {
    let inputs = ["fn g() { 1 } fn f() { g() }", "f()", "fn g() { 2 }", "f()"];
    assert_eq!(session(&inputs), ["", "1", "", "2"]);
}

#[test]
fn a_function_of_an_earlier_input_is_a_value() {
    gives(&["fn twice(n) { n * 2 }", "[1, 2].map(twice)"], "[2, 4]");
    gives(&["fn twice(n) { n * 2 }", "fn all(xs) { xs.map(twice) }", "all([3])"], "[6]");
    gives(&["fn twice(n) { n * 2 }", "parallel(1..=3, twice)"], "[2, 4, 6]");
    gives(&["let n = 10;", "parallel([1, 2], |x| x * n)"], "[10, 20]");
    gives(&["fn f() { 1 }", "let f = 5;", "f"], "5");
}

#[test]
fn a_function_does_not_see_the_variables_of_other_inputs() {
    let told = session(&["let answer = 42;", "fn f() { answer }", "f()"]);
    assert!(told[2].contains("answer"), "{told:#?}");
    assert!(told[2].contains("global::ANSWER"), "{told:#?}");
}

#[test]
fn functions_see_constants_of_any_input() {
    gives(&["const N = 20;", "fn f() { global::N * 2 }", "f()"], "40");
    gives(&["fn f() { global::N * 2 }", "const N = 21;", "f()"], "42");
    gives(&["const N = 4; fn f() { global::N } f()"], "4");
    gives(&["const N = 4; fn f() { global::N }", "const N = 5; f()"], "5");
}

#[test]
fn imports_stay_and_functions_see_them() {
    gives(&["import \"tests/repl/shapes\" as shapes;", "shapes::area(3, 4)"], "12");
    gives(&["import \"tests/repl/shapes\" as shapes;", "fn f() { shapes::area(2, 2) }", "f()"], "4");
    gives(&["import \"tests/repl/shapes\" as shapes; fn f() { shapes::area(2, 3) } f()"], "6");
}

#[test]
fn the_last_result_has_a_name() {
    gives(&["20 + 1", "_ * 2"], "42");
    gives(&["5", "let a = 1;", "_"], "5");
    gives(&["7", "switch 3 { 1 => 0, _ => _ + 1 }"], "8");
    gives(&["7", "let x = 1; for n in 0..3 { x += _; } x"], "22");
    gives(&["_ == ()"], "true");
}

#[test]
fn the_places_of_the_last_result() {
    assert_eq!(results("_ + f(_)"), [0, 6]);
    assert_eq!(results("switch _ { 1 => 2, _ => 3 }"), [7]);
    assert_eq!(results("|_| 1"), [] as [usize; 0]);
    assert_eq!(results("|_, a| 1; \"_\" // _"), [] as [usize; 0]);
    assert_eq!(results("for _ in 0..3 { }"), [] as [usize; 0]);
}

#[test]
fn an_error_is_drawn_in_its_input_and_leaves_what_was_assigned() {
    let told = session(&["let a = 1; a / 0; let b = 2;", "a", "b", "let s = 1;\ns.foo()"]);
    assert!(told[0].contains("input 1:1:14"), "{}", told[0]);
    assert_eq!(told[1], "1");
    assert!(told[2].contains("there is no variable `b`"), "{}", told[2]);
    assert!(told[3].contains("input 4:2:"), "{}", told[3]);
}

#[test]
fn a_call_chain_leads_through_the_inputs() {
    let told = session(&["fn f(x) {\n    x / 0\n}", "1 + f(3)"]);
    assert!(told[1].contains("input 1:2:7"), "{}", told[1]);
    assert!(told[1].contains("input 2:1:5"), "{}", told[1]);
    assert!(!told[1].contains("input 2:2"), "{}", told[1]);
}

#[test]
fn an_error_inside_a_block_leaves_none_of_its_variables() {
    let told = session(&["let a = 1; if true { let inner = 2; throw \"x\"; }", "inner", "a"]);
    assert!(told[1].contains("there is no variable `inner`"), "{}", told[1]);
    assert_eq!(told[2], "1");
}

#[test]
fn a_resource_is_updated_where_it_stands() {
    let boot = "let s = boot(\"web\", #{ image: \"cirros\", flavor: \"m1.tiny\" });";
    gives(&[boot, "s.wait_active();", "s.status"], "ACTIVE");
    gives(&[boot, "[s].wait_active()[0].status", "stop(s);", "wait_status(s, \"SHUTOFF\").name"], "web");
}
