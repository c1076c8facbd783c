//! Networks: floating addresses that move between servers, groups that hold for their ports, and what goes with a server.

use serde_json::{Value, json};

use super::client::{Client, Reply};

async fn neutron(cloud: &Client, method: &str, path: &str, body: Value) -> Reply {
    let body = Some(body).filter(|body| !body.is_null());
    cloud.send(method, &format!("/network/v2.0{path}"), body, &[]).await
}

async fn port_of(cloud: &Client, server: &str) -> Value {
    let ports = neutron(cloud, "GET", &format!("/ports?device_id={server}"), Value::Null).await;
    ports.body["ports"][0].clone()
}

#[tokio::test]
async fn a_floating_address_moves_from_one_server_to_another_and_outlives_both() {
    let cloud = Client::start().await;
    let (one, two) = (cloud.boot(json!({"name": "a"})).await, cloud.boot(json!({"name": "b"})).await);
    let outside = neutron(&cloud, "GET", "/networks?name=public", Value::Null).await;
    let outside = outside.body["networks"][0]["id"].clone();
    let asked = json!({"floatingip": {"floating_network_id": outside}});
    let made = neutron(&cloud, "POST", "/floatingips", asked).await.body["floatingip"].clone();
    let path = format!("/floatingips/{}", made["id"].as_str().unwrap());
    for (server, other) in [(&one, &two), (&two, &one)] {
        let to = json!({"floatingip": {"port_id": port_of(&cloud, server).await["id"]}});
        assert_eq!(neutron(&cloud, "PUT", &path, to).await.body["floatingip"]["status"], "ACTIVE");
        let shown = cloud.server(server).await["addresses"]["private"].clone();
        assert_eq!(shown[1]["addr"], made["floating_ip_address"]);
        assert_eq!(shown[1]["OS-EXT-IPS:type"], "floating");
        assert_eq!(cloud.server(other).await["addresses"]["private"].as_array().unwrap().len(), 1);
    }
    cloud.nova("2.1", "DELETE", &format!("/servers/{two}"), None).await;
    cloud.pass(1000);
    let left = neutron(&cloud, "GET", &path, Value::Null).await.body["floatingip"].clone();
    assert_eq!((&left["status"], &left["port_id"]), (&json!("DOWN"), &Value::Null));
    assert_eq!(neutron(&cloud, "DELETE", &path, Value::Null).await.status, 204);
}

#[tokio::test]
async fn groups_are_those_of_a_servers_ports_and_stay_while_one_is_in_them() {
    let cloud = Client::start().await;
    let asked = json!({"security_group": {"name": "web"}});
    let group = neutron(&cloud, "POST", "/security-groups", asked).await.body["security_group"].clone();
    let id = group["id"].as_str().unwrap();
    let server = cloud.boot(json!({"security_groups": [{"name": "web"}]})).await;
    assert_eq!(port_of(&cloud, &server).await["security_groups"], json!([id]));
    let path = format!("/security-groups/{id}");
    let kept = neutron(&cloud, "DELETE", &path, Value::Null).await;
    assert_eq!(kept.body["NeutronError"]["type"], "SecurityGroupInUse");
    cloud.act(&server, json!({"addSecurityGroup": {"name": "default"}})).await;
    cloud.act(&server, json!({"removeSecurityGroup": {"name": "web"}})).await;
    assert_eq!(cloud.server(&server).await["security_groups"], json!([{"name": "default"}]));
    assert_eq!(neutron(&cloud, "DELETE", &path, Value::Null).await.status, 204);
}

#[tokio::test]
async fn a_port_that_was_there_before_its_server_stays_and_keeps_its_address() {
    let cloud = Client::start().await;
    let asked = json!({"port": {"network_id": cloud.network, "name": "mine",
        "fixed_ips": [{"ip_address": "10.11.3.3"}]}});
    let port = neutron(&cloud, "POST", "/ports", asked).await.body["port"]["id"].clone();
    let server = cloud.boot(json!({"networks": [{"port": port}]})).await;
    assert_eq!(cloud.server(&server).await["addresses"]["private"][0]["addr"], "10.11.3.3");
    let twice = cloud.create(json!({"networks": [{"port": port}]})).await;
    let message = format!("Port {} is still in use.", port.as_str().unwrap());
    assert_eq!((twice.status, twice.message()), (409, message.as_str()));
    cloud.nova("2.1", "DELETE", &format!("/servers/{server}"), None).await;
    cloud.pass(1000);
    let left = neutron(&cloud, "GET", &format!("/ports/{}", port.as_str().unwrap()), Value::Null).await;
    assert_eq!((&left.body["port"]["device_id"], &left.body["port"]["name"]), (&json!(""), &json!("mine")));
}
