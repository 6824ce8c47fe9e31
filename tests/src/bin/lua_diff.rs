//! The differential fuzzer for Lua as a program: `cargo xtask fuzz lua` builds it fast and runs it.

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
    use redstart_tests::lua_diff::{Against, Options, run};
    use redstart_tests::runner::Trouble;
    use std::ffi::OsStr;
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
        let mut options = Options { against: Against::Server, seed, programs: None, time: None };
        let mut arguments = lexopt::Parser::from_env();
        while let Some(argument) = arguments.next()? {
            match argument {
                lexopt::Arg::Long("against") => options.against = against(&arguments.value()?)?,
                lexopt::Arg::Long("seed") => options.seed = arguments.value()?.to_string_lossy().parse()?,
                lexopt::Arg::Long("programs") => {
                    options.programs = Some(arguments.value()?.to_string_lossy().parse()?);
                }
                lexopt::Arg::Long("seconds") => {
                    let seconds = arguments.value()?.to_string_lossy().parse()?;
                    options.time = Some(Duration::from_secs(seconds));
                }
                other => return Err(other.unexpected().into()),
            }
        }
        if options.programs.is_none() && options.time.is_none() {
            options.time = Some(Duration::from_secs(60));
        }
        println!("seed {}", options.seed);
        Ok(options)
    }

    fn against(oracle: &OsStr) -> Result<Against, Trouble> {
        match oracle.to_str() {
            Some("redis-server") => Ok(Against::Server),
            Some("lua5.1") => Ok(Against::Lua),
            _ => Err(Trouble("--against redis-server or --against lua5.1".to_owned())),
        }
    }
}
