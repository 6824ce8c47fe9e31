//! The class as JavaScript sees it, in a browser.

#![cfg(target_arch = "wasm32")]

use js_sys::{Array, Error, Map, Uint8Array};
use redstart_wasm::bindings::Redstart;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

const UNIX_MS: f64 = 1.7e12;

fn store() -> Redstart {
    Redstart::new(7, UNIX_MS, 0.0)
}

fn argv(words: &[&str]) -> Array {
    words.iter().map(|word| JsValue::from_str(word)).collect()
}

fn call(store: &mut Redstart, words: &[&str]) -> JsValue {
    store.call(&argv(words)).expect("it is no error")
}

#[wasm_bindgen_test]
fn a_client_speaks_the_protocol() {
    let mut store = store();
    let id = store.connect();
    store.receive(id, b"*1\r\n$4\r\nPI");
    assert_eq!(store.outgoing(id), b"");
    store.receive(id, b"NG\r\nPING again\r\n");
    assert_eq!(store.outgoing(id), b"+PONG\r\n$5\r\nagain\r\n");
    store.receive(id, b"*1\r\n+\r\n");
    assert_eq!(store.take_ended(), [id]);
}

#[wasm_bindgen_test]
fn a_call_gives_values() {
    let mut store = store();
    assert_eq!(call(&mut store, &["SET", "k", "é"]), "OK");
    assert_eq!(call(&mut store, &["GET", "k"]), "é");
    assert_eq!(call(&mut store, &["GET", "none"]), JsValue::NULL);
    assert_eq!(call(&mut store, &["INCR", "n"]), 1);
    assert_eq!(call(&mut store, &["SET", "n", "9007199254740993"]), "OK");
    assert!(call(&mut store, &["INCR", "n"]).is_bigint());
    let both: Array = call(&mut store, &["MGET", "k", "none"]).unchecked_into();
    assert_eq!((both.length(), both.get(0), both.get(1)), (2, "é".into(), JsValue::NULL));
    let map: Map = call(&mut store, &["CONFIG", "GET", "maxclients"]).dyn_into().expect("a map");
    assert_eq!(map.get(&"maxclients".into()), "10000");
}

#[wasm_bindgen_test]
fn bytes_stay_bytes() {
    let mut store = store();
    let words = argv(&["SET", "k"]);
    words.push(&Uint8Array::from(&[0_u8, 255, 13][..]));
    store.call(&words).expect("it is no error");
    let value: Uint8Array = store.call_bytes(&argv(&["GET", "k"])).expect("it is no error").unchecked_into();
    assert_eq!(value.to_vec(), [0, 255, 13]);
}

#[wasm_bindgen_test]
fn arguments_may_be_numbers_but_not_anything() {
    let mut store = store();
    let words = argv(&["SET", "n"]);
    words.push(&JsValue::from_f64(1.5));
    store.call(&words).expect("it is no error");
    assert_eq!(call(&mut store, &["GET", "n"]), "1.5");
    let words = argv(&["SET", "n"]);
    words.push(&JsValue::NULL);
    assert!(store.call(&words).is_err());
}

#[wasm_bindgen_test]
fn errors_are_thrown() {
    let error: Error = store().call(&argv(&["NOSUCH"])).expect_err("it is an error").unchecked_into();
    assert_eq!(error.message(), "ERR unknown command 'NOSUCH', with args beginning with: ");
}

#[wasm_bindgen_test]
fn time_is_the_caller_s() {
    let mut store = store();
    call(&mut store, &["SET", "k", "v", "PX", "1500"]);
    store.tick(UNIX_MS + 1000.0, 1000.0);
    assert_eq!(call(&mut store, &["PTTL", "k"]), 500);
    assert!(store.deadline_ms() >= 1000.0 && store.deadline_ms() <= 1500.0);
    store.set_time(UNIX_MS + 1500.0, 1500.0);
    assert_eq!(call(&mut store, &["GET", "k"]), JsValue::NULL);
}

#[wasm_bindgen_test]
fn data_can_be_carried_away() {
    let mut one = store();
    call(&mut one, &["SET", "k", "v"]);
    let data = one.save_rdb();
    let mut other = store();
    assert!(other.load_rdb(&data[1..]).is_err());
    assert_eq!(other.load_rdb(&data).expect("it is whole"), 1);
    assert_eq!(call(&mut other, &["GET", "k"]), "v");
}
