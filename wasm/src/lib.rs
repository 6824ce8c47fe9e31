//! The engine for JavaScript: a store in a page, in a worker, in a test.
//!
//! ```js
//! const store = new Redstart(seed, Date.now(), performance.now());
//! store.call(['SET', 'k', 'v']);          // 'OK': a request from inside, values instead of bytes
//! const id = store.connect();             // or a client that speaks the protocol
//! store.receive(id, bytes);
//! send(store.outgoing(id));
//! ```
//!
//! What outlives it is its owner's to keep: as an RDB file (`saveRdb`, `loadRdb`), or as an append-only file that is written
//! as it goes, wherever its owner puts it (`withDisk`):
//!
//! ```js
//! const store = Redstart.withDisk(seed, Date.now(), performance.now(), [['appendonly', 'yes']]);
//! const disk = await IndexedDbDisk.open('shop');          // js/src/indexeddb.ts
//! const attendant = new Attendant(store, disk, turn);     // turn: take what is outgoing, as replies wait for the disk
//! store.start();
//! attendant.attend();                                     // and again after everything
//! ```
//!
//! Nothing here reads a clock: every time is the caller's, who may as well invent it. [`driver`] is plain Rust; the
//! bindings are in their own module and hold no rule.
#![forbid(unsafe_code)]

pub mod driver;

#[cfg(target_arch = "wasm32")]
pub mod bindings;
#[cfg(target_arch = "wasm32")]
mod convert;
