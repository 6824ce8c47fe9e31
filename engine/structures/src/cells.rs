//! Many small byte strings, each in a *cell* that is known by four bytes.
//!
//! To an allocator every byte string is a piece of its own, of one of its few sizes, with eight bytes of address to find
//! it by. Here those of about one length lie in a row, cell by cell, in *pages*:
//!
//! ```text
//!   24 bytes   page 0 ┌──┬──┬──┬──┬──┬──┐   page 3 ┌──┬──┬──┬─ ─ ─┐
//!                     └──┴──┴──┴──┴──┴──┘          └──┴──┴──┴─ ─ ─┘
//!   32 bytes   page 1 ┌───┬───┬───┬───┐     page 2 ┌───┬─ ─ ─ ─ ─ ┐
//!                     └───┴───┴───┴───┘            └───┴─ ─ ─ ─ ─ ┘
//!   more than 1 KiB   a row of boxes
//! ```
//!
//! What is taken out leaves no hole: the last cell of its row moves there, and the caller is told, since that one has
//! another name from now on. So memory is that of what is there, whatever came and went, and how it was fragmented by
//! what has gone is no question. No page but the last of a row is ever copied to grow, and that is 32 KiB at most.
//!
//! A cell is a little longer than what was asked for; what is in it must say how long it is.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::fmt;
use core::num::NonZeroU32;

use crate::{Row, allocated};

/// Names a cell, until one of its row is removed; see [`Cells::remove`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cell(NonZeroU32);

/// Cells of all sizes; see the module.
#[derive(Clone)]
pub struct Cells {
    pages: Vec<Page>,
    /// The number of the last page of the row of each size, up to the largest there is.
    rows: Vec<u32>,
    /// A page that is not in use; its `previous` is another one.
    vacant: u32,
    large: Row<Box<[u8]>>,
    /// The bytes of all cells.
    used: usize,
    /// The bytes that pages and boxes have allocated.
    held: usize,
}

/// Part of a row: cells of one size, each full up to where the page ends.
#[derive(Clone)]
struct Page {
    bytes: Vec<u8>,
    /// Of one cell.
    size: u32,
    /// The page before this one in its row.
    previous: u32,
}

/// Where a cell is.
enum Place {
    Page { page: u32, index: usize },
    Large(usize),
}

impl Cell {
    const LARGE: u32 = 1 << 31;

    const fn new(place: &Place) -> Option<Self> {
        let number = match *place {
            Place::Page { page, index } => page << INDEX_BITS | index as u32,
            Place::Large(place) => Self::LARGE | place as u32,
        };
        match NonZeroU32::new(number.wrapping_add(1)) {
            Some(number) => Some(Self(number)),
            None => None,
        }
    }

    #[inline]
    const fn place(self) -> Place {
        let number = self.0.get() - 1;
        if number & Self::LARGE != 0 {
            return Place::Large((number & !Self::LARGE) as usize);
        }
        Place::Page { page: number >> INDEX_BITS, index: (number & INDEX_MASK) as usize }
    }

    /// Four bytes from which it can be made again.
    #[must_use]
    pub const fn to_bytes(self) -> [u8; 4] {
        self.0.get().to_le_bytes()
    }
}

impl Cells {
    /// None, which allocates nothing.
    pub const fn new() -> Self {
        Self { pages: Vec::new(), rows: Vec::new(), vacant: NONE, large: Row::new(), used: 0, held: 0 }
    }

    /// How long the cell is that so many bytes are given.
    #[must_use]
    pub const fn room(len: usize) -> usize {
        match len {
            0..=16 => 16,
            17..=256 => len.next_multiple_of(8),
            257..=1024 => len.next_multiple_of(32),
            _ => allocated(len),
        }
    }

    /// A cell's bytes.
    #[inline]
    pub fn get(&self, cell: Cell) -> &[u8] {
        let bytes = match cell.place() {
            Place::Page { page, index } => self.pages.get(page as usize).and_then(|page| {
                let size = page.size as usize;
                page.bytes.get(index * size..)?.get(..size)
            }),
            Place::Large(place) => self.large.get(place).map(|bytes| &**bytes),
        };
        debug_assert!(bytes.is_some(), "the cell is there");
        bytes.unwrap_or_default()
    }

    /// The same, to be changed.
    #[inline]
    pub fn get_mut(&mut self, cell: Cell) -> &mut [u8] {
        match cell.place() {
            Place::Page { page, index } => self.pages.get_mut(page as usize).and_then(|page| {
                let size = page.size as usize;
                page.bytes.get_mut(index * size..)?.get_mut(..size)
            }),
            Place::Large(place) => self.large.get_mut(place).map(|bytes| &mut **bytes),
        }
        .unwrap_or_default()
    }

