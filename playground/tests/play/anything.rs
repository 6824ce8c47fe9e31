//! Whatever is typed, clicked or kept, the playground goes on.

use redstart_engine::random::Random;
use redstart_playground::playground::Notes;
use redstart_playground::table;
use redstart_playground::view::{Ask, Browse, Bytes, Kept, Tell, Watched};

use crate::page::Page;

const PIECES: &[&str] = &[
    " ",
    " ",
    " ",
    "\"",
    "'",
    "\\",
    "\\x0",
    "\n",
    "\r\n",
    "k",
    "key",
    "0",
    "-1",
    "3 ",
    "99999999999999999999",
    "é",
    "𝄞",
    "*",
    "[a",
    "@string",
    "help ",
    "? ",
    "clear",
    "quit",
    "connect",
    ":set ",
    "EX ",
    "PX ",
    "NX",
    "1.5e3",
];

fn text(random: &mut Random, names: &[String]) -> String {
    let mut text = String::new();
    for _ in 0..random.below(8) {
        if random.below(3) == 0 {
            text.push_str(&names[random.below(names.len() as u64) as usize]);
            text.push(' ');
        } else {
            text.push_str(PIECES[random.below(PIECES.len() as u64) as usize]);
        }
    }
    text
}

fn ask(random: &mut Random, names: &[String]) -> Ask {
    let terminal = random.below(3) as u32;
    let number = random.below(19) as u32;
    match random.below(37) {
        0 => Ask::Open { terminal },
        1 => Ask::Close { terminal },
        2..=10 => Ask::Submit { terminal, text: text(random, names), again: random.below(4) == 0 },
        11..=17 => {
            let text = text(random, names);
            let cursor = random.below(text.len() as u64 + 3) as usize;
            Ask::Edit { terminal, text, cursor }
        }
        18 => Ask::Resp3 { terminal, on: random.below(2) == 0 },
        19 => {
            let (db, limit) = (random.below(18) as usize, random.below(3) as usize);
            let pattern = text(random, &[String::from("*")]);
            Ask::Browse(Browse { db, pattern, limit, tree: random.below(2) == 0, ..Browse::default() })
        }
        20 => {
            let key = (random.below(4) > 0).then(|| Bytes(text(random, names).into_bytes()));
            Ask::Inspect { db: random.below(18) as usize, key, from: random.below(300) as usize }
        }
        21 if number == 0 => Ask::Lesson { number: 2, text: text(random, names), terminal: Some(0) },
        21 => crate::page::lesson(number),
        22 => Ask::RestartLesson { terminal: Some(0) },
        23 => Ask::Answer { question: random.below(6) as usize, option: random.below(5) as usize },
        24 => Ask::SaveProgress,
        34 => Ask::Memory { db: random.below(18) as usize },
        35 => Ask::Watch { what: Some(Watched::SlowLog) },
        36 => Ask::Watch { what: Some(Watched::Stats) },
        25 => Ask::LoadProgress { progress: Kept { done: vec![3; number as usize], quiz: Vec::new() } },
        26 => Ask::Find { text: text(random, names) },
        27 => Ask::Travel { to: (number > 3).then(|| random.below(40) as u32), terminal: Some(terminal) },
        28 => Ask::Pace { pace: [0, 1, 10, 100, 7][random.below(5) as usize] },
        29 => Ask::Advance { ms: [1.0, 5000.0, 1e9, 1e300, f64::NAN, -1.0][random.below(6) as usize] },
        30 => Ask::Session,
        31 => {
            let text = format!("> {}\n@advance 5s\nb> {}", text(random, names), text(random, names));
            Ask::Offer { text: text.replace(['\r', '\t'], " ") }
        }
        32 => Ask::Replay { fresh: number < 9 },
        33 if number > 0 => Ask::Play,
        _ if number == 0 => Ask::Erase,
        _ => Ask::Hint,
    }
}

#[test]
fn nothing_makes_it_panic() {
    let names: Vec<String> = table::all().map(table::full_name).collect();
    for seed in 0..40 {
        let mut random = Random::new(seed);
        let mut page = Page::new();
        for _ in 0..400 {
            let next = ask(&mut random, &names);
            page.ask(next);
            if random.below(20) == 0 {
                page.advance_ms(random.below(3000));
            }
        }
        let (_, tells) = Page::with(page.disk, Notes::default());
        assert!(tells.iter().any(|tell| matches!(tell, Tell::Ready { .. })), "seed {seed}: {tells:?}");
    }
}
