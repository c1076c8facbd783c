//! How the lines of a journal come to the disk: those of reads when they will, those of changes before anything leaves, and those
//! that begin at the same time by one sync.

use super::line;
use super::record;
use super::writer::{Held, Journal, Stage, lock};
use crate::cloud::{Error, Kind, Result};
use crate::effects::store::RunFile;
use crate::verbs::run_context::Phase;
use serde_json::{Map, Value as Json};
use std::fs::File;
use std::sync::{Arc, PoisonError};

/// More reads than this are not kept in memory before the first change.
const WAITING: usize = 8 << 20;

/// How far the file is on disk.
#[derive(Default)]
pub(super) struct Disk {
    pub(super) synced: u64,
    pub(super) busy: bool,
    pub(super) file: Option<Arc<File>>,
}

impl Journal {
    /// A line that may be lost with the machine: it is not waited for.
    pub(super) fn write(&self, held: &mut Held, record: Map<String, Json>) {
        let text = self.lines(held, record);
        match &mut held.stage {
            Stage::Waiting(lines) => {
                lines.push_str(&text);
                if lines.len() > WAITING {
                    let _ = self.open(held, "");
                }
            }
            Stage::Open(file) | Stage::Full(file, _) => match file.append(&text) {
                Ok(()) => held.written += 1,
                Err(why) => held.stage = Stage::Broken(why.to_string()),
            },
            Stage::Broken(_) | Stage::Over => {}
        }
    }

    /// A record's line, after the lines of the clouds that are new.
    pub(super) fn lines(&self, held: &mut Held, record: Map<String, Json>) -> String {
        let mut text = String::new();
        for (name, place) in (self.clouds)() {
            if held.clouds.insert(name.clone()) {
                text.push_str(&line::write(&record::cloud(&name, place)));
            }
        }
        if let Json::Object(record) = self.keeper.scrub(Json::Object(record)) {
            text.push_str(&line::write(&record));
        }
        text
    }

    /// A line that is on disk when this returns.
    pub(super) fn write_first(&self, record: Map<String, Json>) -> Result<()> {
        let mut held = lock(&self.held);
        let text = self.lines(&mut held, record);
        // What cleans up behind the run takes the room that is kept for it.
        let ending = self.host.phase() == Phase::Ending;
        let written = match std::mem::replace(&mut held.stage, Stage::Over) {
            Stage::Waiting(lines) => {
                held.stage = Stage::Waiting(lines);
                self.open(&mut held, &text)
            }
            Stage::Open(mut file) => match if ending { Ok(()) } else { file.reserve(text.len()) } {
                Ok(()) => appended(&mut held, file, &text),
                Err(why) => {
                    held.stage = Stage::Full(file, why.to_string());
                    Err(why.to_string())
                }
            },
            Stage::Full(file, _) if ending => appended(&mut held, file, &text),
            Stage::Full(file, why) => {
                held.stage = Stage::Full(file, why.clone());
                Err(why)
            }
            Stage::Broken(why) => {
                held.stage = Stage::Broken(why.clone());
                Err(why)
            }
            Stage::Over => Ok(()),
        };
        held.written += 1;
        held.changed |= written.is_ok();
        let wanted = held.written;
        drop(held);
        written.map_err(|why| self.refused(&why))?;
        self.sync(wanted).map_err(|why| {
            lock(&self.held).stage = Stage::Broken(why.to_string());
            self.refused(&why.to_string())
        })
    }

    /// Make the file, with what waited and a first line.
    pub(super) fn open(&self, held: &mut Held, first: &str) -> std::result::Result<(), String> {
        let Stage::Waiting(waiting) = std::mem::replace(&mut held.stage, Stage::Over) else { return Ok(()) };
        let (mut about, texts) = (self.about)();
        about.insert("run".to_string(), Json::from(self.run.as_str()));
        about.extend(held.more.clone());
        let about = match self.keeper.scrub(Json::Object(about)) {
            Json::Object(about) => about,
            _ => Map::new(),
        };
        let life = record::life(1, self.host.clock.now());
        let lines = format!("{}{}{waiting}{first}", line::write(&about), line::write(&life));
        let opened = self.folder.create(&self.run, &self.key, &texts).and_then(|mut file| {
            file.reserve(lines.len())?;
            file.append(&lines)?;
            lock(&self.disk).file = Some(Arc::new(file.syncer()?));
            Ok(file)
        });
        match opened {
            Ok(file) => {
                held.stage = Stage::Open(file);
                Ok(())
            }
            Err(why) => {
                // Nothing was sent of it: what was made of its files would be a run that nobody can read.
                let _ = self.folder.remove(&self.run);
                held.stage = Stage::Broken(why.to_string());
                Err(why.to_string())
            }
        }
    }

    /// Wait until as many lines are on disk; those who wait at the same time share one sync.
    pub(super) fn sync(&self, wanted: u64) -> std::io::Result<()> {
        let mut disk = lock(&self.disk);
        while disk.synced < wanted {
            if disk.busy {
                disk = self.synced.wait(disk).unwrap_or_else(PoisonError::into_inner);
                continue;
            }
            let Some(file) = disk.file.clone() else { return Ok(()) };
            disk.busy = true;
            drop(disk);
            let upto = lock(&self.held).written;
            let done = file.sync_data();
            disk = lock(&self.disk);
            disk.busy = false;
            self.synced.notify_all();
            done?;
            disk.synced = disk.synced.max(upto);
            if wanted == u64::MAX {
                break;
            }
        }
        Ok(())
    }

    pub(super) fn refused(&self, why: &str) -> Error {
        let shown = self.folder.file(&self.run);
        let message = format!("the journal of this run cannot be written: {why}");
        let help = "make room, or name another folder with --journal; --no-journal runs without one, and cannot be resumed";
        Error::new(Kind::Denied, message)
            .coded("journal::unwritten")
            .help(help)
            .fact("journal", shown.display().to_string())
    }
}

/// Write to the end of the file; where that fails, nothing more is written.
fn appended(held: &mut Held, mut file: RunFile, text: &str) -> std::result::Result<(), String> {
    let written = file.append(text).map_err(|why| why.to_string());
    held.stage = match &written {
        Ok(()) => Stage::Open(file),
        Err(why) => Stage::Full(file, why.clone()),
    };
    written
}
