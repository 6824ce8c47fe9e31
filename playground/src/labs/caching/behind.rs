//! Write-behind: what has been written into the cache and has yet to reach the database.
//!
//! Where it is noted decides what a crash costs: the app's memory goes with the app, a list in the store does not.

use redstart_engine::resp::read::Value;

use super::Notes;
use super::events::{Event, Job, Purpose, Step};
use super::shop::{OUTAGE_US, SECOND_US, Shop, key};

/// Notes of write-behind in the store: those to be done, and those that are being done.
const TO_WRITE: &[u8] = b"queue:writes";
const WRITING: &[u8] = b"queue:doing";

impl Shop {
    /// The app's memory is gone, with all that it was doing; what runs in the database goes on there.
    pub(super) fn crash(&mut self) {
        self.life += 1;
        self.up_us = self.now_us() + OUTAGE_US;
        self.totals.lost += self.dirty.values().map(|(_, writes)| writes).sum::<u64>();
        self.dirty.clear();
        self.is_flushing = false;
        // Whoever takes up the work begins with what was left undone.
        while self.cache.call(&[b"LMOVE", WRITING, TO_WRITE, b"RIGHT", b"LEFT"]) != Value::Null {}
    }

    pub(super) fn empty(&mut self) {
        self.totals.lost += self.cache.count(&[b"LLEN", TO_WRITE]).unsigned_abs();
        self.cache.call(&[b"FLUSHALL"]);
    }

    /// In the cache: the new version, which the database will be told.
    pub(super) fn accept(&mut self, mut job: Box<Job>) {
        let product = job.product;
        job.version = self.next_version(product);
        match self.setup.notes {
            Notes::App => {
                self.put(product, job.version, 0.0, true);
                let note = self.dirty.entry(product).or_default();
                *note = (job.version, note.1 + 1);
            }
            Notes::Store => {
                // Until the database has it, this is the only copy: it must not end.
                self.cache.call(&[b"MULTI"]);
                self.put(product, job.version, 0.0, false);
                self.cache.call(&[b"RPUSH", TO_WRITE, key(product).as_bytes()]);
                self.cache.call(&[b"EXEC"]);
            }
        }
        self.send(job, Step::Answer);
    }

    /// The worker takes what was noted: of many writes of a product, the last.
    pub(super) fn collect(&mut self) {
        self.events.foresee(SECOND_US as f64, Event::Collect);
        if self.is_flushing || !self.is_up() {
            return;
        }
        let dirty = std::mem::take(&mut self.dirty);
        let mut batch: Vec<_> =
            dirty.into_iter().map(|(product, (version, writes))| (product, version, writes)).collect();
        while let Value::Bulk(name) = self.cache.call(&[b"LMOVE", TO_WRITE, WRITING, b"LEFT", b"RIGHT"]) {
            self.cache.call(&[b"LREM", TO_WRITE, b"0", &name]);
            let product =
                String::from_utf8_lossy(&name).rsplit(':').next().and_then(|number| number.parse().ok());
            if let Some(product) = product
                && let Some((version, _)) = self.cached(product)
            {
                batch.push((product, version, 0));
            }
        }
        if !batch.is_empty() {
            self.is_flushing = true;
            let mut job = self.job(Purpose::Flush, 0);
            job.batch = batch;
            self.send(job, Step::Query);
        }
    }

    /// In the cache: the database has it, so it may end.
    pub(super) fn settle(&mut self, job: &Job) {
        self.is_flushing = false;
        let ttl = format!("{:.0}", (self.setup.ttl_secs * 1000.0).max(1.0));
        for &(product, version, _) in &job.batch {
            let name = key(product);
            self.cache.call(&[b"LREM", WRITING, b"0", name.as_bytes()]);
            if self.cached(product).is_some_and(|(cached, _)| cached == version) {
                self.cache.call(&[b"PEXPIRE", name.as_bytes(), ttl.as_bytes(), b"NX"]);
            }
        }
    }

    /// Writes that the database has not been told yet.
    pub(super) fn unwritten(&mut self) -> u64 {
        let noted = self.cache.count(&[b"LLEN", TO_WRITE]) + self.cache.count(&[b"LLEN", WRITING]);
        self.dirty.values().map(|(_, writes)| writes).sum::<u64>() + noted.unsigned_abs()
    }
}
