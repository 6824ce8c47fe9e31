//! What a wasm module asks of its host.
//!
//! A module that imports from `env` was linked against something that no page provides: a C function, or a part of std
//! that isn't there. The import section is simple enough to read here:
//!
//! ```text
//! "\0asm" version:u32  { id:u8 size:leb bytes }*     section 2 = count:leb { module:name field:name kind:u8 … }*
//! ```

use crate::Result;
use std::fs;
use std::path::Path;

/// Fails when the module imports anything that wasm-bindgen's glue doesn't provide.
pub(crate) fn check(path: &Path) -> Result {
    let bytes = fs::read(path)?;
    let foreign: Vec<String> = imports(&bytes)
        .ok_or_else(|| format!("{} is no wasm module", path.display()))?
        .into_iter()
        .filter(|(module, _)| !module.starts_with("__wbindgen"))
        .map(|(module, field)| format!("{module}.{field}"))
        .collect();
    if foreign.is_empty() {
        return Ok(());
    }
    Err(format!("{} asks its host for {}", path.display(), foreign.join(", ")).into())
}

/// `(module, field)` of every import.
fn imports(bytes: &[u8]) -> Option<Vec<(String, String)>> {
    let mut module = Reader(bytes.strip_prefix(b"\0asm\x01\0\0\0")?);
    while !module.0.is_empty() {
        let (id, size) = (module.byte()?, module.number()?);
        let mut section = Reader(module.take(size)?);
        if id == 2 {
            return (0..section.number()?).map(|_| section.import()).collect();
        }
    }
    Some(Vec::new())
}

struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    fn byte(&mut self) -> Option<u8> {
        self.take(1).map(|byte| byte[0])
    }

    /// LEB128, of which a file this small needs no more than 63 bits.
    fn number(&mut self) -> Option<usize> {
        let mut number = 0;
        for shift in (0..63).step_by(7) {
            let byte = self.byte()?;
            number |= usize::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Some(number);
            }
        }
        None
    }

    fn name(&mut self) -> Option<String> {
        let length = self.number()?;
        self.take(length).map(|name| String::from_utf8_lossy(name).into_owned())
    }

    fn import(&mut self) -> Option<(String, String)> {
        let names = (self.name()?, self.name()?);
        match self.byte()? {
            0 => drop(self.number()?),
            1 => {
                self.byte()?;
                self.limits()?;
            }
            2 => self.limits()?,
            3 => drop(self.take(2)?),
            4 => {
                self.byte()?;
                self.number()?;
            }
            _ => return None,
        }
        Some(names)
    }

    fn limits(&mut self) -> Option<()> {
        let flags = self.byte()?;
        self.number()?;
        if flags & 1 != 0 {
            self.number()?;
        }
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn imports_are_found() {
        // A custom section, then one function and one memory.
        let mut module = b"\0asm\x01\0\0\0\x00\x02\x01x".to_vec();
        let section = b"\x02\x03env\x04time\x00\x00\x03env\x03mem\x02\x01\x01\x80\x02";
        module.extend([2, u8::try_from(section.len()).unwrap()]);
        module.extend(section);
        let wanted =
            [("env", "time"), ("env", "mem")].map(|(module, field)| (module.to_owned(), field.to_owned()));
        assert_eq!(imports(&module), Some(wanted.to_vec()));
        assert_eq!(imports(b"\0asm\x01\0\0\0"), Some(Vec::new()));
        assert_eq!(imports(b"ELF"), None);
    }
}
