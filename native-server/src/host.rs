//! What INFO tells of the machine and the process.

use std::fs;

use redstart_engine::observe::Host;

use crate::clock;

/// The facts that don't change.
pub(crate) fn facts(config_file: &str, tcp_port: u16) -> Host {
    let release = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    let os = format!("{} {} {}", os_name(), release.trim(), std::env::consts::ARCH);
    let mut host = Host {
        os: os.replace("  ", " "),
        multiplexing: "epoll",
        process_id: std::process::id(),
        tcp_port,
        executable: std::env::current_exe().map(|path| path.display().to_string()).unwrap_or_default(),
        config_file: config_file.to_owned(),
        system_bytes: meminfo("MemTotal:"),
        clock: Some(clock::mono_us),
        ..Host::default()
    };
    refresh(&mut host);
    host
}

/// The facts that do: memory and CPU time of the process.
pub(crate) fn refresh(host: &mut Host) {
    let statm = fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages: u64 = statm.split(' ').nth(1).and_then(|pages| pages.parse().ok()).unwrap_or(0);
    host.rss_bytes = pages * 4096;
    let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // The fields are counted after the name in parentheses, which may hold spaces; the kernel's tick is 10 ms.
    let fields: Vec<&str> = stat.rsplit(") ").next().unwrap_or_default().split(' ').collect();
    let ticks = |index: usize| fields.get(index).and_then(|field| field.parse::<u64>().ok()).unwrap_or(0);
    host.cpu_us = (ticks(11) * 10_000, ticks(12) * 10_000);
}

fn os_name() -> &'static str {
    if cfg!(target_os = "linux") { "Linux" } else { std::env::consts::OS }
}

fn meminfo(field: &str) -> u64 {
    let text = fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix(field));
    let kilobytes = line.and_then(|rest| rest.trim().split(' ').next()?.parse::<u64>().ok());
    kilobytes.unwrap_or(0) * 1024
}
