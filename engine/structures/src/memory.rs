//! How much memory a piece of so many bytes takes.
//!
//! Allocators keep pieces of few sizes and hand out the next greater one. We count with the sizes of jemalloc, which
//! the native server uses: multiples of 16 at first, then four sizes for each doubling. Other allocators differ by a
//! little; the count must not, since the same calls are to evict the same keys everywhere.

/// The memory that an allocator takes for so many bytes.
#[inline]
pub const fn allocated(bytes: usize) -> usize {
    let unit = match bytes {
        0..=8 => 8,
        9..=128 => 16,
        _ => 1 << ((bytes - 1).ilog2() - 2),
    };
    bytes.saturating_add(unit - 1) & !(unit - 1)
}

#[cfg(test)]
mod tests {
    use super::allocated;

    #[test]
    fn the_sizes_are_those_of_jemalloc() {
        let sizes = [8, 16, 32, 48, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384, 448, 512, 640, 768];
        let mut smaller = 0;
        for size in sizes {
            for bytes in smaller + 1..=size {
                assert_eq!(allocated(bytes), size, "{bytes}");
            }
            smaller = size;
        }
        assert_eq!(allocated(0), 0);
        assert_eq!([14_337, 1 << 20, (1 << 20) + 1].map(allocated), [16_384, 1 << 20, 1_310_720]);
        assert!(allocated(usize::MAX) >= usize::MAX / 2);
    }
}
