//! `cargo xtask play`: the server and the page, from a fresh clone to both running.

use crate::Result;
use crate::arrange::arrange;
use crate::need::{self, Toolchain, newer};
use crate::run::{self, Companion, cargo, root, say, target};
use crate::wasm;
use std::fs::File;
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::thread;
use std::time::{Duration, Instant};

/// What the command line says.
#[derive(Debug)]
pub(crate) struct Options {
    port: u16,
    page_port: u16,
}

impl Options {
    pub(crate) fn parse(mut arguments: lexopt::Parser) -> Result<Self> {
        use lexopt::ValueExt as _;
        let mut options = Self { port: 6379, page_port: 8080 };
        while let Some(argument) = arguments.next()? {
            match argument {
                lexopt::Arg::Long("port") => options.port = arguments.value()?.parse()?,
                lexopt::Arg::Long("page-port") => options.page_port = arguments.value()?.parse()?,
                other => return Err(other.unexpected().into()),
            }
        }
        Ok(options)
    }
}

/// Builds both, starts both, and waits for Control-C.
pub(crate) fn play(options: Options) -> Result<ExitCode> {
    ensure_free(options.port, "--port")?;
    ensure_free(options.page_port, "--page-port")?;
    say("Redstart: the first run builds everything, later ones start in seconds.\n");
    run::step("server", cargo(["build", "--release", "--package", "redstart-server"]))?;
    build_page()?;
    let log = target().join("test-logs/play-server.log");
    let mut server = Companion::start("redstart-server", server(options.port, &log)?)?;
    let mut page = Companion::start("the page", page(options.page_port))?;
    wait_until_open(options.port, &mut server)?;
    wait_until_open(options.page_port, &mut page)?;
    say(&format!(
        "\n  Redis      127.0.0.1:{}  (redis-cli -p {})\n  the page   http://127.0.0.1:{}\n\nControl-C ends both.",
        options.port, options.port, options.page_port
    ));
    while !run::interrupted() {
        server.check().map_err(|error| format!("{error}; its log is {}", log.display()))?;
        page.check()?;
        thread::sleep(Duration::from_millis(100));
    }
    say("\nbye");
    Ok(ExitCode::SUCCESS)
}

/// The module and its JavaScript glue where the page expects them: `www/src/wasm`, which git ignores.
pub(crate) fn bind_wasm(toolchain: &Toolchain) -> Result {
    let module = wasm::build(toolchain, "redstart-playground")?;
    let folder = root().join("www/src/wasm");
    if newer(&folder.join("redstart_playground_bg.wasm"), std::slice::from_ref(&module)) {
        return Ok(());
    }
    let mut bind = Command::new(need::wasm_bindgen()?);
    bind.args(["--target", "web", "--remove-name-section", "--remove-producers-section"]);
    bind.arg("--out-dir").arg(&folder).arg(module);
    run::step("wasm-bindgen", bind)?;
    arrange(&folder.join("redstart_playground_bg.wasm"))
}

/// The page in `www/dist`.
pub(crate) fn build_page() -> Result {
    need::debian(&[("node", "nodejs"), ("npm", "npm")])?;
    bind_wasm(&need::wasm_target()?)?;
    need::npm("www")?;
    let www = root().join("www");
    let inputs = [
        "src",
        "public",
        "index.html",
        "package-lock.json",
        "vite.config.ts",
        "tsconfig.json",
        "../wasm/js/src/disk.ts",
        "../wasm/js/src/indexeddb.ts",
        "../wasm/js/src/tabs.ts",
        "../playground/lessons",
        "../playground/manual",
    ];
    let inputs: Vec<PathBuf> =
        inputs.iter().map(|name| www.join(name)).filter(|path| path.exists()).collect();
    if newer(&www.join("dist/index.html"), &inputs) {
        return Ok(());
    }
    let mut build = Command::new("node_modules/.bin/vite");
    build.arg("build").current_dir(www);
    run::step("page", build)
}

fn server(port: u16, log: &Path) -> Result<Command> {
    let log = File::create(log)?;
    let mut server = Command::new(target().join("release/redstart-server"));
    server.args(["--port", &port.to_string(), "--bind", "127.0.0.1"]).current_dir(root());
    server.stdout(log.try_clone()?).stderr(log);
    Ok(server)
}

fn page(port: u16) -> Command {
    let mut page = Command::new("node_modules/.bin/vite");
    page.args([
        "preview",
        "--host",
        "127.0.0.1",
        "--strictPort",
        "--port",
        &port.to_string(),
        "--logLevel",
        "warn",
    ]);
    page.current_dir(root().join("www"));
    page
}

/// Told before anything is built: nobody should wait for a build to learn this.
fn ensure_free(port: u16, option: &str) -> Result {
    match TcpListener::bind(("127.0.0.1", port)) {
        Ok(_) => Ok(()),
        Err(error) => {
            Err(format!("port {port} is not free ({error}): choose another with {option} N").into())
        }
    }
}

fn wait_until_open(port: u16, companion: &mut Companion) -> Result {
    let deadline = Instant::now() + Duration::from_secs(20);
    while TcpStream::connect(("127.0.0.1", port)).is_err() {
        companion.check()?;
        if run::interrupted() || Instant::now() > deadline {
            return Err(format!("nothing answers on port {port}").into());
        }
        thread::sleep(Duration::from_millis(20));
    }
    Ok(())
}
