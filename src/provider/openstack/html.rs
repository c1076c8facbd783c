//! Pages of HTML that stand where an answer of a service should: whoever wrote them is on the way, and knows nothing of the cloud.

use super::service::Service;
use super::session::Call;
use crate::wire::Answer;

/// Whether an answer is a page for a browser: a portal's, or a proxy's. Nova itself names that type where it says nothing.
pub fn is_page(answer: &Answer) -> bool {
    !answer.body.is_empty() && answer.header("content-type").is_some_and(|kind| kind.starts_with("text/html"))
}

/// Whether a 404 is a page that no service wrote: it says that somebody on the way found nothing, not that the thing is gone.
/// Services without pages of their own (Glance has some) say what could not be found.
pub fn says_nothing_of_it(call: &Call, answer: &Answer) -> bool {
    matches!(answer.status, 404 | 410) && call.service != Service::Image && is_page(answer) && {
        let page = String::from_utf8_lossy(&answer.body).to_ascii_lowercase();
        !page.contains("could not be found")
    }
}
