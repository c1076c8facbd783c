//! The process and the world around it, as scripts that may look see them: variables, files, programs, hosts.

use super::args::Options;
use super::file_stream::{FileContent, FileUnderWay};
use super::new_file::NewFile;
use super::watch::Watch;
use crate::base::file;
use crate::base::stream::Content;
use crate::cloud::error::RequestLine;
use crate::cloud::ports::{FileSink, FileWrite, Outside, ProgramEnd, ProgramRun, WebAnswer, WebAsk};
use crate::cloud::{Error, Kind};
use crate::config::Environment;
use crate::wire::mask::Known;
use crate::wire::{
    self, Body, Clock as _, ErrorKind, Intent, Method, Pace, Proxies, Request, Sent, Settings, Tls,
    WallClock, Wire,
};
use async_trait::async_trait;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::AsyncWriteExt as _;

/// The longest that one look at a port may take.
const LOOK: Duration = Duration::from_secs(5);

/// The process.
pub(super) struct Process {
    environment: Environment,
    /// The way to hosts whose certificate must be good, and to those that may have any.
    ways: [Wire; 2],
}

impl Process {
    /// Nothing is opened until it is asked for.
    pub(super) fn new(
        environment: Environment,
        known: Known,
        watch: Arc<Watch>,
        options: &Options,
    ) -> Process {
        let pace = Pace::new(usize::from(options.concurrency), options.rate);
        let way = |verify| {
            let settings = Settings {
                tls: Tls { verify, ..Tls::default() },
                pace: pace.clone(),
                known: known.clone(),
                timeout: options.timeout.unwrap_or(Settings::default().timeout),
                proxies: Proxies::from_variables(|name| environment.get(name).map(str::to_string)),
                ..Settings::default()
            };
            Wire::new(settings, Arc::new(WallClock::start()), watch.clone())
        };
        Process { ways: [way(true), way(false)], environment }
    }

    /// The program that a name means in our own PATH; one that stands nowhere there is nowhere.
    fn found(&self, program: &str) -> PathBuf {
        let folders = self.environment.get("PATH").unwrap_or("/usr/local/bin:/usr/bin:/bin");
        let of = |folder: PathBuf| Some(folder.join(program)).filter(|file| file.is_file());
        match program.contains('/') {
            true => PathBuf::from(program),
            false => std::env::split_paths(folders)
                .find_map(of)
                .unwrap_or_else(|| PathBuf::from("/").join(program)),
        }
    }
}

fn why(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "no such file".to_string(),
        io::ErrorKind::PermissionDenied => "no permission".to_string(),
        io::ErrorKind::IsADirectory => "it is a folder".to_string(),
        _ => error.to_string(),
    }
}

/// Why a file cannot be written.
pub(super) fn why_not_written(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "its folder is not there".to_string(),
        io::ErrorKind::PermissionDenied => "no permission to write it".to_string(),
        _ => why(error),
    }
}

/// Why a file cannot be read.
pub(super) fn why_not_read(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::PermissionDenied => "no permission to read it".to_string(),
        _ => why(error),
    }
}

/// Add at the end of a file. One that was there has its own mode; it is narrowed before anything secret is in it.
fn append(path: &Path, file: &FileWrite) -> io::Result<()> {
    let mut options = std::fs::File::options();
    options.create(true).append(true);
    #[cfg(unix)]
    if let Some(mode) = file.mode {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(mode);
    }
    file::refuse_pipe(path)?;
    let mut open = options.open(path)?;
    #[cfg(unix)]
    if let Some(mode) = file.mode
        && open.metadata()?.is_file()
    {
        use std::os::unix::fs::PermissionsExt as _;
        open.set_permissions(std::fs::Permissions::from_mode(mode))?;
    }
    let before = open.metadata().map(|there| there.len());
    open.write_all(&file.bytes).inspect_err(|_| {
        // Half of it is worse than none.
        if let Ok(before) = before {
            let _ = open.set_len(before);
        }
    })
}

#[async_trait]
impl Outside for Process {
    fn variable(&self, name: &str) -> Option<String> {
        self.environment.variables.get(name).cloned()
    }

    fn read_file(&self, path: &str) -> Result<Vec<u8>, String> {
        file::read(&self.environment.cwd.join(path)).map_err(|error| why_not_read(&error))
    }

    fn write_file(&self, file: &FileWrite) -> Result<(), String> {
        let path = self.environment.cwd.join(&file.path);
        let write = || match file.append {
            true => append(&path, file),
            false => {
                let mut new = NewFile::create(&path, file.mode)?;
                match new.write(&file.bytes) {
                    Ok(()) => new.keep(),
                    Err(why) => {
                        new.abandon();
                        Err(why)
                    }
                }
            }
        };
        write().map_err(|error: io::Error| why_not_written(&error))
    }

