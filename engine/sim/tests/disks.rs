//! Disks do what disks must.

use redstart_engine::persistence::store::Memory;
use redstart_sim::{Faults, Faulty, conformance};

#[test]
fn memory_is_a_disk() {
    conformance::check(&mut Memory::default());
}

#[test]
fn a_faulty_disk_without_faults_is_a_disk() {
    conformance::check(&mut Faulty::new(Memory::default(), Faults::default(), 1));
}
