//! The secondary storage and its own web server: templates that are sent in pieces of a form, and links by which they are
//! fetched. What is sent is signed by what the API gave for it, not by a key of the caller. The paths, the headers and the words
//! are those of CloudStack's `HttpUploadServerHandler`.

use std::sync::PoisonError;
use std::time::{Duration, SystemTime};

use md5::Md5;
use serde_json::{Value, json};
use sha2::{Digest, Sha256, Sha512};

use super::call::{Command, Told, asks, does};
use super::plan::Plan;
use super::refused::{Outcome, Refused};
use super::scope::{Cloud, stamp};
use super::state::{Ledger, Shared};
use super::template::Template;
use super::template_make::REGISTER;
use crate::openstack::{Answer, Request};
use crate::world::{Image, World, fresh_id, fresh_secret, hex};

pub(super) static COMMANDS: &[Command] = &[
    does("cloudstack.getUploadParamsForTemplate", REGISTER, begin),
    does("cloudstack.extractTemplate", &["id", "mode", "zoneid"], extract),
    asks("cloudstack.listHypervisors", &["zoneid"], hypervisors),
];

/// Where templates are sent to, and where they are fetched.
const UPLOADS: &str = "/upload/";
const LINKS: &str = "/userdata/";

/// The names of both, as faults and the journal know them.
const SENT: &str = "cloudstack.upload";
const FETCHED: &str = "cloudstack.download";

/// How long what was sent is worked on, and how long its signature holds.
const SETTLES: Duration = Duration::from_secs(3);
const HOLDS: Duration = Duration::from_secs(3600);

/// The kinds of disks that are taken.
const FORMATS: [&str; 7] = ["QCOW2", "RAW", "VHD", "VHDX", "VMDK", "OVA", "TAR"];

/// A template that is to be sent.
#[derive(Debug, Clone)]
pub(super) struct Upload {
    signature: String,
    metadata: String,
    until: SystemTime,
    checksum: Option<String>,
    /// What a first time said.
    taken: bool,
}

fn hypervisors(cloud: &mut Cloud<'_>) -> Outcome<Told> {
    if cloud.params.get("zoneid").is_some() {
        cloud.zone("zoneid")?;
    }
    Ok(json!({"count": 1, "hypervisor": [{"name": "Simulator"}]}).into())
}

fn begin(cloud: &mut Cloud<'_>) -> Outcome<Told> {
    let owner = cloud.owner()?;
    let zone = cloud.zone("zoneid")?.id.clone();
    let format = cloud.params.need("format")?.to_uppercase();
    if !FORMATS.contains(&format.as_str()) {
        return Err(Refused::value(format!("Unsupported format: {format}")));
    }
    let hypervisor = cloud.params.need("hypervisor")?;
    if !hypervisor.eq_ignore_ascii_case("Simulator") {
        return Err(Refused::value(format!("Hypervisor: {hypervisor} is not supported in the zone")));
    }
    cloud.room_for(&owner, "template", 1)?;
    let checksum = cloud.params.get("checksum").map(str::to_owned);
    let note = Template {
        zones: vec![zone],
        // Not before it was sent.
        ready: Some(cloud.now() + Duration::from_secs(10 * 365 * 86400)),
        checksum: checksum.clone(),
        ..cloud.template_asked()?
    };
    let mut image = Image::new(&owner.project, cloud.now());
    image.name = cloud.params.get("name").map(str::to_owned);
    image.visibility = if note.public == Some(true) { "public" } else { "private" }.into();
    image.disk_format = Some(format.to_lowercase());
    image.container_format = Some("bare".into());
    let (id, name) = (image.id.clone(), image.name.clone().unwrap_or_default());
    cloud.world.images.push(image);
    cloud.ledger.templates.insert(id.clone(), note);
    let until = cloud.now() + HOLDS;
    let upload =
        Upload { signature: fresh_secret(28), metadata: fresh_secret(200), until, checksum, taken: false };
    let told = json!({"getuploadparams": {
        "id": id,
        "postURL": format!("{}{UPLOADS}{id}", cloud.ledger.base),
        "metadata": upload.metadata,
        "expires": stamp(until),
        "signature": upload.signature,
    }});
    cloud.ledger.uploads.insert(id.clone(), upload);
    Ok(Told::from(told).about(&id, &name))
}

