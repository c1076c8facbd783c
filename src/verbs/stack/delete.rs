//! Deleting a stack: `delete` of several kinds comes here for one.

use crate::cloud::wait::Pending;
use crate::cloud::{Cloud, Error, Handle, Kind, Noun, Result, StackDeletion};
use crate::verbs::argument::Name;
use crate::verbs::call::Call;
use crate::verbs::verb::Key;
use std::sync::Arc;

/// The resources that are kept.
pub const RETAIN: Key<Vec<Name>> =
    Key::optional("retain", "Of a stack: resources that are kept, by their names in the template.");

/// Ask for the deletion of a stack; whether it was there.
pub async fn ask(call: &Call, cloud: &Arc<dyn Cloud>, object: &Handle, force: bool) -> Result<bool> {
    let retain = call.find(&RETAIN)?.unwrap_or_default().into_iter().map(|name| name.0).collect();
    let at = call.host.clock.now();
    let Some(accepted) = cloud.delete_stack(object.id(), &StackDeletion { retain, force }).await? else {
        return Ok(false);
    };
    if !accepted.left.is_empty() {
        let left = accepted.left.join(", ");
        call.host
            .progress
            .warn(&format!("`{}` leaves behind what could not be deleted: {left}", object.name()));
    }
    let pending = Pending { verb: "delete", request_id: accepted.mark, at, before: None };
    call.host.requested(cloud.name(), object.id(), pending);
    object.set_stale();
    Ok(true)
}

/// `retain` is of stacks alone.
pub fn only_of_stacks(call: &Call, object: &Handle) -> Result<()> {
    if object.noun() == Noun::Stack || call.find(&RETAIN)?.is_none() {
        return Ok(());
    }
    Err(Error::new(Kind::InvalidArgument, "`retain` is an option for stacks")
        .coded("call::unknown_option")
        .help("leave it out")
        .at(call.place(RETAIN.name), "only a stack has resources to keep"))
}
