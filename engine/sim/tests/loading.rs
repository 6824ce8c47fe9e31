//! Loading takes turns: whoever asks meanwhile is told to wait, however large a single key is.

use std::collections::VecDeque;

use redstart_engine::Engine;
use redstart_engine::config::Config;
use redstart_engine::in_process::{InProcess, Outside};
use redstart_engine::machine::{ConnId, Now};
use redstart_engine::observe::Host;
use redstart_engine::persistence::store::{Memory, Storage};

const NOW: Now = Now { unix_us: 1_700_000_000_000_000, mono_us: 1_000_000 };

/// A server whose disk answers one op at a time, and a client.
struct World {
    front: InProcess<Outside>,
    conn: ConnId,
    disk: Memory,
}

impl World {
    fn start(disk: Memory, options: &[(&str, &str)]) -> Self {
        let mut config = Config::new();
        for (name, value) in options {
            config.put(name, value.as_bytes()).expect("these are directives");
        }
        let engine = Engine::new(config, Host::default(), 11, NOW);
        let mut front = InProcess::with_storage(engine, Outside::default());
        front.start(NOW);
        let conn = front.connect(NOW);
        Self { front, conn, disk }
    }

    fn say(&mut self, command: &str) -> String {
        let argv: Vec<&[u8]> = command.split(' ').map(str::as_bytes).collect();
        self.front.request(NOW, self.conn, &argv);
        String::from_utf8_lossy(&self.front.take(NOW, self.conn)).into_owned()
    }

    /// Lets the disk do all that it is asked for; tells what a client hears between its answers.
    fn work(&mut self, question: &str) -> Vec<String> {
        let mut heard = Vec::new();
        let mut ops: VecDeque<_> = self.front.storage_mut().take().into();
        while let Some((ticket, op)) = ops.pop_front() {
            let result = self.disk.perform(&op);
            self.front.stored(NOW, ticket, result);
            heard.push(self.say(question));
            ops.extend(self.front.storage_mut().take());
        }
        heard
    }
}

#[test]
fn a_large_set_is_loaded_in_turns() {
    for options in [&[("save", "900 1")][..], &[("appendonly", "yes"), ("save", "")]] {
        let mut world = World::start(Memory::default(), options);
        world.work("PING");
        for some in 0..200 {
            let members: String = (0..500).map(|number| format!(" member:{some}:{number}")).collect();
            world.say(&format!("SADD large{members}"));
            world.work("PING");
        }
        world.say(if options.len() == 1 { "SAVE" } else { "BGREWRITEAOF" });
        world.work("PING");
        let mut world = World::start(world.disk, options);
        let heard = world.work("SCARD large");
        let told = heard.iter().filter(|reply| reply.starts_with("-LOADING")).count();
        assert!(told > 8, "half a set is nobody's to see: {heard:?}");
        assert_eq!(heard.last().map(String::as_str), Some(":100000\r\n"));
    }
}
