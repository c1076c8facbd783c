//! What confirming and reverting a resize share: waiting until the cloud lets it be ended.

use crate::cloud::wait::{self, Goal, Wanted};
use crate::cloud::{Error, Handle, Kind, Result, Server, Span};
use crate::verbs::call::Call;

/// A server whose resize is to be ended.
pub(super) enum Ending {
    /// It waits for that.
    Open(Server),
    /// The cloud has confirmed it by itself.
    Confirmed(Server),
}

/// The server once its resize can be ended; `conflict` at once when none is under way.
pub(super) async fn can_be_ended(call: &Call, server: Server, timeout: Option<Span>) -> Result<Ending> {
    let cloud = call.host.clouds.get(Some(&server.cloud))?;
    let pending = call.host.pending(&server.cloud, &server.id);
    let live = pending.as_ref().is_some_and(|pending| pending.verb == "migrate(live)");
    let pending = pending.filter(|pending| matches!(pending.verb, "resize" | "migrate"));
    let seen = server.clone();
    let now = cloud.server(&server.id).await?.unwrap_or(server);
    // MIGRATING is a live migration: nobody ends it.
    let resizing = |status: &str| matches!(status, "RESIZE" | "VERIFY_RESIZE");
    let live = live || now.status == "MIGRATING";
    // One that is being ended already comes to no rest that could be ended again.
    let ends = |task: &str| matches!(task, "resize_reverting" | "resize_confirming");
    let ending = now.status == "REVERT_RESIZE" || now.task.as_deref().is_some_and(ends);
    let under_way = !ending
        && (resizing(&now.status) || now.task.as_deref().is_some_and(|task| task.starts_with("resize")));
    // Where resizing is done at once there is nothing to wait for, and nothing to end but what the run remembers.
    let remembered = cloud.remembers_resize(&now.id);
    if remembered == Some(true) {
        return Ok(Ending::Open(now));
    }
    // Some clouds confirm what nobody ends within their time: it was seen to wait, and has kept its new flavor.
    if seen.status == "VERIFY_RESIZE" && is_up_or_down(&now.status) && now.flavor.is_same(&seen.flavor) {
        return Ok(Ending::Confirmed(now));
    }
    if remembered == Some(false) || ending || (pending.is_none() && !under_way) {
        return Err(Error::new(
            Kind::Conflict,
            format!("`{}` has no resize to end: it is {}", now.name, now.status),
        )
        .coded("cloud::conflict")
        .help(match live {
            _ if ending => format!("it is being ended already: wait with `wait_active(\"{}\")`", now.name),
            true => "a live migration is neither confirmed nor reverted: wait for it with `wait_ready`"
                .to_string(),
            false => format!("call `resize(\"{}\", flavor)` first", now.name),
        }));
    }
    if now.status == "VERIFY_RESIZE" && now.task.is_none() {
        return Ok(Ending::Open(now));
    }
    let object = Handle::new(now.into());
    let wanted = [Wanted { object, pending }];
    let goal = Goal::Status(vec!["VERIFY_RESIZE".to_string()]);
    let timeout = timeout.map_or(wait::DEFAULT_TIMEOUT, Span::to_std);
    let work = wait::servers(&*cloud, &*call.host.clock, &*call.host.progress, &wanted, &goal, timeout);
    let mut found = call.host.unless_cancelled(work).await?;
    let server = found.pop().unwrap_or_else(|| Err(Error::new(Kind::NotFound, "the server is gone")))?;
    Ok(match is_up_or_down(&server.status) {
        true => Ending::Confirmed(server),
        false => Ending::Open(server),
    })
}

fn is_up_or_down(status: &str) -> bool {
    matches!(status, "ACTIVE" | "SHUTOFF")
}
