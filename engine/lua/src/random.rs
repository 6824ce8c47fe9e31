//! Chance from a seed: the 48-bit congruential generator that C libraries call `lrand48`.

/// Numbers that look drawn by chance, and are the same for the same seed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Random(u64);

impl Random {
    pub(crate) const fn new(seed: u32) -> Self {
        Self((seed as u64) << 16 | 0x330e)
    }

    /// The next number, below 2^31.
    pub(crate) const fn draw(&mut self) -> u32 {
        self.0 = self.0.wrapping_mul(0x5_deec_e66d).wrapping_add(0xb) & ((1 << 48) - 1);
        (self.0 >> 17) as u32
    }
}
