//! Flavors: service offerings. One of a custom size tells 0 of what a server chooses.

use super::CloudStack;
use super::call::Call;
use super::decode::{int, text};
use crate::cloud::{Flavor, Flavors, Result};
use async_trait::async_trait;
use serde_json::Value as Json;
use std::sync::Arc;

#[async_trait]
impl Flavors for CloudStack {
    async fn flavors(&self) -> Result<Vec<Flavor>> {
        let rows = self.every(&Call::read("flavor.list", "listServiceOfferings"), "serviceoffering").await?;
        let mut out: Vec<Flavor> = rows.iter().filter_map(|row| decode(row, self.session.name())).collect();
        out.sort_by(|a, b| (a.vcpus, a.ram, a.disk, &a.name).cmp(&(b.vcpus, b.ram, b.disk, &b.name)));
        Ok(out)
    }

    async fn flavor(&self, id: &str) -> Result<Option<Flavor>> {
        let call = Call::read("flavor.show", "listServiceOfferings").with("id", id).anywhere();
        Ok(self.one(&call, "serviceoffering", id).await?.and_then(|row| decode(&row, self.session.name())))
    }
}

fn decode(row: &Json, cloud: &Arc<str>) -> Option<Flavor> {
    let id = text(row, "id")?;
    Some(Flavor {
        name: text(row, "name").unwrap_or_else(|| id.clone()),
        vcpus: int(row, "cpunumber").unwrap_or(0),
        ram: int(row, "memory").unwrap_or(0),
        disk: int(row, "rootdisksize").unwrap_or(0),
        cloud: cloud.clone(),
        raw: Arc::new(row.clone()),
        id,
    })
}
