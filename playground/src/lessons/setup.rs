//! Lesson 1: the prompt, clients and databases, and the way to a store of one's own.

use redstart_engine::reply::Protocol;

use super::Part::{Code, Run, Say};
use super::{Lesson, Line, Step, a, b};
use crate::view::Level;

pub(super) static LESSON: Lesson = Lesson {
    title: "Setup — CLI, desktop GUI, client libraries",
    level: Level::Beginner,
    hours: 2,
    intro: &[
        Say("The prompt on this page talks to a real store that runs inside this tab. It understands what \
             `redis-cli` understands, so everything you learn here works on a server, too."),
        Say(
            "Six short steps: talk to the store, keep something in it, say who you are, change rooms, meet a second \
             client, and then take it all home to your own machine.",
        ),
    ],
    steps: &[HELLO, FIRST_KEY, NAME, DATABASES, SECOND_CLIENT, HOME],
    ready: true,
    keys: &["greeting", "note", "baton"],
};

const HELLO: Step = Step {
    title: "Say hello",
    text: &[
        Say(
            "You type a command and press Enter; the store answers with one reply. The first word is the command's \
             name, in capitals or not. The words after it are its arguments.",
        ),
        Say("`PING` asks whether anybody is there. It needs no argument."),
        Run("PING"),
        Say(
            "`ECHO` sends its argument back. An argument with spaces in it goes between quotes, or the store would \
             take it for two.",
        ),
        Run("ECHO \"hello, store\""),
        Say(
            "While you type, dimmed words show what a command still expects. Tab completes, and the up arrow brings \
             back earlier lines.",
        ),
    ],
    goal: "The store has echoed something back to you.",
    hints: &["`ECHO` takes exactly one argument.", "Put the text between double quotes if it has spaces."],
    solution: &[a("PING", "PONG"), a("ECHO \"hello, store\"", "\"hello, store\"")],
    check: |look| look.last("echo"),
};

const FIRST_KEY: Step = Step {
    title: "Keep something",
    text: &[
        Say(
            "The store is a large dictionary: every value has a name, which is called its key. `SET` puts a value \
             under a key, `GET` reads it.",
        ),
        Run("SET greeting \"Hello!\""),
        Run("GET greeting"),
        Say(
            "Keys appear in the key browser as soon as they exist, with the type of what they hold. A key that was \
             never set is not an error: `GET` then answers `(nil)`, which means that nothing is there.",
        ),
    ],
    goal: "The key `greeting` holds something, and you have read a key with `GET`.",
    hints: &["First the key, then the value: `SET key value`.", "After `SET`, read it with `GET greeting`."],
    solution: &[a("SET greeting \"Hello!\"", "OK"), a("GET greeting", "\"Hello!\"")],
    check: |look| look.has("greeting") && look.last("get"),
};

const NAME: Step = Step {
    title: "Say who you are",
    text: &[
        Say(
            "A program that talks to the store is a client, and every terminal on this page is one. The store gives \
             each a number; you can add a name, so that people who look for trouble later know whose connection \
             they see.",
        ),
        Run("CLIENT ID"),
        Run("CLIENT SETNAME alice"),
        Say(
            "A name may not have spaces in it. `CLIENT LIST` shows everybody who is connected, a line for each, with \
             the name after `name=`.",
        ),
        Run("CLIENT LIST"),
    ],
    goal: "One of the clients has a name.",
    hints: &["The command has two words: `CLIENT SETNAME`.", "Any name without spaces will do."],
    solution: &[a("CLIENT SETNAME alice", "OK"), a("CLIENT GETNAME", "\"alice\"")],
    check: |look| look.any_client(|session| !session.name.is_empty()),
};

