//! `math`. Functions that are not exact come from one library everywhere, so that all machines agree.

use core::f64::consts::PI;

use crate::native::{Call, Native, Outcome};
use crate::power;
use crate::value::Value;
use crate::vm::not_a_number;

pub(super) const LIBRARY: &[(&str, Native)] = &[
    ("abs", abs),
    ("acos", |call| unary_positive(call, libm::acos)),
    ("asin", |call| unary_positive(call, libm::asin)),
    ("atan", |call| unary(call, libm::atan)),
    ("atan2", |call| binary(call, libm::atan2)),
    ("ceil", |call| unary(call, libm::ceil)),
    ("cos", |call| unary(call, libm::cos)),
    ("cosh", |call| unary(call, libm::cosh)),
    ("deg", |call| unary(call, |x| x / (PI / 180.0))),
    ("exp", |call| unary(call, power::exp)),
    ("floor", |call| unary(call, libm::floor)),
    ("fmod", |call| binary(call, libm::fmod)),
    ("frexp", frexp),
    ("ldexp", ldexp),
    ("log", |call| unary(call, power::ln)),
    ("log10", |call| unary_positive(call, libm::log10)),
    ("max", max),
    ("min", min),
    ("mod", |call| binary(call, libm::fmod)),
    ("modf", modf),
    ("pow", |call| binary(call, power::pow)),
    ("rad", |call| unary(call, |x| x * (PI / 180.0))),
    ("random", random),
    ("randomseed", random_seed),
    ("sin", |call| unary(call, libm::sin)),
    ("sinh", |call| unary(call, libm::sinh)),
    ("sqrt", |call| unary(call, libm::sqrt)),
    ("tan", |call| unary(call, libm::tan)),
    ("tanh", |call| unary(call, libm::tanh)),
];

fn unary(call: &mut Call<'_>, function: fn(f64) -> f64) -> Outcome {
    let number = call.number(1)?;
    let value = function(number);
    // A NaN has a sign, which is printed: that of the argument, or what C's libraries on x86 give.
    let value = match (number.is_nan(), value.is_nan()) {
        (true, _) => number,
        (false, true) => -f64::NAN.abs(),
        (false, false) => value,
    };
    call.give(Value::Number(value))
}

/// The same, for those that give a positive NaN for what they are not defined for.
fn unary_positive(call: &mut Call<'_>, function: fn(f64) -> f64) -> Outcome {
    let number = call.number(1)?;
    let value = if number.is_nan() { number } else { function(number) };
    call.give(Value::Number(if value.is_nan() && !number.is_nan() { value.abs() } else { value }))
}

fn binary(call: &mut Call<'_>, function: fn(f64, f64) -> f64) -> Outcome {
    // Of two wrong arguments C happens to see the second.
    let right = call.number(2)?;
    let left = call.number(1)?;
    let value = function(left, right);
    call.give(Value::Number(if value.is_nan() { not_a_number(left, right) } else { value }))
}

fn abs(call: &mut Call<'_>) -> Outcome {
    let value = call.number(1)?.abs();
    call.give(Value::Number(value))
}

fn frexp(call: &mut Call<'_>) -> Outcome {
    let (mantissa, exponent) = libm::frexp(call.number(1)?);
    call.give_all(&[Value::Number(mantissa), Value::Number(f64::from(exponent))])
}

fn ldexp(call: &mut Call<'_>) -> Outcome {
    let exponent = call.integer(2)? as i32;
    let value = libm::ldexp(call.number(1)?, exponent);
    call.give(Value::Number(value))
}

fn modf(call: &mut Call<'_>) -> Outcome {
    let number = call.number(1)?;
    let whole = libm::trunc(number);
    let fraction = if number.is_infinite() { 0.0 } else { number - whole };
    call.give_all(&[Value::Number(whole), Value::Number(fraction.copysign(number))])
}

fn max(call: &mut Call<'_>) -> Outcome {
    let mut most = call.number(1)?;
    for at in 2..=call.count() {
        let number = call.number(at)?;
        if number > most {
            most = number;
        }
    }
    call.give(Value::Number(most))
}

fn min(call: &mut Call<'_>) -> Outcome {
    let mut least = call.number(1)?;
    for at in 2..=call.count() {
        let number = call.number(at)?;
        if number < least {
            least = number;
        }
    }
    call.give(Value::Number(least))
}

fn random(call: &mut Call<'_>) -> Outcome {
    const RANGE: u32 = i32::MAX as u32;
    let drawn = f64::from(call.random() % RANGE) / f64::from(RANGE);
    let (low, high) = match call.count() {
        0 => return call.give(Value::Number(drawn)),
        1 => (1, call.integer(1)? as i32),
        2 => (call.integer(1)? as i32, call.integer(2)? as i32),
        _ => return Err(call.error("wrong number of arguments")),
    };
    if low > high {
        return Err(call.bad_argument(call.count(), "interval is empty"));
    }
    let width = f64::from(high.wrapping_sub(low).wrapping_add(1));
    let value = libm::floor(drawn * width) + f64::from(low);
    call.give(Value::Number(value))
}

fn random_seed(call: &mut Call<'_>) -> Outcome {
    let seed = call.integer(1)? as u32;
    call.vm.seed_random(seed);
    call.give_nothing()
}
