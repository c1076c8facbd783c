//! `parallel`: order, errors, what exists afterwards, copies of what is captured, nesting, and the limit of the run.

use crate::support::World;
use rhain::cloud::Value;

#[test]
fn results_come_in_the_order_of_the_items() {
    let world = World::new();
    for (script, gives) in [
        ("parallel(1..=5, |n| n * n)", "[1, 4, 9, 16, 25]"),
        ("parallel(0..3, |n| n)", "[0, 1, 2]"),
        ("(1..=2).parallel(|n| n)", "[1, 2]"),
        ("parallel([], |n| n)", "[]"),
        ("[3, 1].parallel(|n| n + 1, #{ limit: 1 })", "[4, 2]"),
        ("fn twice(n) { n * 2 } parallel([1, 2], twice)", "[2, 4]"),
        (r#"parallel(["30s", "1m"], Fn("duration"))"#, "[30, 60]"),
        ("let by = 10; parallel(1..=3, |n| n * by)", "[10, 20, 30]"),
        (r#"parallel([#{ a: 1 }], |m| m.a)"#, "[1]"),
    ] {
        world.gives(script, gives);
    }
}

#[test]
fn a_thousand_items_three_calls_deep_all_come_back() {
    let world = World::new();
    let script = "
        let sums = parallel(1..=10, |a| {
            let rows = parallel(1..=10, |b| {
                let cells = parallel(1..=10, |c| a * 100 + b * 10 + c);
                cells.reduce(|sum, v| sum + v, 0)
            });
            rows.reduce(|sum, v| sum + v, 0)
        });
        sums.reduce(|sum, v| sum + v, 0)";
    world.gives(script, "610500");
    let alone = World::with(|options| options.concurrency = 1);
    alone.gives(script, "610500");
}

#[test]
fn each_item_has_its_own_copy_of_what_the_closure_captured() {
    let world = World::web();
    for (script, gives) in [
        // The engine alone ends these with a data race.
        (
            "let s = server(\"web\"); parallel(1..=8, |n| { sleep(1); s.refresh(); s.status + n })[7]",
            "ACTIVE8",
        ),
        ("let seen = [0]; parallel(1..=8, |n| { seen.push(n); seen.len })", "[2, 2, 2, 2, 2, 2, 2, 2]"),
        ("let total = 0; parallel(1..=8, |n| { total += n; total }); total", "0"),
        ("let base = 5; let add = |n| n + base; parallel(1..=3, |n| add.call(n))", "[6, 7, 8]"),
        ("let m = #{ f: |n| n * 2 }; parallel(1..=3, |n| m.f.call(n))", "[2, 4, 6]"),
        // A closure that captures itself.
        (
            "let f = (); f = |n| if n == 0 { 0 } else { 1 + f.call(n - 1) }; parallel(1..=3, |n| f.call(n))",
            "[1, 2, 3]",
        ),
        // The array that it goes through.
        ("let xs = [1, 2, 3]; parallel(xs, |x| x + xs.len)", "[4, 5, 6]"),
    ] {
        world.gives(script, gives);
    }
}

#[test]
fn the_first_error_is_raised_with_what_became_of_every_item() {
    let world = World::new();
    world.gives(
        r#"try { parallel(1..=4, |n| if n == 2 { throw "two" } else { n }, #{ limit: 1 }) }
           catch (e) { return [e.kind, e.message, e.results, e.results.map(|r| is_error(r)), e.exists] }"#,
        r#"["script", "two", [1, script: two, (), ()], [false, true, false, false], []]"#,
    );
    // A map stays the map that was thrown.
    world.gives(
        r#"try { parallel([1], |n| throw #{ kind: "conflict", code: n }) } catch (e) { return [e.code, e.kind, e.results.len] }"#,
        r#"[1, "conflict", 1]"#,
    );
    // An error of the language can be caught alike.
    world.gives(
        r#"try { parallel([0], |n| 1 / n) } catch (e) { return [e.kind, e.message] }"#,
        r#"["script", "a number is divided by zero"]"#,
    );
}

#[test]
fn failed_members_can_be_collected() {
    let world = World::web();
    world.gives(
        r#"parallel(["web", "nosuch", "web"], |name| server(name).status, #{ on_error: "collect" })
             .map(|r| if is_error(r) { r.kind } else { r })"#,
        r#"["ACTIVE", "not_found", "ACTIVE"]"#,
    );
    world.gives(
        r#"parallel(1..=3, |n| if n == 1 { throw "no" } else { n }, #{ on_error: "collect" }).map(|r| is_error(r))"#,
        "[true, false, false]",
    );
}

#[test]
fn the_error_tells_what_the_items_left_behind() {
    let world = World::new();
    world.gives(
        r#"let spec = #{ image: "cirros", flavor: "m1.tiny" };
           try {
               parallel(["a", "b", "c"], |name| {
                   let s = boot(name, spec);
                   if name == "a" { s.wait_active().delete(); }
                   if name == "b" { throw "b is not wanted" }
                   s
               }, #{ limit: 1 })
           } catch (e) { return e.exists.map(|s| s.name) }"#,
        r#"["b"]"#,
    );
    // A call inside a call hands on what it made.
    world.gives(
        r#"let spec = #{ image: "cirros", flavor: "m1.tiny" };
           try { parallel([1], |n| { parallel(["x", "y"], |name| boot(name, spec)); throw "later" }) }
           catch (e) { return order_by(e.exists.map(|s| s.name), |n| n) }"#,
        r#"["x", "y"]"#,
    );
    let made = world.error(
        r#"parallel(1..=2, |n| boot(`z-${n}`, #{ image: "cirros", flavor: if n == 2 { "nosuch" } else { "m1.tiny" } }), #{ limit: 1 })"#,
    );
    assert_eq!(made.kind.as_str(), "not_found");
    assert!(matches!(&made.exists[..], [Value::Resource(one)] if one.name() == "z-1"), "{:?}", made.exists);
}

#[test]
fn an_exit_inside_ends_the_script() {
    let world = World::new();
    let failure = world.run(r#"try { parallel(1..=9, |n| if n == 3 { exit(7) }) } catch { } "#);
    let cause = failure.expect_err("it ended").cause;
    assert_eq!(cause, rhain::script::failure::Cause::Exit(7));
}

#[test]
fn a_mistake_in_the_call_is_told_before_anything_runs() {
    let world = World::new();
    for (script, words) in [
        ("parallel(1, |n| n)", "give an array or a range"),
        ("parallel([1], 2)", "give a closure"),
        ("parallel([1])", "`f` is missing"),
        ("parallel([1], |n| n, #{ limt: 2 })", "did you mean `limit`?"),
        ("parallel([1], |n| n, #{ limit: 0 })", "1 or more"),
        (r#"parallel([1], |n| n, #{ on_error: "skip" })"#, "\"stop\" or \"collect\""),
    ] {
        world.fails(script, "invalid_argument", words);
    }
}

/// A function of the script stands as a value wherever it is defined.
#[test]
fn a_function_defined_below_is_a_value() {
    World::new().gives(
        "let found = parallel([1, 2], twice); defer(end);
        fn twice(n) { n * 2 } fn end() { print(\"end\") }
        found[0] + found[1]",
        "6",
    );
}
