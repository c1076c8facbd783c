//! The pages of `rhain explain`: one a code, with what it means, a failing example and a mended one.
//!
//! A code is a family and a word: `call` and `parse` are found before anything is sent, `language` is what a running
//! script does wrong, `script` what it says itself, `import` and `param` what it lacks, `cloud` what a cloud says, `gate` what
//! this session does not allow, `config` what is wrong with the user's files, `cli` with the command line. Examples that fail are fenced as `rhai,fails`.

/// The codes and their pages, in alphabetical order.
pub const PAGES: &[(&str, &str)] = &[
    ("call::closure", include_str!("call-closure.md")),
    ("call::empty_filter", include_str!("call-empty_filter.md")),
    ("call::invalid_argument", include_str!("call-invalid_argument.md")),
    ("call::masked", include_str!("call-masked.md")),
    ("call::missing_argument", include_str!("call-missing_argument.md")),
    ("call::other_cloud", include_str!("call-other_cloud.md")),
    ("call::too_many_arguments", include_str!("call-too_many_arguments.md")),
    ("call::unknown_option", include_str!("call-unknown_option.md")),
    ("call::unknown_status", include_str!("call-unknown_status.md")),
    ("call::unknown_verb", include_str!("call-unknown_verb.md")),
    ("call::wrong_type", include_str!("call-wrong_type.md")),
    ("cli::code", include_str!("cli-code.md")),
    ("cli::command", include_str!("cli-command.md")),
    ("cli::faults", include_str!("cli-faults.md")),
    ("cli::file", include_str!("cli-file.md")),
    ("cli::output", include_str!("cli-output.md")),
    ("cli::sim", include_str!("cli-sim.md")),
    ("cli::topic", include_str!("cli-topic.md")),
    ("cloud::ambiguous", include_str!("cloud-ambiguous.md")),
    ("cloud::conflict", include_str!("cloud-conflict.md")),
    ("cloud::failed", include_str!("cloud-failed.md")),
    ("cloud::forbidden", include_str!("cloud-forbidden.md")),
    ("cloud::invalid_argument", include_str!("cloud-invalid_argument.md")),
    ("cloud::network", include_str!("cloud-network.md")),
    ("cloud::not_found", include_str!("cloud-not_found.md")),
    ("cloud::over_quota", include_str!("cloud-over_quota.md")),
    ("cloud::protocol", include_str!("cloud-protocol.md")),
    ("cloud::rate_limited", include_str!("cloud-rate_limited.md")),
    ("cloud::timeout", include_str!("cloud-timeout.md")),
    ("cloud::unauthorized", include_str!("cloud-unauthorized.md")),
    ("cloud::unavailable", include_str!("cloud-unavailable.md")),
    ("cloud::unsupported", include_str!("cloud-unsupported.md")),
    ("config::credentials", include_str!("config-credentials.md")),
    ("config::none", include_str!("config-none.md")),
    ("config::several", include_str!("config-several.md")),
    ("config::syntax", include_str!("config-syntax.md")),
    ("config::unknown_cloud", include_str!("config-unknown_cloud.md")),
    ("config::value", include_str!("config-value.md")),
    ("gate::denied", include_str!("gate-denied.md")),
    ("gate::pretended", include_str!("gate-pretended.md")),
    ("import::cycle", include_str!("import-cycle.md")),
    ("import::missing", include_str!("import-missing.md")),
    ("import::outside", include_str!("import-outside.md")),
    ("language::arithmetic", include_str!("language-arithmetic.md")),
    ("language::cancelled", include_str!("language-cancelled.md")),
    ("language::closure_result", include_str!("language-closure_result.md")),
    ("language::constant", include_str!("language-constant.md")),
    ("language::data_race", include_str!("language-data_race.md")),
    ("language::failed", include_str!("language-failed.md")),
    ("language::file", include_str!("language-file.md")),
    ("language::function_scope", include_str!("language-function_scope.md")),
    ("language::index", include_str!("language-index.md")),
    ("language::limit", include_str!("language-limit.md")),
    ("language::missing_key", include_str!("language-missing_key.md")),
    ("language::module", include_str!("language-module.md")),
    ("language::no_terminal", include_str!("language-no_terminal.md")),
    ("language::not_set", include_str!("language-not_set.md")),
    ("language::nothing", include_str!("language-nothing.md")),
    ("language::number", include_str!("language-number.md")),
    ("language::operator", include_str!("language-operator.md")),
    ("language::read_only", include_str!("language-read_only.md")),
    ("language::this", include_str!("language-this.md")),
    ("language::thrown", include_str!("language-thrown.md")),
    ("language::too_deep", include_str!("language-too_deep.md")),
    ("language::type", include_str!("language-type.md")),
    ("language::unknown_field", include_str!("language-unknown_field.md")),
    ("language::unknown_variable", include_str!("language-unknown_variable.md")),
    ("language::unlike", include_str!("language-unlike.md")),
    ("language::variable", include_str!("language-variable.md")),
    ("param::missing", include_str!("param-missing.md")),
    ("param::unknown", include_str!("param-unknown.md")),
    ("param::value", include_str!("param-value.md")),
    ("parse::assign", include_str!("parse-assign.md")),
    ("parse::await", include_str!("parse-await.md")),
    ("parse::block", include_str!("parse-block.md")),
    ("parse::call", include_str!("parse-call.md")),
    ("parse::closure", include_str!("parse-closure.md")),
    ("parse::colon", include_str!("parse-colon.md")),
    ("parse::comma", include_str!("parse-comma.md")),
    ("parse::comment", include_str!("parse-comment.md")),
    ("parse::comprehension", include_str!("parse-comprehension.md")),
    ("parse::condition", include_str!("parse-condition.md")),
    ("parse::doc_comment", include_str!("parse-doc_comment.md")),
    ("parse::duplicate", include_str!("parse-duplicate.md")),
    ("parse::elif", include_str!("parse-elif.md")),
    ("parse::end", include_str!("parse-end.md")),
    ("parse::equals", include_str!("parse-equals.md")),
    ("parse::error", include_str!("parse-error.md")),
    ("parse::escape", include_str!("parse-escape.md")),
    ("parse::export", include_str!("parse-export.md")),
    ("parse::expression", include_str!("parse-expression.md")),
    ("parse::for", include_str!("parse-for.md")),
    ("parse::foreign", include_str!("parse-foreign.md")),
    ("parse::function", include_str!("parse-function.md")),
    ("parse::import", include_str!("parse-import.md")),
    ("parse::increment", include_str!("parse-increment.md")),
    ("parse::index", include_str!("parse-index.md")),
    ("parse::interpolation", include_str!("parse-interpolation.md")),
    ("parse::keyword_argument", include_str!("parse-keyword_argument.md")),
    ("parse::let", include_str!("parse-let.md")),
    ("parse::logic", include_str!("parse-logic.md")),
    ("parse::loop", include_str!("parse-loop.md")),
    ("parse::map", include_str!("parse-map.md")),
    ("parse::name", include_str!("parse-name.md")),
    ("parse::nested_function", include_str!("parse-nested_function.md")),
    ("parse::new", include_str!("parse-new.md")),
    ("parse::nothing", include_str!("parse-nothing.md")),
    ("parse::number", include_str!("parse-number.md")),
    ("parse::object", include_str!("parse-object.md")),
    ("parse::parameter", include_str!("parse-parameter.md")),
    ("parse::quote", include_str!("parse-quote.md")),
    ("parse::reserved", include_str!("parse-reserved.md")),
    ("parse::semicolon", include_str!("parse-semicolon.md")),
    ("parse::switch", include_str!("parse-switch.md")),
    ("parse::symbol", include_str!("parse-symbol.md")),
    ("parse::ternary", include_str!("parse-ternary.md")),
    ("parse::throw", include_str!("parse-throw.md")),
    ("parse::too_deep", include_str!("parse-too_deep.md")),
    ("parse::truth", include_str!("parse-truth.md")),
    ("parse::try", include_str!("parse-try.md")),
    ("parse::type", include_str!("parse-type.md")),
    ("parse::unclosed", include_str!("parse-unclosed.md")),
    ("parse::unclosed_text", include_str!("parse-unclosed_text.md")),
    ("parse::unopened", include_str!("parse-unopened.md")),
    ("script::assertion", include_str!("script-assertion.md")),
    ("script::failed", include_str!("script-failed.md")),
];

