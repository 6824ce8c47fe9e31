//! What listeners hear of geo commands, and in which order.

#[path = "support/events.rs"]
mod events;
mod support;

use events::check;
use support::Front;

#[test]
fn members_are_put_on_the_map_as_into_any_sorted_set() {
    check(&[
        ("GEOADD g 1 1 a 2 2 b", "new g, zadd g"),
        ("GEOADD g 1 1 a", ""),
        ("GEOADD g NX 3 3 a", ""),
        ("GEOADD g XX 3 3 a", "zadd g"),
        ("GEOADD h XX 3 3 a", ""),
        ("GEOADD h 300 3 a", ""),
    ]);
}

#[test]
fn members_are_looked_at() {
    check(&[
        ("GEOADD g 1 1 a", "new g, zadd g"),
        ("GEOPOS g a x", ""),
        ("GEOPOS h a", "keymiss h"),
        ("GEOHASH h a", "keymiss h"),
        ("GEODIST h a b", "keymiss h"),
        ("GEODIST h a b yards", ""),
        ("GEOSEARCH h FROMLONLAT 1 1 BYRADIUS 1 m", "keymiss h"),
        ("GEOSEARCH h FROMLONLAT 1 1 BYRADIUS 1 yards", "keymiss h"),
        ("GEORADIUS_RO h 1 1 1 m", "keymiss h"),
    ]);
}

#[test]
fn what_is_inside_is_stored() {
    check(&[
        ("GEOADD g 1 1 a 1 1 b", "new g, zadd g"),
        ("GEOSEARCHSTORE d g FROMLONLAT 1 1 BYRADIUS 1 m", "new d, geosearchstore d"),
        ("GEOSEARCHSTORE d g FROMLONLAT 1 1 BYRADIUS 1 m STOREDIST", "geosearchstore d"),
        ("GEOSEARCHSTORE d g FROMLONLAT 9 9 BYRADIUS 1 m", "del d"),
        ("GEOSEARCHSTORE d g FROMLONLAT 9 9 BYRADIUS 1 m", ""),
        ("GEORADIUS g 1 1 1 m STORE d", "new d, georadiusstore d"),
        ("GEORADIUSBYMEMBER g a 1 m STOREDIST d", "georadiusstore d"),
        ("GEORADIUSBYMEMBER h a 1 m STOREDIST d", "keymiss h, del d"),
        ("GEORADIUS h 1 1 1 m STORE d", "keymiss h"),
        ("GEORADIUS g 1 1 1 m", ""),
    ]);
}

#[test]
fn a_save_counts_each_member_that_is_stored() {
    let mut front = Front::new();
    for (command, changes) in [
        ("GEOADD g 1 1 a 1 1 b 1 1 c", 3),
        ("GEOSEARCHSTORE d g FROMLONLAT 1 1 BYRADIUS 1 m", 3),
        ("GEORADIUS g 1 1 1 m COUNT 2 STORE d", 2),
        ("GEORADIUS g 9 9 1 m STORE d", 1),
        ("GEORADIUS g 9 9 1 m STORE d", 0),
    ] {
        let before = front.engine.keyspace().dirty;
        front.say(command);
        assert_eq!(front.engine.keyspace().dirty - before, changes, "{command}");
    }
}
