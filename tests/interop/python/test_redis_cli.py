"""redis-cli and redis-benchmark, used as people use them."""

import os
import pty
import re
import select
import subprocess
import tempfile
import termios
import time
import unittest

PORT = os.environ["REDIS_PORT"]


def cli(*args, stdin=b"", limit=20):
    """What redis-cli prints; fails when it doesn't end well in time."""
    command = ["redis-cli", "-p", PORT, *args]
    done = subprocess.run(command, input=stdin, capture_output=True, timeout=limit, check=True)
    return done.stdout.decode()


class Terminal:
    """redis-cli on a terminal of its own."""

    def __init__(self, *args):
        self.master, slave = pty.openpty()
        termios.tcsetwinsize(slave, (24, 100))
        environment = {**os.environ, "TERM": "xterm", "HOME": "/nonexistent"}
        command = ["redis-cli", "-p", PORT, *args]
        self.process = subprocess.Popen(command, stdin=slave, stdout=slave, stderr=slave, env=environment)
        os.close(slave)
        self.screen = ""

    def type(self, text):
        os.write(self.master, text.encode())

    def wait_for(self, pattern, limit=10):
        """Reads until the pattern is on the screen, and takes it and what is before it away."""
        deadline = time.monotonic() + limit
        while not (found := re.search(pattern, self.screen)):
            left = deadline - time.monotonic()
            ready, _, _ = select.select([self.master], [], [], max(left, 0))
            if not ready:
                raise AssertionError(f"{pattern!r} didn't come; the screen: {self.screen!r}")
            self.screen += os.read(self.master, 4096).decode(errors="replace")
        self.screen = self.screen[found.end() :]
        return found.group()

    def close(self):
        self.process.terminate()
        self.process.wait()
        os.close(self.master)


class OneShot(unittest.TestCase):
    def setUp(self):
        cli("FLUSHALL")

    def test_a_command_prints_its_reply(self):
        self.assertEqual(cli("SET", "k", "v"), "OK\n")
        self.assertEqual(cli("GET", "k"), "v\n")
        self.assertEqual(cli("-3", "GET", "nobody"), "\n")

    def test_pipe_loads_a_file(self):
        requests = b"".join(b"*3\r\n$3\r\nSET\r\n$%d\r\nk%d\r\n$1\r\nv\r\n" % (len(str(n)) + 1, n) for n in range(10_000))
        self.assertIn("errors: 0, replies: 10000", cli("--pipe", stdin=requests))
        self.assertEqual(cli("DBSIZE"), "10000\n")

    def test_scan_finds_every_key(self):
        for n in range(50):
            cli("SET", f"key:{n}", "x")
        self.assertEqual(len(set(cli("--scan", "--pattern", "key:*").split())), 50)
        self.assertEqual(cli("--scan", "--pattern", "other:*"), "")

    def test_bigkeys_finds_the_biggest(self):
        cli("SET", "small", "x")
        cli("SET", "big", "x" * 1000)
        self.assertRegex(cli("--bigkeys"), r"Biggest string +found '\"big\"' has 1000 bytes")

    def test_an_error_is_printed(self):
        self.assertIn("ERR unknown command 'NOSUCH'", cli("NOSUCH"))


class Watching(unittest.TestCase):
    """The modes that go on until they are stopped."""

    def first_output(self, *args, pattern):
        terminal = Terminal(*args)
        self.addCleanup(terminal.close)
        return terminal.wait_for(pattern)

    def test_latency_measures(self):
        self.first_output("--latency", pattern=r"min: \d+, max: \d+, avg: [\d.]+ \(\d+ samples\)")

    def test_stat_tells_about_keys_and_memory(self):
        cli("SET", "k", "v")
        self.first_output("--stat", "-i", "0.1", pattern=r"\d+ +[\d.]+[KMG] +\d+ +\d+ +\d+ \(\+\d+\)")

    def test_repeating_ends(self):
        self.assertEqual(cli("-r", "3", "-i", "0.01", "PING"), "PONG\n" * 3)


