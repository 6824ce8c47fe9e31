//! The panels beside the keys, as somebody watches them.

use redstart_playground::view::{Ask, MemoryView, SlowLogView, StatsView, Tell, Watched};

use crate::page::Page;

fn slow_log(tells: &[Tell]) -> Option<&SlowLogView> {
    tells.iter().find_map(|tell| if let Tell::SlowLog { view } = tell { Some(view) } else { None })
}

fn stats(tells: &[Tell]) -> Option<&StatsView> {
    tells.iter().find_map(|tell| if let Tell::Stats { view } = tell { Some(view) } else { None })
}

fn memory(page: &mut Page, db: usize) -> MemoryView {
    let tells = page.ask(Ask::Memory { db });
    let view =
        tells.into_iter().find_map(|tell| if let Tell::Memory { view } = tell { Some(view) } else { None });
    view.expect("the memory is told")
}

#[test]
fn slow_calls_appear_as_they_happen() {
    let mut page = Page::new();
    let tells = page.ask(Ask::Watch { what: Some(Watched::SlowLog) });
    assert_eq!(slow_log(&tells), Some(&SlowLogView { threshold: 10_000.0, calls: Vec::new() }));
    assert_eq!(slow_log(&page.submit(0, "PING")), None, "there is nothing new");
    page.submit(0, "CLIENT SETNAME ann\nCONFIG SET slowlog-log-slower-than 0");
    let tells = page.submit(0, "SET k \"a b\"");
    let view = slow_log(&tells).expect("every call is slow now");
    assert_eq!((view.threshold, view.calls[0].command.as_str()), (0.0, "SET k \"a b\""));
    assert!(view.calls[0].client.ends_with(" ann"), "{view:?}");
    page.submit(0, "CONFIG SET slowlog-log-slower-than -1\nSLOWLOG RESET");
    page.ask(Ask::Watch { what: None });
    assert_eq!(slow_log(&page.submit(0, "CONFIG SET slowlog-log-slower-than 0\nPING")), None, "nobody looks");
}

#[test]
fn what_goes_on_is_told_every_second_while_it_is_watched() {
    let mut page = Page::new();
    let tells = page.ask(Ask::Watch { what: Some(Watched::Stats) });
    assert_eq!(stats(&tells), None, "there is nothing yet to tell a difference from");
    assert_eq!(stats(&page.submit(0, "20 PING\nSET k v\nGET k\nGET none")), None);
    assert!(page.playground.wait_ms(page.now) <= 1000.0);
    let tells = page.advance_ms(1000);
    let view = stats(&tells).expect("a second has passed");
    assert_eq!((view.commands, view.hits, view.misses, view.clients), (23.0, 1.0, 1.0, 1.0));
    assert!(view.memory > 0.0 && view.input > 0.0 && view.output > 0.0, "{view:?}");
    page.submit(0, "CONFIG RESETSTAT");
    let tells = page.advance_ms(1000);
    assert_eq!(stats(&tells).map(|view| view.hits), Some(0.0));
    page.ask(Ask::Pace { pace: 100 });
    assert!(stats(&page.advance_ms(10)).is_none(), "a second of the store's, not of the page's");
    assert!(stats(&page.advance_ms(990)).is_some());
    page.ask(Ask::Watch { what: None });
    assert_eq!(stats(&page.advance_ms(5000)), None);
}

#[test]
fn whoever_watches_leaves_no_trace() {
    let mut page = Page::new();
    page.ask(Ask::Watch { what: Some(Watched::Stats) });
    let before = page.type_in(0, "INFO commandstats");
    page.advance_ms(3000);
    assert_eq!(
        before.lines().count() + 1,
        page.type_in(0, "INFO commandstats").lines().count(),
        "INFO itself"
    );
}

#[test]
fn the_memory_is_told_by_what_keys_have_in_common() {
    let mut page = Page::new();
    page.submit(0, "MSET user:1 a user:2 b plain c\nEXPIRE plain 100\nSELECT 1\nSET other 1");
    page.submit(
        0,
        "SELECT 0\nEVAL \"for i = 1, 500 do redis.call('RPUSH', 'queue:mail', 'message ' .. i) end\" 0",
    );
    let view = memory(&mut page, 0);
    assert_eq!((view.all.keys, view.expiring.keys), (4, 1));
    let labels = |shares: &[redstart_playground::view::Share]| {
        shares.iter().map(|share| format!("{} {}", share.label, share.keys)).collect::<Vec<_>>()
    };
    assert_eq!(labels(&view.types), ["list 1", "string 3"]);
    assert_eq!(labels(&view.prefixes), ["queue: 1", "user: 2", "no prefix 1"]);
    assert_eq!(view.biggest[0].label, "queue:mail");
    assert_eq!(view.all.memory, view.biggest.iter().map(|row| row.memory).sum::<usize>());
    assert_eq!(memory(&mut page, 1).all.keys, 1);
    assert_eq!(memory(&mut page, 99), MemoryView { db: 99, ..MemoryView::default() });
}
