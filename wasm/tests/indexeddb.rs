//! IndexedDB does what disks must, in a browser. `cargo xtask test` makes the script from `js/indexeddb.ts`.

#![cfg(target_arch = "wasm32")]

use js_sys::{Array, Promise};
use redstart_engine::persistence::store::Ticket;
use redstart_sim::conformance;
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
