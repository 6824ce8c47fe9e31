//! From Lua's numbers to C's, as the conversions of a 64-bit x86 do it: what doesn't fit becomes the value that the
//! processor gives for it.

/// To a whole number of 64 bits without a sign. Negative numbers keep their bits.
pub(super) fn to_unsigned(number: f64) -> u64 {
    const HALF: f64 = 9_223_372_036_854_775_808.0;
    if number >= HALF {
        crate::native::to_integer(number - HALF).cast_unsigned() ^ (1 << 63)
    } else {
        crate::native::to_integer(number).cast_unsigned()
    }
}

/// To a whole number of 32 bits.
pub(super) fn to_int(number: f64) -> i32 {
    if number > -2_147_483_649.0 && number < 2_147_483_648.0 { number as i32 } else { i32::MIN }
}