    fn open_file(&self, path: &str) -> Result<Arc<dyn Content>, String> {
        let content = FileContent::open(self.environment.cwd.join(path))?;
        Ok(Arc::new(content))
    }

    fn new_file(&self, path: &str) -> Result<Arc<dyn FileSink>, String> {
        let path = self.environment.cwd.join(path);
        let file = NewFile::for_transfer(&path).map_err(|error| why_not_written(&error))?;
        Ok(Arc::new(FileUnderWay::new(file)))
    }

    async fn run(&self, run: &ProgramRun) -> Result<ProgramEnd, String> {
        // Found by our own PATH: one that the script hands on would choose another program than the one allowed.
        let program = self.found(&run.program);
        let mut command = tokio::process::Command::new(&program);
        command.args(&run.args).envs(run.env.iter().map(|(name, value)| (name, value.reveal())));
        let folder =
            run.dir.as_ref().map_or(self.environment.cwd.clone(), |dir| self.environment.cwd.join(dir));
        command.current_dir(&folder).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.kill_on_drop(true).spawn().map_err(|error| match error.kind() {
            io::ErrorKind::NotFound if !folder.is_dir() => "its folder is not there".to_string(),
            io::ErrorKind::NotFound => "there is no such program".to_string(),
            _ => why(&error),
        })?;
        let stdin = child.stdin.take();
        let feed = async {
            if let Some(mut stdin) = stdin {
                // A program that does not read what it is given is no mistake.
                let _ = stdin.write_all(&run.stdin).await;
            }
        };
        let (output, ()) = tokio::join!(child.wait_with_output(), feed);
        let output = output.map_err(|error| why(&error))?;
        #[cfg(unix)]
        let signal = std::os::unix::process::ExitStatusExt::signal(&output.status);
        #[cfg(not(unix))]
        let signal: Option<i32> = None;
        let code = output.status.code().or(signal.map(|signal| 128 + signal)).unwrap_or(1);
        Ok(ProgramEnd { code: i64::from(code), stdout: output.stdout, stderr: output.stderr })
    }

    async fn fetch(&self, ask: &WebAsk) -> Result<WebAnswer, Error> {
        let method = match ask.method.as_str() {
            "GET" => Method::Get,
            "HEAD" => Method::Head,
            "POST" => Method::Post,
            "PUT" => Method::Put,
            "PATCH" => Method::Patch,
            _ => Method::Delete,
        };
        // As what must happen once: nothing is repeated behind the script's back, and a redirect is its own answer.
        let mut request = Request::new("http", method, ask.url.as_str()).intent(Intent::Once);
        request
            .headers
            .extend(ask.headers.iter().map(|(name, value)| (name.clone(), value.reveal().to_string())));
        if !request.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("accept")) {
            request = request.header("Accept", "*/*");
        }
        if let Some((kind, bytes)) = &ask.body {
            request.body = Body::Bytes(kind.clone(), bytes.clone().into());
        }
        request.timeout = ask.timeout;
        let way = &self.ways[usize::from(ask.insecure)];
        // The script names the host, and the gate has allowed it: what it sends there is its own.
        way.hosts().allow(&ask.url);
        let answer = way.send(&request).await.map_err(|error| lost(&error))?;
        let headers = answer.headers.iter().map(|(name, value)| (name.to_ascii_lowercase(), value.clone()));
        Ok(WebAnswer { status: answer.status, headers: headers.collect(), body: answer.body.to_vec() })
    }

    async fn answers(&self, host: &str, port: u16) -> bool {
        let connecting = tokio::net::TcpStream::connect((host, port));
        let clock = WallClock::start();
        tokio::select! {
            connected = connecting => connected.is_ok(),
            () = clock.sleep(LOOK) => false,
        }
    }
}

/// No answer, in the script's words.
fn lost(error: &wire::Error) -> Error {
    let (kind, code) = match error.kind {
        ErrorKind::Form => (Kind::InvalidArgument, "call::invalid_argument"),
        ErrorKind::Withheld => (Kind::Denied, "gate::denied"),
        _ => (Kind::Network, "cloud::network"),
    };
    let through = error.proxy.as_ref().map(|proxy| format!(" through {proxy}")).unwrap_or_default();
    let mut told = Error::new(kind, format!("no answer from `{}`{through}", error.url))
        .coded(code)
        .answer(&*error.detail);
    told.maybe = error.sent == Sent::Maybe && !matches!(error.method, Method::Get | Method::Head);
    told.request = Some(RequestLine {
        method: error.method.as_str(),
        path: error.url.clone(),
        outcome: error.detail.clone(),
        elapsed: error.elapsed,
    });
    told
}
