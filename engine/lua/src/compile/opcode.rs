//! Instructions: 32 bits each.
//!
//! ```text
//!    31      23 22      14 13     6 5     0
//!   ┌──────────┬──────────┬────────┬───────┐
//!   │    B     │    C     │   A    │  op   │    A: a register
//!   ├──────────┴──────────┼────────┼───────┤    B, C: a register, or from 256 on a constant ("RK"), or a count
//!   │     Bx, or sBx      │   A    │  op   │    Bx: a constant or a function; sBx: a jump
//!   └─────────────────────┴────────┴───────┘
//! ```
//!
//! `R` is a register, `K` a constant, `RK` either, `U` an upvalue, `G` the function's globals.

pub(crate) const MOVE: u32 = 0; // R[A] = R[B]
pub(crate) const LOADK: u32 = 1; // R[A] = K[Bx]
pub(crate) const LOADBOOL: u32 = 2; // R[A] = B != 0; if C != 0 then skip one
pub(crate) const LOADNIL: u32 = 3; // R[A..=B] = nil
pub(crate) const GETUPVAL: u32 = 4; // R[A] = U[B]
pub(crate) const GETGLOBAL: u32 = 5; // R[A] = G[K[Bx]]
pub(crate) const GETTABLE: u32 = 6; // R[A] = R[B][RK[C]]
pub(crate) const SETGLOBAL: u32 = 7; // G[K[Bx]] = R[A]
pub(crate) const SETUPVAL: u32 = 8; // U[B] = R[A]
pub(crate) const SETTABLE: u32 = 9; // R[A][RK[B]] = RK[C]
pub(crate) const NEWTABLE: u32 = 10; // R[A] = {}; B, C: sizes of its parts
pub(crate) const SELF: u32 = 11; // R[A+1] = R[B]; R[A] = R[B][RK[C]]
pub(crate) const ADD: u32 = 12; // R[A] = RK[B] + RK[C]
pub(crate) const SUB: u32 = 13;
pub(crate) const MUL: u32 = 14;
pub(crate) const DIV: u32 = 15;
pub(crate) const MOD: u32 = 16;
pub(crate) const POW: u32 = 17;
pub(crate) const UNM: u32 = 18; // R[A] = -R[B]
pub(crate) const NOT: u32 = 19; // R[A] = not R[B]
pub(crate) const LEN: u32 = 20; // R[A] = #R[B]
pub(crate) const CONCAT: u32 = 21; // R[A] = R[B] .. … .. R[C]
pub(crate) const JMP: u32 = 22; // pc += sBx
pub(crate) const EQ: u32 = 23; // if (RK[B] == RK[C]) != A then skip one
pub(crate) const LT: u32 = 24;
pub(crate) const LE: u32 = 25;
pub(crate) const TEST: u32 = 26; // if R[A] is not as C says then skip one
pub(crate) const TESTSET: u32 = 27; // if R[B] is as C says then R[A] = R[B] else skip one
pub(crate) const CALL: u32 = 28; // R[A], … = R[A](R[A+1], …); B-1 arguments, C-1 results; 0: as many as there are
pub(crate) const TAILCALL: u32 = 29; // return R[A](R[A+1], …)
pub(crate) const RETURN: u32 = 30; // return R[A], …; B-1 values
pub(crate) const FORLOOP: u32 = 31; // R[A] += R[A+2]; if within R[A+1] then { R[A+3] = R[A]; pc += sBx }
pub(crate) const FORPREP: u32 = 32; // R[A] -= R[A+2]; pc += sBx
pub(crate) const TFORLOOP: u32 = 33; // R[A+3], … = R[A](R[A+1], R[A+2]); C results; if nil then skip one else R[A+2] = R[A+3]
pub(crate) const SETLIST: u32 = 34; // R[A][(C-1)*50 + i] = R[A+i], 1 <= i <= B; C == 0: the next instruction is C
pub(crate) const CLOSE: u32 = 35; // variables from R[A] on leave their scope
pub(crate) const CLOSURE: u32 = 36; // R[A] = function Bx; followed by a MOVE or GETUPVAL for each upvalue
pub(crate) const VARARG: u32 = 37; // R[A], … = the further arguments; B-1 of them

/// The first RK that is a constant.
pub(crate) const CONSTANT: u32 = 256;
/// What a jump of 0 is written as.
pub(crate) const JUMP_BIAS: i32 = (1 << 17) - 1;
/// The greatest Bx.
pub(crate) const BX_MAX: u32 = (1 << 18) - 1;
/// How many elements of a table constructor are set at once.
pub(crate) const FIELDS_PER_FLUSH: u32 = 50;

pub(crate) const fn abc(op: u32, a: u32, b: u32, c: u32) -> u32 {
    op | a << 6 | b << 23 | c << 14
}

pub(crate) const fn abx(op: u32, a: u32, bx: u32) -> u32 {
    op | a << 6 | bx << 14
}

#[inline]
pub(crate) const fn op(instruction: u32) -> u32 {
    instruction & 0x3f
}

#[inline]
pub(crate) const fn a(instruction: u32) -> usize {
    (instruction >> 6 & 0xff) as usize
}

#[inline]
pub(crate) const fn b(instruction: u32) -> usize {
    (instruction >> 23) as usize
}

#[inline]
pub(crate) const fn c(instruction: u32) -> usize {
    (instruction >> 14 & 0x1ff) as usize
}

#[inline]
pub(crate) const fn bx(instruction: u32) -> usize {
    (instruction >> 14) as usize
}

#[inline]
pub(crate) const fn sbx(instruction: u32) -> i32 {
    (instruction >> 14) as i32 - JUMP_BIAS
}

/// Reads a size that [`small_float`] wrote.
pub(crate) const fn from_small_float(size: usize) -> usize {
    let exponent = size >> 3 & 31;
    if exponent == 0 { size } else { ((size & 7) + 8) << (exponent - 1) }
}

/// A size in eight bits, rounded up: five of exponent, three of mantissa.
pub(crate) const fn small_float(mut size: u32) -> u32 {
    let mut exponent = 0;
    while size >= 16 {
        size = (size + 1) >> 1;
        exponent += 1;
    }
    if size < 8 { size } else { (exponent + 1) << 3 | (size - 8) }
}
