//! What every disk of a browser must do. `cargo xtask test` makes the scripts from `js/src`.

use js_sys::{Array, Function, Promise, Uint8Array};
use redstart_engine::persistence::store::{StoreOp, Ticket};
use redstart_sim::conformance::{self, Step};
use redstart_wasm::bindings::Redstart;
use redstart_wasm_store::{answer_from_js, ops_to_js};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

/// Opens the disk of a name.
pub(crate) type Open = fn(&str) -> Promise;

#[wasm_bindgen]
extern "C" {
    /// A disk of any kind.
    pub(crate) type Disk;

    #[wasm_bindgen(method, structural)]
    fn perform(this: &Disk, ops: &Array) -> Promise;

    #[wasm_bindgen(method, structural)]
    fn close(this: &Disk) -> JsValue;
}

#[wasm_bindgen(module = "/tests/built/disk.js")]
extern "C" {
    type Attendant;

    #[wasm_bindgen(constructor)]
    fn new(store: &JsValue, disk: &Disk, turn: &Function) -> Attendant;

    #[wasm_bindgen(method)]
    fn attend(this: &Attendant);

    #[wasm_bindgen(method)]
    fn idle(this: &Attendant) -> Promise;
}

async fn opened(open: Open, name: &str) -> Disk {
    JsFuture::from(open(name)).await.expect("it opens").unchecked_into()
}

async fn close(disk: Disk) {
    JsFuture::from(Promise::resolve(&disk.close())).await.expect("it closes");
}

/// Has all steps performed in one go, and judges the answers.
async fn go(disk: &Disk, steps: &[Step]) {
    let ops: Vec<(Ticket, StoreOp)> = steps.iter().map(|step| (Ticket(1), step.op.clone())).collect();
    judge(steps, disk.perform(&ops_to_js(&ops))).await;
}

async fn judge(steps: &[Step], promise: Promise) {
    let answers: Array = JsFuture::from(promise).await.expect("it answers").unchecked_into();
    steps.iter().zip(answers.iter()).for_each(|(step, answer)| step.judge(&answer_from_js(&answer)));
}

pub(crate) async fn conforms(open: Open) {
    let disk = opened(open, "one by one").await;
    for step in conformance::steps() {
        go(&disk, &[step]).await;
    }
    close(disk).await;
}

pub(crate) async fn conforms_when_ops_come_together(open: Open) {
    let disk = opened(open, "together").await;
    let steps = conformance::steps();
    let promises: Vec<Promise> = steps
        .chunks(7)
        .map(|steps| steps.iter().map(|step| (Ticket(1), step.op.clone())).collect::<Vec<_>>())
        .map(|ops| disk.perform(&ops_to_js(&ops)))
        .collect();
    for (steps, promise) in steps.chunks(7).zip(promises) {
        judge(steps, promise).await;
    }
    close(disk).await;
}

pub(crate) async fn holds_what_it_is_given_when_it_is_opened_again(open: Open) {
    let disk = opened(open, "again").await;
    let steps = conformance::steps();
    go(&disk, &steps[..1]).await;
    close(disk).await;
    let again = opened(open, "again").await;
    go(&again, &steps[1..2]).await;
    close(again).await;
}

pub(crate) async fn keeps_a_store_from_visit_to_visit(open: Open) {
    let disk = opened(open, "visits").await;
    assert_eq!(visit(&disk, b"SET k v\r\nINCR n\r\n").await, b"+OK\r\n:1\r\n");
    assert_eq!(visit(&disk, b"INCR n\r\nGET k\r\n").await, b":2\r\n$1\r\nv\r\n");
    assert_eq!(visit(&disk, b"DBSIZE\r\n").await, b":2\r\n");
    close(disk).await;
}

/// What one store answers that is opened over a disk and gets these requests, when the disk has done all it was asked for.
async fn visit(disk: &Disk, requests: &[u8]) -> Vec<u8> {
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
    let bytes = Uint8Array::from(requests);
    Function::from(method("receive")).call2(&store, &id.into(), &bytes).expect("it takes bytes");
    attendant.attend();
    JsFuture::from(attendant.idle()).await.expect("it gets done");
    let replies = Function::from(method("outgoing")).call1(&store, &id.into()).expect("it gives bytes");
    replies.unchecked_into::<Uint8Array>().to_vec()
}
