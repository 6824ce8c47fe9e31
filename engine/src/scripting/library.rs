//! Libraries of functions: what is kept of each, and how sets of them come and go.
//!
//! A library is a text. Its first line says what it is called, running the rest once registers its functions (`load`);
//! from then on FCALL finds them by their names, whichever library they are of. What other stores get, and what files
//! hold, is the texts.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use core::mem;

use redstart_lua::Pin;
use redstart_structures::Ordered;

use super::environment::Environment;
use super::{Machine, NO_ROOM, Rules};
use crate::engine::Server;
use crate::error::Error;

/// A function of a library.
#[derive(Debug)]
pub(crate) struct Function {
    pub(crate) name: String,
    pub(crate) description: Option<Vec<u8>>,
    pub(crate) callback: Pin,
    pub(crate) rules: Rules,
}

/// A library.
#[derive(Debug)]
pub(crate) struct Library {
    pub(crate) name: String,
    pub(crate) source: Box<[u8]>,
    /// In the order in which they were registered.
    pub(crate) functions: Vec<Function>,
}

/// A set of libraries. No two of them have a function of the same name, in whatever case.
#[derive(Debug, Default)]
pub(super) struct Shelf {
    libraries: Ordered<String, Library>,
    /// The library and the place of each function, by its name in lower case.
    index: Ordered<String, (String, usize)>,
}

/// The libraries that there are, and the machine that runs their functions.
#[derive(Debug, Default)]
pub struct Libraries {
    pub(super) shelf: Shelf,
    /// Made when the first library comes.
    pub(super) machine: Option<Box<Machine>>,
    pub(super) environment: Option<Environment>,
}

/// What FUNCTION RESTORE does with the libraries that are there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Policy {
    /// They go.
    Flush,
    /// They stay, and none of the others may be called the same.
    Append,
    /// Those go that are called as one of the others.
    Replace,
}

impl Shelf {
    pub(super) fn has(&self, library: &str) -> bool {
        self.libraries.contains_key(library)
    }

    /// A function of this library that another one has, too.
    pub(super) fn collision<'a>(&self, library: &'a Library) -> Option<&'a str> {
        let is_taken = |function: &&Function| {
            let found = self.index.get(&function.name.to_ascii_lowercase());
            found.is_some_and(|(owner, _)| *owner != library.name)
        };
        library.functions.iter().find(is_taken).map(|function| function.name.as_str())
    }

    /// Adds a library; gives the one whose place it takes.
    pub(super) fn insert(&mut self, library: Library) -> Option<Library> {
        let old = self.remove(&library.name);
        for (place, function) in library.functions.iter().enumerate() {
            // Of two that differ only in case the first is called.
            let name = function.name.to_ascii_lowercase();
            self.index.get_or_insert_with(name, || (library.name.clone(), place));
        }
        self.libraries.insert(library.name.clone(), library);
        old
    }

    fn remove(&mut self, name: &str) -> Option<Library> {
        let library = self.libraries.remove(name)?;
        for function in &library.functions {
            self.index.remove(&function.name.to_ascii_lowercase());
        }
        Some(library)
    }

    /// Adds the libraries of another set: all of them, or none if one can't be added, and then they are given back.
    fn join(&mut self, arrived: Self, replaces: bool) -> Result<Vec<Library>, (Error, Self)> {
        let replaced = |name: &str| arrived.has(name);
        let known = arrived.libraries.keys().find(|name| !replaces && self.has(name));
        if let Some(name) = known.cloned() {
            return Err((Error::err(format_args!("Library {name} already exists")), arrived));
        }
        let is_taken = |function: &&Function| {
            let found = self.index.get(&function.name.to_ascii_lowercase());
            found.is_some_and(|(owner, _)| !replaced(owner))
        };
        let taken = arrived.libraries.values().flat_map(|library| &library.functions).find(is_taken);
        if let Some(name) = taken.map(|function| function.name.clone()) {
            return Err((Error::err(format_args!("Function {name} already exists")), arrived));
        }
        let old = arrived.libraries.keys().filter_map(|name| self.remove(name)).collect();
        for library in arrived.libraries.into_values() {
            self.insert(library);
        }
        Ok(old)
    }
}

