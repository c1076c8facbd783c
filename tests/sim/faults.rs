//! What can be made to go wrong goes wrong, as often as planned and no more.

use std::time::Duration;

use rhain_sim::{Fault, FaultKind, plan};
use serde_json::json;

use super::client::Client;

fn fault(operation: &str, times: u32, after: u32, kind: FaultKind) -> Fault {
    Fault { operation: operation.into(), times, after, kind }
}

fn created(cloud: &Client) -> usize {
    cloud.sim.journal().iter().filter(|write| write.operation == "server.create").count()
}

#[tokio::test]
async fn a_status_strikes_after_and_times() {
    let cloud = Client::start().await;
    let kind = FaultKind::Status { code: 429, body: None, retry_after: Some("2".into()) };
    cloud.sim.fault(fault("server.list", 2, 1, kind));
    let mut seen = Vec::new();
    for _ in 0..4 {
        seen.push(cloud.get("/compute/v2.1/servers").await);
    }
    assert_eq!(seen.iter().map(|reply| reply.status).collect::<Vec<_>>(), [200, 429, 429, 200]);
    assert_eq!(seen[1].headers["retry-after"], "2");
    assert_eq!(seen[1].body["overLimit"]["code"], 429);
}

#[tokio::test]
async fn a_status_takes_a_body_and_a_pattern() {
    let cloud = Client::start().await;
    let kind = FaultKind::Status { code: 503, body: Some("busy".into()), retry_after: None };
    cloud.sim.fault(fault("server.*", 1, 0, kind));
    let refused = cloud.create(json!({})).await;
    assert_eq!((refused.status, refused.body), (503, json!("busy")));
    assert_eq!(created(&cloud), 0);
    assert_eq!(cloud.get("/compute/v2.1/flavors").await.status, 200, "flavors are no servers");
}

#[tokio::test]
async fn a_reset_comes_before_or_after_the_effect() {
    let cloud = Client::start().await;
    let spec = || Some(cloud.spec(json!({})));
    cloud.sim.fault(fault("server.create", 1, 0, FaultKind::ResetBefore));
    assert!(cloud.try_send("POST", "/compute/v2.1/servers", spec(), &[]).await.is_err());
    assert_eq!(created(&cloud), 0);
    cloud.sim.fault(fault("server.create", 1, 0, FaultKind::ResetAfter));
    assert!(cloud.try_send("POST", "/compute/v2.1/servers", spec(), &[]).await.is_err());
    assert_eq!(created(&cloud), 1);
    let list = cloud.get("/compute/v2.1/servers").await.body;
    assert_eq!(list["servers"].as_array().unwrap().len(), 1);
    let cut = cloud.sim.requests().into_iter().filter(|seen| seen.status == 0).count();
    assert_eq!(cut, 2);
}

#[tokio::test]
async fn an_answer_can_be_cut_or_be_a_page() {
    let cloud = Client::start().await;
    cloud.sim.fault(fault("flavor.list", 1, 0, FaultKind::Truncate));
    assert!(cloud.try_send("GET", "/compute/v2.1/flavors", None, &[]).await.is_err());
    cloud.sim.fault(fault("flavor.list", 1, 0, FaultKind::Html));
    let page = cloud.get("/compute/v2.1/flavors").await;
    assert_eq!(page.status, 502);
    assert!(page.headers["content-type"].to_str().unwrap().starts_with("text/html"));
    assert!(page.body.as_str().unwrap().contains("<h1>Bad Gateway</h1>"));
    assert_eq!(cloud.get("/compute/v2.1/flavors").await.status, 200);
}

#[tokio::test]
async fn an_answer_can_be_held_back_in_real_time() {
    let cloud = Client::start().await;
    cloud.sim.fault(fault("flavor.list", 1, 0, FaultKind::Delay(Duration::from_millis(80))));
    let begin = std::time::SystemTime::now;
    #[allow(clippy::disallowed_methods)]
    let start = begin();
    assert_eq!(cloud.get("/compute/v2.1/flavors").await.status, 200);
    assert!(start.elapsed().unwrap() >= Duration::from_millis(80));
}

#[tokio::test]
async fn a_server_can_be_led_into_error_or_stuck() {
    let cloud = Client::start().await;
    let kind = FaultKind::ErrorState { message: "No valid host was found. ".into() };
    cloud.sim.fault(fault("server.create", 1, 0, kind));
    let failed = cloud.boot(json!({})).await;
    let server = cloud.server(&failed).await;
    assert_eq!(server["status"], "ERROR");
    assert_eq!(server["fault"]["message"], "No valid host was found. ");
    cloud.sim.fault(fault("server.create", 1, 0, FaultKind::Stuck));
    let stuck = cloud.boot(json!({})).await;
    cloud.pass(3_600_000);
    assert_eq!(cloud.server(&stuck).await["status"], "BUILD");
    let healthy = cloud.boot(json!({})).await;
    let kind = FaultKind::ErrorState { message: "disk full".into() };
    cloud.sim.fault(fault("server.resize", 1, 0, kind));
    cloud.act(&healthy, json!({"resize": {"flavorRef": "2"}})).await;
    assert_eq!(cloud.server(&healthy).await["status"], "RESIZE");
    cloud.pass(2000);
    let server = cloud.server(&healthy).await;
    assert_eq!((&server["status"], &server["fault"]["message"]), (&json!("ERROR"), &json!("disk full")));
    assert_eq!(server["flavor"]["id"], "1");
}

