//! IndexedDB does what disks must, in a page.

#![cfg(target_arch = "wasm32")]

mod disks;

use js_sys::Promise;
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

#[wasm_bindgen(module = "/tests/built/indexeddb.js")]
extern "C" {
    type IndexedDbDisk;

    #[wasm_bindgen(static_method_of = IndexedDbDisk)]
    fn open(name: &str) -> Promise;
}

#[wasm_bindgen_test]
async fn indexeddb_is_a_disk() {
    disks::conforms(IndexedDbDisk::open).await;
}

#[wasm_bindgen_test]
async fn indexeddb_is_a_disk_whose_ops_may_come_together() {
    disks::conforms_when_ops_come_together(IndexedDbDisk::open).await;
}

#[wasm_bindgen_test]
async fn what_a_disk_holds_is_there_when_it_is_opened_again() {
    disks::holds_what_it_is_given_when_it_is_opened_again(IndexedDbDisk::open).await;
}

#[wasm_bindgen_test]
async fn a_store_over_indexeddb_has_its_data_at_the_next_visit() {
    disks::keeps_a_store_from_visit_to_visit(IndexedDbDisk::open).await;
}
