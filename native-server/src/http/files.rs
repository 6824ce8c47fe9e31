//! The files that are built in.

/// One of them.
#[derive(Debug)]
pub(super) struct File {
    /// Its path, such as `assets/index.js`.
    pub(super) name: &'static str,
    /// A text that is another one for other bytes.
    pub(super) tag: &'static str,
    /// What is in it.
    pub(super) bytes: &'static [u8],
    /// The same as gzip packs it, where that is less.
    pub(super) packed: Option<&'static [u8]>,
}

/// All, in the order of their names: none if the playground isn't built in.
pub(super) static ALL: &[File] = include!(concat!(env!("OUT_DIR"), "/page.rs"));

impl File {
    /// What browsers are to take it for.
    pub(super) fn content_type(&self) -> &'static str {
        match self.name.rsplit('.').next().unwrap_or_default() {
            "html" => "text/html; charset=utf-8",
            "js" => "text/javascript; charset=utf-8",
            "css" => "text/css; charset=utf-8",
            "md" => "text/markdown; charset=utf-8",
            "svg" => "image/svg+xml",
            "wasm" => "application/wasm",
            "json" => "application/json",
            _ => "application/octet-stream",
        }
    }

    /// How long browsers may keep it without asking: the names of assets change with what is in them.
    pub(super) fn cache_control(&self) -> &'static str {
        if self.name.starts_with("assets/") { "public, max-age=31536000, immutable" } else { "no-cache" }
    }
}
