//! The built program, spawned in a folder of its own with an environment of its own, and a simulated cloud to point it at.

use rhain_sim::{Fault, FaultKind, Sim, SimOptions, SimTime};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// A folder to run in, and what the program is told of the world.
pub struct Program {
    folder: tempfile::TempDir,
    variables: Vec<(String, String)>,
}

/// How a run ended.
#[derive(Debug)]
pub struct Ended {
    /// The exit code; `None` where a signal ended it.
    pub code: Option<i32>,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
}

impl Ended {
    /// Everything it wrote.
    pub fn all(&self) -> String {
        format!("{}\n{}", self.out, self.err)
    }

    /// The standard output of a run that must have ended well.
    #[track_caller]
    pub fn ok(self) -> String {
        assert_eq!(self.code, Some(0), "{}", self.err);
        self.out
    }

    /// The standard error of a run that must have ended with this code.
    #[track_caller]
    pub fn failed(self, code: i32) -> String {
        assert_eq!(self.code, Some(code), "out: {}\nerr: {}", self.out, self.err);
        self.err
    }
}

impl Program {
    /// No configuration, no variables.
    pub fn new() -> Program {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::create_dir(folder.path().join("home")).expect("a home");
        std::fs::create_dir(folder.path().join("work")).expect("a folder to work in");
        Program { folder, variables: Vec::new() }
    }

    /// The same, with the clouds of this clouds.yaml.
    pub fn with_clouds(text: &str) -> Program {
        let program = Program::new();
        program.file("../home/.config/openstack/clouds.yaml", text);
        program
    }

    /// With one more variable.
    pub fn var(mut self, name: &str, value: &str) -> Program {
        self.variables.push((name.to_string(), value.to_string()));
        self
    }

    /// The folder it runs in.
    pub fn folder(&self) -> PathBuf {
        self.folder.path().join("work")
    }

    /// A file, its path taken from the folder it runs in.
    pub fn file(&self, path: &str, text: &str) -> PathBuf {
        let file = self.folder().join(path);
        std::fs::create_dir_all(file.parent().expect("a folder")).expect("a folder");
        std::fs::write(&file, text).expect("a file");
        file
    }

    /// The text of a file.
    pub fn read(&self, path: &str) -> String {
        std::fs::read_to_string(self.folder().join(path)).expect("a file")
    }

    /// All variables that it sees.
    pub fn environment(&self) -> Vec<(String, String)> {
        let home = self.folder.path().join("home").to_string_lossy().into_owned();
        std::iter::once(("HOME".to_string(), home)).chain(self.variables.iter().cloned()).collect()
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_rhain"));
        command.args(words).current_dir(self.folder()).env_clear().envs(self.environment());
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// Run it to its end.
    pub fn run(&self, words: &[&str]) -> Ended {
        self.run_with(words, "")
    }

    /// Run it to its end, with this on standard input.
    pub fn run_with(&self, words: &[&str], stdin: &str) -> Ended {
        let mut child = self.command(words).spawn().expect("the program starts");
        // A program that does not read has closed its end.
        let _ = child.stdin.take().expect("a pipe").write_all(stdin.as_bytes());
        let output = child.wait_with_output().expect("it ends");
        Ended {
            code: output.status.code(),
            out: String::from_utf8(output.stdout).expect("text"),
            err: String::from_utf8(output.stderr).expect("text"),
        }
    }

    /// Start it, and leave it running.
    pub fn start(&self, words: &[&str]) -> Running {
        let mut child = self.command(words).spawn().expect("the program starts");
        let out = BufReader::new(child.stdout.take().expect("a pipe"));
        let err = BufReader::new(child.stderr.take().expect("a pipe"));
        Running { child, out, err }
    }
}

/// A program that runs.
pub struct Running {
    child: Child,
    out: BufReader<std::process::ChildStdout>,
    err: BufReader<std::process::ChildStderr>,
}

impl Running {
    /// Its process id.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// The next line of standard output, once it is there.
    pub fn line(&mut self) -> String {
        let mut line = String::new();
        self.out.read_line(&mut line).expect("a line");
        line.trim_end().to_string()
    }

    /// The next line of standard error, once it is there.
    pub fn talk(&mut self) -> String {
        let mut line = String::new();
        self.err.read_line(&mut line).expect("a line");
        line.trim_end().to_string()
    }

