//! Lesson 2: strings and counters.

use super::Part::{Run, Say};
use super::{Lesson, Step, a};
use crate::view::Level;

pub(super) static LESSON: Lesson = Lesson {
    title: "Strings",
    level: Level::Beginner,
    hours: 4,
    intro: &[
        Say(
            "A string is the simplest value: a row of bytes under a key. It may be a text, a number, a picture or a \
             page of JSON, up to 512 megabytes; the store does not ask.",
        ),
        Say(
            "That is enough for caches, counters, locks and limits, and nine steps are enough to see all of them.",
        ),
    ],
    steps: &[SET_GET, EXPIRY, CONDITIONS, COUNTERS, PIECES, MANY, LAST_READ, ENCODINGS, RATE],
    ready: true,
    keys: &[
        "book:1:title",
        "session:42",
        "lock:report",
        "page:views",
        "balance",
        "message",
        "color:*",
        "coupon:*",
        "enc:*",
        "rate:ada",
    ],
};

const SET_GET: Step = Step {
    title: "Write and read",
    text: &[
        Say(
            "`SET` writes a string, whatever was there before; `GET` reads it. Keys are strings, too. People part \
             them by colons, as in `book:1:title`. The store gives colons no meaning, but they keep names readable \
             and the key browser tidy.",
        ),
        Run("SET book:1:title \"The Left Hand of Darkness\""),
        Run("GET book:1:title"),
        Say(
            "`SET` again and the old value is gone, without a question. `EXISTS` tells whether a key is there, and \
             `DEL` removes it.",
        ),
        Run("EXISTS book:1:title"),
    ],
    goal: "The key `book:1:title` holds a title.",
    hints: &["A title with spaces goes between quotes."],
    solution: &[
        a("SET book:1:title \"The Left Hand of Darkness\"", "OK"),
        a("GET book:1:title", "\"The Left Hand of Darkness\""),
        a("EXISTS book:1:title", "(integer) 1"),
    ],
    check: |look| look.has("book:1:title"),
};

const EXPIRY: Step = Step {
    title: "Only for a while",
    text: &[
        Say(
            "Much of what a store keeps is good for a while: a session, a code sent by mail, a page from a cache. \
             With `EX` and a number of seconds, `SET` says how long.",
        ),
        Run("SET session:42 \"signed in\" EX 120"),
        Run("TTL session:42"),
        Say(
            "`TTL` tells the seconds that are left, and the key browser counts them down. When they are over the key \
             is gone by itself. A plain `SET` over it takes the time away again, unless you add `KEEPTTL`.",
        ),
    ],
    goal: "The key `session:42` has a time to live.",
    hints: &["The option comes after the value: `SET key value EX seconds`."],
    solution: &[a("SET session:42 \"signed in\" EX 120", "OK"), a("TTL session:42", "(integer) 120")],
    check: |look| look.ttl_ms("session:42").is_some(),
};

const CONDITIONS: Step = Step {
    title: "Only if",
    text: &[
        Say(
            "`NX` writes only if the key is not there yet, `XX` only if it is. With `NX` a key becomes a lock: of all \
             who try, one succeeds. The time to live makes sure that a lock ends even if its owner crashes.",
        ),
        Run("SET lock:report alice NX EX 60"),
        Say("Somebody else who tries now gets `(nil)`, and the lock stays as it is:"),
        Run("SET lock:report bob NX EX 60"),
        Say("Alice needs longer. She owns the lock, so she writes it again where it is:"),
        Run("SET lock:report alice XX EX 600"),
    ],
    goal: "The key `lock:report` holds `alice`, with more than 60 seconds to live.",
    hints: &[
        "If bob got the lock, remove it with `DEL` and begin again.",
        "`XX` with `EX 600` makes it longer.",
    ],
    solution: &[
        a("SET lock:report alice NX EX 60", "OK"),
        a("SET lock:report bob NX EX 60", "(nil)"),
        a("SET lock:report alice XX EX 600", "OK"),
    ],
    check: |look| {
        look.holds("lock:report", "alice") && look.ttl_ms("lock:report").is_some_and(|ttl| ttl > 60_000)
    },
};

