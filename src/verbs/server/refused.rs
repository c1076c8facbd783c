//! What a refused `boot` named and the cloud does not have: looked up after the refusal, so that a boot that is taken costs nothing.

use crate::cloud::{BootSpec, Cloud, Error, Filter, Kind, Noun};
use crate::verbs::call::Call;
use crate::verbs::resolve;
use std::sync::Arc;

/// The error of a boot, with the names of what is not there.
pub(super) async fn refused(call: &Call, cloud: &Arc<dyn Cloud>, spec: &BootSpec, mut error: Error) -> Error {
    let label = format!("`{}` was not made", spec.name);
    if error.maybe {
        error.label = Some(format!("`{}` may have been made", spec.name));
        return error;
    }
    if matches!(error.kind, Kind::NotFound | Kind::InvalidArgument) && error.status.is_some() {
        let words = error.answer.clone().unwrap_or_default();
        // A refusal of another kind, or of what a list may leave out, is about what it names.
        let about = |noun: Noun, text: &str| {
            let is_listed = !matches!(noun, Noun::Image | Noun::Flavor);
            (error.kind == Kind::NotFound && is_listed) || words.contains(text)
        };
        let keys = spec.key.iter().map(|key| (Noun::Keypair, "key", key));
        let groups = spec.security_groups.iter().map(|group| (Noun::SecurityGroup, "security_groups", group));
        let together = spec.server_group.iter().map(|group| (Noun::ServerGroup, "server_group", group));
        let image = spec.image.iter().map(|image| (Noun::Image, "image", image));
        let flavor = std::iter::once((Noun::Flavor, "flavor", &spec.flavor));
        let named: Vec<_> = keys.chain(groups).chain(together).chain(image).chain(flavor).collect();
        for (noun, option, text) in named.into_iter().filter(|(noun, _, text)| about(*noun, text)) {
            // The refusal stands; who may not list is told no more than that.
            let Ok(there) = cloud.list(noun, &Filter::default()).await else { continue };
            if there.iter().any(|one| one.name() == text || one.id() == text) {
                continue;
            }
            let names = there.iter().map(|one| one.name().to_string());
            let mut missing = resolve::missing(cloud, noun, text, names);
            (missing.service, missing.status, missing.code) =
                (error.service, error.status, error.code.take());
            (missing.request, missing.request_id) = (error.request.take(), error.request_id.take());
            missing.answer = error.answer.take();
            return call.placed(missing, option);
        }
    }
    error.label.get_or_insert(label);
    error
}
