//! A server that answers PONG to whatever comes, once for each `*` in it: `cargo xtask bench --floor` measures what a request
//! costs where nothing is done for it but to read and to write.

fn main() -> std::process::ExitCode {
    program::main()
}

#[cfg(target_arch = "wasm32")]
mod program {
    pub(crate) fn main() -> std::process::ExitCode {
        std::process::ExitCode::SUCCESS
    }
}

#[cfg(not(target_arch = "wasm32"))]
mod program {
    use mio::net::{TcpListener, TcpStream};
    use mio::{Events, Interest, Poll, Token};
    use std::collections::HashMap;
    use std::error::Error;
    use std::io::{ErrorKind, Read, Write};
    use std::process::ExitCode;

    const DOOR: Token = Token(0);

    pub(crate) fn main() -> ExitCode {
        match serve() {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                eprintln!("pong: {error}");
                ExitCode::FAILURE
            }
        }
    }

    /// Serves the port that is named; other options, which real servers know, are passed over.
    fn serve() -> Result<(), Box<dyn Error>> {
        let mut arguments = std::env::args().skip_while(|argument| argument != "--port");
        let port: u16 = arguments.nth(1).ok_or("--port N says where")?.parse()?;
        let (mut poll, mut events) = (Poll::new()?, Events::with_capacity(1024));
        let mut door = TcpListener::bind(([127, 0, 0, 1], port).into())?;
        poll.registry().register(&mut door, DOOR, Interest::READABLE)?;
        let (mut clients, mut last) = (HashMap::new(), DOOR);
        loop {
            poll.poll(&mut events, None)?;
            for event in &events {
                if event.token() == DOOR {
                    while let Ok((mut client, _)) = door.accept() {
                        last = Token(last.0 + 1);
                        client.set_nodelay(true)?;
                        poll.registry().register(&mut client, last, Interest::READABLE)?;
                        clients.insert(last, client);
                    }
                } else if clients.get_mut(&event.token()).is_some_and(|client| !answer(client)) {
                    clients.remove(&event.token());
                }
            }
        }
    }

    /// Answers what has come; false once the client is gone.
    fn answer(client: &mut TcpStream) -> bool {
        let mut bytes = [0; 16 * 1024];
        loop {
            match client.read(&mut bytes) {
                Ok(0) => return false,
                Ok(len) => {
                    let requests = bytes.iter().take(len).filter(|&&byte| byte == b'*').count();
                    if client.write_all(&b"+PONG\r\n".repeat(requests)).is_err() {
                        return false;
                    }
                    if len < bytes.len() {
                        return true;
                    }
                }
                Err(error) => return error.kind() == ErrorKind::WouldBlock,
            }
        }
    }
}