const COUNTERS: Step = Step {
    title: "Count",
    text: &[
        Say(
            "A string that is a number can be counted with. `INCR` adds one; a key that is not there counts as 0. No \
             client has to read, add and write back, so none can lose another's step.",
        ),
        Run("INCR page:views"),
        Run("INCRBY page:views 9"),
        Run("DECRBY page:views 3"),
        Say(
            "Numbers are whole and have 64 bits; going past that is an error, as is counting with a word. For \
             fractions there is `INCRBYFLOAT`:",
        ),
        Run("SET balance 10"),
        Run("INCRBYFLOAT balance 0.5"),
    ],
    goal: "The key `page:views` is 7, and `balance` is 10.5.",
    hints: &[
        "`GET page:views` tells where you are; `DECRBY` brings it down.",
        "One, plus nine, minus three.",
    ],
    solution: &[
        a("INCR page:views", "(integer) 1"),
        a("INCRBY page:views 9", "(integer) 10"),
        a("DECRBY page:views 3", "(integer) 7"),
        a("SET balance 10", "OK"),
        a("INCRBYFLOAT balance 0.5", "\"10.5\""),
    ],
    check: |look| look.number("page:views") == Some(7) && look.holds("balance", "10.5"),
};

const PIECES: Step = Step {
    title: "Pieces of a string",
    text: &[
        Say(
            "A string need not be read or written as a whole. `APPEND` adds to its end and tells the new length, \
             which `STRLEN` tells at any time.",
        ),
        Run("SET message \"Hello\""),
        Run("APPEND message \", world\""),
        Run("STRLEN message"),
        Say(
            "`GETRANGE` reads from one position to another, both included. Positions begin with 0; negative ones \
             count from the end. `SETRANGE` writes over what is there, from a position on.",
        ),
        Run("GETRANGE message 7 -1"),
        Run("SETRANGE message 7 Redis"),
    ],
    goal: "The key `message` holds `Hello, Redis`.",
    hints: &["The word to replace begins at position 7.", "If the text went wrong, begin again with `SET`."],
    solution: &[
        a("SET message \"Hello\"", "OK"),
        a("APPEND message \", world\"", "(integer) 12"),
        a("STRLEN message", "(integer) 12"),
        a("GETRANGE message 7 -1", "\"world\""),
        a("SETRANGE message 7 Redis", "(integer) 12"),
        a("GET message", "\"Hello, Redis\""),
    ],
    check: |look| look.holds("message", "Hello, Redis"),
};

const MANY: Step = Step {
    title: "Many at once",
    text: &[
        Say(
            "Every command travels to the store and back, and on a network the journey takes longer than the work. \
             `MSET` writes many keys in one journey, `MGET` reads many.",
        ),
        Run("MSET color:sky blue color:grass green color:sun yellow"),
        Run("MGET color:sky color:sun color:night"),
        Say(
            "`MGET` answers in the order of its keys, with `(nil)` for those that are not there. All keys of an \
             `MSET` change in the same moment: nobody can see only some of them changed. `MSETNX` writes all of \
             them, or none if any exists.",
        ),
    ],
    goal: "The keys `color:sky`, `color:grass` and `color:sun` exist.",
    hints: &["Keys and values take turns: `MSET key value key value`."],
    solution: &[
        a("MSET color:sky blue color:grass green color:sun yellow", "OK"),
        a("MGET color:sky color:sun color:night", "1) \"blue\"\n2) \"yellow\"\n3) (nil)"),
    ],
    check: |look| ["color:sky", "color:grass", "color:sun"].iter().all(|key| look.has(key)),
};

