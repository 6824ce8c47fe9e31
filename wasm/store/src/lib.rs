//! The seam to the disk as JavaScript sees it: ops leave as plain objects, and plain objects are their answers.
//!
//! | op                                          | answer                                        |
//! |---------------------------------------------|-----------------------------------------------|
//! | `{ ticket, verb: 'read', name, offset, len }` | `{ bytes, objectLen }`                      |
//! | `{ ticket, verb: 'append', name, offset, bytes }` | `{}`                                    |
//! | `{ ticket, verb: 'sync', name }`            | `{}`                                          |
//! | `{ ticket, verb: 'rename', name, to }`      | `{}`                                          |
//! | `{ ticket, verb: 'remove', name }`          | `{}`                                          |
//! | `{ ticket, verb: 'list', name }`, a folder  | `{ names }`                                   |
//! | any of them                                 | `{ error }`: what is wrong, or `null` if it is missing |
//!
//! `wasm/js/src/disk.ts` hands them to the disks. What they mean says `engine/src/persistence/store.rs`.
#![forbid(unsafe_code)]
#![cfg(target_arch = "wasm32")]

use js_sys::{Array, Object, Reflect, Uint8Array};
use redstart_engine::persistence::store::{StoreError, StoreOp, StoreResult, Stored, Ticket};
use wasm_bindgen::{JsCast, JsValue};

/// Ops as a list of objects.
#[must_use]
pub fn ops_to_js(ops: &[(Ticket, StoreOp)]) -> Array {
    ops.iter().map(|(ticket, op)| op_to_js(*ticket, op)).collect()
}

fn op_to_js(ticket: Ticket, op: &StoreOp) -> JsValue {
    let (verb, name) = match op {
        StoreOp::Read { name, .. } => ("read", name),
        StoreOp::Append { name, .. } => ("append", name),
        StoreOp::Sync { name } => ("sync", name),
        StoreOp::Rename { from, .. } => ("rename", from),
        StoreOp::Remove { name } => ("remove", name),
        StoreOp::List { folder } => ("list", folder),
    };
    let object = Object::new();
    set(&object, "ticket", &number(ticket.0));
    set(&object, "verb", &verb.into());
    set(&object, "name", &name.into());
    match op {
        StoreOp::Read { offset, len, .. } => {
            set(&object, "offset", &number(*offset));
            set(&object, "len", &number(*len as u64));
        }
        StoreOp::Append { offset, bytes, .. } => {
            set(&object, "offset", &number(*offset));
            set(&object, "bytes", &Uint8Array::from(bytes.as_slice()));
        }
        StoreOp::Rename { to, .. } => set(&object, "to", &to.into()),
        StoreOp::Sync { .. } | StoreOp::Remove { .. } | StoreOp::List { .. } => {}
    }
    object.into()
}

/// An answer from its object.
pub fn answer_from_js(answer: &JsValue) -> StoreResult {
    if let Some(error) = get(answer, "error") {
        return Err(error.as_string().map_or(StoreError::Missing, StoreError::Failed));
    }
    if let Some(bytes) = get(answer, "bytes").and_then(|bytes| bytes.dyn_into::<Uint8Array>().ok()) {
        let object_len = get(answer, "objectLen").and_then(|len| len.as_f64()).unwrap_or_default() as u64;
        return Ok(Stored::Piece { bytes: bytes.to_vec(), object_len });
    }
    let names = get(answer, "names").and_then(|names| names.dyn_into::<Array>().ok());
    Ok(names.map_or(Stored::Done, |names| {
        Stored::Names(names.iter().filter_map(|name| name.as_string()).collect())
    }))
}

/// Offsets stay far below where floats begin to skip whole numbers.
fn number(number: u64) -> JsValue {
    JsValue::from_f64(number as f64)
}

fn set(object: &Object, name: &str, value: &JsValue) {
    // A plain object takes any property.
    let _ = Reflect::set(object, &name.into(), value);
}

fn get(object: &JsValue, name: &str) -> Option<JsValue> {
    Reflect::get(object, &name.into()).ok().filter(|value| !value.is_undefined())
}
