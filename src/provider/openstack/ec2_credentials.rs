//! Keys for the EC2 and CloudFormation APIs, from Keystone.

use super::OpenStack;
use super::keystone::ec2;
use super::recover::Attempt;
use crate::cloud::{Ec2Credential, Ec2Credentials, Error, Kind, Result};
use async_trait::async_trait;
use serde_json::Value as Json;

#[async_trait]
impl Ec2Credentials for OpenStack {
    async fn ec2_credentials(&self) -> Result<Vec<Ec2Credential>> {
        let check = |body: &Json| match ec2::decode_all(body) {
            Some(_) => Ok(()),
            None => Err("it lists no credentials".to_string()),
        };
        let (_, body) = self.whole(&ec2::all(&self.own_user().await?), check).await?;
        let all = ec2::decode_all(&body).unwrap_or_default();
        all.iter().for_each(|one| self.session.wire().known().add(one.secret.reveal()));
        Ok(all)
    }

    async fn create_ec2_credential(&self) -> Result<Ec2Credential> {
        let user = self.own_user().await?;
        let Some(project) = self.project().await? else {
            let message = format!("{} is logged in to for no project", self.session.name());
            return Err(self
                .own(Error::new(Kind::InvalidArgument, message))
                .help("add `project_name` to its credentials"));
        };
        let before = self.ec2_credentials().await?;
        let attempt = Attempt {
            verb: "create_ec2_credential",
            sought: "a new pair of keys of this user".to_string(),
            list: "ec2_credentials()".to_string(),
        };
        let find = || async {
            let mut new = self.ec2_credentials().await?;
            new.retain(|one| !before.contains(one) && one.project.as_deref() == Some(&project));
            Ok(new.pop())
        };
        let made = |body: &Json| body.get("credential").and_then(ec2::decode);
        let one = self.create(&ec2::create(&user, &project), &attempt, made, find).await?;
        self.session.wire().known().add(one.secret.reveal());
        Ok(one)
    }
}

impl OpenStack {
    async fn own_user(&self) -> Result<String> {
        self.session.login().await?;
        self.session.user_id().ok_or_else(|| {
            let message = format!("{} does not tell which user this session is", self.session.name());
            self.own(Error::new(Kind::Unsupported, message))
                .help("log in to Keystone: a bare token tells no user")
        })
    }
}
