//! `rhain test`: finds tests, checks their files, runs them on simulated clouds, and tells how they ended.

use super::args::{Format, Options, TestOptions};
use super::console::{Streams, style};
use super::run::{NOT_RUN, draw, refuse, written};
use super::test_case::{self, Manner};
use super::test_chaos;
use super::test_world::{Subject, TestWorld};
use crate::check::{self, Severity};
use crate::cloud::{Error, Kind};
use crate::config::Environment;
use crate::diag::{self, Style};
use crate::script::coverage::Coverage;
use crate::script::session::Console as _;
use crate::testing::coverage::{self, Lines};
use crate::testing::report::Results;
use crate::testing::{Case, Ended, TestCloud, TestFile, discover, json, junit, suite};
use crate::wire::{Clock as _, WallClock};
use std::collections::{BTreeMap, HashSet};
use std::io::IsTerminal as _;
use std::path::Path;
use std::sync::Arc;

/// 0 where all passed, 1 where one failed, 2 where none was run.
pub(super) fn run(options: &Options, test: &TestOptions) -> u8 {
    let environment = Environment::of_process();
    let streams = Streams::new(options.format == Format::Json, options.quiet);
    let code = match suite(options, test, &environment, &streams) {
        Ok(code) => code,
        Err(error) => refuse(options, &environment, &error, NOT_RUN),
    };
    written(options, &environment, &streams, code)
}

fn suite(
    options: &Options,
    test: &TestOptions,
    environment: &Environment,
    streams: &Streams,
) -> Result<u8, Error> {
    let only = options.cloud.as_deref().map(only_on).transpose()?;
    let mut files: Vec<TestFile> =
        discover::find(&test.paths)?.iter().map(|path| discover::read(path)).collect::<Result<_, _>>()?;
    if let Some(face) = only {
        files.iter_mut().for_each(|file| file.faces = vec![face]);
    }
    // A file that names no test is no mistake where others do.
    if files.iter().all(|file| file.tests.is_empty()) {
        return Err(none_found(test, &files));
    }
    let cases = cases(&files, test.filter.as_deref());
    if cases.is_empty() {
        let text = test.filter.as_deref().unwrap_or_default();
        return Err(Error::new(Kind::Script, format!("no test's file or name holds `{text}`"))
            .coded("cli::file")
            .help("list the tests with `rhain test --list`"));
    }
    if test.list {
        list(streams, &files, &cases);
        return Ok(0);
    }
    let chosen: HashSet<usize> = cases.iter().map(|case| case.file).collect();
    let mut refused = false;
    for (_, file) in files.iter().enumerate().filter(|(nth, _)| chosen.contains(nth)) {
        refused |= !checks(options, environment, file)?;
    }
    if refused {
        return Ok(NOT_RUN);
    }
    let clock = WallClock::start();
    let coverage = test.coverage.is_some().then(|| Arc::new(Coverage::default()));
    let manner = Manner { options, environment, seed: test.seed, update: test.update, coverage };
    let ended = suite::run(
        cases.len(),
        threads(),
        |one: &Ended| test.fail_fast && !one.passed(),
        |nth| {
            let case = cases[nth];
            test_case::run_measured(&manner, &files[case.file], case.test, case.face)
        },
    );
    let lines = manner.coverage.as_ref().map(|coverage| coverage::of_scripts(coverage.lines()));
    let results = Results { files: &files, cases: &cases, ended: &ended, seed: test.seed };
    tell(options, test, environment, streams, &results, lines.as_ref(), clock.elapsed())?;
    let mut ok = results.counts().1 == 0;
    if test.chaos {
        let manner = Manner { coverage: None, update: false, ..manner };
        let (tables, ends) = test_chaos::run(&manner, &files, &cases, &ended, threads());
        streams.page(&format!("\n{}", tables.trim_end()));
        ok &= ends;
    }
    Ok(u8::from(!ok))
}

/// How many tests run at a time.
fn threads() -> usize {
    std::thread::available_parallelism().map_or(2, usize::from)
}

/// The face that `--cloud` chooses.
fn only_on(cloud: &str) -> Result<TestCloud, Error> {
    TestCloud::called(cloud).ok_or_else(|| {
        Error::new(Kind::InvalidArgument, format!("tests run on simulated clouds only, not on `{cloud}`"))
            .coded("cli::sim")
            .help("leave --cloud out, or give sim, sim:aws or sim:cloudstack")
    })
}

