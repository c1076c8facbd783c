//! Which tests there are: every `fn test_…()` of a file `…_test.rhai`, and the clouds that its header names.

use super::examples;
use crate::cloud::{Error, Kind};
use crate::syntax;
use crate::syntax::lexer;
use std::path::{Path, PathBuf};

/// The end of the names of files that hold tests.
const ENDING: &str = "_test.rhai";
/// How the names of tests begin.
const PREFIX: &str = "test_";
/// The line of a header that names the clouds.
const CLOUDS: &str = "//! clouds:";

/// A face of the simulated cloud.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum TestCloud {
    /// OpenStack's.
    OpenStack,
    /// AWS's.
    Aws,
    /// CloudStack's.
    CloudStack,
}

impl TestCloud {
    /// All of them.
    pub const ALL: [TestCloud; 3] = [TestCloud::OpenStack, TestCloud::Aws, TestCloud::CloudStack];

    /// The provider's word, which headers use.
    pub fn word(self) -> &'static str {
        match self {
            TestCloud::OpenStack => "openstack",
            TestCloud::Aws => "aws",
            TestCloud::CloudStack => "cloudstack",
        }
    }

    /// The cloud of that face.
    pub fn cloud(self) -> &'static str {
        match self {
            TestCloud::OpenStack => "sim",
            TestCloud::Aws => "sim:aws",
            TestCloud::CloudStack => "sim:cloudstack",
        }
    }

    /// The face of this word, or of the simulated cloud of this name.
    pub fn called(word: &str) -> Option<TestCloud> {
        TestCloud::ALL.into_iter().find(|face| face.word() == word || face.cloud() == word)
    }
}

/// A test.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Test {
    /// Its function.
    pub function: String,
    /// The line of it.
    pub line: usize,
}

impl Test {
    /// Its name, as a report tells it.
    pub fn name(&self) -> &str {
        self.function.strip_prefix(PREFIX).unwrap_or(&self.function)
    }
}

/// A file of tests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TestFile {
    /// Its path, as it was given or found.
    pub name: String,
    /// Its text.
    pub text: String,
    /// The faces that its tests run on.
    pub faces: Vec<TestCloud>,
    /// Its tests, in order.
    pub tests: Vec<Test>,
    /// Whether it is a script whose examples are the tests.
    pub of_examples: bool,
}

/// The files of tests that paths mean: files, and folders with all below them. Sorted, each once.
///
/// # Errors
/// When a path leads nowhere, or to a file that is none of tests.
pub fn find(paths: &[PathBuf]) -> Result<Vec<PathBuf>, Error> {
    let here = [PathBuf::from(".")];
    let paths = if paths.is_empty() { &here[..] } else { paths };
    let mut found = Vec::new();
    for path in paths {
        if path.is_dir() {
            below(path, &mut found).map_err(|why| unreadable(path, &why))?;
        } else if path.is_file() {
            found.extend(of_file(path)?);
        } else {
            return Err(Error::new(Kind::Script, format!("there is no file or folder `{}`", path.display()))
                .coded("cli::file")
                .help("give a file `…_test.rhai`, or a folder that holds some"));
        }
    }
    let mut seen = std::collections::HashSet::new();
    found.retain(|path| seen.insert(path.canonicalize().unwrap_or_else(|_| path.clone())));
    Ok(found)
}

/// A file of tests; of a script its examples, and the file of its tests.
fn of_file(path: &Path) -> Result<Vec<PathBuf>, Error> {
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    if name.ends_with(ENDING) {
        return Ok(vec![path.to_path_buf()]);
    }
    let beside = path.with_file_name(format!("{}{ENDING}", name.trim_end_matches(".rhai")));
    let mut found = Vec::new();
    if name.ends_with(".rhai") {
        found.extend(Some(path.to_path_buf()).filter(|path| has_examples(path)));
        found.extend(Some(beside.clone()).filter(|path| path.is_file()));
    }
    if !found.is_empty() {
        return Ok(found);
    }
    let message = format!("`{}` is no file of tests, and has none beside it", path.display());
    Err(Error::new(Kind::Script, message)
        .coded("cli::file")
        .help(format!("write its tests into `{}`, each a function `test_…`", beside.display())))
}

/// The files of tests below a folder; hidden folders and links to folders are left out.
fn below(folder: &Path, found: &mut Vec<PathBuf>) -> std::io::Result<()> {
    let mut entries = std::fs::read_dir(folder)?.collect::<Result<Vec<_>, _>>()?;
    entries.sort_by_key(std::fs::DirEntry::file_name);
    for entry in entries {
        let name = entry.file_name().to_string_lossy().into_owned();
        let kind = entry.file_type()?;
        if kind.is_dir() && !name.starts_with('.') && name != "target" && name != "node_modules" {
            below(&entry.path(), found)?;
        } else if !kind.is_dir() && (name.ends_with(ENDING) || is_documented(&entry.path())) {
            let path = entry.path();
            found.push(path.strip_prefix("./").map(Path::to_path_buf).unwrap_or(path));
        }
    }
    Ok(())
}