const DATABASES: Step = Step {
    title: "Change rooms",
    text: &[
        Say(
            "One store has several databases, numbered from 0. They share nothing but the memory: the same key may \
             hold different things in each. `SELECT` moves this client to another one, and the prompt shows its \
             number.",
        ),
        Run("SELECT 1"),
        Run("SET note \"kept in room one\""),
        Run("DBSIZE"),
        Say(
            "Only you moved; other clients stay where they are. Most programs use database 0 alone and part their \
             keys by prefixes such as `user:` instead.",
        ),
        Run("SELECT 0"),
    ],
    goal: "The key `note` exists in database 1, and every client is back in database 0.",
    hints: &["Go to database 1 first, then set `note`.", "Come back with `SELECT 0`."],
    solution: &[
        a("SELECT 1", "OK"),
        a("SET note \"kept in room one\"", "OK"),
        a("DBSIZE", "(integer) 1"),
        a("SELECT 0", "OK"),
    ],
    check: |look| look.entry(1, "note").is_some() && !look.any_client(|session| session.db != 0),
};

const SECOND_CLIENT: Step = Step {
    title: "Two clients, one store",
    text: &[
        Say(
            "Open a second terminal, b. It is another client with a connection, a name and a database of its own, \
             yet it looks at the same data.",
        ),
        Say("Write a key in terminal a:"),
        Run("SET baton \"passed on by a\""),
        Say("Then go to terminal b and read it there:"),
        Run("GET baton"),
        Say(
            "That is how programs share things through a store: one writes, another reads, and neither has to know \
             the other. Commands of all clients run one after another, never two at once, so nobody ever reads a \
             value that is half written.",
        ),
    ],
    goal: "One client's last command was a `SET`, another client's a `GET`, and the key `baton` is there.",
    hints: &[
        "A plus sign next to the terminals opens another one.",
        "`SET` in terminal a, `GET` in terminal b, and nothing after that.",
    ],
    solution: &[a("SET baton \"passed on by a\"", "OK"), b("GET baton", "\"passed on by a\"")],
    check: |look| look.has("baton") && look.last("set") && look.last("get"),
};

const HOME: Step = Step {
    title: "Take it home",
    text: &[
        Say(
            "The same engine is a server for your machine. Start it from Redstart's source; it listens on port \
             6379, where every tool expects it:",
        ),
        Code("shell", "cargo run --release --package redstart-server\n\nredis-cli -h 127.0.0.1 -p 6379"),
        Say(
            "`redis-cli` comes with the package `redis-tools` on Debian and Ubuntu, and with `redis` in Homebrew. \
             Redis Insight is a desktop program that shows keys and a prompt: add a database with host `127.0.0.1` \
             and port `6379`. For programs there is a library in every language:",
        ),
        Code("javascript", NODE),
        Code("python", PYTHON),
        Code("rust", RUST),
        Say(
            "A library's first words are a greeting that chooses the newer protocol, RESP3. Say them yourself:",
        ),
        Run("HELLO 3"),
    ],
    goal: "One of the clients speaks RESP3.",
    hints: &["The command is `HELLO`, its argument the version.", "`HELLO 2` would bring you back."],
    solution: &[Line { terminal: 0, text: "HELLO 3", answer: None }],
    check: |look| look.any_client(|session| session.protocol == Protocol::Resp3),
};

const NODE: &str = "\
// npm install ioredis
import Redis from 'ioredis';

const store = new Redis('redis://127.0.0.1:6379');
await store.set('greeting', 'Hello!');
console.log(await store.get('greeting'));
await store.quit();
";

const PYTHON: &str = "\
# pip install redis
import redis

store = redis.Redis(host=\"127.0.0.1\", port=6379, decode_responses=True)
store.set(\"greeting\", \"Hello!\")
print(store.get(\"greeting\"))
";

const RUST: &str = "\
// cargo add redis
use redis::Commands;

fn main() -> redis::RedisResult<()> {
    let client = redis::Client::open(\"redis://127.0.0.1:6379\")?;
    let mut store = client.get_connection()?;
    let () = store.set(\"greeting\", \"Hello!\")?;
    let greeting: String = store.get(\"greeting\")?;
    println!(\"{greeting}\");
    Ok(())
}
";
