//! Results that become the value of a key.

use crate::execute::Call;
use crate::keyspace::{Event, Expiry, change};
use crate::reply::Outcome;
use crate::types::Kind;

/// Puts a result under the first key, or removes the key if it is empty. Replies with its length.
pub(super) fn store<T: Kind>(
    call: &mut Call<'_>,
    result: T,
    len: impl Fn(&T) -> usize,
    event: Event,
) -> Outcome {
    let (key, len) = (call.args.at(1), len(&result));
    if result.is_empty() {
        call.db.discard(key, change::DEL);
    } else {
        call.db.put(key, result.into_value(), Expiry::Never, event);
    }
    Ok(call.reply.len(len))
}