fn none_found(test: &TestOptions, files: &[TestFile]) -> Error {
    let paths = test.paths.iter().map(|path| format!("`{}`", path.display())).collect::<Vec<_>>().join(", ");
    let place = if test.paths.is_empty() { "this folder".to_string() } else { paths };
    let message = match files {
        [] => format!("there is no file `…_test.rhai` in {place}"),
        [one] => format!("`{}` has no test", one.name),
        many => format!("the {} files of tests in {place} have no test", many.len()),
    };
    Error::new(Kind::Script, message).coded("cli::file").help(
        "a test is a function without parameters whose name begins with `test_`, in a file whose name ends in `_test.rhai`",
    )
}

/// The cases of the tests that are asked for, each on its faces.
fn cases(files: &[TestFile], filter: Option<&str>) -> Vec<Case> {
    let mut cases = Vec::new();
    for (nth, file) in files.iter().enumerate() {
        for (test, one) in file.tests.iter().enumerate() {
            let fits = filter.is_none_or(|text| file.name.contains(text) || one.function.contains(text));
            cases.extend(file.faces.iter().filter(|_| fits).map(|face| Case {
                file: nth,
                test,
                face: *face,
            }));
        }
    }
    cases
}

fn list(streams: &Streams, files: &[TestFile], cases: &[Case]) {
    let mut told: Vec<(usize, usize)> = Vec::new();
    for case in cases {
        if told.contains(&(case.file, case.test)) {
            continue;
        }
        told.push((case.file, case.test));
        let (file, test) = (&files[case.file], &files[case.file].tests[case.test]);
        let faces: Vec<&str> = file.faces.iter().map(|face| face.word()).collect();
        streams.page(&match streams.json() {
            true => serde_json::json!({
                "file": file.name, "test": test.name(), "line": test.line, "clouds": faces
            })
            .to_string(),
            false => format!("{}:{}  {}  {}", file.name, test.line, test.name(), faces.join(" ")),
        });
    }
}

/// Whether a file and all that it imports can run; what is wrong with them is told, each once.
fn checks(options: &Options, environment: &Environment, file: &TestFile) -> Result<bool, Error> {
    let mut told: HashSet<(String, usize, String)> = HashSet::new();
    let mut clean = true;
    for face in &file.faces {
        let world = TestWorld::new(
            options,
            environment,
            *face,
            Subject { file: file.name.clone(), ..Subject::default() },
            None,
        );
        let setup = world
            .session(&file.name, BTreeMap::new(), world.console())
            .map_err(|why| Error::new(Kind::Failed, why.to_string()))?;
        let checked = check::all(&setup.session, &file.name, &file.text);
        for (nth, source) in checked.iter().enumerate() {
            for finding in &source.findings {
                let error = finding.severity == Severity::Error;
                clean &= !error;
                let key = (source.name.clone(), finding.span.start, finding.error.message.clone());
                if told.insert(key) && (error || !(options.quiet || file.of_examples)) {
                    let report = diag::from_check::report(&checked, nth, finding);
                    draw(options, environment, &report, str::to_string);
                }
            }
        }
    }
    Ok(clean)
}

/// Tell how it ended: on standard output, and in the files that were asked for.
fn tell(
    options: &Options,
    test: &TestOptions,
    environment: &Environment,
    streams: &Streams,
    results: &Results<'_>,
    lines: Option<&Lines>,
    took: std::time::Duration,
) -> Result<(), Error> {
    let write = |option: &str, path: &Path, text: String| {
        std::fs::write(environment.cwd.join(path), text).map_err(|why| {
            Error::new(Kind::Script, format!("`{}` cannot be written: {why}", path.display()))
                .coded("cli::file")
                .help(format!("give {option} a file in a folder that is there"))
        })
    };
    if let Some(path) = &test.junit {
        write("--junit", path, junit::xml(results, took))?;
    }
    if let (Some(path), Some(lines)) = (test.coverage.as_ref().filter(|path| path.as_os_str() != "-"), lines)
    {
        write("--coverage", path, coverage::lcov(lines))?;
    }
    if options.format == Format::Json {
        json::lines(results, took, lines.map(coverage::to_json)).iter().for_each(|line| streams.page(line));
        return Ok(());
    }
    streams.page(results.page(page_style(options, environment)).trim_end());
    let kept: Vec<&String> = results.ended.iter().flat_map(|one| &one.kept).collect();
    for file in kept.into_iter().collect::<std::collections::BTreeSet<_>>() {
        streams.note(&format!("the output of a test is kept in {file} from now on"));
    }
    if let Some(lines) = lines.filter(|lines| !lines.is_empty()) {
        streams.page(&format!("coverage\n{}", coverage::page(lines).trim_end()));
    }
    streams.page(&results.summary(took, lines.map(coverage::words).as_deref()));
    Ok(())
}

/// How the page looks: it goes to standard output.
fn page_style(options: &Options, environment: &Environment) -> Style {
    if !std::io::stdout().is_terminal() {
        return Style::PLAIN;
    }
    style(options.no_color, |name| environment.get(name).map(str::to_string))
}
