//! Sine, cosine and arcsine, nearly always the double that is nearest to the true value.
//!
//! Distances are stored as scores, where their last bit shows, so these functions have to agree with those of other
//! servers and be the same on every platform. Rounding correctly is the one answer on which good libraries agree.
//!
//! The angle is split into the nearest multiple of 1/16, whose sine and cosine are in a table with twice the digits, and
//! a rest of at most 1/32, whose sine and cosine are short series. What the addition theorem makes of the four is kept
//! as a double and its error, so that only the end rounds.

/// `PI` and what a double can't hold of it.
const PI: Wide = Wide { value: core::f64::consts::PI, rest: 1.2246467991473532e-16 };

/// The sine of an angle between -pi and pi.
pub(super) fn sin(angle: f64) -> f64 {
    wide_sin(angle).rounded()
}

/// The cosine of an angle between -pi/2 and pi/2.
pub(super) fn cos(angle: f64) -> f64 {
    let (step, rest) = split(angle.abs());
    let Some(step) = STEPS.get(step) else { return libm::cos(angle) };
    let sine = Wide { value: -step.sin.value, rest: -step.sin.rest };
    turn(step.cos, sine, rest).rounded()
}

/// The angle between 0 and pi/2 that has this sine, which is between 0 and 1.
pub(super) fn asin(sine: f64) -> f64 {
    if sine <= 0.5 {
        return wide_asin(Wide { value: sine, rest: 0.0 }).rounded();
    }
    // Near 1 a small change of the sine is a large one of the angle: half of the other acute angle is steadier.
    let square = (1.0 - sine) / 2.0;
    let root = libm::sqrt(square);
    if root == 0.0 {
        return PI.value / 2.0;
    }
    let product = Wide::product(root, root);
    let rest = (square - product.value - product.rest) / (2.0 * root);
    let half = wide_asin(Wide { value: root, rest });
    let mut angle = Wide::sum(PI.value / 2.0, -2.0 * half.value);
    angle.rest += PI.rest / 2.0 - 2.0 * half.rest;
    angle.rounded()
}

/// A number as a double and what a double can't hold of it.
#[derive(Clone, Copy, Debug)]
struct Wide {
    value: f64,
    rest: f64,
}

impl Wide {
    /// An exact sum.
    fn sum(one: f64, other: f64) -> Self {
        let value = one + other;
        let part = value - one;
        Self { value, rest: (one - (value - part)) + (other - part) }
    }

    /// An exact product, of factors that are far from the largest and the smallest doubles.
    fn product(one: f64, other: f64) -> Self {
        let value = one * other;
        let ((a, b), (c, d)) = (halves(one), halves(other));
        Self { value, rest: ((a * c - value) + a * d + b * c) + b * d }
    }

    fn rounded(self) -> f64 {
        self.value + self.rest
    }
}

/// Two numbers of half the digits that add up to a number.
fn halves(number: f64) -> (f64, f64) {
    const SHIFT: f64 = 134_217_729.0;
    let scaled = SHIFT * number;
    let high = scaled - (scaled - number);
    (high, number - high)
}

/// The nearest multiple of 1/16, and what is left; exact.
fn split(angle: f64) -> (usize, f64) {
    let step = (angle * 16.0 + 0.5) as usize;
    (step, angle - step as f64 / 16.0)
}

fn wide_sin(angle: f64) -> Wide {
    let size = angle.abs();
    let folded = size > PI.value / 2.0;
    let (step, rest) = split(if folded { PI.value - size } else { size });
    let Some(step) = STEPS.get(step) else { return Wide { value: libm::sin(angle), rest: 0.0 } };
    let mut sine = turn(step.sin, step.cos, rest);
    if folded {
        sine.rest += PI.rest * (step.cos.value - step.sin.value * rest);
    }
    if angle < 0.0 { Wide { value: -sine.value, rest: -sine.rest } } else { sine }
}

