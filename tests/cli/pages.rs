//! The pages of `rhain explain` that need a cloud: their failing examples fail so on the simulated one, and the mended run.

use crate::support::World;
use rhain::diag::{codes, from_script};
use rhain::script::failure::{Cause, Failure};

/// Pages whose example needs what a simulated cloud at rest does not show; what the program does then is tested elsewhere.
const ELSEWHERE: &[&str] = &[
    "cloud::conflict",
    "cloud::failed",
    "cloud::forbidden",
    "cloud::network",
    "cloud::protocol",
    "cloud::rate_limited",
    "cloud::unauthorized",
    "cloud::unavailable",
    "cloud::unsupported",
    "call::other_cloud",
    "import::cycle",
    "import::outside",
];

fn block(page: &str, fence: &str) -> Option<String> {
    let (_, rest) = page.split_once(&format!("```{fence}\n"))?;
    Some(rest.split("```").next()?.to_string())
}

#[test]
fn examples_fail_and_are_mended_as_their_pages_say() {
    let mut told = Vec::new();
    let mut tried = 0;
    for (code, page) in codes::PAGES {
        let cloudy =
            ["call::", "cloud::", "import::", "script::"].iter().any(|family| code.starts_with(family))
                || ["language::unlike", "language::closure_result"].contains(code);
        let (Some(fails), Some(mended)) = (block(page, "rhai,fails"), block(page, "rhai")) else { continue };
        if !cloudy || ELSEWHERE.contains(code) {
            continue;
        }
        tried += 1;
        let world = World::web();
        match world.run(&fails) {
            Ok(_) => told.push(format!("{code}: does not fail:\n{fails}")),
            Err(failure) => {
                let texts = &world.setup.session.texts;
                let report = from_script::report(&failure, texts, &[]).expect("an error has a report");
                if report.code != *code {
                    told.push(format!("{code}: is {}: {}\n{fails}", report.code, report.title));
                }
            }
        }
        let world = World::web();
        if let Err(Failure { cause: Cause::Error(error) | Cause::Parse(error), .. }) = world.run(&mended)
            && !code.starts_with("import::outside")
        {
            told.push(format!("{code}: mended is {}: {}\n{mended}", from_code(&error), error.message));
        }
    }
    assert!(tried >= 15, "{tried}");
    assert!(told.is_empty(), "{}", told.join("\n\n"));
}

fn from_code(error: &rhain::cloud::Error) -> &'static str {
    rhain::diag::from_cloud::code(error)
}
