//! The differential fuzzer as a program: `cargo xtask fuzz diff` builds it fast and runs it.

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
    use redstart_tests::diff::{Options, run};
    use redstart_tests::runner::Trouble;
    use std::process::ExitCode;
    use std::time::{Duration, SystemTime, UNIX_EPOCH};

    pub(crate) fn main() -> ExitCode {
        match options().and_then(|options| run(&options)) {
            Ok(outcome) if outcome.differences == 0 => ExitCode::SUCCESS,
            Ok(_) => ExitCode::FAILURE,
            Err(Trouble(what)) => {
                eprintln!("error: {what}");
                ExitCode::FAILURE
            }
        }
    }

    fn options() -> Result<Options, Trouble> {
        let seed = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
        let mut options = Options { seed, commands: None, time: None, families: Vec::new(), progress: true };
        let mut arguments = lexopt::Parser::from_env();
        while let Some(argument) = arguments.next()? {
            match argument {
                lexopt::Arg::Long("seed") => options.seed = arguments.value()?.to_string_lossy().parse()?,
                lexopt::Arg::Long("commands") => {
                    options.commands = Some(arguments.value()?.to_string_lossy().parse()?);
                }
                lexopt::Arg::Long("seconds") => {
                    let seconds = arguments.value()?.to_string_lossy().parse()?;
                    options.time = Some(Duration::from_secs(seconds));
                }
                lexopt::Arg::Long("family") => {
                    let families = arguments.value()?.to_string_lossy().into_owned();
                    options.families.extend(families.split(',').map(str::to_owned));
                }
                other => return Err(other.unexpected().into()),
            }
        }
        if options.commands.is_none() && options.time.is_none() {
            options.time = Some(Duration::from_secs(60));
        }
        println!("seed {}", options.seed);
        Ok(options)
    }
}
