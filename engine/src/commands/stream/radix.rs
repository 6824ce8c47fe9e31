//! How many nodes a radix tree over ids would have, which is what XINFO STREAM tells.
//!
//! The keys are the 16 bytes of the ids, from the greatest down. Such a tree has a node for each key's end, one for each
//! place where keys part, and one for each row of bytes between those that leads to one place only.
//!
//! ```text
//!   AAX, ABX, ABY       (A)─┬─A(X)─∎        2 places where keys part, 1 row before them,
//!                           └─B─┬─X∎        1 row behind them, 3 ends
//!                               └─Y∎
//! ```

/// The bytes of a key.
const LEN: usize = 16;

/// The number of nodes for ids in order.
pub(super) fn nodes(mut ids: impl Iterator<Item = u128>) -> usize {
    let Some(mut before) = ids.next() else { return 1 };
    let mut tree = Tree { nodes: 0, open: [0; LEN], depth: 0 };
    let mut shared_before = None;
    for id in ids {
        let shared = ((before ^ id).leading_zeros() / 8) as usize;
        tree.end_key(shared_before.max(Some(shared)));
        tree.close_down_to(Some(shared));
        shared_before = Some(shared);
        before = id;
    }
    tree.end_key(shared_before);
    tree.close_down_to(None);
    tree.nodes
}

/// A tree while its keys are gone through: the places where keys part that lie on the way to the present one.
struct Tree {
    nodes: usize,
    open: [usize; LEN],
    depth: usize,
}

impl Tree {
    /// A key ends, which parts from its neighbours after so many bytes.
    fn end_key(&mut self, parted: Option<usize>) {
        self.nodes += 1;
        self.add_row(parted, LEN);
    }

    /// A row of bytes between two places, if there is any between them.
    fn add_row(&mut self, from: Option<usize>, to: usize) {
        // Where keys part, one byte leads to each next place.
        let start = from.map_or(0, |from| from + 1);
        self.nodes += usize::from(start < to);
    }

    fn top(&self) -> Option<usize> {
        self.open.get(self.depth.checked_sub(1)?).copied()
    }

    /// Leaves all places that are further down than one, which the next key parts at.
    fn close_down_to(&mut self, place: Option<usize>) {
        while let Some(top) = self.top().filter(|&top| Some(top) > place) {
            self.depth -= 1;
            self.nodes += 1;
            self.add_row(self.top().max(place), top);
        }
        if let Some(place) = place.filter(|&place| self.top() != Some(place))
            && let Some(open) = self.open.get_mut(self.depth)
        {
            *open = place;
            self.depth += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(bytes: &[u8]) -> u128 {
        let mut key = [0; LEN];
        key[..bytes.len()].copy_from_slice(bytes);
        u128::from_be_bytes(key)
    }

    #[test]
    fn nodes_are_counted() {
        assert_eq!(nodes([].into_iter()), 1);
        assert_eq!(nodes([id(b"A")].into_iter()), 2);
        // They part at the first byte: one place, two rows, two ends.
        assert_eq!(nodes([id(b"A"), id(b"B")].into_iter()), 5);
        // At the last byte: a row, a place, two ends.
        assert_eq!(nodes([1, 2].into_iter()), 4);
        assert_eq!(nodes([id(b"AAX"), id(b"ABX"), id(b"ABY")].into_iter()), 9);
    }
}
