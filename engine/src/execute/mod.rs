//! What happens to a command: may it run (`admit`), run it (`call`), what follows (`settle`).
//!
//! ```text
//! bytes ─► resp::decode ─► admit ─► call ─► settle ─► outbox
//! ```
//!
//! Every way in (a socket, a caller in the process, a data set being loaded) goes through [`run`].

mod admit;
mod ahead;
mod batch;
mod call;
mod debug;
mod feed;
mod limits;
mod look;
mod measure;
mod monitor;
mod notify;
mod pause;
mod redact;
mod room;
mod script;
mod serve;
mod settle;
mod wait;
mod watch;

pub use self::admit::resolve;
pub(crate) use self::ahead::Ahead;
pub use self::ahead::Request;
pub(crate) use self::batch::finish;
pub use self::batch::{receive, request};
pub use self::call::{Call, run};
pub(crate) use self::debug::{StoreCopy, go_on_debugging, wants_turn, watched};
pub use self::feed::{Feed, Propagated, Stream};
pub(crate) use self::limits::{check_output, output_limit};
pub(crate) use self::look::look;
pub use self::pause::Pause;
pub(crate) use self::room::{Room, make_room};
pub(crate) use self::script::go_on;
pub use self::serve::Vain;
pub(crate) use self::serve::{end_overdue, resume_released, serve_ready};
pub(crate) use self::settle::settle;
pub use self::wait::{Nothing, Parked, Waiting, Wants};
pub use self::watch::Watches;
