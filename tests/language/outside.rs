//! Files, programs and hosts: each by permission, each told of in a dry run, secrets where they may go.

use crate::support::World;
use crate::support::stub::{Reply, Stub};
use rhain::cli::args::Options;

fn allowed(change: impl FnOnce(&mut Options)) -> (World, String) {
    let folder = tempfile::tempdir().expect("a folder").keep();
    let path = folder.to_str().expect("text").to_string();
    let grant = path.clone();
    let world = World::with(|options| {
        options.allow_write = vec![grant.clone()];
        options.allow_read = vec![grant];
        options.allow_exec = ["cat", "sh", "env", "nosuch-program"].map(str::to_string).to_vec();
        change(options);
    });
    (world, path)
}

#[test]
fn each_needs_its_permission() {
    let world = World::new();
    for (script, option) in [
        (r#"write_file("/tmp/x", "a")"#, "--allow-write=/tmp/x"),
        (r#"exec("ls")"#, "--allow-exec=ls"),
        (r#"http_get("http://Example.com:81/a")"#, "--allow-net=example.com"),
        (r#"http("POST", "https://example.com")"#, "--allow-net=example.com"),
        (r#""example.com".wait_port(22)"#, "--allow-net=example.com"),
    ] {
        world.fails(script, "denied", option);
    }
    let (world, path) = allowed(|_| {});
    world.fails(&format!(r#"write_file("{path}/../x", "a")"#), "denied", "--allow-write");
    world.fails(r#"exec("/bin/sh")"#, "denied", "--allow-exec=/bin/sh");
    let (world, path) = allowed(|options| options.read_only = true);
    world.fails(&format!(r#"write_file("{path}/x", "a")"#), "denied", "read-only");
    world.fails(r#"exec("sh")"#, "denied", "read-only");
}

#[test]
fn a_file_is_replaced_appended_and_private_with_a_secret() {
    let (world, path) = allowed(|_| {});
    let script = format!(
        r#"let f = "{path}/a"; write_file(f, "1\n"); write_file(f, "2\n"); write_file(f, "3\n", #{{ append: true }}); read_file(f)"#
    );
    world.gives(&script, "2\n3\n");
    let mode = |name: &str| {
        use std::os::unix::fs::PermissionsExt as _;
        std::fs::metadata(format!("{path}/{name}")).expect("a file").permissions().mode() & 0o7777
    };
    world.ok(&format!(r#"write_file("{path}/s", secret("hush")); write_file("{path}/a", secret("hush"));"#));
    assert_eq!((mode("s"), mode("a")), (0o600, 0o600));
    world.ok(&format!(r#"write_file("{path}/m", "x", #{{ mode: "0640" }}); write_file("{path}/n", "x", #{{ mode: 0o750 }});"#));
    assert_eq!((mode("m"), mode("n")), (0o640, 0o750));
    world.gives(&format!(r#"read_file("{path}/s")"#), "hush");
    world.fails(&format!(r#"write_file("{path}/no/such", "x")"#), "failed", "its folder is not there");
    world.ok(&format!(r#"write_file("{path}/x", `${{secret("a")}}b`)"#));
    world.gives(&format!(r#"read_file("{path}/x")"#), "ab");
    world.fails(&format!(r#"write_file("{path}/y", "••••••")"#), "invalid_argument", "reveal(secret)");
    world.fails(&format!(r#"write_file("{path}/x", "a", #{{ mode: "rw" }})"#), "invalid_argument", "0644");
}

#[test]
fn a_program_is_run_to_its_end() {
    let (world, path) = allowed(|_| {});
    world.gives(r#"exec("cat", [], #{ stdin: secret("hush") }).stdout"#, "hush");
    world.gives(
        r#"exec("sh", ["-c", "echo $A; echo oh >&2"], #{ env: #{ A: secret("b") } })"#,
        r##"#{"code": 0, "stderr": "oh\n", "stdout": "b\n"}"##,
    );
    world.gives(r#"exec("sh", ["-c", "exit 3"], #{ check: false }).code"#, "3");
    world.gives(r#"exec("sh", ["-c", "kill -9 $$"], #{ check: false }).code"#, "137");
    world.gives(&format!(r#"exec("sh", ["-c", "pwd"], #{{ dir: "{path}" }}).stdout"#), &format!("{path}\n"));
    world.fails(r#"exec("sh", ["-c", "echo because >&2; exit 3"])"#, "failed", "because");
    world.fails(r#"exec("nosuch-program")"#, "failed", "there is no such program");
    world.fails(r#"exec("cat", [secret("a")])"#, "invalid_argument", "list of processes");
    world.fails(
        r#"exec("sh", ["-c", "sleep 60"], #{ timeout: "50ms" })"#,
        "timeout",
        "did not end within 50ms",
    );
    world.gives(r#"let t = "x"; t.pad(200000, 'x'); exec("cat", [], #{ stdin: t }).stdout.len"#, "200000");
}

#[test]
fn a_dry_run_tells_and_does_nothing() {
    let (world, path) = allowed(|options| {
        options.dry_run = true;
        options.allow_net = vec!["127.0.0.1".to_string()];
    });
    world.ok(&format!(r#"write_file("{path}/a", "abc")"#));
    assert!(!std::path::Path::new(&format!("{path}/a")).exists());
    world.gives(r#"exec("sh", ["-c", "exit 3"]).code"#, "0");
    world.gives(r#"http("POST", "http://127.0.0.1:1/x").status"#, "200");
    let told = format!(
        "dry run: would write 3 bytes to {path}/a\ndry run: would run sh -c exit 3\ndry run: would send POST http://127.0.0.1:1/x"
    );
    assert_eq!(world.err(), told);
}

/// A stub on a runtime of its own, and a world that may reach it.
fn web(
    handler: impl Fn(&crate::support::stub::Seen, usize) -> Reply + Send + Sync + 'static,
) -> (tokio::runtime::Runtime, Stub, World) {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .expect("a runtime");
    let (tell, told) = std::sync::mpsc::channel();
    runtime.spawn(async move { tell.send(Stub::start(handler).await).ok() });
    let stub = told.recv().expect("it starts");
    let world = World::with(|options| options.allow_net = vec!["127.0.0.1".to_string()]);
    (runtime, stub, world)
}

#[test]
fn a_web_server_is_asked() {
    let (_runtime, stub, world) = web(|seen, _| match seen.target.as_str() {
        "/text" => Reply::Answer(200, vec![("X-Seen", "yes".to_string())], b"hello".to_vec()),
        "/missing" => Reply::json(404, r#"{"error": "none"}"#),
        _ => Reply::json(200, "{}").body(seen.body.clone()),
    });
    let url = &stub.url;
    world.gives(
        &format!(r#"let a = http_get("{url}/text"); [a.status, a.body, a.headers["x-seen"]]"#),
        r#"[200, "hello", "yes"]"#,
    );
    world.gives(
        &format!(r#"let a = http("get", "{url}/missing"); [a.status, parse_json(a.body).error]"#),
        r#"[404, "none"]"#,
    );
    world.gives(
        &format!(r#"http("POST", "{url}/echo", #{{ json: #{{ p: secret("hush") }}, headers: #{{ "X-Token": secret("t0ken") }} }}).body"#),
        r#"{"p":"hush"}"#,
    );
    let seen = stub.seen().pop().expect("a request");
    assert_eq!((seen.method.as_str(), seen.header("x-token")), ("POST", Some("t0ken")));
    assert_eq!(seen.header("content-type"), Some("application/json"));
    world.fails(&format!(r#"http("SEND", "{url}")"#), "invalid_argument", "GET, HEAD, POST");
    world.fails(
        &format!(r#"http("PUT", "{url}", #{{ body: "a", json: 1 }})"#),
        "invalid_argument",
        "give one of them",
    );
    world.fails(r#"http_get("http://127.0.0.1:1/")"#, "network", "no answer from");
    world.fails(r#"http_get("nonsense")"#, "denied", "--allow-net=nonsense");
}

#[test]
fn each_redirect_needs_permission_and_takes_no_secret_along() {
    let (_runtime, stub, world) = web(|seen, _| {
        let port =
            seen.header("host").and_then(|host| host.rsplit(':').next()).unwrap_or_default().to_string();
        match seen.target.as_str() {
            "/here" => Reply::json(302, "").with("Location", "/there"),
            "/out" => Reply::json(301, "").with("Location", format!("http://localhost:{port}/there")),
            "/after" => Reply::json(303, "").with("Location", "/there"),
            "/moved" => Reply::json(307, "").with("Location", "/there"),
            "/round" => Reply::json(302, "").with("Location", "/round"),
            _ => Reply::json(200, "{}").body(b"there".to_vec()),
        }
    });
    let url = &stub.url;
    world.gives(&format!(r#"http_get("{url}/here").body"#), "there");
    world.gives(&format!(r#"http("POST", "{url}/after", #{{ body: "x" }}).body"#), "there");
    assert_eq!(stub.seen().pop().expect("a request").method, "GET");
    // What changes something is not sent anywhere else.
    world.gives(&format!(r#"http("POST", "{url}/moved", #{{ body: "x" }}).status"#), "307");
    world.fails(&format!(r#"http_get("{url}/round")"#), "protocol", "redirected more than 5 times");
    let before = stub.count();
    world.fails(&format!(r#"http_get("{url}/out")"#), "denied", "--allow-net=localhost");
    assert_eq!(stub.count(), before + 1, "the other host is not asked");
    let world =
        World::with(|options| options.allow_net = vec!["127.0.0.1".to_string(), "localhost".to_string()]);
    world.gives(
        &format!(r#"http("GET", "{url}/out", #{{ headers: #{{ Authorization: secret("t0ken") }} }}).body"#),
        "there",
    );
    assert_eq!(stub.seen().pop().expect("a request").header("authorization"), None);
}

#[test]
fn a_port_is_waited_for() {
    let world = World::new();
    // On the simulated cloud a server answers once it is ACTIVE, which takes the time of the run.
    world.gives(
        r#"let s = boot("a", #{ image: "cirros", flavor: "m1.tiny" }); s.wait_port(22); s.status"#,
        "ACTIVE",
    );
    world.gives(r#"wait_port(servers(), 8080, "1m").map(|s| s.name)"#, r#"["a"]"#);
    world.gives(r#"wait_port(server("a").ip, 22) == ()"#, "true");
    world.fails(
        r#"server("a").stop().wait_status("SHUTOFF").wait_port(22, "30s")"#,
        "timeout",
        "`a` did not answer at port 22 within 30s",
    );
    world.fails(r#"server("a").wait_port(0)"#, "invalid_argument", "1 to 65535");
    let (_runtime, stub, world) = web(|_, _| Reply::Hang);
    let port = stub.url.rsplit(':').next().expect("a port");
    world.gives(&format!(r#"wait_port("127.0.0.1", {port}, "5s") == ()"#), "true");
    world.fails(r#"wait_port("127.0.0.1", 1, "5s")"#, "timeout", "did not answer at port 1 within 5s");
}
