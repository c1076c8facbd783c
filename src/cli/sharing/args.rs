//! The commands that write, read and share scripts, as the command line has them.

use clap::Subcommand;
use std::path::PathBuf;

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Sharing {
    /// List what a script can touch
    ///
    /// Clouds, verbs by what they do, hosts, files, programs and variables of the script and of all that it imports, with
    /// where each comes from. It is never less than what a run can do: `any` is what is known only then.
    Audit {
        /// The script; `-` reads standard input
        #[arg(value_name = "FILE")]
        file: String,
    },
    /// Lay scripts out anew: spaces and lines, never words
    ///
    /// Without a file, every script in this folder and below. A file with a mistake in it stays as it is. Exit: 0 done, 1
    /// with --check where one would change, 2 where one cannot be read or is no script.
    Fmt {
        /// Change nothing, and show what would change
        #[arg(long)]
        check: bool,
        /// The scripts, or folders of them; `-` reads standard input
        #[arg(value_name = "FILE")]
        files: Vec<PathBuf>,
    },
    /// Make a folder with a runbook and its test
    New {
        /// The folder, which is not there yet
        #[arg(value_name = "NAME")]
        name: String,
    },
    /// Let scripts here import a remote module
    ///
    /// It is fetched, what it can touch is shown, and rhain.lock holds it from now on, with what it imports: in the nearest
    /// folder upwards that has one, or here. `rhain add URL as NAME` lets scripts write import "NAME".
    Add {
        /// https://host/path.rhai or git+https://host/repo.git//path@rev
        #[arg(value_name = "URL")]
        url: String,
        /// The word `as`
        #[arg(value_name = "as", requires = "name", value_parser = ["as"], hide_possible_values = true)]
        name_word: Option<String>,
        /// A short name to import it by
        #[arg(value_name = "NAME")]
        name: Option<String>,
    },
    /// Fetch remote modules anew
    ///
    /// What a new version touches that the old one did not is shown, and asked about: --yes takes it, and without a terminal
    /// nothing changes. Exit: 0 done, 1 refused.
    Update {
        /// One module, by its address or name; all where not given
        #[arg(value_name = "URL")]
        url: Option<String>,
    },
    /// Take a remote module out of rhain.lock
    Remove {
        /// Its address or name
        #[arg(value_name = "URL")]
        url: String,
    },
    /// Copy the remote modules beside rhain.lock
    ///
    /// Into the folder `vendor`, from which they are then read: keep it with the scripts.
    Vendor,
    /// Make one file of a script and all its modules
    ///
    /// It runs as the script does, wherever it is: `run`, `check`, `audit`, `doc` and `test` take it.
    Bundle {
        /// The script
        #[arg(value_name = "FILE")]
        file: String,
        /// The file to make
        #[arg(short = 'o', long, value_name = "OUT")]
        output: PathBuf,
    },
}
