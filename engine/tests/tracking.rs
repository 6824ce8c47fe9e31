//! Client-side caching where two connections of one client, or limits, come in.

#[path = "support/clients.rs"]
mod clients;

use clients::Clients;

#[test]
fn another_connection_is_told_in_its_place() {
    let mut clients = Clients::new();
    let (reader, listener, other) = (clients.connect(), clients.connect(), clients.connect());
    let id = clients.id(listener);
    clients.say(listener, "SUBSCRIBE __redis__:invalidate");
    assert_eq!(clients.say(reader, &format!("CLIENT TRACKING ON REDIRECT {id}")), "+OK\r\n");
    assert_eq!(clients.say(reader, "CLIENT GETREDIR"), format!(":{id}\r\n"));
    clients.say(reader, "GET k");
    clients.say(other, "SET k 1");
    assert_eq!(clients.hear(reader), "");
    assert_eq!(
        clients.hear(listener),
        "*3\r\n$7\r\nmessage\r\n$20\r\n__redis__:invalidate\r\n*1\r\n$1\r\nk\r\n"
    );
    clients.say(reader, "GET k");
    clients.say(other, "FLUSHALL");
    assert_eq!(clients.hear(listener), "*3\r\n$7\r\nmessage\r\n$20\r\n__redis__:invalidate\r\n*-1\r\n");
}

#[test]
fn a_listener_that_is_gone_is_told_of() {
    let mut clients = Clients::new();
    let (reader, listener, other) = (clients.connect(), clients.connect(), clients.connect());
    let id = clients.id(listener);
    clients.say(reader, "HELLO 3");
    clients.say(reader, &format!("CLIENT TRACKING ON REDIRECT {id}"));
    clients.say(reader, "GET k");
    clients.store.disconnect(clients.now, listener);
    clients.say(other, "SET k 1");
    assert_eq!(clients.hear(reader), format!(">2\r\n$21\r\ntracking-redir-broken\r\n:{id}\r\n"));
    assert!(clients.say(reader, "CLIENT TRACKINGINFO").contains("broken_redirect"));
}

#[test]
fn a_table_that_is_full_forgets_and_tells() {
    let mut clients = Clients::new();
    let (reader, other) = (clients.connect(), clients.connect());
    clients.say(other, "CONFIG SET tracking-table-max-keys 10");
    clients.say(reader, "HELLO 3");
    clients.say(reader, "CLIENT TRACKING ON");
    let mut told = 0;
    for number in 0..50 {
        told += clients.say(reader, &format!("GET key:{number}")).matches("invalidate").count();
    }
    let stats = clients.say(other, "INFO stats");
    assert!(stats.contains("tracking_total_keys:10\r\n"), "{stats}");
    assert!(stats.contains("tracking_total_items:10\r\n"), "{stats}");
    assert_eq!(told, 40);
}

#[test]
fn whoever_is_gone_is_told_nothing() {
    let mut clients = Clients::new();
    let (reader, other) = (clients.connect(), clients.connect());
    clients.say(reader, "HELLO 3");
    clients.say(reader, "CLIENT TRACKING ON");
    clients.say(reader, "GET k");
    clients.store.disconnect(clients.now, reader);
    let next = clients.connect();
    assert_eq!(next, reader, "the name is used again");
    clients.say(next, "HELLO 3");
    clients.say(next, "CLIENT TRACKING ON");
    clients.say(other, "SET k 1");
    assert_eq!(clients.hear(next), "");
}

#[test]
fn what_is_evicted_before_a_command_runs_is_told_before_its_reply() {
    let mut clients = Clients::new();
    let reader = clients.connect();
    clients.say(reader, "HELLO 3");
    clients.say(reader, "CONFIG SET maxmemory-policy volatile-random");
    clients.say(reader, "SET volatile x EX 1000");
    clients.say(reader, "SETBIT big 1600000 0");
    clients.say(reader, "CLIENT TRACKING ON");
    clients.say(reader, "GET volatile");
    assert_eq!(clients.say(reader, "CONFIG SET maxmemory 1"), "+OK\r\n");
    let told = ">2\r\n$10\r\ninvalidate\r\n*1\r\n$8\r\nvolatile\r\n";
    assert_eq!(clients.say(reader, "GETBIT big 0"), format!("{told}:0\r\n"));
}

#[test]
fn a_read_in_a_transaction_is_later_than_the_changes_before_it() {
    let mut clients = Clients::new();
    let (reader, other) = (clients.connect(), clients.connect());
    clients.say(reader, "HELLO 3");
    clients.say(reader, "CLIENT TRACKING ON");
    for command in ["MULTI", "SET k 1", "GET k"] {
        clients.say(reader, command);
    }
    assert_eq!(clients.say(reader, "EXEC"), "*2\r\n+OK\r\n$1\r\n1\r\n");
    clients.say(other, "SET k 2");
    assert_eq!(clients.hear(reader), ">2\r\n$10\r\ninvalidate\r\n*1\r\n$1\r\nk\r\n");
}
