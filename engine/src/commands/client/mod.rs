//! CLIENT: connections looking at themselves and at each other.
//!
//! | file       | subcommands                            |
//! |------------|----------------------------------------|
//! | `identity` | ID, GETNAME, SETNAME, SETINFO          |
//! | `list`     | INFO, LIST                             |
//! | `kill`     | KILL                                   |
//! | `unblock`  | UNBLOCK                                |
//! | `pause`    | PAUSE, UNPAUSE                         |
//! | `tracking` | TRACKING, CACHING, GETREDIR and TRACKINGINFO |
//! | `manners`  | REPLY, NO-EVICT, NO-TOUCH              |

mod identity;
mod kill;
mod list;
mod manners;
mod pause;
mod tracking;
mod unblock;

pub(super) use self::identity::set_name;

use crate::command::flag::{LOADING, STALE};
use crate::command::{Command, Group};
use crate::execute::Call;
use crate::reply::Outcome;

pub(super) static COMMANDS: &[&Command] = &[&CLIENT];

static CLIENT: Command = Command::container(
    "client",
    Group::Connection,
    "2.4.0",
    -2,
    &[
        &tracking::CACHING,
        &identity::GETNAME,
        &tracking::GETREDIR,
        &HELP,
        &identity::ID,
        &list::INFO,
        &kill::KILL,
        &list::LIST,
        &manners::NO_EVICT,
        &manners::NO_TOUCH,
        &pause::PAUSE,
        &manners::REPLY,
        &identity::SETINFO,
        &identity::SETNAME,
        &tracking::TRACKING,
        &tracking::TRACKINGINFO,
        &unblock::UNBLOCK,
        &pause::UNPAUSE,
    ],
)
.summary("Shows and governs connections.")
.complexity("Depends on the subcommand");

static HELP: Command = Command::new("client|help", Group::Connection, "5.0.0", 2, help)
    .summary("Lists the subcommands.")
    .complexity("O(1)")
    .flags(LOADING | STALE);

fn help(call: &mut Call<'_>) -> Outcome {
    Ok(call.reply.lines(&[
        "CLIENT <subcommand> [<arg> [value] [opt] ...]. Subcommands are:",
        "CACHING (YES|NO)",
        "    Make the next command an exception from which reads are remembered.",
        "GETNAME",
        "    Tell what this connection calls itself.",
        "GETREDIR",
        "    Tell which connection is told of changes in this one's place.",
        "ID",
        "    Tell the number of this connection. No number is used twice.",
        "INFO",
        "    Describe this connection, in one line.",
        "KILL <ip:port>",
        "    End the connection that comes from <ip:port>.",
        "KILL <option> <value> [<option> <value> [...]]",
        "    End the connections that all of the options are true of, and count them:",
        "    * ID <client-id>",
        "      The connection of this number.",
        "    * TYPE (NORMAL|MASTER|REPLICA|PUBSUB)",
        "      Connections of this kind.",
        "    * USER <username>",
        "      Connections of this user.",
        "    * ADDR <ip:port>",
        "      The connection that comes from there.",
        "    * LADDR <ip:port>",
        "      Connections that came in here.",
        "    * MAXAGE <seconds>",
        "      Connections that are at least that old.",
        "    * SKIPME (YES|NO)",
        "      Whether this connection goes on even so (default: yes).",
        "LIST [TYPE (NORMAL|MASTER|REPLICA|PUBSUB)] [ID <client-id> [...]]",
        "    Describe connections, one a line.",
        "NO-EVICT (ON|OFF)",
        "    Keep this connection when maxmemory-clients makes others end.",
        "NO-TOUCH (ON|OFF)",
        "    Let what this connection reads count as unused.",
        "PAUSE <timeout> [WRITE|ALL]",
        "    Let all clients wait for <timeout> milliseconds, or those that write.",
        "REPLY (ON|OFF|SKIP)",
        "    Choose which replies this connection gets.",
        "SETINFO (LIB-NAME|LIB-VER) <value>",
        "    Tell which library, and which version of it, is speaking.",
        "SETNAME <name>",
        "    Give this connection a name.",
        "TRACKING (ON|OFF) [REDIRECT <client-id>] [BCAST] [PREFIX <prefix> [...]]",
        "         [OPTIN] [OPTOUT] [NOLOOP]",
        "    Tell this connection, or another, when keys that it has read change.",
        "TRACKINGINFO",
        "    Tell how this connection is told.",
        "UNBLOCK <client-id> [TIMEOUT|ERROR]",
        "    End the wait of a client whose command waits, as if its time were up or with",
        "    an error.",
        "UNPAUSE",
        "    Let the clients that wait because of PAUSE go on.",
        "HELP",
        "    Print this help.",
    ]))
}
