//! Powers and logarithms, nearly as exact as a number can be.
//!
//! The library's powers may be wrong in their last digit. What is wrong with it is found by logarithms in twice as many
//! digits, as unevaluated sums of two numbers:
//!
//! ```text
//!   r ≈ x^y     error = y·log x − log r     x^y = r + r·error
//! ```
//!
//! The logarithm of `2^e·m` is `e·log 2 + 2·artanh s`, where `s = (m − 1) / (m + 1)` is at most 0.172, so that its series
//! ends soon; only its first terms matter enough to need all digits.

use core::f64::consts::{FRAC_1_SQRT_2, LN_2};

/// The logarithm of 2.
const LOG_2: Pair = Pair(LN_2, 2.319_046_813_846_299_6e-17);

/// The series' coefficients after `s³/3` and `s⁵/5`: of `s⁷/7` and so on.
const TAIL: [f64; 11] = [
    1.0 / 7.0,
    1.0 / 9.0,
    1.0 / 11.0,
    1.0 / 13.0,
    1.0 / 15.0,
    1.0 / 17.0,
    1.0 / 19.0,
    1.0 / 21.0,
    1.0 / 23.0,
    1.0 / 25.0,
    1.0 / 27.0,
];

/// The sum of two numbers, of which the second is much smaller.
#[derive(Clone, Copy)]
struct Pair(f64, f64);

/// Numbers of which nothing is lost when they are taken apart.
fn is_usual(value: f64) -> bool {
    (1e-290..1e290).contains(&value.abs())
}

/// `x^y`
pub(crate) fn pow(x: f64, y: f64) -> f64 {
    if y.abs() <= WHOLE_MAX && f64::from(y as i32) == y {
        let power = whole_power(x, y as i32);
        if is_usual(x) && is_usual(power) {
            return power;
        }
    }
    let rough = libm::pow(x, y);
    if !is_usual(x) || !is_usual(rough) || !(1e-3..1e20).contains(&y.abs()) || x.abs() == 1.0 {
        return rough;
    }
    let ((e, log_x), (e_rough, log_rough)) = (parts(x.abs()), parts(rough.abs()));
    let twos = product(y, e).plus(Pair(-e_rough, 0.0)).times(LOG_2);
    let error = twos.plus(log_x.times(Pair(y, 0.0))).plus(log_rough.negated());
    rough + rough * (error.0 + error.1)
}

/// The greatest exponent that is counted down.
const WHOLE_MAX: f64 = 64.0;

fn whole_power(x: f64, y: i32) -> f64 {
    let (mut power, mut square, mut left) = (Pair(1.0, 0.0), Pair(x, 0.0), y.unsigned_abs());
    while left > 0 {
        if left & 1 == 1 {
            power = power.times(square);
        }
        left >>= 1;
        if left > 0 {
            square = square.times(square);
        }
    }
    if y < 0 { Pair(1.0, 0.0).over(power).0 } else { power.0 }
}

/// `e^x`
pub(crate) fn exp(x: f64) -> f64 {
    let rough = libm::exp(x);
    if !is_usual(rough) || rough == 1.0 {
        return rough;
    }
    let error = Pair(x, 0.0).plus(log(rough).negated());
    rough + rough * (error.0 + error.1)
}

/// The natural logarithm.
pub(crate) fn ln(x: f64) -> f64 {
    if x > 0.0 && is_usual(x) { log(x).0 } else { libm::log(x) }
}

fn log(x: f64) -> Pair {
    let (e, log) = parts(x);
    LOG_2.times(Pair(e, 0.0)).plus(log)
}

/// The power of two in a number, and the logarithm of the rest.
fn parts(x: f64) -> (f64, Pair) {
    let (mut m, mut e) = libm::frexp(x);
    if m < FRAC_1_SQRT_2 {
        (m, e) = (m * 2.0, e - 1);
    }
    let s = Pair(m - 1.0, 0.0).over(sum(m, 1.0));
    let square = s.times(s);
    let tail = TAIL.iter().rev().fold(0.0, |tail, term| tail * square.0 + term);
    let fifth = Pair(0.2, -1.110_223_024_625_156_5e-17);
    let third = Pair(1.0 / 3.0, 1.850_371_707_708_594e-17);
    let series = square.times(fifth.plus(square.times(Pair(tail, 0.0)))).plus(third);
    let artanh = s.plus(s.times(square).times(series));
    (f64::from(e), Pair(artanh.0 * 2.0, artanh.1 * 2.0))
}

/// A sum, and what rounding took from it.
fn sum(a: f64, b: f64) -> Pair {
    let whole = a + b;
    let of_b = whole - a;
    Pair(whole, (a - (whole - of_b)) + (b - of_b))
}

/// A product, and what rounding took from it.
fn product(a: f64, b: f64) -> Pair {
    let halves = |x: f64| {
        let wide = x * 134_217_729.0;
        let high = wide - (wide - x);
        (high, x - high)
    };
    let (whole, (a1, a2), (b1, b2)) = (a * b, halves(a), halves(b));
    Pair(whole, ((a1 * b1 - whole) + a1 * b2 + a2 * b1) + a2 * b2)
}

impl Pair {
    const fn negated(self) -> Self {
        Self(-self.0, -self.1)
    }

    fn plus(self, other: Self) -> Self {
        let (high, low) = (sum(self.0, other.0), sum(self.1, other.1));
        let most = sum(high.0, high.1 + low.0);
        sum(most.0, most.1 + low.1)
    }

    fn times(self, other: Self) -> Self {
        let most = product(self.0, other.0);
        sum(most.0, most.1 + (self.0 * other.1 + self.1 * other.0))
    }

    fn over(self, other: Self) -> Self {
        let most = self.0 / other.0;
        let back = other.times(Self(most, 0.0));
        let rest = self.plus(back.negated());
        sum(most, (rest.0 + rest.1) / other.0)
    }
}

#[cfg(test)]
mod tests {
    use super::pow;

    #[test]
    fn a_power_is_the_nearest_number_there_is() {
        for (x, y, power) in [
            (10.0, 15.0, 1e15),
            (2.0, 0.5, core::f64::consts::SQRT_2),
            (-3.0, 3.0, -27.0),
            (10.0, -2.0, 0.01),
            (7.0, 21.0, 558_545_864_083_284_007.0),
        ] {
            assert_eq!(pow(x, y), power, "{x}^{y}");
        }
    }

    #[test]
    fn what_is_no_usual_number_is_left_to_the_library() {
        assert_eq!(pow(0.0, -1.0), f64::INFINITY);
        assert_eq!(pow(2.0, 2000.0), f64::INFINITY);
        assert_eq!(pow(0.5, 1070.0), libm::pow(0.5, 1070.0));
        assert_eq!(pow(f64::NAN, 0.0), 1.0);
        assert!(pow(-8.0, 1.0 / 3.0).is_nan());
    }
}
