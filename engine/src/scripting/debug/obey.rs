//! The commands of the debugger. Each has a name and a letter.

use alloc::format;
use alloc::vec::Vec;

use redstart_lua::{Progress, Raise};

use super::super::environment::Question;
use super::super::run::SLICE;
use super::super::{Machine, Running, ask};
use super::{Debugger, SCRIPT, look, show};
use crate::argv::Argv;
use crate::execute::Call;

/// Lines to stop at that there may be.
const BREAKPOINTS_MAX: usize = 64;

/// Lines that are shown before a line and after it.
const AROUND: i64 = 5;

/// The least that lines can be cut to.
const SHOWN_MIN: usize = 60;

/// Slices that what `eval` runs may take.
const EVAL_SLICES: usize = 100;

/// What becomes of the script after a command.
pub(super) enum Then {
    /// It stands where it stood.
    Stay,
    /// It goes on.
    Go,
    /// It ends, for this reason.
    End(&'static str),
}

const HELP: &[&str] = &[
    "Commands of the debugger; the letter in brackets will do:",
    "[s]tep, [n]ext       Run this line, stop at the next one.",
    "[c]ontinue           Run on to the next breakpoint.",
    "[b]reak              List the breakpoints.",
    "[b]reak <line> ...   Set breakpoints; a negative number removes one, 0 all.",
    "[p]rint              Show the local variables.",
    "[p]rint <name>       Show one variable, wherever it is; KEYS and ARGV, too.",
    "[l]ist [line] [ctx]  Show the lines around this one, or around another.",
    "[w]hole              Show the whole script.",
    "[t]race              Show which function called which.",
    "[e]val <code>        Run some Lua. It sees globals, but no local variables.",
    "[r]edis <command>    Run a command of the store.",
    "[m]axlen [bytes]     Cut what is shown to so many bytes; 0 for not at all.",
    "[a]bort              End the script here. In sync mode what it wrote stays.",
    "[h]elp               Show this.",
    "",
    "In a script:",
    "redis.debug(...)     shows values here.",
    "redis.breakpoint()   stops at the next line.",
];

const UNKNOWN: &str = "<error> Unknown Redis Lua debugger command or wrong number of arguments.";

/// Does what a client says.
pub(super) fn obey(
    call: &mut Call<'_>,
    running: &mut Running,
    machine: &mut Machine,
    words: &[Vec<u8>],
) -> Then {
    let now_us = call.server.now.mono_us;
    let Some(debugger) = running.debugger() else { return Then::Go };
    let rest = words.get(1..).unwrap_or_default();
    let name = words.first().map(|word| word.to_ascii_lowercase()).unwrap_or_default();
    let steps = match name.as_slice() {
        b"s" | b"step" | b"n" | b"next" => Some(true),
        b"c" | b"continue" => Some(false),
        _ => None,
    };
    if let Some(steps) = steps {
        debugger.let_go(steps, now_us);
        return Then::Go;
    }
    match name.as_slice() {
        b"a" | b"abort" => return Then::End("script aborted for user request"),
        b"h" | b"help" => HELP.iter().for_each(|line| debugger.say(*line)),
        b"t" | b"trace" => trace(debugger, machine),
        b"p" | b"print" => match rest {
            [name] => print(debugger, machine, name),
            _ => print_all(debugger, machine),
        },
        b"l" | b"list" => {
            let number = |at: usize| rest.get(at).map(|word| leading_number(word));
            list(debugger, number(0).unwrap_or(0), number(1).unwrap_or(AROUND));
        }
        b"w" | b"whole" => list(debugger, 1, 1_000_000),
        b"b" | b"break" if rest.is_empty() => list_breakpoints(debugger),
        b"b" | b"break" => rest.iter().for_each(|word| set_breakpoint(debugger, word)),
        b"m" | b"maxlen" => max_len(debugger, rest.first()),
        b"e" | b"eval" => eval(call, running, machine, &rest.join(&b' ')),
        b"r" | b"redis" if !rest.is_empty() => ask_store(call, running, machine, rest),
        _ => debugger.say(UNKNOWN),
    }
    if let Some(mut debugger) = running.debugger.take() {
        // What was run may have changed what variables hold.
        look(&mut debugger, machine);
        // An answer there is always, if it is an empty one.
        if debugger.log.is_empty() {
            call.reply.array(0);
        }
        debugger.send(call);
        running.debugger = Some(debugger);
    }
    Then::Stay
}

/// The number that a word begins with, as C's `atoi` reads it.
fn leading_number(word: &[u8]) -> i64 {
    let (sign, digits) = match word {
        [b'-', digits @ ..] => (-1, digits),
        [b'+', digits @ ..] => (1, digits),
        digits => (1, digits),
    };
    let digits = digits.iter().take_while(|byte| byte.is_ascii_digit());
    sign * digits
        .fold(0_i64, |number, digit| number.saturating_mul(10).saturating_add(i64::from(digit - b'0')))
}

fn list(debugger: &mut Debugger, line: i64, around: i64) {
    let line = if line > 0 { line } else { debugger.watched.line as i64 };
    let (first, last) = (line.saturating_sub(around), line.saturating_add(around));
    for line in first.max(1)..=last.min(debugger.watched.source.len() as i64) {
        debugger.say(show::source_line(&debugger.watched, line));
    }
}

fn list_breakpoints(debugger: &mut Debugger) {
    let lines = debugger.watched.breakpoints.clone();
    if lines.is_empty() {
        return debugger.say("No breakpoints set. Use 'b <line>' to add one.");
    }
    debugger.say(format!("{} breakpoints set:", lines.len()));
    for line in lines {
        debugger.say(show::source_line(&debugger.watched, line as i64));
    }
}

fn set_breakpoint(debugger: &mut Debugger, word: &[u8]) {
    let Some(line) = core::str::from_utf8(word).ok().and_then(|word| word.parse::<i64>().ok()) else {
        return debugger.say([b"Invalid argument:'", word, b"'"].concat());
    };
    let watched = &mut debugger.watched;
    let place = usize::try_from(line.unsigned_abs()).unwrap_or(usize::MAX);
    if line == 0 {
        watched.breakpoints.clear();
        debugger.say("All breakpoints removed.");
    } else if line < 0 {
        let is_set = watched.breakpoints.contains(&place);
        watched.breakpoints.retain(|&set| set != place);
        debugger.say(if is_set { "Breakpoint removed." } else { "No breakpoint in the specified line." });
    } else if watched.breakpoints.len() == BREAKPOINTS_MAX {
        debugger.say("Too many breakpoints set.");
    } else if place > watched.source.len() || watched.breakpoints.contains(&place) {
        debugger.say("Wrong line number.");
    } else {
        watched.breakpoints.push(place);
        list(debugger, line, 1);
    }
}

fn max_len(debugger: &mut Debugger, wanted: Option<&Vec<u8>>) {
    if let Some(wanted) = wanted {
        debugger.is_warned = true;
        debugger.shown_max = match leading_number(wanted) {
            0 => 0,
            wanted => usize::try_from(wanted).unwrap_or(0).max(SHOWN_MIN),
        };
    }
    match debugger.shown_max {
        0 => debugger.say("<value> replies are unlimited."),
        max => debugger.say(format!("<value> replies are truncated at {max} bytes.")),
    }
}

fn trace(debugger: &mut Debugger, machine: &Machine) {
    for (at, level) in machine.vm.levels().iter().enumerate().filter(|(_, level)| level.given == SCRIPT) {
        let way = if at == 0 { "In " } else { "From " };
        let name = if level.name.is_empty() { b"top level".as_slice() } else { &level.name };
        debugger.say([way.as_bytes(), name, b":"].concat());
        debugger.say(show::source_line(&debugger.watched, i64::from(level.line)));
    }
}

fn print(debugger: &mut Debugger, machine: &mut Machine, name: &[u8]) {
    let levels = machine.vm.levels();
    let local = levels.iter().flat_map(|level| &level.locals).find(|(local, _)| local == name);
    let global = || {
        let globals = machine.vm.globals();
        [b"KEYS".as_slice(), b"ARGV"].contains(&name).then(|| machine.vm.heap().get_name(globals, name))
    };
    match local.map(|(_, value)| *value).or_else(global) {
        Some(value) => {
            let shown = show::value(machine.vm.heap_mut(), value);
            debugger.say_cut([b"<value> ".as_slice(), &shown].concat());
        }
        None => debugger.say("No such variable."),
    }
}

fn print_all(debugger: &mut Debugger, machine: &mut Machine) {
    let locals = machine.vm.levels().into_iter().next().map(|level| level.locals).unwrap_or_default();
    if locals.is_empty() {
        debugger.say("No local variables in the current context.");
    }
    for (name, value) in locals {
        let shown = show::value(machine.vm.heap_mut(), value);
        debugger.say_cut([b"<value> ", name.as_slice(), b" = ", &shown].concat());
    }
}

/// Runs a command of the store, and shows it as if the script had called it.
fn ask_store(call: &mut Call<'_>, running: &mut Running, machine: &mut Machine, words: &[Vec<u8>]) {
    let argv: Argv = words.iter().map(Vec::as_slice).collect();
    let shows = |running: &mut Running, steps| {
        if let Some(debugger) = running.debugger() {
            debugger.steps = steps;
        }
    };
    shows(running, true);
    // What it comes to was said.
    let _ = ask::run(call, running, machine, &argv, false);
    shows(running, false);
}

/// Runs some Lua beside the script: an expression, or statements.
fn eval(call: &mut Call<'_>, running: &mut Running, machine: &mut Machine, code: &[u8]) {
    let outcome = run_beside(call, running, machine, code);
    machine.vm.back();
    if let Some(debugger) = running.debugger() {
        match outcome {
            Ok(shown) => debugger.say_cut([b"<retval> ", shown.as_slice()].concat()),
            Err(text) => debugger.say([b"<error> ", text.as_slice()].concat()),
        }
    }
}

fn run_beside(
    call: &mut Call<'_>,
    running: &mut Running,
    machine: &mut Machine,
    code: &[u8],
) -> Result<Vec<u8>, Vec<u8>> {
    const NAME: &[u8] = b"@ldb_eval";
    let loaded = machine.vm.load(&[b"return ", code].concat(), NAME);
    let loaded = loaded.or_else(|_| machine.vm.load(code, NAME));
    let started = loaded.and_then(|function| machine.vm.aside(function));
    started.map_err(|raise| machine.text_of(raise))?;
    for _ in 0..EVAL_SLICES {
        let mut fuel = SLICE;
        while fuel > 0 {
            match machine.vm.resume(fuel.unsigned_abs()) {
                Progress::Yielded => break,
                Progress::Done => {
                    let value = machine.vm.results().first().copied().unwrap_or_default();
                    return Ok(show::value(machine.vm.heap_mut(), value));
                }
                Progress::Failed => {
                    let error = machine.vm.failure();
                    let text = machine.text_in(error, b"err");
                    return Err(text.unwrap_or_else(|| machine.text_of(Raise::Error(error))));
                }
                Progress::NeedsHost(id) => match Question::of(id) {
                    Some(question) => ask::answer(call, running, machine, question),
                    None => machine.vm.fail_host(b"nobody answers this"),
                },
            }
            fuel = machine.vm.fuel();
        }
    }
    Err(b"This takes too long, and was ended.".to_vec())
}