    /// Adds a cell for so many bytes, with zeros in it.
    pub fn add(&mut self, len: usize) -> Cell {
        let room = Self::room(len);
        let place = match row_of(room) {
            Some(row) => self.add_to(row, room),
            None => None,
        };
        self.used += room;
        let place = place.unwrap_or_else(|| {
            self.held += allocated(room);
            self.large.push(alloc::vec![0; room].into_boxed_slice());
            Place::Large(self.large.len() - 1)
        });
        match Cell::new(&place) {
            Some(cell) => cell,
            None => unreachable!("that many boxes are more than any memory holds"),
        }
    }

    /// Takes a cell out. If another one has its name from now on, the name that one had is given back.
    pub fn remove(&mut self, cell: Cell) -> Option<Cell> {
        match cell.place() {
            Place::Large(place) => {
                let gone = self.large.swap_remove(place)?;
                self.used -= gone.len();
                self.held -= allocated(gone.len());
                let last = self.large.len();
                if last == place { None } else { Cell::new(&Place::Large(last)) }
            }
            Place::Page { page, .. } => {
                let size = self.pages.get(page as usize)?.size as usize;
                let row = row_of(size)?;
                let last_page = *self.rows.get(row)?;
                let index = (self.pages.get(last_page as usize)?.bytes.len() / size).checked_sub(1)?;
                let last = Cell::new(&Place::Page { page: last_page, index })?;
                if last != cell {
                    let mut moved = [0; LARGEST];
                    moved.get_mut(..size)?.copy_from_slice(self.get(last));
                    self.get_mut(cell).copy_from_slice(moved.get(..size)?);
                }
                self.used -= size;
                self.cut(row, last_page);
                (last != cell).then_some(last)
            }
        }
    }

    /// The bytes of all cells.
    pub const fn used_bytes(&self) -> usize {
        self.used
    }

    /// What it has allocated: the same after the same calls, on any machine of one pointer width.
    pub const fn memory_bytes(&self) -> usize {
        allocated(self.pages.capacity() * size_of::<Page>())
            + allocated(self.rows.capacity() * size_of::<u32>())
            + self.large.memory_bytes()
            + self.held
    }

    /// Frees a page or a box, whatever is in it; false if none is left. For what goes as a whole, but in slices.
    pub fn free_some(&mut self) -> bool {
        if let Some(bytes) = self.large.pop() {
            self.used -= bytes.len();
            self.held -= allocated(bytes.len());
            return true;
        }
        let Some(page) = self.pages.pop() else { return false };
        self.rows = Vec::new();
        self.used -= page.bytes.len();
        self.held -= allocated(page.bytes.capacity());
        true
    }

    /// Adds a cell to a row, if there is a number left for its page.
    fn add_to(&mut self, row: usize, size: usize) -> Option<Place> {
        let most = PAGE / size * size;
        let last = self.rows.get(row).copied().unwrap_or(NONE);
        let page = match self.pages.get(last as usize) {
            Some(page) if page.bytes.len() < most => last,
            _ => self.start_page(row, size, last)?,
        };
        let Page { bytes, .. } = self.pages.get_mut(page as usize)?;
        if bytes.len() == bytes.capacity() {
            self.held -= allocated(bytes.capacity());
            bytes.reserve_exact(bytes.len().max(FIRST * size).min(most - bytes.len()));
            self.held += allocated(bytes.capacity());
        }
        let index = bytes.len() / size;
        bytes.resize(bytes.len() + size, 0);
        Some(Place::Page { page, index })
    }

    #[cold]
    fn start_page(&mut self, row: usize, size: usize, previous: u32) -> Option<u32> {
        // The first page grows with what is in it; there are others only where there is much.
        let room = if previous == NONE { FIRST * size } else { PAGE / size * size };
        let page = Page { bytes: Vec::with_capacity(room), size: size as u32, previous };
        let number = match self.pages.get_mut(self.vacant as usize) {
            Some(place) => {
                let next = core::mem::replace(place, page).previous;
                core::mem::replace(&mut self.vacant, next)
            }
            None => {
                let number = u32::try_from(self.pages.len()).ok().filter(|&number| number < PAGES)?;
                push_tightly(&mut self.pages, page);
                number
            }
        };
        while self.rows.len() <= row {
            push_tightly(&mut self.rows, NONE);
        }
        self.rows[row] = number;
        self.held += allocated(room);
        Some(number)
    }

