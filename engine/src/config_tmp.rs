//! Placeholder until the configuration table lands.
#[derive(Debug)]
#[expect(missing_docs, reason = "placeholder")]
pub struct Config {
    pub databases: u64,
    pub maxclients: u64,
    pub timeout_secs: u64,
    pub hz: u64,
    pub requirepass: alloc::vec::Vec<u8>,
    pub protected_mode: bool,
    pub proto_max_bulk_len: u64,
    pub client_query_buffer_limit: u64,
    pub maxmemory: u64,
}
impl Default for Config {
    fn default() -> Self {
        Self {
            databases: 16,
            maxclients: 10000,
            timeout_secs: 0,
            hz: 10,
            requirepass: alloc::vec::Vec::new(),
            protected_mode: true,
            proto_max_bulk_len: 512 << 20,
            client_query_buffer_limit: 1 << 30,
            maxmemory: 0,
        }
    }
}