fn extract(cloud: &mut Cloud<'_>) -> Outcome<Told> {
    let image = cloud.image("id")?;
    let mode = cloud.params.need("mode")?;
    if !["HTTP_DOWNLOAD", "FTP_UPLOAD"].contains(&mode) {
        return Err(Refused::value(
            "Please specify a valid extract Mode. Supported modes: FTP_UPLOAD, HTTP_DOWNLOAD",
        ));
    }
    let note = cloud.template_note(&image);
    if !note.extractable && !cloud.caller.admin() {
        return Err(Refused::value(format!(
            "Unable to extract template id={} as it's not extractable",
            image.id
        )));
    }
    if note.ready.is_some_and(|at| at > cloud.now()) {
        return Err(Refused::internal(format!("The template with id {} is not ready", image.id)));
    }
    let (id, mode) = (image.id.clone(), mode.to_owned());
    let plan = Plan::after(500, move |cloud| {
        let link = fresh_id();
        let format = note.format.clone().unwrap_or_else(|| "RAW".to_owned()).to_lowercase();
        cloud.ledger.links.insert(link.clone(), image.id.clone());
        let now = cloud.now();
        Ok(json!({"template": {
            "id": image.id,
            "name": image.name,
            "state": "DOWNLOAD_URL_CREATED",
            "extractMode": mode,
            "created": stamp(now),
            "url": format!("{}{LINKS}{link}.{format}", cloud.ledger.base),
        }}))
    });
    Ok(cloud.job(plan.on("Template", &id)))
}

/// A request to the storage's own server.
pub(crate) struct Call<'a> {
    request: &'a Request,
}

/// Whether a request is for it.
pub(crate) fn is_ours(request: &Request) -> bool {
    [UPLOADS, LINKS].iter().any(|start| request.path.starts_with(start))
}

pub(crate) fn find(request: &Request) -> Call<'_> {
    Call { request }
}

/// The names of its operations.
pub(crate) fn operations() -> impl Iterator<Item = &'static str> {
    [SENT, FETCHED].into_iter()
}

