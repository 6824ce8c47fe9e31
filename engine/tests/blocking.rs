//! Clients that wait for a key: in which order they are served, and what ends a wait besides a key.

#[path = "support/clients.rs"]
mod clients;

use clients::Clients;
use redstart_engine::machine::ConnId;

#[test]
fn another_client_can_end_a_wait() {
    let mut clients = Clients::new();
    let (waiter, other) = (clients.connect(), clients.connect());
    let id = clients.id(waiter);
    for (how, heard) in [
        ("", "*-1\r\n"),
        (" TIMEOUT", "*-1\r\n"),
        (" ERROR", "-UNBLOCKED client unblocked via CLIENT UNBLOCK\r\n"),
    ] {
        assert_eq!(clients.say(waiter, "BLPOP k 0"), "");
        assert_eq!(clients.say(other, &format!("CLIENT UNBLOCK {id}{how}")), ":1\r\n");
        assert_eq!(clients.hear(waiter), heard);
        assert_eq!(clients.say(other, &format!("CLIENT UNBLOCK {id}{how}")), ":0\r\n");
    }
    // It stands in no line any more.
    assert_eq!(clients.say(other, "RPUSH k x"), ":1\r\n");
    assert_eq!(clients.say(other, "LLEN k"), ":1\r\n");
}

#[test]
fn whoever_is_gone_takes_nothing() {
    let mut clients = Clients::new();
    let (gone, killed, patient, other) =
        (clients.connect(), clients.connect(), clients.connect(), clients.connect());
    let id = clients.id(killed);
    for waiter in [gone, killed, patient] {
        assert_eq!(clients.say(waiter, "BLPOP k 0"), "");
    }
    clients.store.disconnect(clients.now, gone);
    assert_eq!(clients.say(other, &format!("CLIENT KILL ID {id}")), ":1\r\n");
    for ended in clients.store.take_ended() {
        clients.store.disconnect(clients.now, ended);
    }
    assert_eq!(clients.say(other, "RPUSH k x y"), ":2\r\n");
    assert_eq!(clients.hear(patient), "*2\r\n$1\r\nk\r\n$1\r\nx\r\n");
    assert_eq!(clients.say(other, "LLEN k"), ":1\r\n");
    let sessions = clients.store.engine().sessions();
    assert!(sessions.iter().all(|session| session.parked.is_none()));
}

#[test]
fn a_thousand_clients_are_served_in_the_order_in_which_they_came() {
    let mut clients = Clients::new();
    let waiters: Vec<ConnId> = (0..1000).map(|_| clients.connect()).collect();
    for &waiter in waiters.iter().rev() {
        clients.say(waiter, "BRPOP a b 0");
    }
    let other = clients.connect();
    for number in 0..1000 {
        clients.say(other, &format!("LPUSH {} {number}", if number % 3 == 0 { "a" } else { "b" }));
    }
    for (number, &waiter) in waiters.iter().rev().enumerate() {
        assert!(clients.hear(waiter).ends_with(&format!("\r\n{number}\r\n")), "{number}");
    }
    assert_eq!(clients.say(other, "DBSIZE"), ":0\r\n");
}

#[test]
fn a_wait_ends_to_the_millisecond() {
    let mut clients = Clients::new();
    let waiter = clients.connect();
    clients.say(waiter, "BLPOP k 0.0015");
    let deadline = clients.store.engine().deadline();
    assert_eq!(deadline.mono_us, clients.now.mono_us + 2000);
    clients.now.mono_us += 1999;
    clients.store.tick(clients.now);
    assert_eq!(clients.hear(waiter), "");
    clients.now.mono_us += 1;
    clients.store.tick(clients.now);
    assert_eq!(clients.hear(waiter), "*-1\r\n");
}

#[test]
fn who_can_t_wait_is_told_at_once() {
    let mut clients = Clients::new();
    let caller = clients.connect();
    clients.store.request_now(clients.now, caller, &[b"BLPOP", b"k", b"0"]);
    assert_eq!(clients.hear(caller), "*-1\r\n");
    assert_eq!(clients.say(caller, "PING"), "+PONG\r\n");
}

#[test]
fn requests_that_came_while_waiting_run_in_order() {
    let mut clients = Clients::new();
    let (waiter, other) = (clients.connect(), clients.connect());
    clients.say(waiter, "BLPOP k 0");
    clients.say(waiter, "ECHO one");
    clients.store.send(clients.now, waiter, b"ECHO two\r\nBLPOP k 0\r\nECHO thr");
    clients.store.send(clients.now, waiter, b"ee\r\n");
    assert_eq!(clients.say(other, "RPUSH k x"), ":1\r\n");
    assert_eq!(clients.hear(waiter), "*2\r\n$1\r\nk\r\n$1\r\nx\r\n$3\r\none\r\n$3\r\ntwo\r\n");
    assert_eq!(clients.say(other, "RPUSH k y"), ":1\r\n");
    assert_eq!(clients.hear(waiter), "*2\r\n$1\r\nk\r\n$1\r\ny\r\n$5\r\nthree\r\n");
}