#[tokio::test]
async fn an_accepted_action_can_show_no_trace_at_first() {
    let cloud = Client::start().await;
    let id = cloud.boot(json!({})).await;
    let before = cloud.server(&id).await;
    cloud.pass(5000);
    cloud.sim.fault(fault("server.reboot", 1, 0, FaultKind::SlowStart(Duration::from_secs(3))));
    assert_eq!(cloud.act(&id, json!({"reboot": {"type": "SOFT"}})).await.status, 202);
    assert_eq!(cloud.server(&id).await, before, "nothing has changed, not even `updated`");
    cloud.pass(2999);
    assert_eq!(cloud.server(&id).await, before);
    cloud.pass(1);
    assert_eq!(cloud.server(&id).await["status"], "REBOOT");
    cloud.pass(500);
    let after = cloud.server(&id).await;
    assert_eq!(after["status"], "ACTIVE");
    assert_ne!(after["updated"], before["updated"]);
}

#[tokio::test]
async fn a_token_can_be_taken_away_in_the_middle() {
    let mut cloud = Client::start().await;
    cloud.sim.fault(fault("server.list", 1, 1, FaultKind::RevokeToken));
    assert_eq!(cloud.get("/compute/v2.1/servers").await.status, 200);
    assert_eq!(cloud.get("/compute/v2.1/servers").await.status, 401);
    assert_eq!(cloud.get("/compute/v2.1/servers").await.status, 401, "it stays unknown");
    cloud.token.clear();
    cloud.sign_in("demo").await;
    assert_eq!(cloud.get("/compute/v2.1/servers").await.status, 200);
}

#[tokio::test]
async fn every_request_is_seen_with_its_operation() {
    let cloud = Client::start().await;
    cloud.get("/compute/v2.1/servers/nosuch").await;
    cloud.get("/nosuch").await;
    let seen = cloud.sim.requests();
    let last: Vec<_> = seen[seen.len() - 2..].iter().map(|s| (s.operation.as_str(), s.status)).collect();
    assert_eq!(last, [("server.show", 404), ("unknown", 404)]);
    assert_eq!(seen.iter().filter(|seen| seen.operation == "token.issue").count(), 1);
}

#[tokio::test]
async fn a_cloud_can_go_away_and_come_back() {
    let cloud = Client::start().await;
    cloud.sim.fault(fault("server.create", 1, 0, FaultKind::Refuse(Duration::from_secs(10))));
    let spec = || Some(cloud.spec(json!({})));
    assert!(cloud.try_send("POST", "/compute/v2.1/servers", spec(), &[]).await.is_err());
    let refused =
        cloud.try_send("GET", "/compute/v2.1/flavors", None, &[]).await.err().expect("nobody there");
    assert!(refused.is_connect(), "{refused:?}");
    cloud.pass(9_999);
    assert!(cloud.try_send("GET", "/compute/v2.1/flavors", None, &[]).await.is_err());
    cloud.pass(1);
    assert_eq!(cloud.get("/compute/v2.1/flavors").await.status, 200);
    assert_eq!(created(&cloud), 0);
}

#[tokio::test]
async fn a_request_can_be_done_when_nobody_waits_any_more() {
    let cloud = Client::start().await;
    cloud.sim.fault(fault("server.create", 1, 0, FaultKind::Late(Duration::from_secs(5))));
    let create = cloud.try_send("POST", "/compute/v2.1/servers", Some(cloud.spec(json!({}))), &[]);
    // It has arrived when the next one is answered: the first is polled first.
    tokio::select! {
        biased;
        _ = create => panic!("it lies there"),
        () = async {
            while !cloud.sim.requests().iter().any(|seen| seen.operation == "flavor.list") {
                cloud.get("/compute/v2.1/flavors").await;
            }
        } => {}
    }
    cloud.pass(4_999);
    assert_eq!(created(&cloud), 0);
    cloud.pass(1);
    assert_eq!(created(&cloud), 1);
}

#[tokio::test]
async fn an_answer_can_make_no_sense() {
    let cloud = Client::start().await;
    cloud.sim.fault(fault("flavor.list", 1, 0, FaultKind::Malformed));
    let half = cloud.get("/compute/v2.1/flavors").await;
    assert_eq!((half.status, half.body.is_string()), (200, true), "no JSON: {}", half.body);
    cloud.sim.fault(fault("server.create", 1, 0, FaultKind::WrongType));
    let page = cloud.create(json!({})).await;
    assert_eq!((page.status, created(&cloud)), (202, 1));
    assert!(page.headers["content-type"].to_str().unwrap().starts_with("text/html"));
}