/// `base * cos(rest) + slope * sin(rest)`.
fn turn(base: Wide, slope: Wide, rest: f64) -> Wide {
    let square = rest * rest;
    // The series without their first terms, 1 and `rest`.
    let of_cos = square * (-1.0 / 2.0 + square * (1.0 / 24.0 + square * (-1.0 / 720.0 + square / 40320.0)));
    let of_sin =
        rest * square * (-1.0 / 6.0 + square * (1.0 / 120.0 + square * (-1.0 / 5040.0 + square / 362_880.0)));
    let product = Wide::product(slope.value, rest);
    let mut sum = Wide::sum(base.value, product.value);
    let small = slope.value * of_sin + base.value * of_cos;
    sum.rest += product.rest + base.rest + slope.rest * rest + small;
    sum
}

/// The arcsine of a number between 0 and 1/2: a good guess, made better by what its own sine says.
fn wide_asin(sine: Wide) -> Wide {
    let guess = libm::asin(sine.value);
    let of_guess = wide_sin(guess);
    let missing = (sine.value - of_guess.value) - of_guess.rest + sine.rest;
    Wide { value: guess, rest: missing / libm::sqrt(1.0 - sine.value * sine.value) }
}

/// The sine and the cosine of a multiple of 1/16.
struct Step {
    sin: Wide,
    cos: Wide,
}

const fn step(sin: f64, sin_rest: f64, cos: f64, cos_rest: f64) -> Step {
    Step { sin: Wide { value: sin, rest: sin_rest }, cos: Wide { value: cos, rest: cos_rest } }
}