    /// Write to its standard input.
    pub fn write(&mut self, bytes: &[u8]) {
        let input = self.child.stdin.as_mut().expect("a pipe");
        input.write_all(bytes).and_then(|()| input.flush()).expect("it reads");
    }

    /// The next bytes of standard output, once all are there.
    pub fn read(&mut self, length: usize) -> Vec<u8> {
        let mut bytes = vec![0; length];
        self.out.read_exact(&mut bytes).expect("so many bytes");
        bytes
    }

    /// Send it a signal: `INT`, `TERM`.
    pub fn signal(&self, name: &str) {
        let sent = Command::new("kill").arg(format!("-{name}")).arg(self.child.id().to_string()).status();
        assert!(sent.expect("kill is there").success());
    }

    /// Close the reading end of its standard output, and wait for its end.
    pub fn end_unread(self) -> Ended {
        let Running { mut child, out, mut err } = self;
        drop(child.stdin.take());
        drop(out);
        let mut said = String::new();
        err.read_to_string(&mut said).expect("text");
        Ended { code: child.wait().expect("it ends").code(), out: String::new(), err: said }
    }

    /// Wait for its end; gives what it wrote and was not read yet, which must fit into a pipe.
    pub fn end(mut self) -> Ended {
        drop(self.child.stdin.take());
        let (mut out, mut err) = (String::new(), String::new());
        self.out.read_to_string(&mut out).expect("text");
        self.err.read_to_string(&mut err).expect("text");
        Ended { code: self.child.wait().expect("it ends").code(), out, err }
    }
}

/// A simulated cloud that this process serves to programs it spawns.
pub struct Served {
    /// The cloud.
    pub sim: Sim,
    _runtime: tokio::runtime::Runtime,
}

impl Served {
    /// One on the machine's own time.
    pub fn new() -> Served {
        Served::with(SimTime::Wall)
    }

    /// One whose time stands still: what is asked of it never comes to its end.
    pub fn frozen() -> Served {
        Served::with(SimTime::Virtual)
    }

    fn with(time: SimTime) -> Served {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
        let runtime = runtime.expect("a runtime");
        let options = SimOptions { time, ..SimOptions::default() };
        let (tell, told) = std::sync::mpsc::channel();
        runtime.spawn(async move {
            tell.send(Sim::start(options).await).expect("a listener");
        });
        let sim = told.recv().expect("an answer").expect("the cloud starts");
        Served { sim, _runtime: runtime }
    }

    /// A clouds.yaml with one cloud, `lab`.
    pub fn lab(&self) -> String {
        self.lab_with("secret")
    }

    /// The same, with another password.
    pub fn lab_with(&self, password: &str) -> String {
        format!(
            "clouds:\n  lab:\n    region_name: RegionOne\n    auth:\n      auth_url: {}\n      username: demo\n      \
             password: {password}\n      project_name: demo\n      user_domain_name: Default\n      \
             project_domain_name: Default\n",
            self.sim.auth_url()
        )
    }

    /// A program whose only cloud is this one, named `lab`.
    pub fn program(&self) -> Program {
        Program::with_clouds(&self.lab())
    }

    /// Plan a fault of an operation, this many times.
    pub fn fault(&self, operation: &str, times: u32, kind: FaultKind) {
        self.sim.fault(Fault { operation: operation.to_string(), times, after: 0, kind });
    }

    /// The writes that were done: `server.create web`.
    pub fn written(&self) -> Vec<String> {
        let writes = self.sim.journal().into_iter();
        writes.map(|write| format!("{} {}", write.operation, write.name).trim().to_string()).collect()
    }
}

/// A report with what differs from run to run made the same: ids, ports, times.
pub fn normalised(text: &str) -> String {
    let rules = [
        (r"req-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "req-ID"),
        (r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "ID"),
        (r"127\.0\.0\.1:[0-9]+", "127.0.0.1:PORT"),
        (r"\b[0-9]+(\.[0-9]+)? ms\b", "N ms"),
        (r"\b[0-9]+(\.[0-9]+)? seconds? ago", "N seconds ago"),
        (r"after [0-9.]+ (ms|s)\b", "after N s"),
        (r"/tmp/\.tmp[A-Za-z0-9]+", "/tmp/FOLDER"),
    ];
    rules.iter().fold(text.to_string(), |text, (pattern, with)| {
        regex::Regex::new(pattern).expect("a pattern").replace_all(&text, *with).into_owned()
    })
}

/// The path of a file of these tests.
pub fn of_tests(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(path)
}
