//! IndexedDB does what disks must, in a browser. `cargo xtask test` makes the script from `js/indexeddb.ts`.

#![cfg(target_arch = "wasm32")]

use js_sys::{Array, Function, Promise};
use redstart_engine::persistence::store::Ticket;
use redstart_sim::conformance;
use redstart_wasm::bindings::Redstart;
use redstart_wasm_store::{answer_from_js, ops_to_js};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

#[wasm_bindgen(module = "/tests/built/indexeddb.js")]
extern "C" {
    type IndexedDbDisk;

    #[wasm_bindgen(static_method_of = IndexedDbDisk)]
    fn open(name: &str) -> Promise;

    #[wasm_bindgen(method)]
    fn perform(this: &IndexedDbDisk, ops: &Array) -> Promise;

    #[wasm_bindgen(method)]
    fn close(this: &IndexedDbDisk);

    type Attendant;

    #[wasm_bindgen(constructor)]
    fn new(store: &JsValue, disk: &IndexedDbDisk, turn: &Function) -> Attendant;

    #[wasm_bindgen(method)]
    fn attend(this: &Attendant);

    #[wasm_bindgen(method)]
    fn idle(this: &Attendant) -> Promise;
}

async fn open(name: &str) -> IndexedDbDisk {
    JsFuture::from(IndexedDbDisk::open(name)).await.expect("it opens").unchecked_into()
}

#[wasm_bindgen_test]
async fn indexeddb_is_a_disk() {
    let disk = open("one by one").await;
    for step in conformance::steps() {
        let op = ops_to_js(&[(Ticket(1), step.op.clone())]);
        let answers: Array = JsFuture::from(disk.perform(&op)).await.expect("it answers").unchecked_into();
        step.judge(&answer_from_js(&answers.get(0)));
    }
}

#[wasm_bindgen_test]
async fn indexeddb_is_a_disk_whose_ops_may_come_together() {
    let disk = open("together").await;
    let steps = conformance::steps();
    let some: Vec<_> = steps
        .chunks(7)
        .map(|steps| steps.iter().map(|step| (Ticket(1), step.op.clone())).collect::<Vec<_>>())
        .map(|ops| disk.perform(&ops_to_js(&ops)))
        .collect();
    for (steps, promise) in steps.chunks(7).zip(some) {
        let answers: Array = JsFuture::from(promise).await.expect("it answers").unchecked_into();
        steps.iter().zip(answers.iter()).for_each(|(step, answer)| step.judge(&answer_from_js(&answer)));
    }
}

#[wasm_bindgen_test]
async fn what_a_disk_holds_is_there_when_it_is_opened_again() {
    let disk = open("again").await;
    let steps = conformance::steps();
    let ops = ops_to_js(&[(Ticket(1), steps[0].op.clone())]);
    JsFuture::from(disk.perform(&ops)).await.expect("it answers");
    disk.close();
    let again = open("again").await;
    let ops = ops_to_js(&[(Ticket(1), steps[1].op.clone())]);
    let answers: Array = JsFuture::from(again.perform(&ops)).await.expect("it answers").unchecked_into();
    steps[1].judge(&answer_from_js(&answers.get(0)));
}

/// What one store answers that is opened over a disk and gets these requests, when the disk has done all it was asked for.
async fn visit(disk: &IndexedDbDisk, requests: &[u8]) -> Vec<u8> {
    let directives = Array::of1(&Array::of2(&"appendonly".into(), &"yes".into()));
    let mut store = Redstart::with_disk(7, 1.7e12, 0.0, &directives).expect("it is a directive");
    store.start();
    let id = store.connect();
    let store = JsValue::from(store);
    let method = |name: &str| js_sys::Reflect::get(&store, &name.into()).expect("it has it");
    let attendant = Attendant::new(&store, disk, &Function::new_no_args(""));
    attendant.attend();
    JsFuture::from(attendant.idle()).await.expect("it gets done");
    assert_eq!(method("loading"), JsValue::UNDEFINED);
    let bytes = js_sys::Uint8Array::from(requests);
    Function::from(method("receive")).call2(&store, &id.into(), &bytes).expect("it takes bytes");
    attendant.attend();
    JsFuture::from(attendant.idle()).await.expect("it gets done");
    let replies = Function::from(method("outgoing")).call1(&store, &id.into()).expect("it gives bytes");
    replies.unchecked_into::<js_sys::Uint8Array>().to_vec()
}

#[wasm_bindgen_test]
async fn a_store_over_indexeddb_has_its_data_at_the_next_visit() {
    let disk = open("visits").await;
    assert_eq!(visit(&disk, b"SET k v\r\nINCR n\r\n").await, b"+OK\r\n:1\r\n");
    assert_eq!(visit(&disk, b"INCR n\r\nGET k\r\n").await, b":2\r\n$1\r\nv\r\n");
    assert_eq!(visit(&disk, b"DBSIZE\r\n").await, b":2\r\n");
}
