//! The files of a site do what disks must, in a worker.

#![cfg(target_arch = "wasm32")]

mod disks;

use js_sys::Promise;
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_dedicated_worker);

#[wasm_bindgen(module = "/tests/built/opfs.js")]
extern "C" {
    type OpfsDisk;

    #[wasm_bindgen(static_method_of = OpfsDisk)]
    fn open(name: &str) -> Promise;
}

#[wasm_bindgen_test]
async fn files_are_a_disk() {
    disks::conforms(OpfsDisk::open).await;
}

#[wasm_bindgen_test]
async fn files_are_a_disk_whose_ops_may_come_together() {
    disks::conforms_when_ops_come_together(OpfsDisk::open).await;
}

#[wasm_bindgen_test]
async fn what_files_hold_is_there_when_they_are_opened_again() {
    disks::holds_what_it_is_given_when_it_is_opened_again(OpfsDisk::open).await;
}

#[wasm_bindgen_test]
async fn a_store_over_files_has_its_data_at_the_next_visit() {
    disks::keeps_a_store_from_visit_to_visit(OpfsDisk::open).await;
}
