//! Makes a wasm module smaller once it is packed, without a change to what it does.
//!
//! Functions that are the same become one: instances of a generic often are, and those that call such ones then are, too.
//! The others are put into an order in which those that are alike are neighbours, because gzip looks back 32 KiB and the
//! linker leaves functions where their sources stood. It is the same code, and 6 % less of it to download.
//!
//! An optimizer of wasm modules before this does not help. What binaryen's wasm-opt 132 makes of the package's module:
//!
//! ```text
//! rustc's opt-level   wasm-opt                                               kB   kB by gzip -9, arranged
//! z                   none                                                 1371                    494
//! z                   --optimize-instructions --remove-unused-brs --code-folding
//!                                                                          1367                    493
//! z                   --merge-similar-functions                            1359                    495
//! z                   -Os --low-memory-unused, without --memory-packing    1293                    514
//! z                   -Oz                                                  1264                    524
//! s                   none                                                 1650                    584
//! s                   -Oz, without --memory-packing                        1553                    611
//! ```
//!
//! It leaves less code, but in each function it numbers the locals anew, and what LLVM wrote alike is no longer alike.

mod alike;

use crate::Result;
use std::collections::HashMap;
use std::fs;
use std::path::Path;
use wasm_encoder::reencode::{Error, Reencode};
use wasm_encoder::{CodeSection, FunctionSection, Module};
use wasmparser::{CodeSectionReader, FunctionSectionReader, Parser, Payload, TypeRef};

/// Arranges the module in a file.
pub(crate) fn arrange(file: &Path) -> Result {
    Ok(fs::write(file, arranged(fs::read(file)?)?)?)
}

fn arranged(mut module: Vec<u8>) -> Result<Vec<u8>> {
    loop {
        let functions = Functions::of(&module)?;
        let order = functions.merged();
        if order.from.len() == functions.bodies.len() {
            return functions.alike().applied_to(&module);
        }
        module = order.applied_to(&module)?;
    }
}

/// The functions of a module but for those that are imported, which come before all others and stay.
struct Functions<'a> {
    imported: u32,
    types: Vec<u32>,
    bodies: Vec<&'a [u8]>,
}

/// Where they go.
struct Order {
    imported: u32,
    /// Each of the functions, as they come to stand: where it was.
    from: Vec<usize>,
    /// Each of them, as they were: where it comes to stand.
    to: Vec<u32>,
}

impl<'a> Functions<'a> {
    fn of(module: &'a [u8]) -> Result<Self> {
        let (mut imported, mut types, mut bodies) = (0, Vec::new(), Vec::new());
        for payload in Parser::new(0).parse_all(module) {
            match payload? {
                Payload::ImportSection(imports) => {
                    for import in imports.into_imports() {
                        imported += u32::from(matches!(import?.ty, TypeRef::Func(_)));
                    }
                }
                Payload::FunctionSection(functions) => {
                    types = functions.into_iter().collect::<std::result::Result<_, _>>()?;
                }
                Payload::CodeSectionEntry(body) => bodies.push(body.as_bytes()),
                _ => {}
            }
        }
        Ok(Self { imported, types, bodies })
    }

    /// Only the first of those that are the same is left.
    fn merged(&self) -> Order {
        let (mut from, mut places) = (Vec::new(), HashMap::new());
        let place = |(function, same)| {
            *places.entry(same).or_insert_with(|| {
                from.push(function);
                self.imported + from.len() as u32 - 1
            })
        };
        let to = self.types.iter().zip(&self.bodies).enumerate().map(place).collect();
        Order { imported: self.imported, from, to }
    }

    /// Those that are alike are neighbours.
    fn alike(&self) -> Order {
        let from = alike::order(&self.bodies);
        let mut to = vec![0; from.len()];
        for (place, &function) in (self.imported..).zip(&from) {
            to[function] = place;
        }
        Order { imported: self.imported, from, to }
    }
}

impl Order {
    fn applied_to(mut self, old: &[u8]) -> Result<Vec<u8>> {
        let mut new = Module::new();
        self.parse_core_module(&mut new, Parser::new(0), old).map_err(|error| error.to_string())?;
        Ok(new.finish())
    }
}

