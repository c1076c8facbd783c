//! What can be made to go wrong goes wrong, as often as planned and no more.

use std::time::Duration;

use rhain::sim::{Fault, FaultKind};
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