    /// Forgets the last cell of a row, whose last page is known.
    fn cut(&mut self, row: usize, number: u32) {
        let vacant = self.vacant;
        let Some(page) = self.pages.get_mut(number as usize) else { return };
        let before = allocated(page.bytes.capacity());
        let left = page.bytes.len() - page.size as usize;
        page.bytes.truncate(left);
        if left == 0 {
            page.bytes = Vec::new();
            self.rows[row] = core::mem::replace(&mut page.previous, vacant);
            self.vacant = number;
        } else if page.previous == NONE && left < page.bytes.capacity() / 4 {
            page.bytes.shrink_to(2 * left);
        }
        self.held = self.held + allocated(page.bytes.capacity()) - before;
    }
}

impl Default for Cells {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Cells {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cells").field("used", &self.used).field("held", &self.held).finish()
    }
}

/// The row for cells of a size; none if that is for boxes.
const fn row_of(size: usize) -> Option<usize> {
    match size {
        16..=256 => Some(size / 8 - 2),
        257..=LARGEST => Some(31 + size / 32 - 9),
        _ => None,
    }
}

/// Adds to a vector that is likely to stay short.
fn push_tightly<T>(vec: &mut Vec<T>, value: T) {
    if vec.len() < 4 {
        vec.reserve_exact(1);
    }
    vec.push(value);
}

/// No page.
const NONE: u32 = u32::MAX;

/// The largest cell of a row.
const LARGEST: usize = 1024;

/// The bytes of a full page, less what no cell fits into.
const PAGE: usize = 32 * 1024;

/// Cells that the first page of a row has room for at first.
const FIRST: usize = 4;

/// Enough for a page of the smallest cells.
const INDEX_BITS: u32 = 11;
const INDEX_MASK: u32 = (1 << INDEX_BITS) - 1;

/// Pages that have a number: 32 GiB. What comes then gets boxes.
const PAGES: u32 = 1 << (31 - INDEX_BITS);

const _: () = assert!(PAGE / 16 == 1 << INDEX_BITS);
const _: () = assert!(size_of::<Option<Cell>>() == 4);

#[cfg(test)]
mod tests {
    use super::*;

    /// Cells of all lengths with a number at the start of each, and where they are.
    fn fill(cells: &mut Cells, lens: impl Iterator<Item = usize>) -> Vec<(Cell, u32)> {
        let add = |(number, len): (usize, usize)| {
            let cell = cells.add(len);
            assert!(cells.get(cell).len() >= len && cells.get(cell).iter().all(|&byte| byte == 0));
            cells.get_mut(cell)[..4].copy_from_slice(&(number as u32).to_le_bytes());
            (cell, number as u32)
        };
        lens.enumerate().map(add).collect()
    }

    #[test]
    fn every_cell_keeps_its_bytes_whatever_goes() {
        let mut cells = Cells::new();
        let mut known = fill(&mut cells, (0..20_000).map(|number| 4 + number * 7919 % 1500));
        assert!(cells.memory_bytes() >= cells.used_bytes());
        let mut state = 1_usize;
        while !known.is_empty() {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let (gone, _) = known.swap_remove((state >> 33) % known.len());
            if let Some(old) = cells.remove(gone) {
                let moved = known.iter_mut().find(|(cell, _)| *cell == old).unwrap();
                moved.0 = gone;
            }
            if known.len() % 1000 == 0 {
                for &(cell, number) in &known {
                    assert_eq!(cells.get(cell)[..4], number.to_le_bytes());
                }
                let slack = cells.memory_bytes() - cells.used_bytes();
                assert!(slack < 55 * PAGE + 200_000, "{slack}");
            }
        }
        assert_eq!((cells.used_bytes(), cells.held), (0, 0));
        let cell = cells.add(30);
        assert_eq!(cells.get(cell).len(), 32);
    }

    #[test]
    fn few_cells_take_little() {
        let mut cells = Cells::new();
        fill(&mut cells, core::iter::repeat_n(24, 3));
        assert!(cells.memory_bytes() < 400, "{}", cells.memory_bytes());
    }

    #[test]
    fn it_goes_in_slices() {
        let mut cells = Cells::new();
        fill(&mut cells, (0..5000).map(|number| number % 1200));
        let mut before = cells.memory_bytes();
        while cells.free_some() {
            assert!(cells.memory_bytes() < before);
            before = cells.memory_bytes();
        }
        assert_eq!((cells.used_bytes(), cells.held), (0, 0));
    }
}
