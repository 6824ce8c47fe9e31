//! Values between JavaScript and the engine.
//!
//! | reply                          | JavaScript                                        |
//! |--------------------------------|---------------------------------------------------|
//! | status, text for people        | string                                            |
//! | string                         | string, or `Uint8Array` if bytes are asked for    |
//! | number                         | number; bigint beyond 2⁵³                         |
//! | double, boolean, nothing       | number, boolean, null                             |
//! | big number                     | bigint                                            |
//! | array, set, map                | `Array`, `Set`, `Map`                             |
//! | error                          | `Error` in a list; thrown on its own              |

use js_sys::{Array, BigInt, Error, Map, Set, TypeError, Uint8Array};
use redstart_engine::resp::read::Value;
use wasm_bindgen::prelude::*;

/// The largest whole number that a JavaScript number holds exactly.
const SAFE_MAX: u64 = (1 << 53) - 1;

/// An argument as bytes: a string, a number, a bigint or a `Uint8Array`.
pub(crate) fn to_bytes(value: &JsValue) -> Result<Vec<u8>, JsValue> {
    if let Some(text) = value.as_string() {
        return Ok(text.into_bytes());
    }
    if let Some(bytes) = value.dyn_ref::<Uint8Array>() {
        return Ok(bytes.to_vec());
    }
    if value.as_f64().is_some() || value.is_bigint() {
        let text = js_sys::Object::from(value.clone()).to_string();
        return Ok(String::from(text).into_bytes());
    }
    Err(TypeError::new("an argument must be a string, a number, a bigint or a Uint8Array").into())
}

/// A whole reply; an error is the `Err`.
pub(crate) fn from_reply(value: &Value, bytes: bool) -> Result<JsValue, JsValue> {
    match value {
        Value::Error(_) => Err(from_value(value, bytes)),
        other => Ok(from_value(other, bytes)),
    }
}

fn from_value(value: &Value, bytes: bool) -> JsValue {
    match value {
        Value::Bulk(string) if bytes => Uint8Array::from(string.as_slice()).into(),
        Value::Simple(string) | Value::Bulk(string) | Value::Verbatim(_, string) => text(string),
        Value::Error(error) => Error::new(&String::from_utf8_lossy(error)).into(),
        Value::Int(number) if number.unsigned_abs() <= SAFE_MAX => JsValue::from_f64(*number as f64),
        Value::Int(number) => BigInt::from(*number).into(),
        Value::Double(number, _) => JsValue::from_f64(*number),
        Value::Bool(value) => JsValue::from_bool(*value),
        Value::Null => JsValue::NULL,
        Value::BigNumber(digits) => BigInt::new(&text(digits)).map_or_else(|_| text(digits), JsValue::from),
        Value::Array(items) | Value::Push(items) => {
            items.iter().map(|item| from_value(item, bytes)).collect::<Array>().into()
        }
        Value::Set(items) => {
            let set = Set::new(&JsValue::UNDEFINED);
            for item in items {
                set.add(&from_value(item, bytes));
            }
            set.into()
        }
        Value::Map(pairs) => {
            let map = Map::new();
            for (key, value) in pairs {
                map.set(&from_value(key, bytes), &from_value(value, bytes));
            }
            map.into()
        }
        Value::Attribute(_, value) => from_value(value, bytes),
    }
}

fn text(bytes: &[u8]) -> JsValue {
    JsValue::from_str(&String::from_utf8_lossy(bytes))
}
