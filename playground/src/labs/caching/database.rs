//! The slow database: a few connections, and a line of those who wait for one.

use std::collections::VecDeque;

/// Queries that it carries out at the same time.
pub(super) const CONNECTIONS: usize = 10;

/// What it knows, and who asks.
#[derive(Debug)]
pub(super) struct Database<Q> {
    /// The last version of each product.
    versions: Vec<u64>,
    pub(super) busy: usize,
    line: VecDeque<Q>,
}

impl<Q> Database<Q> {
    pub(super) fn new(products: usize) -> Self {
        Self { versions: vec![1; products], busy: 0, line: VecDeque::new() }
    }

    pub(super) fn version(&self, product: usize) -> u64 {
        self.versions.get(product).copied().unwrap_or(0)
    }

    /// Saves a version; what it knows already may be a later one.
    pub(super) fn save(&mut self, product: usize, version: u64) {
        if let Some(known) = self.versions.get_mut(product) {
            *known = version.max(*known);
        }
    }

    /// A query comes.
    pub(super) fn join(&mut self, query: Q) {
        self.line.push_back(query);
    }

    /// The query that is next, if a connection is free.
    pub(super) fn next(&mut self) -> Option<Q> {
        if self.busy < CONNECTIONS { self.line.pop_front() } else { None }
    }

    /// How many wait.
    pub(super) fn waiting(&self) -> usize {
        self.line.len()
    }
}
