//! What fills the holes that are no templates: numbers at their edges, patterns, forms, texts that are almost JSON.

use crate::dice::Dice;
use std::fmt::Write as _;

/// What goes where an `@` and this letter stand.
pub(super) fn word(dice: &mut Dice, hole: char) -> String {
    match hole {
        'N' => dice.pick(NUMBERS).to_owned(),
        'I' => signed(dice.below(26) as i64 - 5),
        'D' => dice.below(10).to_string(),
        'E' => (1 + dice.below(60)).to_string(),
        'G' => (1 + dice.below(4)).to_string(),
        'H' => dice.below(70).to_string(),
        'Q' => dice.pick(&["<", ">", "<", "<="]).to_owned(),
        'W' => dice.pick(NAMES).to_owned(),
        'K' => quoted(&names(dice)),
        'q' => quoted(&text(dice)),
        'X' => quoted(numeral(dice).as_bytes()),
        'P' => quoted(&pattern(dice)),
        'R' => quoted(&replacement(dice)),
        'O' => quoted(&form(dice)),
        'L' => quoted(layout(dice).as_bytes()),
        'J' => quoted(&json_text(dice)),
        'M' => quoted(&message(dice)),
        'C' => quoted(source(dice).as_bytes()),
        'S' => quoted(operation(dice).as_bytes()),
        other => unreachable!("nothing fills the hole {other}"),
    }
}

fn signed(number: i64) -> String {
    if number < 0 { format!("({number})") } else { number.to_string() }
}

/// Bytes as a literal of Lua.
fn quoted(bytes: &[u8]) -> String {
    let mut text = String::from("'");
    for &byte in bytes {
        match byte {
            b'\'' | b'\\' => text.extend(['\\', byte.into()]),
            b' '..=b'~' => text.push(byte.into()),
            _ => write!(text, "\\{byte:03}").expect("a string takes everything"),
        }
    }
    text + "'"
}

const NUMBERS: &[&str] = &[
    "0",
    "1",
    "2",
    "3",
    "10",
    "0.5",
    "1.5",
    "2.5",
    "(-1)",
    "(-0.5)",
    "(-2)",
    "(-7)",
    "1e15",
    "1e16",
    "1e300",
    "1e-300",
    "(1/0)",
    "(-1/0)",
    "(0/0)",
    "(-(0/0))",
    "(-0)",
    "(0/-1)",
    "0.1",
    "0.3",
    "3.14159265358979",
    "2^31",
    "(2^31 - 1)",
    "(-2^31)",
    "2^32",
    "2^52",
    "2^53",
    "(2^53 + 1)",
    "2^63",
    "(-2^63)",
    "2^64",
    "255",
    "256",
    "65535",
    "65536",
    "127",
    "128",
    "(-128)",
    "(-129)",
    "1e14",
    "123456789012345",
    "99999999999999.5",
    "5e-324",
    "1.7976931348623157e308",
    "0x10",
    "0xffffffff",
    "1e1",
    ".5",
    "3.",
    "100",
    "1000000",
    "4294967296.5",
    "1e21",
];

const NAMES: &[&str] =
    &["x", "y", "z", "k", "len", "n", "a1", "abc", "upper", "name", "value", "id", "rep", "__index", "key10"];

/// Keys for a table: short ones, and one that is too long to be kept once only.
fn names(dice: &mut Dice) -> Vec<u8> {
    let mut names = Vec::new();
    for _ in 0..dice.below(40) {
        let length = if dice.chance(4) { 30 + dice.below(30) } else { 1 + dice.below(6) };
        names.extend((0..length).map(|_| dice.pick(b"abcdefghxyz0123456789_")));
        names.push(b' ');
    }
    names
}