const LAST_READ: Step = Step {
    title: "Read, and then",
    text: &[
        Say(
            "A coupon is good once. Reading it and then removing it would take two commands, and another client \
             could read between them. `GETDEL` does both in one:",
        ),
        Run("MSET coupon:free FREE coupon:half HALF"),
        Run("GETDEL coupon:free"),
        Say(
            "`GETEX` reads and sets a time to live: each use of a session could make it last another hour. With \
             `PERSIST` instead of `EX` it takes the time away.",
        ),
        Run("GETEX coupon:half EX 3600"),
        Say("`SET` with `GET` is the third of them: it writes a value and answers with the one before."),
    ],
    goal: "The key `coupon:half` has a time to live, and `coupon:free` is gone.",
    hints: &["Make both coupons first, then `GETDEL` one and `GETEX` the other."],
    solution: &[
        a("MSET coupon:free FREE coupon:half HALF", "OK"),
        a("GETDEL coupon:free", "\"FREE\""),
        a("GETDEL coupon:free", "(nil)"),
        a("GETEX coupon:half EX 3600", "\"HALF\""),
    ],
    check: |look| look.ttl_ms("coupon:half").is_some() && !look.has("coupon:free"),
};

const ENCODINGS: Step = Step {
    title: "How it is kept",
    text: &[
        Say(
            "The store keeps a string in one of three ways, whichever is smallest. `OBJECT ENCODING` tells which, and \
             so does the key browser.",
        ),
        Say("A whole number of up to 64 bits is kept as the number it is, `int`:"),
        Run("SET enc:number 12345"),
        Run("OBJECT ENCODING enc:number"),
        Say("Up to 44 bytes are `embstr`, which lies together with the rest of its entry:"),
        Run("SET enc:short \"a few words\""),
        Say(
            "Longer ones are `raw`, with memory of their own. So is a string that was edited, since it may well grow \
             again:",
        ),
        Run("SET enc:edited \"a few\""),
        Run("APPEND enc:edited \" words\""),
        Run("OBJECT ENCODING enc:edited"),
    ],
    goal: "There are three keys: `enc:number` as `int`, `enc:short` as `embstr`, `enc:edited` as `raw`.",
    hints: &["`SET` starts an `embstr` if it is short; `APPEND` turns it into `raw`."],
    solution: &[
        a("SET enc:number 12345", "OK"),
        a("OBJECT ENCODING enc:number", "\"int\""),
        a("SET enc:short \"a few words\"", "OK"),
        a("OBJECT ENCODING enc:short", "\"embstr\""),
        a("SET enc:edited \"a few\"", "OK"),
        a("APPEND enc:edited \" words\"", "(integer) 11"),
        a("OBJECT ENCODING enc:edited", "\"raw\""),
    ],
    check: |look| {
        let wanted = [("enc:number", "int"), ("enc:short", "embstr"), ("enc:edited", "raw")];
        wanted.iter().all(|(key, encoding)| look.encoding(key) == *encoding)
    },
};

const RATE: Step = Step {
    title: "Put it together: a limit",
    text: &[
        Say(
            "Now build something: Ada may ask three times a minute. A counter that removes itself after a minute is \
             all it takes.",
        ),
        Say(
            "Begin the minute, but only if none is running: the key must not exist yet, and has to end after 60 \
             seconds.",
        ),
        Run("SET rate:ada 0 NX EX 60"),
        Say(
            "Then count every request, and let those through whose count is 3 or less. `INCR` leaves the time to live \
             alone, so the minute does not begin anew with each request.",
        ),
        Run("INCR rate:ada"),
        Say(
            "Let her ask four times, and look at the last answer: one too many. When the key is gone, she may ask \
             again.",
        ),
    ],
    goal: "The key `rate:ada` is at least 4, and has 60 seconds to live or less.",
    hints: &[
        "`4 INCR rate:ada` runs it four times.",
        "Too late? Begin a new minute with `SET`, `NX` and `EX`.",
    ],
    solution: &[
        a("SET rate:ada 0 NX EX 60", "OK"),
        a("4 INCR rate:ada", "(integer) 1\n(integer) 2\n(integer) 3\n(integer) 4"),
        a("SET rate:ada 0 NX EX 60", "(nil)"),
        a("TTL rate:ada", "(integer) 60"),
    ],
    check: |look| {
        let counted = look.number("rate:ada").is_some_and(|count| count >= 4);
        counted && look.ttl_ms("rate:ada").is_some_and(|ttl| ttl <= 60_000)
    },
};