/// The families, and what their codes have in common.
pub const FAMILIES: &[(&str, &str)] = &[
    ("parse", "the text of a script does not read"),
    ("check", "what is wrong, or probably so, before a script runs"),
    ("call", "a verb or function is called in a way it does not take"),
    ("import", "a module is not to be had"),
    ("param", "a runbook's parameters"),
    ("language", "what a running script does wrong"),
    ("script", "what a script says itself"),
    ("cloud", "what a cloud refuses, or fails at"),
    ("gate", "what this session does not allow"),
    ("config", "the files and variables that describe clouds"),
    ("cli", "the command line"),
];

/// The page of a code.
pub fn page(code: &str) -> Option<&'static str> {
    PAGES.iter().find(|(name, _)| *name == code).map(|(_, page)| *page)
}

/// Every code, in alphabetical order.
pub fn names() -> impl Iterator<Item = &'static str> {
    PAGES.iter().map(|(code, _)| *code)
}

/// What a code means, in the first sentence of its page; of a long one, what stands before its first colon.
pub fn summary(code: &str) -> String {
    let text = page(code).unwrap_or("");
    let words: Vec<&str> = text.lines().skip(1).skip_while(|line| line.trim().is_empty()).collect();
    let first = words.split(|line| line.trim().is_empty()).next().unwrap_or(&[]).join(" ");
    let sentence = first.split_once(". ").map_or(first.trim_end_matches('.'), |(sentence, _)| sentence);
    let clause = sentence.split_once(": ").map_or(sentence, |(clause, _)| clause);
    let clause = clause.split_once("; ").map_or(clause, |(clause, _)| clause);
    if sentence.len() > 60 { clause.to_string() } else { sentence.to_string() }
}