fn text(dice: &mut Dice) -> Vec<u8> {
    const WHOLE: &[&[u8]] = &[
        b"",
        b"abc",
        b"hello world",
        b"10",
        b"0x1F",
        b" 7 ",
        b"key = value",
        b"a,b,,c",
        b"x\0y",
        b"\xff\xfe",
        b"THE (quick) fox",
        b"1e3",
        b"nan",
        b"(a(b)c)",
        b"%d",
        b"a.b-c*d",
        b"line\nline\r\n",
        b"aaaaaa",
        b"l",
        b"[=[x]=]",
        b"-0",
        b"__index",
    ];
    if dice.chance(50) {
        return dice.pick(WHOLE).to_vec();
    }
    (0..dice.below(13)).map(|_| dice.pick(b"abcAB12 .,()%-_\0\x80\n\"\\/[]=")).collect()
}

/// What is a number, or almost.
fn numeral(dice: &mut Dice) -> String {
    const PIECES: &[&str] = &[
        "0",
        "1",
        "9",
        "5",
        "0x",
        "0X",
        ".",
        "e",
        "E",
        "+",
        "-",
        "p",
        "a",
        "f",
        "F",
        " ",
        "inf",
        "nan",
        "12",
        "e5",
        "p-3",
        "\t",
        "\0",
        "z",
        "e-2",
        "999999999999999999999",
        "00",
    ];
    (0..1 + dice.below(5)).map(|_| dice.pick(PIECES)).collect()
}

fn pattern(dice: &mut Dice) -> Vec<u8> {
    const ITEMS: &[&[u8]] = &[
        b"a", b"b", b"l", b".", b"%a", b"%d", b"%s", b"%w", b"%p", b"%u", b"%l", b"%x", b"%c", b"%z", b"%A",
        b"%D", b"%W", b"%S", b"%g", b"[abc]", b"[^a]", b"[a-c]", b"[%w_]", b"[^%s]", b"[]]", b"[^]]",
        b"[a-]", b"[%a-z]", b"[-a]", b"%.", b"%%", b"%(", b"=", b"\0", b"\xff",
    ];
    const OTHERS: &[&[u8]] = &[
        b"%b()", b"%f[%w]", b"%f[^%w]", b"()", b"%1", b"$", b"^", b"%bxx", b"(", b")", b"[", b"]", b"%",
        b"%f", b"%b", b"%0", b"*", b"[%", b"[a", b"%2",
    ];
    let mut made = if dice.chance(15) { b"^".to_vec() } else { Vec::new() };
    let (mut open, mut stars) = (0, 0);
    for _ in 0..dice.below(6) {
        if dice.chance(20) {
            made.push(b'(');
            open += 1;
        }
        if dice.chance(10) {
            made.extend(dice.pick(OTHERS));
        } else {
            made.extend(dice.pick(ITEMS));
            // More of them, and the oracle would take its time.
            if dice.chance(40) && stars < 3 {
                made.push(dice.pick(b"*+-?"));
                stars += 1;
            }
        }
        if open > 0 && dice.chance(40) {
            made.push(b')');
            open -= 1;
        }
    }
    made.extend((0..open).map(|_| b')'));
    if dice.chance(12) {
        made.push(b'$');
    }
    made
}

fn replacement(dice: &mut Dice) -> Vec<u8> {
    const PIECES: &[&[u8]] =
        &[b"x", b"%0", b"%1", b"%2", b"%%", b"-", b"", b"<%0>", b"%", b"%x", b"\0", b"%9"];
    (0..dice.below(4)).flat_map(|_| dice.pick(PIECES)).copied().collect()
}

/// A form of `string.format`.
fn form(dice: &mut Dice) -> Vec<u8> {
    let mut made = Vec::new();
    for _ in 0..1 + dice.below(3) {
        made.extend(dice.pick(&[&b""[..], b"x", b"%%", b" ", b"\0"]));
        made.push(b'%');
        made.extend((0..dice.below(3)).map(|_| dice.pick(b"-+ #0")));
        if dice.chance(40) {
            let most = if dice.chance(95) { 25 } else { 120 };
            made.extend(dice.below(most).to_string().bytes());
        }
        if dice.chance(40) {
            made.push(b'.');
            made.extend(dice.pick(&["", "0", "1", "3", "10", "14", "17", "20", "99", "100"]).bytes());
        }
        made.push(if dice.chance(97) { dice.pick(b"diouxXcqsseEfgGgd") } else { dice.pick(b"aAlpn*%yhz") });
    }
    made
}