impl Call<'_> {
    pub(crate) fn operation(&self) -> &'static str {
        if self.request.path.starts_with(UPLOADS) { SENT } else { FETCHED }
    }

    pub(crate) fn writes(&self) -> bool {
        self.request.path.starts_with(UPLOADS)
    }

    /// An error that was planned, or one of its own: plain words.
    pub(crate) fn error(status: u16, words: &str) -> Answer {
        Answer { body: words.as_bytes().to_vec(), kind: "text/plain; charset=UTF-8", ..Answer::empty(status) }
    }

    pub(crate) fn run(&self, world: &mut World, shared: &Shared) -> Answer {
        let mut ledger = shared.lock().unwrap_or_else(PoisonError::into_inner);
        match self.request.path.strip_prefix(UPLOADS) {
            Some(id) => self
                .take(id, world, &mut ledger)
                .unwrap_or_else(|(status, words)| Self::error(status, &words)),
            None => self.give(world, &ledger),
        }
    }

    fn take(&self, id: &str, world: &mut World, ledger: &mut Ledger) -> Result<Answer, (u16, String)> {
        let refuse = |words: &str| (400, words.to_owned());
        if self.request.method != "POST" {
            return Err(refuse("only post requests are allowed"));
        }
        let now = world.now();
        let upload = ledger.uploads.get_mut(id).ok_or_else(|| refuse("cannot find the template"))?;
        let is = |name: &str, value: &str| self.request.header(name) == Some(value);
        if !is("x-signature", &upload.signature) || !is("x-metadata", &upload.metadata) {
            return Err(refuse("signature validation failed."));
        }
        if self.request.header("x-expires").is_none() || upload.until < now {
            return Err(refuse("request not valid anymore."));
        }
        if upload.taken {
            return Err((500, "Internal Server Error".to_owned()));
        }
        upload.taken = true;
        let checksum = upload.checksum.clone();
        let (file, bytes) = self.file().ok_or_else(|| (422, "received entity is not a file".to_owned()))?;
        let note = ledger.templates.entry(id.to_owned()).or_default();
        let format = note.format.clone().unwrap_or_default().to_lowercase();
        if !file.to_lowercase().ends_with(&format!(".{format}")) {
            let words = "File type mismatch between the sent file and the actual content. Received: ";
            return Err(refuse(&format!("{words}{file}")));
        }
        if checksum.is_some_and(|told| !is_of(&told, &bytes)) {
            return Err((500, "Checksum of the uploaded file is not the one that was told".to_owned()));
        }
        note.ready = Some(now + SETTLES);
        let name = world.images.iter_mut().find(|image| image.id == id).map(|image| {
            image.fill(bytes);
            image.name.clone().unwrap_or_default()
        });
        let name = name.ok_or_else(|| refuse("cannot find the template"))?;
        Ok(Self::error(200, "upload successful.").about(id, &name))
    }

    /// The first part of the form that is a file: its name and its bytes.
    fn file(&self) -> Option<(String, Vec<u8>)> {
        let kind = self.request.header("content-type")?;
        let boundary = kind.split_once("boundary=")?.1.trim_matches('"');
        let body = &self.request.body;
        let find = |from: usize, what: &[u8]| {
            body.get(from..)?.windows(what.len()).position(|window| window == what).map(|at| from + at)
        };
        let begin = find(0, format!("--{boundary}\r\n").as_bytes())?;
        let blank = find(begin, b"\r\n\r\n")?;
        let end = find(blank + 2, format!("\r\n--{boundary}--").as_bytes())?;
        let head = String::from_utf8_lossy(body.get(begin..blank)?).into_owned();
        let name = head.split_once("filename=\"")?.1.split('"').next()?.to_owned();
        Some((name, body.get(blank + 4..end)?.to_vec()))
    }

    fn give(&self, world: &World, ledger: &Ledger) -> Answer {
        let name = self.request.path.trim_start_matches(LINKS);
        let link = name.split('.').next().unwrap_or_default();
        let image = ledger.links.get(link).and_then(|id| world.image(id));
        match image.filter(|_| matches!(self.request.method.as_str(), "GET" | "HEAD")) {
            Some(image) => {
                let bytes = image.data.as_ref().map(|data| data.bytes.clone()).unwrap_or_default();
                Answer { body: bytes, kind: "application/octet-stream", ..Answer::empty(200) }
            }
            None => Self::error(404, "Not Found"),
        }
    }
}

/// Whether bytes have this checksum: hexadecimal digits of MD5, or behind the algorithm in braces.
fn is_of(told: &str, bytes: &[u8]) -> bool {
    let own = match told.strip_prefix('{').and_then(|rest| rest.split_once('}')) {
        None => return told.eq_ignore_ascii_case(&hex(&Md5::digest(bytes))),
        Some(("MD5", digits)) => (digits, hex(&Md5::digest(bytes))),
        Some(("SHA-256", digits)) => (digits, hex(&Sha256::digest(bytes))),
        Some(("SHA-512", digits)) => (digits, hex(&Sha512::digest(bytes))),
        Some(_) => return false,
    };
    own.0.eq_ignore_ascii_case(&own.1)
}

/// What is told of how a template was summed.
pub(super) fn checksum(note: &Template) -> Value {
    json!(note.checksum.clone().unwrap_or_default())
}