impl Libraries {
    /// The libraries, by their names.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Library> {
        self.shelf.libraries.values()
    }

    /// The texts that make them.
    pub fn sources(&self) -> impl Iterator<Item = &[u8]> {
        self.iter().map(|library| &*library.source)
    }

    /// A function by its name, in whatever case.
    pub(crate) fn function(&self, name: &[u8]) -> Option<&Function> {
        let name = core::str::from_utf8(name).ok()?.to_ascii_lowercase();
        let (library, place) = self.shelf.index.get(&name)?;
        self.shelf.libraries.get(library)?.functions.get(*place)
    }

    /// How many functions there are.
    #[must_use]
    pub fn functions_len(&self) -> usize {
        self.shelf.index.len()
    }

    /// The bytes that the texts take, and what is kept with each.
    #[must_use]
    pub fn memory_bytes(&self) -> usize {
        let functions = self.functions_len() * size_of::<Function>();
        let one = |library: &Library| library.source.len() + size_of::<Library>();
        self.iter().map(one).sum::<usize>() + functions
    }

    /// The bytes that the machine takes.
    #[must_use]
    pub fn machine_bytes(&self) -> usize {
        self.machine.as_ref().map_or(0, |machine| machine.vm.memory_used())
    }

    /// Forgets all of them.
    pub fn forget_all(&mut self) {
        *self = Self::default();
    }

    /// Forgets one; tells whether there was one of that name.
    pub(crate) fn forget(&mut self, name: &[u8]) -> bool {
        let name = core::str::from_utf8(name).unwrap_or_default();
        let Some(library) = self.shelf.remove(name) else { return false };
        self.let_go([library]);
        true
    }

    /// The functions of libraries that are gone needn't be kept alive.
    pub(super) fn let_go(&mut self, libraries: impl IntoIterator<Item = Library>) {
        let Some(machine) = &mut self.machine else { return };
        for function in libraries.into_iter().flat_map(|library| library.functions) {
            machine.vm.unpin(function.callback);
        }
    }

    /// Makes the machine, unless there is one.
    pub(super) fn prepare(&mut self, memory: usize) -> Result<(), Error> {
        if self.machine.is_none() {
            let (machine, environment) = Machine::for_functions(memory).map_err(|_| NO_ROOM)?;
            self.machine = Some(Box::new(machine));
            self.environment = Some(environment);
        }
        Ok(())
    }
}

impl Server {
    /// Loads a library from its text; gives its name.
    ///
    /// # Errors
    /// When it can't be loaded: then everything is as it was.
    pub(crate) fn load_library(&mut self, source: &[u8], replaces: bool) -> Result<String, Error> {
        let mut shelf = mem::take(&mut self.scripts.libraries.shelf);
        let loaded = self.load_onto(&mut shelf, source, replaces);
        self.scripts.libraries.shelf = shelf;
        loaded
    }

    /// Loads libraries from their texts.
    ///
    /// # Errors
    /// When one of them can't be loaded: then everything is as it was.
    pub(crate) fn restore_libraries(&mut self, sources: &[Vec<u8>], policy: Policy) -> Result<(), Error> {
        let mut arrived = Shelf::default();
        let loaded = sources.iter().try_for_each(|it| self.load_onto(&mut arrived, it, false).map(|_| ()));
        let libraries = &mut self.scripts.libraries;
        if let Err(error) = loaded {
            libraries.let_go(arrived.libraries.into_values());
            return Err(error);
        }
        if policy == Policy::Flush {
            let old = mem::replace(&mut libraries.shelf, arrived);
            libraries.let_go(old.libraries.into_values());
            return Ok(());
        }
        match libraries.shelf.join(arrived, policy == Policy::Replace) {
            Ok(old) => {
                libraries.let_go(old);
                Ok(())
            }
            Err((error, arrived)) => {
                libraries.let_go(arrived.libraries.into_values());
                Err(error)
            }
        }
    }
}
