//! diagnostics
#[test]
fn probe() {
    let mut e = rhai::Engine::new();
    e.set_fail_on_invalid_map_property(true);
    e.set_strict_variables(true);
    e.set_max_call_levels(20);
    e.register_fn("boot", |_: &str, _: rhai::Map| 1i64);
    for s in std::fs::read_to_string("/tmp/diagprobe/in").unwrap().split("\n---\n") {
        println!("=== {s}");
        match e.compile(s) {
            Err(x) => println!("PARSE {x:?}"),
            Ok(ast) => match e.eval_ast::<rhai::Dynamic>(&ast) {
                Ok(v) => println!("ok {v:?}"),
                Err(x) => println!("EVAL {x:?}"),
            },
        }
    }
}
