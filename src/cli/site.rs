//! `rhain doc --html`: a folder of runbooks as one page, nothing in it loaded from elsewhere.

use super::args::{Format, Options};
use super::audit::places;
use super::console::Streams;
use super::new_file::NewFile;
use super::outside::why_not_written;
use super::reference::{functions, parameters};
use super::run::{no_trace, read, refuse, written};
use super::script_files;
use super::setup::{Purpose, setup};
use crate::audit;
use crate::check::{self, Severity};
use crate::cloud::{Error, Kind};
use crate::config::Environment;
use crate::manual::site::{Script, site};
use crate::script::run::Program;
use crate::script::session::Console as _;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// 0 where it was written, 2 where not.
pub(super) fn run(options: &Options, topic: &[String], html: &Path) -> u8 {
    let environment = Environment::of_process();
    let streams = Streams::new(options.format == Format::Json, options.quiet);
    match make(options, &environment, topic, html) {
        Ok((file, count)) => {
            let scripts = if count == 1 { "1 script".to_string() } else { format!("{count} scripts") };
            streams.data(&file.display().to_string());
            streams.note(&format!("a page of {scripts}"));
            written(options, &environment, &streams, 0)
        }
        Err(error) => refuse(options, &environment, &error, 2),
    }
}

fn make(
    options: &Options,
    environment: &Environment,
    topic: &[String],
    html: &Path,
) -> Result<(PathBuf, usize), Error> {
    // Of a folder that holds scripts the page is about them, and stands beside them.
    let holds = html.is_dir() && !script_files::below(html).is_empty();
    let folder = match topic.first() {
        Some(folder) => PathBuf::from(folder),
        None if holds => html.to_path_buf(),
        None => PathBuf::from("."),
    };
    let none = |what: &str| {
        Error::new(Kind::NotFound, what.to_string())
            .coded("cli::file")
            .help("name a folder of runbooks: rhain doc scripts --html site")
    };
    if !folder.is_dir() {
        return Err(none(&format!("`{}` is no folder", folder.display())));
    }
    let mut scripts = Vec::new();
    for file in script_files::below(&folder) {
        let name = file.strip_prefix(&folder).unwrap_or(&file).to_string_lossy().into_owned();
        if !name.ends_with("_test.rhai") {
            scripts.push(script(options, environment, &name, &file)?);
        }
    }
    if scripts.is_empty() {
        return Err(none(&format!("`{}` holds no script", folder.display())));
    }
    let title = environment.cwd.join(&folder).canonicalize().ok();
    let title = title.as_deref().and_then(Path::file_name).map(|name| name.to_string_lossy().into_owned());
    let page = site(&title.unwrap_or_else(|| "Runbooks".to_string()), &scripts);
    let why = |why: std::io::Error| {
        Error::new(Kind::Script, format!("`{}` cannot be written: {}", html.display(), why_not_written(&why)))
            .coded("cli::output")
            .help("give --html a folder that is there or can be made")
    };
    let target = environment.cwd.join(html);
    std::fs::create_dir_all(&target).map_err(why)?;
    let mut new = NewFile::create(&target.join("index.html"), None).map_err(why)?;
    new.write(page.as_bytes()).and_then(|()| new.keep()).map_err(why)?;
    Ok((html.join("index.html"), scripts.len()))
}

fn script(options: &Options, environment: &Environment, name: &str, file: &Path) -> Result<Script, Error> {
    let path = file.to_string_lossy().into_owned();
    let text = read(&path)?;
    let purpose = Purpose { script: Some((path.clone(), BTreeMap::new())), simulate: true };
    let setup = setup(options, purpose, environment.clone()).map_err(|error| no_trace(options, &error))?;
    let checked = check::all(&setup.session, &path, &text);
    let wrong =
        checked.iter().flat_map(|source| &source.findings).find(|one| one.severity == Severity::Error);
    let mut script = Script {
        name: name.to_string(),
        description: Program::description(&text),
        text: setup.clouds.hide(&text),
        ..Script::default()
    };
    // A module is fine as one, though a runbook could not be like it; what is wrong is told, and the others go on.
    if let Some(wrong) = wrong {
        script.broken = Some(wrong.error.message.to_string());
        return Ok(script);
    }
    if let Ok(program) = Program::compile(&setup.session, &path, &text) {
        script.parameters = parameters(&program);
        script.functions = functions(&program);
    }
    let touches = audit::audit(&checked);
    script.touches = touches
        .iter()
        .map(|touch| [touch.does.words().to_string(), touch.what.clone(), places(touch)])
        .collect();
    Ok(script)
}
