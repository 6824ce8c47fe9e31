//! Lua scripts: what runs them, and what they may do.
//!
//! ```text
//! EVAL ─► a function of Lua, compiled once per text
//!            │ runs on fuel, a slice at a time
//!            ▼
//!         redis.call ─► `ask`: may it? ─► the command, as a part of the script ─► its reply ─► `convert` ─► Lua
//!            │
//!            ▼
//!         what it returns ─► `convert` ─► the client's reply
//! ```
//!
//! A script that ends within its first slice never leaves its command's handler: that is nearly all of them. One that
//! doesn't is put aside (`Running`): its caller waits, and each turn of the engine gives it another slice
//! (`go_on`). Nobody else's command runs meanwhile, so a script is one step whatever it takes; but once it has taken
//! longer than `busy-reply-threshold`, others are told that the store is busy, and may end it.
//!
//! A function of a library (`library`) runs the same way, in a machine of its own: it gets its keys and arguments as
//! arguments, and what its library has in local variables stays from call to call.
//!
//! Time stands still for a script: keys expire before it or after it.

mod ask;
mod convert;
pub(crate) mod debug;
mod environment;
mod library;
mod load;
mod run;
mod running;
mod shebang;

pub use self::debug::{Asked, Mode as DebugMode, Watched};
pub use self::library::Libraries;
pub(crate) use self::library::{Library, Policy};
pub(crate) use self::run::{begin, go_on};
pub(crate) use self::running::{Kind, Running};
pub(crate) use self::shebang::Rules;

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use redstart_lua::{Pin, Raise, Value, Vm};
use redstart_structures::Ordered;
use sha1::{Digest as _, Sha1};

use crate::error::Error;

/// The scripts and the libraries of functions that are known, and what runs.
#[derive(Debug, Default)]
pub struct Scripts {
    /// Made when the first script comes.
    machine: Option<Box<Machine>>,
    /// By the hexadecimal SHA-1 of their texts.
    known: Ordered<String, Script>,
    /// The libraries of functions.
    pub libraries: Libraries,
    /// The one that was put aside.
    pub(crate) running: Option<Box<Running>>,
}

/// What runs scripts: a machine in which they find what Redis promises them.
#[derive(Debug)]
pub(crate) struct Machine {
    pub(super) vm: Vm,
    /// What runs each script, or function, so that its errors are caught: it takes it and the handler of errors, then the
    /// arguments of a function.
    protect: Pin,
    /// What notes where an error was raised.
    handler: Pin,
}

/// A script that was compiled.
#[derive(Debug)]
struct Script {
    text: Box<[u8]>,
    function: Pin,
    rules: Rules,
}

/// The hexadecimal SHA-1 of a text.
#[must_use]
pub fn sha1hex(text: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digest = Sha1::digest(text);
    let digits = digest.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits.map(|digit| char::from(DIGITS[usize::from(digit)])).collect()
}

impl Scripts {
    /// Whether a script was put aside: nothing else runs until it is done.
    #[inline]
    #[must_use]
    pub const fn is_running(&self) -> bool {
        self.running.is_some()
    }

    /// Whether a script of this name is known.
    #[must_use]
    pub fn knows(&self, name: &str) -> bool {
        self.known.contains_key(name)
    }

    /// A script by its name: the function, and what it says of itself.
    #[must_use]
    pub(crate) fn known(&self, name: &str) -> Option<(Pin, Rules)> {
        self.known.get(name).map(|script| (script.function, script.rules))
    }

    /// How many are known.
    #[must_use]
    pub fn known_len(&self) -> usize {
        self.known.len()
    }

    /// Forgets all of them.
    pub fn forget_all(&mut self) {
        self.known.clear();
        self.machine = None;
    }

    /// The bytes that the texts take, and what is kept with each.
    #[must_use]
    pub fn memory_bytes(&self) -> usize {
        let one = |script: &Script| script.text.len() + size_of::<Script>() + 2 * SHA1_DIGITS;
        self.known.values().map(one).sum()
    }

    /// The bytes that the machine takes.
    #[must_use]
    pub fn machine_bytes(&self) -> usize {
        self.machine.as_ref().map_or(0, |machine| machine.vm.memory_used())
    }

    /// Makes a script known; gives its name.
    ///
    /// # Errors
    /// When it is no Lua, or its first line asks for what there isn't.
    pub fn load(&mut self, text: &[u8], memory: usize) -> Result<String, Error> {
        let name = sha1hex(text);
        if self.knows(&name) {
            return Ok(name);
        }
        let (rules, body) = Rules::of_script(text)?;
        let machine = self.machine(memory)?;
        let compiled = machine.vm.load(&body, b"@user_script");
        let function = compiled.map_err(|raise| {
            let reason = machine.text_of(raise);
            Error::Quoting([b"ERR Error compiling script (new function): ".as_slice(), &reason].concat())
        })?;
        let function = machine.vm.pin(function);
        self.known.insert(name.clone(), Script { text: text.into(), function, rules });
        Ok(name)
    }

    fn machine(&mut self, memory: usize) -> Result<&mut Machine, Error> {
        if self.machine.is_none() {
            let made = Machine::new(memory);
            self.machine = Some(Box::new(made.map_err(|_| NO_ROOM)?));
        }
        // It is there by now.
        self.machine.as_deref_mut().ok_or(NO_ROOM)
    }

    /// Where the machine is that runs scripts of a kind.
    pub(crate) const fn machine_of(&mut self, kind: Kind) -> &mut Option<Box<Machine>> {
        match kind {
            Kind::Script => &mut self.machine,
            Kind::Function => &mut self.libraries.machine,
        }
    }
}

const NO_ROOM: Error = Error::Text("ERR There is no memory for scripts. Raise script-memory-limit.");

/// The digits of a SHA-1.
const SHA1_DIGITS: usize = 40;

impl Machine {
    /// An error's text.
    pub(super) fn text_of(&self, raise: Raise) -> Vec<u8> {
        match raise {
            Raise::Error(value) => self.vm.heap().display(value),
            Raise::Memory => NO_MEMORY.to_vec(),
            Raise::Handler => b"error in error handling".to_vec(),
        }
    }

    /// An entry of a table, if it is a string.
    pub(super) fn text_in(&self, table: Value, name: &[u8]) -> Option<Vec<u8>> {
        let Value::Table(table) = table else { return None };
        match self.vm.heap().get_name(table, name) {
            Value::String(text) => Some(self.vm.heap().bytes(text).to_vec()),
            _ => None,
        }
    }
}

/// What Lua says when its memory is used up.
const NO_MEMORY: &[u8] = b"not enough memory";
