//! Channels.
//!
//! | file        | commands                                                                        |
//! |-------------|---------------------------------------------------------------------------------|
//! | `subscribe` | SUBSCRIBE, UNSUBSCRIBE, PSUBSCRIBE, PUNSUBSCRIBE, SSUBSCRIBE, SUNSUBSCRIBE      |
//! | `publish`   | PUBLISH, SPUBLISH                                                               |
//! | `look`      | PUBSUB                                                                          |

mod look;
mod publish;
mod subscribe;

use crate::command::Command;

pub(super) static COMMANDS: &[&Command] = &[
    &subscribe::SUBSCRIBE,
    &subscribe::UNSUBSCRIBE,
    &subscribe::PSUBSCRIBE,
    &subscribe::PUNSUBSCRIBE,
    &subscribe::SSUBSCRIBE,
    &subscribe::SUNSUBSCRIBE,
    &publish::PUBLISH,
    &publish::SPUBLISH,
    &look::PUBSUB,
];
