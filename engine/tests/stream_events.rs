//! What listeners hear of stream commands, and in which order, with what is noted for those who copy the data.

#[path = "support/events.rs"]
mod events;

use events::check;

#[test]
fn entries_come_and_go() {
    check(&[
        ("XADD s NOMKSTREAM 1-1 f v", ""),
        ("XADD s 0-0 f v", ""),
        ("XADD s 1-1 f v", "new s, xadd s"),
        ("XADD s 1-1 f v", ""),
        ("XADD s MAXLEN 1 2-1 f v", "xadd s, xtrim s"),
        ("XADD s MAXLEN 5 3-1 f v", "xadd s"),
        ("XTRIM s MAXLEN 5", ""),
        ("XTRIM s MAXLEN 1", "xtrim s"),
        ("XDEL s 1-1", ""),
        ("XDEL s 3-1", "xdel s"),
        ("XSETID s 9-9", "xsetid s"),
        ("XSETID s x", ""),
        ("XREAD STREAMS s none 0 0", "keymiss none, keymiss none"),
        ("XRANGE none - +", "keymiss none"),
    ]);
}

#[test]
fn groups_read() {
    check(&[
        ("XGROUP CREATE s g 0", ""),
        ("XGROUP CREATE s g 0 MKSTREAM", "new s, xgroup-create s"),
        ("XGROUP CREATE s g 0", ""),
        ("XGROUP CREATE s h 0", "xgroup-create s"),
        ("XGROUP SETID s h $", "xgroup-setid s"),
        ("XGROUP CREATECONSUMER s g ann", "xgroup-createconsumer s"),
        ("XGROUP CREATECONSUMER s g ann", ""),
        ("XREADGROUP GROUP g ann STREAMS s >", ""),
        ("XADD s 1-1 f v", "xadd s"),
        ("XREADGROUP GROUP g ann STREAMS s >", "xreadgroup s"),
        ("XREADGROUP GROUP g bob STREAMS s 0", "xreadgroup s, xgroup-createconsumer s"),
        ("XCLAIM s g bob 0 1-1 JUSTID", "xclaim s"),
        ("XCLAIM s g bob 100 1-1 JUSTID", ""),
        ("XAUTOCLAIM s g carol 0 0", "xclaim s, xgroup-createconsumer s"),
        ("XACK s g 1-1 2-2", "xack s"),
        ("XACK s g 1-1", ""),
        ("XGROUP DELCONSUMER s g ann", "xgroup-delconsumer s"),
        ("XGROUP DELCONSUMER s g ann", ""),
        ("XGROUP DESTROY s g", "xgroup-destroy s"),
        ("XGROUP DESTROY s g", ""),
    ]);
}