/// A form of `struct`.
fn layout(dice: &mut Dice) -> String {
    const PIECES: &[&str] = &[
        "b", "B", "h", "H", "l", "L", "T", "i", "I", "i3", "I3", "i8", "i9", "I16", "f", "d", "x", "c", "c2",
        "c0", "Bc0", "s", " ", ">", "<", "!", "!4", "!2", "!16", "=", "i0", "i33", "!3", "c99", "y",
    ];
    (0..1 + dice.below(5)).map(|_| dice.pick(PIECES)).collect()
}

/// JSON that may have lost something, or won.
fn json_text(dice: &mut Dice) -> Vec<u8> {
    let mut made = String::new();
    json(dice, 3, &mut made);
    let mut made = made.into_bytes();
    mangle(dice, &mut made, b"{}[],:\"\\ 01-+.eEtfnu\0x");
    made
}

fn json(dice: &mut Dice, depth: usize, out: &mut String) {
    const PLAIN: &[&str] = &[
        "null",
        "true",
        "false",
        "0",
        "1",
        "-1",
        "1.5",
        "1e5",
        "-0",
        "1E400",
        "0x1F",
        "nan",
        "inf",
        "-Infinity",
        "01",
        "1.",
        "\"\"",
        "\"a\"",
        "\"k\"",
        "\"\\n\\t\\\"\\\\\\/\"",
        "\"\\u0041\\u00e9\\u20ac\"",
        "\"\\ud83d\\ude00\"",
        "\"\\ud83d\"",
        "\"\\u12\"",
        "\"\\q\"",
        "123456789012345678",
        "0.1",
        "[]",
        "{}",
        "+1",
        "\"\\u0000\"",
    ];
    let space = dice.pick(&["", "", "", " ", "\n\t "]);
    out.push_str(space);
    match dice.below(if depth == 0 { 1 } else { 3 }) {
        0 => out.push_str(dice.pick(PLAIN)),
        1 => {
            out.push('[');
            for at in 0..dice.below(5) {
                out.push_str(if at > 0 { "," } else { "" });
                json(dice, depth - 1, out);
            }
            out.push(']');
        }
        _ => {
            out.push('{');
            for at in 0..dice.below(5) {
                out.push_str(if at > 0 { "," } else { "" });
                write!(out, "\"{}\":", dice.pick(NAMES)).expect("a string takes everything");
                json(dice, depth - 1, out);
            }
            out.push('}');
        }
    }
    out.push_str(space);
}

/// MessagePack that may have lost something, or won.
fn message(dice: &mut Dice) -> Vec<u8> {
    let mut made = Vec::new();
    for _ in 0..dice.below(3) {
        packed(dice, 3, &mut made);
    }
    mangle(
        dice,
        &mut made,
        b"\x00\x7f\x80\x81\x90\x93\xa1\xc0\xc1\xc2\xc4\xca\xcb\xcc\xcf\xd3\xd9\xdc\xde\xff",
    );
    made
}

