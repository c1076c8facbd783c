//! `upload_image`: an image of the bytes of a file.

use super::transfer::WatchedContent;
use crate::base::stream::{Content, Held};
use crate::cloud::{Error, ImageSpec, Kind, Noun, Result, Ty, Value};
use crate::verbs::argument::{Data, Meta, Name};
use crate::verbs::call::Call;
use crate::verbs::verb::{Effect, Example, Form, Group, Key, Role, Run, Verb};
use std::io::Read as _;
use std::sync::Arc;

const NAME: Key<Name> = Key::required("name", "The image's name.");
const FILE: Key<Name> =
    Key::optional("file", "The file that holds its bytes, read as they are sent. Needs --allow-read.")
        .names(Role::ReadsFile);
const DATA: Key<Data> = Key::optional("data", "Its bytes, in place of a file: text or a blob.");
const DISK_FORMAT: Key<Name> = Key::optional(
    "disk_format",
    "raw, qcow2, vmdk, vhd, vhdx, vdi, iso …; told by the first bytes where not given, else raw.",
);
const CONTAINER_FORMAT: Key<Name> =
    Key::optional("container_format", "bare unless said otherwise, such as ova.");
const META: Key<Meta> = Key::optional("meta", "Its metadata.");
const VISIBILITY: Key<Name> =
    Key::optional("visibility", "public, private, shared or community; the cloud's own where not given.");

/// The declaration.
pub static VERB: Verb = Verb {
    name: "upload_image",
    group: Group::Images,
    summary: "Make an image of a file's bytes; the checksum is compared, and what is not whole is deleted again.",
    forms: &[Form::with(
        &[NAME.param()],
        &[
            FILE.param(),
            DATA.param(),
            DISK_FORMAT.param(),
            CONTAINER_FORMAT.param(),
            META.param(),
            VISIBILITY.param(),
        ],
    )],
    returns: Ty::Of(Noun::Image),
    effect: Effect::Creates,
    examples: &[Example {
        code: r#"upload_image("tiny", #{ data: "no disk at all", meta: #{ use: "test" } }).status"#,
        gives: "ACTIVE",
    }],
    errors: &[
        Kind::Denied,
        Kind::InvalidArgument,
        Kind::OverQuota,
        Kind::Network,
        Kind::Failed,
        Kind::Unsupported,
    ],
    see: &["save_image", "share_image", "snapshot"],
    run: Run::Once(|call| Box::pin(upload(call))),
};

async fn upload(call: Call) -> Result<Value> {
    let name = call.get(&NAME)?.0;
    let content = content_of(&call)?;
    if content.size() == 0 {
        let key = if call.find(&FILE)?.is_some() { FILE.name } else { DATA.name };
        return Err(Error::new(Kind::InvalidArgument, format!("`{name}` would be an image of no bytes"))
            .coded("call::wrong_type")
            .help("give a file that holds a disk; clouds take an empty one, and nothing boots from it")
            .at(call.place(key), "it is empty"));
    }
    let disk_format = match call.find(&DISK_FORMAT)? {
        Some(given) => given.0,
        None => format_of(&*content).map_err(|why| unread(&call, &why))?.to_string(),
    };
    let spec = ImageSpec {
        content: WatchedContent::around(&call.host, format!("uploading `{name}`"), content),
        name,
        disk_format,
        container_format: call.find(&CONTAINER_FORMAT)?.map_or("bare".to_string(), |given| given.0),
        meta: call.find(&META)?.map(|meta| meta.0).unwrap_or_default(),
        visibility: call.find(&VISIBILITY)?.map(|given| given.0),
    };
    let made = call.cloud()?.upload_image(&spec).await;
    call.host.progress.done();
    made.map(Value::from).map_err(|mut error| {
        // The bytes stopped because the run did; what was made is gone again, or told.
        if call.host.is_stopping() {
            error.kind = Kind::Cancelled;
            error.message = format!("interrupted while `{}` was uploaded", spec.name);
        }
        error
    })
}

/// The bytes, which are given in one way.
fn content_of(call: &Call) -> Result<Arc<dyn Content>> {
    match (call.find(&FILE)?, call.find(&DATA)?) {
        (Some(Name(path)), None) => call.host.outside.open_file(&path).map_err(|why| unread(call, &why)),
        (None, Some(Data(bytes))) => Ok(Arc::new(Held(bytes.into()))),
        (given, _) => {
            let message = match given {
                Some(_) => "`upload_image` is given `file` and `data`",
                None => "`upload_image` is given no bytes",
            };
            let error = Error::new(Kind::InvalidArgument, message).coded("call::missing_argument");
            Err(error.help("give one of `file` and `data`"))
        }
    }
}

fn unread(call: &Call, why: &dyn std::fmt::Display) -> Error {
    let path = call.find(&FILE).ok().flatten().map_or_else(String::new, |path| path.0);
    Error::new(Kind::NotFound, format!("`{path}` cannot be read: {why}"))
        .coded("language::file")
        .at(call.place(FILE.name), "this file")
}

/// How bytes lie, as their first ones tell; raw where they do not.
fn format_of(content: &dyn Content) -> std::io::Result<&'static str> {
    const ISO_AT: usize = 0x8001;
    let mut first = Vec::new();
    // What is not read here is told when it is sent.
    content.open()?.take(ISO_AT as u64 + 5).read_to_end(&mut first)?;
    let at = |place: usize, words: &[u8]| first.get(place..).is_some_and(|rest| rest.starts_with(words));
    Ok(match () {
        () if at(0, b"QFI\xfb") => "qcow2",
        () if at(0, b"KDMV") || at(0, b"# Disk DescriptorFile") => "vmdk",
        () if at(0, b"vhdxfile") => "vhdx",
        () if at(0, b"conectix") => "vhd",
        () if at(0x40, b"\x7f\x10\xda\xbe") => "vdi",
        () if at(ISO_AT, b"CD001") => "iso",
        () => "raw",
    })
}

#[cfg(test)]
#[allow(clippy::expect_used)]
mod tests {
    use super::*;

    #[test]
    fn the_first_bytes_tell_the_format() {
        let told = |bytes: &[u8]| format_of(&Held(bytes.into())).expect("read");
        assert_eq!((told(b"QFI\xfb\0\0\0\x03"), told(b"KDMV"), told(b"")), ("qcow2", "vmdk", "raw"));
        let mut disc = vec![0; 0x8001];
        disc.extend_from_slice(b"CD001\x01");
        assert_eq!((told(&disc), told(&disc[..0x8003])), ("iso", "raw"));
    }
}
