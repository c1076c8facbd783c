//! A machine's console, and the password that is told of it.

use super::CloudStack;
use super::call::Call;
use super::decode::{text, truth};
use crate::cloud::{Kind, Result};

impl CloudStack {
    /// Where a person sees a machine's console in a browser.
    pub(super) async fn address_of_console(&self, id: &str) -> Result<Option<String>> {
        let call = Call::once("server.console_url", "createConsoleEndpoint").with("virtualmachineid", id);
        let body = self.session.ask(&call).await?;
        let endpoint = body.get("consoleendpoint").unwrap_or(&body);
        match (text(endpoint, "url"), truth(endpoint, "success")) {
            (Some(url), _) => Ok(Some(url)),
            (None, _) => {
                let words = text(endpoint, "details").unwrap_or_default();
                Err(self.session.error(Kind::Failed, "the cloud gives no console").answer(words))
            }
        }
    }

    /// The password that a machine made for itself, encrypted for its key pair.
    pub(super) async fn own_password(&self, id: &str) -> Result<Option<String>> {
        let call = Call::read("server.password_data", "getVMPassword").with("id", id);
        match self.session.ask(&call).await {
            Ok(body) => Ok(text(body.get("password").unwrap_or(&body), "encryptedpassword")),
            // It is no value of a parameter that is wrong: the machine has none.
            Err(error) if error.answer.as_deref().is_some_and(|words| words.contains("No password")) => {
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }
}
