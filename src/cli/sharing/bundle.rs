//! `rhain bundle FILE -o OUT`: one file of a script and all its modules.

use crate::check::{self, Checked};
use crate::cli::args::Options;
use crate::cli::audit::refused;
use crate::cli::new_file::NewFile;
use crate::cli::outside::why_not_written;
use crate::cli::run::{no_trace, read};
use crate::cli::setup::{Purpose, Setup, setup};
use crate::cloud::{Error, Kind};
use crate::config::Environment;
use crate::script::modules::bundle::{Bundle, Source};
use crate::script::modules::{self, STDLIB};
use crate::syntax;
use crate::syntax::tree::{Node, StatementKind};
use serde_json::json;
use std::collections::BTreeMap;
use std::path::Path;

pub(super) fn run(
    options: &Options,
    environment: &Environment,
    file: &str,
    output: &Path,
) -> Result<u8, Error> {
    let text = read(file)?;
    let purpose = Purpose { script: Some((file.to_string(), BTreeMap::new())), simulate: true };
    let setup = setup(options, purpose, environment.clone()).map_err(|error| no_trace(options, &error))?;
    let checked = check::all(&setup.session, file, &text);
    if refused(options, &setup, &checked) {
        return Ok(2);
    }
    let bundle = bundle_of(&setup, &checked)?;
    let pinned = setup.modules.lock()?.map(|(_, lock)| lock.modules).unwrap_or_default();
    let pinned = pinned.iter().filter(|entry| bundle.sources.iter().any(|source| source.name == entry.url));
    let lock: Vec<_> = pinned
        .map(|entry| json!({ "url": entry.url, "commit": entry.commit, "sha256": entry.sha256, "touches": entry.touches }))
        .collect();
    let written = bundle.write(json!(lock))?;
    let path = environment.cwd.join(output);
    let same = path.canonicalize().ok().zip(environment.cwd.join(file).canonicalize().ok());
    if same.is_some_and(|(one, other)| one == other) {
        return Err(Error::new(Kind::Script, "the bundle would take the place of its script")
            .coded("cli::output")
            .help(format!("give another file: rhain bundle {file} -o OUT")));
    }
    write(&path, &written).map_err(|why| {
        Error::new(
            Kind::Script,
            format!("`{}` cannot be written: {}", output.display(), why_not_written(&why)),
        )
        .coded("cli::output")
        .help("give -o a file in a folder that is there and can be written")
    })?;
    let modules = bundle.sources.len() - 1;
    let modules = if modules == 1 { "1 module".to_string() } else { format!("{modules} modules") };
    setup.session.console.data(&format!("{}: {file} and {modules}", output.display()));
    Ok(0)
}

fn bundle_of(setup: &Setup, checked: &[Checked]) -> Result<Bundle, Error> {
    let standard = |name: &str| STDLIB.iter().any(|(known, _)| *known == name);
    // The standard library is in every rhain.
    let sources: Vec<&Checked> = checked.iter().filter(|source| !standard(&source.name)).collect();
    let mut bundle = Bundle::default();
    for (nth, source) in sources.iter().enumerate() {
        bundle.sources.push(Source { name: source.name.clone(), text: source.text.to_string() });
        let tree = syntax::parse(&source.text);
        let mut paths = Vec::new();
        let mut chosen = false;
        tree.walk(&mut |path| {
            if let Some(Node::Statement(statement)) = path.last()
                && let StatementKind::Import { path, .. } = &statement.kind
            {
                match path.text() {
                    Some(path) => paths.push(path.to_string()),
                    None => chosen = true,
                }
            }
        });
        if chosen {
            let message = format!("`{}` imports a module that it chooses while it runs", source.name);
            return Err(Error::new(Kind::Script, message)
                .coded("import::bundle")
                .help("write the path of each import out, so that the module can be put into the bundle"));
        }
        for path in paths {
            let (name, _) = modules::find(&setup.session, &source.name, &path)?;
            if let Some(to) = sources.iter().position(|other| other.name == name) {
                bundle.imports.insert((nth, path), to);
            }
        }
    }
    Ok(bundle)
}

fn write(path: &Path, text: &str) -> std::io::Result<()> {
    let mut new = NewFile::create(path, None)?;
    match new.write(text.as_bytes()) {
        Ok(()) => new.keep(),
        Err(why) => {
            new.abandon();
            Err(why)
        }
    }
}