fn packed(dice: &mut Dice, depth: usize, out: &mut Vec<u8>) {
    match dice.below(if depth == 0 { 5 } else { 8 }) {
        0 => out.push(dice.pick(&[0, 1, 5, 127, 0xe0, 0xff])),
        1 => out.push(dice.pick(&[0xc0, 0xc2, 0xc3])),
        2 => {
            let (tag, count) = dice.pick(&[
                (0xcc, 1),
                (0xcd, 2),
                (0xce, 4),
                (0xcf, 8),
                (0xd0, 1),
                (0xd1, 2),
                (0xd2, 4),
                (0xd3, 8),
                (0xca, 4),
                (0xcb, 8),
            ]);
            out.push(tag);
            out.extend((0..count).map(|_| dice.pick(&[0, 1, 0x3f, 0x80, 0xf0, 0xff])));
        }
        3 | 4 => {
            let length = dice.below(5);
            match dice.below(4) {
                0 => out.extend([0xd9, length as u8]),
                1 => out.extend([0xda, 0, length as u8]),
                _ => out.push(0xa0 | length as u8),
            }
            out.extend((0..length).map(|_| dice.pick(b"abk\0\xff")));
        }
        5 | 6 => {
            let length = dice.below(4);
            if dice.chance(80) {
                out.push(0x90 | length as u8);
            } else {
                out.extend([0xdc, 0, length as u8]);
            }
            (0..length).for_each(|_| packed(dice, depth - 1, out));
        }
        _ => {
            let length = dice.below(4);
            if dice.chance(80) {
                out.push(0x80 | length as u8);
            } else {
                out.extend([0xde, 0, length as u8]);
            }
            for _ in 0..length {
                // Tables as keys lie in an order of their own.
                packed(dice, 0, out);
                packed(dice, depth - 1, out);
            }
        }
    }
}

fn mangle(dice: &mut Dice, bytes: &mut Vec<u8>, with: &[u8]) {
    if bytes.is_empty() || dice.chance(65) {
        return;
    }
    for _ in 0..1 + dice.below(2) {
        let at = dice.below(bytes.len());
        match dice.below(4) {
            0 => drop(bytes.remove(at)),
            1 => bytes.truncate(at),
            2 => bytes.insert(at, dice.pick(with)),
            _ => bytes[at] = dice.pick(with),
        }
        if bytes.is_empty() {
            return;
        }
    }
}

/// What source is made of.
const TOKENS: &[&str] = &[
    "local",
    "x",
    "y",
    "=",
    "1",
    "'s'",
    "end",
    "function",
    "(",
    ")",
    "{",
    "}",
    "[",
    "]",
    ",",
    ";",
    "..",
    "...",
    "+",
    "-",
    "*",
    "/",
    "%",
    "^",
    "#",
    "==",
    "~=",
    "<",
    "<=",
    "and",
    "or",
    "not",
    "nil",
    "true",
    "if",
    "then",
    "else",
    "elseif",
    "while",
    "do",
    "for",
    "in",
    "repeat",
    "until",
    "return",
    "break",
    ".",
    ":",
    "f",
    "f()",
    "a.b",
    "--",
    "--[[x]]",
    "[[y]]",
    "[=[z",
    "\"q",
    "0x",
    "1e",
    "3..2",
    "'\\q'",
    "'\\300'",
    "\n",
    "@",
    "$",
    "!",
    "~",
    "&",
    "\x01",
    "\u{e9}",
    "goto",
    "x = 1",
    "local x",
    "return 1",
    "do end",
    "if x then end",
    "function f() end",
    "for i = 1, 2 do end",
    "local function g() end",
];

/// Source that hardly compiles.
fn source(dice: &mut Dice) -> String {
    let mut made = String::new();
    for _ in 0..1 + dice.below(8) {
        made.push_str(dice.pick(TOKENS));
        made.push_str(if dice.chance(85) { " " } else { "" });
    }
    made
}

/// An expression of operators, to see how they bind.
fn operation(dice: &mut Dice) -> String {
    const OPERANDS: &[&str] =
        &["1", "2", "3", "a", "b", "s", "#s", "-a", "not a", "nil", "'4'", "t[1]", "#t", "true", "0.5"];
    const OPERATORS: &[&str] = &[
        "+", "-", "*", "/", "%", "^", "..", "==", "~=", "<", ">", "<=", ">=", "and", "or", "and", "or", "..",
    ];
    let mut made = dice.pick(OPERANDS).to_owned();
    for _ in 0..1 + dice.below(6) {
        let operator = dice.pick(OPERATORS);
        // The last digit of other powers is the library's own.
        let operand = if operator == "^" { "2" } else { dice.pick(OPERANDS) };
        write!(made, " {operator} {operand}").expect("a string takes everything");
        if dice.chance(15) {
            made = format!("({made})");
        }
    }
    made
}