/// Whether a script has examples that are tests; what others wrote and was only put here is theirs to test.
fn is_documented(path: &Path) -> bool {
    let vendored = path.components().any(|part| part.as_os_str() == "vendor");
    path.extension().is_some_and(|kind| kind == "rhai") && !vendored && has_examples(path)
}

fn has_examples(path: &Path) -> bool {
    std::fs::read_to_string(path).is_ok_and(|text| examples::of(&text).is_some())
}

/// Read a file of tests.
///
/// # Errors
/// When it cannot be read, or names a cloud that there is not.
pub fn read(path: &Path) -> Result<TestFile, Error> {
    let text = crate::base::file::read_text(path).map_err(|why| unreadable(path, &why))?;
    let name = path.to_string_lossy().into_owned();
    let tested = name.strip_suffix(ENDING).map(|stem| PathBuf::from(format!("{stem}.rhai")));
    let of_tested = || tested.and_then(|path| std::fs::read_to_string(path).ok());
    let faces = match faces(&name, &text)? {
        Some(faces) => faces,
        // What the tested script says of itself counts for its tests.
        None => of_tested().map(|text| faces(&name, &text)).transpose()?.flatten().unwrap_or_else(usual),
    };
    if let Some((text, tests)) = examples::of(&text).filter(|_| !name.ends_with(ENDING)) {
        return Ok(TestFile { name, text, faces, tests, of_examples: true });
    }
    let tests = of_text(&text);
    Ok(TestFile { name, text, faces, tests, of_examples: false })
}

/// What tests run on that name no cloud.
fn usual() -> Vec<TestCloud> {
    vec![TestCloud::OpenStack]
}

fn unreadable(path: &Path, why: &std::io::Error) -> Error {
    Error::new(Kind::Script, format!("`{}` cannot be read: {why}", path.display()))
        .coded("cli::file")
        .help("look whether it is there, is text, and may be read")
}

/// The tests of a text, in order.
pub fn of_text(text: &str) -> Vec<Test> {
    let tree = syntax::parse(text);
    let functions = tree.functions().filter(|one| one.name.text.starts_with(PREFIX) && one.params.is_empty());
    let test = |one: &crate::syntax::tree::Function| Test {
        function: one.name.text.clone(),
        line: lexer::position(text, one.name.span.start).0,
    };
    functions.map(test).collect()
}

/// The faces that the header of a text names: `//! clouds: openstack, aws`; `None` where it names none.
fn faces(name: &str, text: &str) -> Result<Option<Vec<TestCloud>>, Error> {
    let header = text
        .lines()
        .take_while(|line| line.trim().is_empty() || line.starts_with("//") || line.starts_with("#!"));
    let Some(line) = header.filter_map(|line| line.strip_prefix(CLOUDS)).next() else { return Ok(None) };
    let mut faces = Vec::new();
    for word in line.split(',').map(str::trim).filter(|word| !word.is_empty()) {
        let face = TestCloud::called(word).ok_or_else(|| {
            let all = TestCloud::ALL.map(TestCloud::word).join(", ");
            Error::new(Kind::Script, format!("`{name}` names a cloud `{word}` that tests cannot run on"))
                .coded("cli::file")
                .help(format!("name some of {all}: {CLOUDS} {all}"))
        })?;
        if !faces.contains(&face) {
            faces.push(face);
        }
    }
    Ok(Some(faces).filter(|faces| !faces.is_empty()))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_header_names_faces_and_what_is_no_header_does_not() {
        let of = |text: &str| faces("a_test.rhai", text);
        assert_eq!(
            of("// Tests.\n//! clouds: aws, openstack , aws\n"),
            Ok(Some(vec![TestCloud::Aws, TestCloud::OpenStack]))
        );
        assert_eq!(
            of("#!/usr/bin/env rhain\n\n//! clouds: cloudstack"),
            Ok(Some(vec![TestCloud::CloudStack]))
        );
        assert_eq!(of("let a = 1;\n//! clouds: aws\n"), Ok(None));
        assert_eq!(of("//! clouds:\n"), Ok(None));
        let error = of("//! clouds: azure\n").unwrap_err();
        assert!(error.message.contains("azure") && error.help.as_deref().unwrap().contains("cloudstack"));
    }

    #[test]
    fn tests_are_functions_without_parameters() {
        let text = "fn test_a() {}\nfn helper() {}\nfn test_b(x) {}\n// fn test_c() {}\nfn test_d() { 1 }";
        let names: Vec<(String, usize)> =
            of_text(text).into_iter().map(|test| (test.name().to_string(), test.line)).collect();
        assert_eq!(names, [("a".to_string(), 1), ("d".to_string(), 5)]);
    }
}