class Interactive(unittest.TestCase):
    def test_a_session_with_hints(self):
        terminal = Terminal()
        self.addCleanup(terminal.close)
        # What is typed before the prompt is lost: the terminal changes its mode there.
        prompt = rf"127\.0\.0\.1:{PORT}> "
        terminal.wait_for(prompt)
        terminal.type("SET ")
        terminal.wait_for("key value")
        terminal.type("k v\r")
        terminal.wait_for("OK\r\n")
        terminal.wait_for(prompt)
        terminal.type("GET k\r")
        terminal.wait_for('"v"\r\n')
        terminal.wait_for(prompt)
        terminal.type("HELP GET\r")
        terminal.wait_for("summary:.*[A-Z]\\w+ .*key")
        terminal.wait_for(prompt)
        terminal.type("SELECT 3\r")
        terminal.wait_for(rf"127\.0\.0\.1:{PORT}\[3\]> ")


class Debugger(unittest.TestCase):
    """redis-cli --ldb: a script, line by line."""

    SCRIPT = "local n = redis.call('incr', KEYS[1])\nlocal word = ARGV[1]\nreturn {n, word}\n"

    def setUp(self):
        cli("FLUSHALL")
        file = tempfile.NamedTemporaryFile("w", suffix=".lua")
        self.addCleanup(file.close)
        file.write(self.SCRIPT)
        file.flush()
        self.words = ["--eval", file.name, "visits", ",", "hello"]

    def debug(self, mode):
        terminal = Terminal(mode, *self.words)
        self.addCleanup(terminal.close)
        terminal.wait_for("Stopped at 1, stop reason = step over")
        return terminal

    def say(self, terminal, line, *answers):
        # What is typed before the prompt is lost.
        terminal.wait_for("lua debugger> ")
        terminal.type(line + "\r")
        for answer in answers:
            terminal.wait_for(answer)

    def test_a_script_is_stepped_through_and_undone(self):
        terminal = self.debug("--ldb")
        self.say(terminal, "step", "<redis> incr visits", "<reply> 1", "-> 2   local word = ARGV")
        self.assertEqual(cli("GET", "visits"), "\n", "others don't see it, and are served")
        self.say(terminal, "print n", "<value> 1")
        self.say(terminal, "eval return 'a  b' .. #KEYS", '<retval> "a  b1"')
        self.say(terminal, "redis get visits", '<reply> "1"')
        self.say(terminal, "continue", r'1\) \(integer\) 1\r\n2\) "hello"', "Lua debugging session ended -- dataset changes rolled back")
        self.assertEqual(cli("GET", "visits"), "\n")

    def test_a_session_can_begin_again(self):
        terminal = self.debug("--ldb")
        self.say(terminal, "s", "Stopped at 2")
        self.say(terminal, "restart", "Stopped at 1")
        self.say(terminal, "abort", "script aborted for user request")

    def test_in_sync_mode_the_others_wait_and_what_is_written_stays(self):
        terminal = self.debug("--ldb-sync-mode")
        other = subprocess.Popen(["redis-cli", "-p", PORT, "GET", "visits"], stdout=subprocess.PIPE)
        self.say(terminal, "continue", "Lua debugging session ended")
        self.assertEqual(other.communicate(timeout=20)[0], b"1\n")

    def test_a_client_that_goes_leaves_the_store_as_it_was(self):
        terminal = self.debug("--ldb")
        self.say(terminal, "step", "Stopped at 2")
        terminal.process.terminate()
        terminal.process.wait()
        self.assertEqual(cli("GET", "visits"), "\n")


class Benchmark(unittest.TestCase):
    def test_redis_benchmark_ends_with_numbers(self):
        command = ["redis-benchmark", "-p", PORT, "-q", "-n", "1000", "-t", "ping,set,get,incr,mset"]
        done = subprocess.run(command, capture_output=True, timeout=60, check=True)
        numbers = re.findall(r"([\d.]+) requests per second", done.stdout.decode())
        self.assertEqual(len(numbers), 6, done.stdout)
