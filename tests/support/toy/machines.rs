//! What its servers are made from: one flavor and one image.

use super::Toy;
use rhain::cloud::traits::{Account as _, Flavors, Images};
use rhain::cloud::{Filter, Flavor, Image, Result};
use std::collections::BTreeMap;
use std::sync::Arc;

#[async_trait::async_trait]
impl Flavors for Toy {
    async fn flavors(&self) -> Result<Vec<Flavor>> {
        let (name, raw) = ("m1.tiny".to_string(), Arc::default());
        Ok(vec![Flavor {
            id: "toy-tiny".into(),
            name,
            vcpus: 1,
            ram: 512,
            disk: 1,
            cloud: self.name.clone(),
            raw,
        }])
    }
    async fn flavor(&self, id: &str) -> Result<Option<Flavor>> {
        Ok(self.flavors().await?.into_iter().find(|flavor| flavor.id == id))
    }
}

#[async_trait::async_trait]
impl Images for Toy {
    async fn images(&self, filter: &Filter) -> Result<Vec<Image>> {
        if filter.all_projects {
            return Err(self.unsupported("images(all_projects)"));
        }
        let image = Image::accepted(
            "toy-image".into(),
            "cirros".into(),
            BTreeMap::new(),
            self.name.clone(),
            super::long_ago(),
        );
        let image = Image { status: "ACTIVE".to_string(), ..image };
        let fits = filter.matches(&image);
        Ok(fits.then_some(image).into_iter().collect())
    }
    async fn image(&self, id: &str) -> Result<Option<Image>> {
        Ok(self.images(&Filter::default()).await?.into_iter().find(|image| image.id == id))
    }
}