#[tokio::test]
async fn what_was_accepted_can_take_its_time() {
    let cloud = Client::start().await;
    cloud.sim.fault(fault("server.create", 1, 0, FaultKind::Slow(100)));
    let created = cloud.create(json!({})).await;
    let id = created.body["server"]["id"].as_str().unwrap().to_owned();
    cloud.pass(149_999);
    assert_eq!(cloud.server(&id).await["status"], "BUILD");
    cloud.pass(1);
    assert_eq!(cloud.server(&id).await["status"], "ACTIVE");
}

#[tokio::test]
async fn a_clock_can_be_wrong() {
    let cloud = Client::start().await;
    let date = |reply: &super::client::Reply| {
        let text = reply.headers["date"].to_str().unwrap().to_owned();
        jiff::fmt::rfc2822::parse(&text).unwrap().timestamp().as_second()
    };
    let right = date(&cloud.get("/compute/v2.1/flavors").await);
    let building = cloud.create(json!({})).await.body["server"]["id"].as_str().unwrap().to_owned();
    cloud.pass(1000);
    cloud.sim.fault(fault("flavor.list", 1, 0, FaultKind::Skew(-3600)));
    let wrong = date(&cloud.get("/compute/v2.1/flavors").await);
    assert!((3598..=3600).contains(&(right - wrong)), "{right} {wrong}");
    assert_eq!(cloud.server(&building).await["status"], "BUILD", "half a second is left, as before");
    cloud.pass(500);
    assert_eq!(cloud.server(&building).await["status"], "ACTIVE");
}

#[tokio::test]
async fn a_token_ends_as_told_and_as_not_told() {
    let mut cloud = Client::start().await;
    cloud.sim.fault(fault("flavor.list", 1, 0, FaultKind::ExpireToken));
    assert_eq!(cloud.get("/compute/v2.1/flavors").await.status, 401);
    cloud.token.clear();
    cloud.sim.fault(fault("token.issue", 1, 0, FaultKind::TokenLife(Duration::from_secs(90))));
    cloud.sign_in("demo").await;
    cloud.pass(89_000);
    assert_eq!(cloud.get("/compute/v2.1/flavors").await.status, 200);
    cloud.pass(1_000);
    assert_eq!(cloud.get("/compute/v2.1/flavors").await.status, 401);
}

#[test]
fn a_file_says_what_goes_wrong() {
    let text = r##"
        # a day like any other
        server.create status=429 retry-after=2 times=3   # slow down
        server.*      reset-after after=10
        *             delay=200ms times=always
        server.create error="No valid host was found. # 1"
        token.issue   token-life=90
        server.list   skew=-3600
        server.create status=503 body=""
    "##;
    let kind = |code, body: Option<&str>, after: Option<&str>| FaultKind::Status {
        code,
        body: body.map(String::from),
        retry_after: after.map(String::from),
    };
    assert_eq!(
        plan(text).expect("seven faults"),
        [
            fault("server.create", 3, 0, kind(429, None, Some("2"))),
            fault("server.*", 1, 10, FaultKind::ResetAfter),
            fault("*", u32::MAX, 0, FaultKind::Delay(Duration::from_millis(200))),
            fault(
                "server.create",
                1,
                0,
                FaultKind::ErrorState { message: "No valid host was found. # 1".into() }
            ),
            fault("token.issue", 1, 0, FaultKind::TokenLife(Duration::from_secs(90))),
            fault("server.list", 1, 0, FaultKind::Skew(-3600)),
            fault("server.create", 1, 0, kind(503, Some(""), None)),
        ]
    );
    assert_eq!(plan("").expect("none"), []);
}

#[test]
fn every_mistake_of_a_file_is_told_with_its_line() {
    let text = "server.creat status=503\n\nserver.create\nserver.create status=200\nserver.create delay=fast\n\
                server.create html stuck\nserver.create error=\"x\nserver.create delay=1s retry-after=1\n\
                server.create times=x html\nserver.create slow";
    let told: Vec<String> = plan(text).expect_err("nine mistakes").iter().map(ToString::to_string).collect();
    assert_eq!(
        told,
        [
            "line 1: there is no operation `server.creat`; the closest is `server.create`",
            "line 3: it does not say what goes wrong with `server.create`: `status=503`",
            "line 4: `status=200` is no refusal; give one of 400 to 599",
            "line 5: `fast` is no duration; write 500ms, 2s, 10m or 1h",
            "line 6: `stuck` is a second fault; write it on a line of its own",
            "line 7: a quote is opened and not closed",
            "line 8: `retry-after` goes with `status`",
            "line 9: `times=x` is no whole number",
            "line 10: `slow` needs a value: `slow=…`",
        ]
    );
    let unknown = plan("server.create statu=503").expect_err("no such word").remove(0).reason;
    assert!(
        unknown.starts_with("`statu` is no word of a fault; there are `status`, `retry-after`"),
        "{unknown}"
    );
}