/// Up to a quarter turn.
#[rustfmt::skip]
static STEPS: [Step; 27] = [
    step(0.0, 0.0, 1.0, 0.0),
    step(0.0624593178423802, -2.040259504585711e-18, 0.9980475107000991, 3.3232291674141346e-17),
    step(0.12467473338522769, -2.925947496057858e-18, 0.992197667229329, 4.754870575189364e-17),
    step(0.18640329676226988, 2.3493796901281573e-18, 0.9824733131012553, -3.919920375420088e-17),
    step(0.24740395925452294, -7.53102495590706e-18, 0.9689124217106447, 5.071436662403936e-17),
    step(0.30743851458038085, 1.1004366442765296e-19, 0.9515679480481722, -3.8614834675674123e-17),
    step(0.36627252908604757, -9.938814562106524e-18, 0.9305076219123143, 4.488760003328074e-18),
    step(0.42367625720393803, -2.331800700068871e-17, 0.9058136834259364, 4.2864666490805214e-17),
    step(0.479425538604203, -5.103969860556013e-18, 0.8775825618903728, -4.2623149864279997e-17),
    step(0.5333026735360201, 5.129318115032044e-17, 0.8459244992310679, 1.549506647350329e-17),
    step(0.5850972729404622, -5.4883972461161805e-17, 0.8109631195052179, -3.091333486122179e-17),
    step(0.6346070800152693, -3.4568582392624965e-17, 0.7728349461524715, 4.231014921891023e-17),
    step(0.6816387600233341, 4.410467313197903e-17, 0.7316888688738209, -1.0475824306512768e-17),
    step(0.7260086552607126, -1.573621815339587e-17, 0.6876855622205048, 3.5430696752823923e-17),
    step(0.7675435022360271, -3.573483123546625e-17, 0.6409968581633251, 5.198410459670848e-17),
    step(0.806081108260693, -1.8173616480548578e-17, 0.5918050750924775, 2.15859860798048e-17),
    step(0.8414709848078965, 1.776845092935536e-18, 0.5403023058681398, -4.760954612604417e-17),
    step(0.8735749351670711, 4.416901002981674e-17, 0.4866896677019633, 1.7583713010196608e-17),
    step(0.9022675940990952, -1.96953072806491e-17, 0.4311765167986662, -2.1852563636056596e-17),
    step(0.9274369173848677, 6.645726005605572e-18, 0.37397963082453317, 2.0996798659803304e-17),
    step(0.9489846193555862, 1.3508965656504773e-17, 0.3153223623952687, -8.38166872079122e-18),
    step(0.9668265566961802, 1.771640581949128e-18, 0.2554337668888117, 4.654708533928078e-19),
    step(0.9808930570231557, 3.9374079649864887e-17, 0.19454770798898718, 3.570194218398239e-19),
    step(0.9911291909537616, 5.1389460498881917e-17, 0.13290194445282522, -1.018943533675271e-17),
    step(0.9974949866040544, -1.4558643538840918e-17, 0.0707372016677029, 3.683512075225569e-18),
    step(0.9999655856782489, -1.633274480620419e-17, 0.008296231623858378, -7.115691148963826e-20),
    step(0.9985313405398316, -2.958300233854839e-17, -0.05417713502693632, 2.2834883409068032e-18),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Random;

    /// A number from 0 to 1.
    fn fraction(random: &mut Random) -> f64 {
        random.below(1 << 53) as f64 / (1_u64 << 53) as f64
    }

    #[test]
    fn known_values() {
        // Each is the double nearest to the true value, from fifty digits.
        assert_eq!(sin(-1.658458764363736), -0.9961601085003453);
        assert_eq!(sin(-2.4933813431113734), -0.6037614916270503);
        assert_eq!(sin(-0.6530853228309943), -0.607639696910211);
        assert_eq!(sin(-2.167873158663833), -0.8269826312351689);
        assert_eq!(sin(-2.7236659817101496), -0.4058664450220918);
        assert_eq!(sin(-0.6183218918818265), -0.5796685670220614);
        assert_eq!(cos(0.7240519150293698), 0.749127794218676);
        assert_eq!(cos(-1.426171980162298), 0.14412070829860701);
        assert_eq!(cos(-0.34665808679092613), 0.9405133997937806);
        assert_eq!(cos(-1.3372548145031604), 0.23142433815216815);
        assert_eq!(cos(-1.040921857518751), 0.5054250284259352);
        assert_eq!(cos(-1.4129892327334463), 0.15715292870949193);
        assert_eq!(asin(0.35786118118921717), 0.36597637704677916);
        assert_eq!(asin(0.8935804173730524), 1.1052588448963918);
        assert_eq!(asin(0.008813052304006308), 0.008813166392795765);
        assert_eq!(asin(0.34046833771475116), 0.3474149486066972);
        assert_eq!(asin(0.670361481019966), 0.7346958287332154);
        assert_eq!(asin(0.08913424977278372), 0.08925270108385669);
    }

    #[test]
    fn they_are_within_a_bit_of_a_plain_library() {
        let near = |one: f64, other: f64| one.to_bits().abs_diff(other.to_bits()) <= 1;
        let mut random = Random::new(3);
        for _ in 0..20_000 {
            let angle = (fraction(&mut random) - 0.5) * 2.0 * PI.value;
            assert!(near(sin(angle), libm::sin(angle)), "sin {angle:e}");
            assert!(near(cos(angle / 2.0), libm::cos(angle / 2.0)), "cos {angle:e}");
            let small = fraction(&mut random) * libm::exp2(-(random.below(40) as f64));
            for sine in [small, 1.0 - small] {
                assert!(near(asin(sine), libm::asin(sine)), "asin {sine:e}");
            }
        }
    }

    #[test]
    fn the_ends() {
        assert_eq!((sin(0.0), cos(0.0), asin(0.0)), (0.0, 1.0, 0.0));
        assert_eq!((sin(PI.value / 2.0), asin(1.0)), (1.0, PI.value / 2.0));
        assert_eq!(sin(PI.value), PI.rest);
        assert_eq!(sin(-PI.value), -PI.rest);
        assert_eq!((sin(5e-324), asin(5e-324)), (5e-324, 5e-324));
    }
}
