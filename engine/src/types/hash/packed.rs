//! A small hash: a listpack of fields and values in turn.
//!
//! ```text
//!   without deadlines   field value   field value   …
//!   with deadlines      field value when   field value when   …      `when` is 0 for a field that stays
//! ```
//!
//! The third element is there from the first deadline on. A field is found by walking, which is quick because there are
//! few.

use redstart_structures::{Item, Listpack, ListpackView};

use super::super::{item, text};

/// Few fields.
#[derive(Clone, Debug, Default)]
pub(super) struct Packed {
    list: Listpack,
    has_deadlines: bool,
    /// The first of the deadlines.
    next_ms: Option<i64>,
}

/// Few fields, to be looked at.
#[derive(Clone, Copy, Debug)]
pub(super) struct PackedView<'a> {
    list: ListpackView<'a>,
    has_deadlines: bool,
    next_ms: Option<i64>,
}

/// A field with all that belongs to it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Row<'a> {
    pub(super) field: Item<'a>,
    pub(super) value: Item<'a>,
    pub(super) deadline_ms: Option<i64>,
}

impl Packed {
    pub(super) const fn new() -> Self {
        Self { list: Listpack::new(), has_deadlines: false, next_ms: None }
    }

    #[inline]
    pub(super) fn view(&self) -> PackedView<'_> {
        let Self { ref list, has_deadlines, next_ms } = *self;
        PackedView { list: list.view(), has_deadlines, next_ms }
    }

    /// How many elements a field has.
    const fn stride(&self) -> usize {
        if self.has_deadlines { 3 } else { 2 }
    }

    pub(super) const fn heap_bytes(&self) -> usize {
        self.list.heap_bytes()
    }

    /// Gives a field a value and lets its deadline be; tells whether the field is new.
    pub(super) fn put(&mut self, field: &[u8], value: &[u8]) -> bool {
        if let Some((index, _)) = self.view().find(field) {
            self.list.replace(index * self.stride() + 1, item(value));
            return false;
        }
        self.list.push_back(item(field));
        self.list.push_back(item(value));
        if self.has_deadlines {
            self.list.push_back(Item::Int(STAYS));
        }
        true
    }

    pub(super) fn remove(&mut self, field: &[u8]) -> bool {
        let Some((index, deadline_ms)) = self.view().find(field) else { return false };
        self.list.remove(index * self.stride(), self.stride());
        self.forget(deadline_ms);
        true
    }

    /// Says when a field that is there expires, or that it stays.
    pub(super) fn set_deadline(&mut self, field: &[u8], deadline_ms: Option<i64>) {
        let Some((index, old_ms)) = self.view().find(field) else { return };
        if deadline_ms.is_some() {
            self.make_room_for_deadlines();
        }
        if self.has_deadlines {
            self.list.replace(index * 3 + 2, Item::Int(deadline_ms.unwrap_or(STAYS)));
            self.next_ms = self.next_ms.into_iter().chain(deadline_ms).min();
            self.forget(old_ms);
        }
    }

    /// Takes out up to `budget` fields whose time has come, naming each; tells how many it did.
    pub(super) fn expire_due(&mut self, now_ms: i64, budget: usize, mut gone: impl FnMut(&[u8])) -> usize {
        let mut kept = Self { has_deadlines: self.has_deadlines, ..Self::new() };
        let mut expired = 0;
        for row in self.view().rows() {
            if expired < budget && row.deadline_ms.is_some_and(|when| when <= now_ms) {
                expired += 1;
                gone(&text(row.field));
            } else {
                kept.push(row);
            }
        }
        kept.find_next();
        *self = kept;
        expired
    }

    fn make_room_for_deadlines(&mut self) {
        if !self.has_deadlines {
            let mut roomy = Self { has_deadlines: true, ..Self::new() };
            self.view().rows().for_each(|row| roomy.push(row));
            *self = roomy;
        }
    }

    fn push(&mut self, row: Row<'_>) {
        self.list.push_back(row.field);
        self.list.push_back(row.value);
        if self.has_deadlines {
            self.list.push_back(Item::Int(row.deadline_ms.unwrap_or(STAYS)));
        }
    }

    /// A field has this deadline no more.
    fn forget(&mut self, deadline_ms: Option<i64>) {
        if deadline_ms.is_some() && deadline_ms == self.next_ms {
            self.find_next();
        }
    }

    fn find_next(&mut self) {
        self.next_ms = self.view().rows().filter_map(|row| row.deadline_ms).min();
    }
}

impl<'a> PackedView<'a> {
    /// Fields without deadlines, and their values.
    #[inline]
    pub(super) const fn of_pairs(list: ListpackView<'a>) -> Self {
        Self { list, has_deadlines: false, next_ms: None }
    }

    /// The fields and their values, if none had ever a deadline.
    pub(super) const fn pairs(self) -> Option<ListpackView<'a>> {
        if self.has_deadlines { None } else { Some(self.list) }
    }

    pub(super) fn to_packed(self) -> Packed {
        let Self { list, has_deadlines, next_ms } = self;
        Packed { list: list.to_listpack(), has_deadlines, next_ms }
    }

    pub(super) const fn len(self) -> usize {
        self.list.len() / self.stride()
    }

    /// How many elements a field has.
    const fn stride(self) -> usize {
        if self.has_deadlines { 3 } else { 2 }
    }

    pub(super) const fn has_deadlines(self) -> bool {
        self.has_deadlines
    }

    pub(super) const fn next_deadline(self) -> Option<i64> {
        self.next_ms
    }

    pub(super) fn rows(self) -> impl Iterator<Item = Row<'a>> {
        let mut items = self.list.iter();
        core::iter::from_fn(move || {
            let (field, value) = (items.next()?, items.next()?);
            let deadline_ms = if self.has_deadlines { when(items.next()?) } else { None };
            Some(Row { field, value, deadline_ms })
        })
    }

    /// The field at an index.
    pub(super) fn row(self, index: usize) -> Option<Row<'a>> {
        let start = index * self.stride();
        let mut items = self.list.range(start..start + self.stride());
        let (field, value) = (items.next()?, items.next()?);
        Some(Row { field, value, deadline_ms: items.next().and_then(when) })
    }

    #[inline]
    pub(super) fn get(self, field: &[u8]) -> Option<Item<'a>> {
        let (_, mut items) = self.list.find(item(field), self.stride())?;
        items.nth(1)
    }

    /// When a field expires, if it is there and does.
    pub(super) fn deadline(self, field: &[u8]) -> Option<i64> {
        self.next_ms?;
        self.find(field)?.1
    }

    /// The index of a field, and its deadline.
    fn find(self, field: &[u8]) -> Option<(usize, Option<i64>)> {
        let stride = self.stride();
        let (index, mut items) = self.list.find(item(field), stride)?;
        let deadline_ms = if self.has_deadlines { items.nth(2).and_then(when) } else { None };
        Some((index / stride, deadline_ms))
    }
}

/// The deadline of a field that has none: real ones lie in the future, so after 1970.
const STAYS: i64 = 0;

fn when(item: Item<'_>) -> Option<i64> {
    if let Item::Int(when) = item { Some(when).filter(|&when| when != STAYS) } else { None }
}
