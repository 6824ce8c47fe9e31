//! The verbs of the project: `cargo xtask play`, `cargo xtask test`, and the rest.
//!
//! Each verb is one file. They share [`need`], which installs what is missing, [`run`], which runs other programs, and
//! [`report`], which says how it went.

mod arrange;
mod bench;
mod fuzz;
mod need;
mod package;
mod play;
mod release;
mod report;
mod run;
mod test;
mod wasm;

use std::process::ExitCode;

/// What goes wrong in a verb is told to a person and ends it.
type Result<T = ()> = std::result::Result<T, Box<dyn std::error::Error>>;

const HELP: &str = "\
cargo xtask <verb>

  play [--port N] [--page-port N]   build everything, then serve Redis on 127.0.0.1:6379
                                    and the playground's page on http://127.0.0.1:8080
  test [--fast] [--full] [filter]   run every test; --fast leaves out what needs a browser or a slow
                                    install, --full adds the package in other bundlers and versions of
                                    Node; a filter names stages, transcripts or tests
  release                           make target/release/redstart-server, which has the
                                    playground built in: --http-port says where it serves that
  package                           make the npm package in wasm/package, ready to publish
  hot                               find the functions that a wasm module spends its time in, and keep
                                    their names in wasm/hot.txt: they are compiled for speed
  bench [--quick] [request]         requests a second and their cost, beside the installed
                                    redis-server; --against FILE measures beside another server
  bench --floor                     how far both are from a server that does nothing
  bench --latency [--quick]         how long requests take at half of the other's peak rate
  bench --crowd                     50 clients at work among 11,000 others
  bench --memory [filter]           the bytes that keys and elements take
  bench --pauses [--quick] [filter] how long others wait while something large grows or goes
  bench --durability [--quick]      saving and loading 5,000,000 keys, and appending
  bench --package [--quick]         the npm package beside other stores for JavaScript, and the
                                    engine's wasm build beside the native one
  bench --instructions [--update]   count the instructions of requests; --update keeps the numbers
       [filter]
  bench --lua                       programs of Lua beside lua5.1, natively and in wasm; the size of that
  fuzz [decode|rdb|aof|restore]     feed made-up bytes to what reads bytes from strangers
       [--seconds N]
  fuzz diff [--seconds N]           send made-up calls to the installed redis-server and to the engine,
       [--commands N] [--seed N]    and print what they answer differently, made small; --family takes
       [--family string,list]       names of groups as COMMAND DOCS has them
  fuzz lua [--seconds N]            the same with programs of Lua, by EVAL and in the machine itself
       [--programs N] [--seed N]
  help                              this text

The first run installs what is missing. Builds and logs are kept in target/.";

fn main() -> ExitCode {
    match verb() {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn verb() -> Result<ExitCode> {
    let mut arguments = lexopt::Parser::from_env();
    let verb = match arguments.next()? {
        Some(lexopt::Arg::Value(verb)) => verb.to_string_lossy().into_owned(),
        Some(lexopt::Arg::Long("help") | lexopt::Arg::Short('h')) | None => "help".to_owned(),
        Some(other) => return Err(other.unexpected().into()),
    };
    run::catch_interrupts()?;
    match verb.as_str() {
        "play" => play::play(play::Options::parse(arguments)?),
        "test" => test::test(&test::Options::parse(arguments)?),
        "fuzz" => fuzz::fuzz(&fuzz::Options::parse(arguments)?),
        "release" => release::release(),
        "package" => package::package(),
        "hot" => wasm::find_hot(),
        "bench" => bench::bench(&bench::Options::parse(arguments)?),
        "help" => {
            println!("{HELP}");
            Ok(ExitCode::SUCCESS)
        }
        other => Err(format!("there is no verb `{other}`\n\n{HELP}").into()),
    }
}
