//! How long a completion takes that knows 10,000 servers: `cargo bench --bench complete`.

#![allow(clippy::print_stdout, clippy::disallowed_methods)]

use rhain::assist::{Environment, What, complete};
use std::hint::black_box;
use std::sync::Arc;
use std::time::Instant;

/// 10,000 servers, listed.
struct Many(Arc<[String]>);

impl Environment for Many {
    fn names(&self, _cloud: Option<&str>, _what: What) -> Arc<[String]> {
        self.0.clone()
    }
}

fn main() {
    let kinds = ["web", "db", "cache", "prod-web"];
    let many = Many((0..10_000).map(|nth| format!("{}-{nth:04}", kinds[nth % 4])).collect());
    let script = "let w = server(\"web-0000\");\nfor s in servers() { print(s.name); }\n".repeat(150);
    for (what, text) in [
        ("all of them", "server(\"".to_string()),
        ("by its beginning", "server(\"web-00".to_string()),
        ("by letters", "server(\"pdw42".to_string()),
        ("behind 300 lines", format!("{script}server(\"web-00")),
        ("a method behind 300 lines", format!("{script}w.re")),
    ] {
        let mut times: Vec<f64> = (0..200)
            .map(|_| {
                let begun = Instant::now();
                black_box(complete(black_box(&text), text.len(), &many));
                begun.elapsed().as_secs_f64() * 1000.0
            })
            .collect();
        times.sort_by(f64::total_cmp);
        let found = complete(&text, text.len(), &many).items.len();
        println!("{what:26} {found:6} items   median {:6.3} ms   p99 {:6.3} ms", times[100], times[198]);
    }
}