impl Reencode for Order {
    type Error = std::convert::Infallible;

    fn function_index(&mut self, function: u32) -> std::result::Result<u32, Error> {
        Ok(function.checked_sub(self.imported).map_or(function, |function| self.to[function as usize]))
    }

    fn parse_function_section(
        &mut self,
        functions: &mut FunctionSection,
        section: FunctionSectionReader<'_>,
    ) -> std::result::Result<(), Error> {
        let types = section.into_iter().collect::<std::result::Result<Vec<u32>, _>>()?;
        for &function in &self.from {
            functions.function(types[function]);
        }
        Ok(())
    }

    fn parse_code_section(
        &mut self,
        code: &mut CodeSection,
        section: CodeSectionReader<'_>,
    ) -> std::result::Result<(), Error> {
        let bodies = section.into_iter().collect::<std::result::Result<Vec<_>, _>>()?;
        for function in self.from.clone() {
            self.parse_function_body(code, bodies[function].clone())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::arranged;
    use std::collections::BTreeMap;
    use wasm_encoder::{
        CodeSection, EntityType, ExportKind, ExportSection, Function, FunctionSection, ImportSection, Module,
        TypeSection, ValType,
    };
    use wasmparser::{Operator, Parser, Payload};

    /// `asks` calls `seven`, `wants` calls `as_well`, which does the same, and `twice` the one that is imported.
    fn module() -> Vec<u8> {
        let mut types = TypeSection::new();
        types.ty().function([], [ValType::I32]);
        types.ty().function([ValType::I32], [ValType::I32]);
        let mut imports = ImportSection::new();
        imports.import("env", "double", EntityType::Function(1));
        let (mut functions, mut exports, mut code) =
            (FunctionSection::new(), ExportSection::new(), CodeSection::new());
        let mut add = |index: u32, name: &str, ty: u32, write: &dyn Fn(&mut Function)| {
            functions.function(ty);
            exports.export(name, ExportKind::Func, index);
            let mut function = Function::new([]);
            write(&mut function);
            function.instructions().end();
            code.function(&function);
        };
        add(1, "twice", 1, &|function| {
            function.instructions().local_get(0).call(0);
        });
        add(2, "asks", 0, &|function| {
            function.instructions().call(3);
        });
        add(3, "seven", 0, &|function| {
            function.instructions().i32_const(7);
        });
        add(4, "as_well", 0, &|function| {
            function.instructions().i32_const(7);
        });
        add(5, "wants", 0, &|function| {
            function.instructions().call(4);
        });
        let mut module = Module::new();
        module.section(&types).section(&imports).section(&functions).section(&exports).section(&code);
        module.finish()
    }

    /// The functions by their names: the index of each, and of the one that it calls.
    fn calls(module: &[u8]) -> BTreeMap<String, (u32, Option<u32>)> {
        let (mut named, mut called) = (BTreeMap::new(), Vec::new());
        for payload in Parser::new(0).parse_all(module) {
            match payload.unwrap() {
                Payload::ExportSection(exports) => {
                    for export in exports {
                        let export = export.unwrap();
                        named.insert(export.name.to_owned(), export.index);
                    }
                }
                Payload::CodeSectionEntry(body) => {
                    let mut operators = body.get_operators_reader().unwrap().into_iter();
                    called.push(operators.find_map(|operator| match operator.unwrap() {
                        Operator::Call { function_index } => Some(function_index),
                        _ => None,
                    }));
                }
                _ => {}
            }
        }
        named.into_iter().map(|(name, index)| (name, (index, called[index as usize - 1]))).collect()
    }

    #[test]
    fn functions_that_are_the_same_become_one_and_so_do_their_callers() {
        let found = calls(&arranged(module()).unwrap());
        assert_eq!((found["as_well"], found["wants"]), (found["seven"], found["asks"]));
        let (seven, asks, twice) = (found["seven"], found["asks"], found["twice"]);
        assert_eq!((asks.1, seven.1, twice.1), (Some(seven.0), None, Some(0)));
        let mut places = [seven.0, asks.0, twice.0];
        places.sort_unstable();
        assert_eq!(places, [1, 2, 3]);
    }
}
