//! Programs that nobody would write, made up from a seed, whose output is compared with that of lua5.1 itself.
//!
//! `SEED=7 BATCHES=100 cargo test -p redstart-lua --test random` tries others than the usual ones.

mod common;

use std::env;
use std::fmt::Write;
use std::process::Command;

use common::output_of;

/// Programs in a batch: lua5.1 is started once for all of them.
const PROGRAMS: usize = 150;

#[test]
fn programs_made_by_chance_print_what_lua_prints() {
    if Command::new("lua5.1").arg("-v").output().is_err() {
        eprintln!("skipped: there is no lua5.1 to compare with");
        return;
    }
    let number =
        |name: &str, default| env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default);
    let first: u64 = number("SEED", 1);
    for seed in first..first + number("BATCHES", 3) {
        let source = batch(seed);
        let path = env::temp_dir().join(format!("redstart-lua-{}-{seed}.lua", std::process::id()));
        std::fs::write(&path, &source).expect("a place for a program");
        let run = Command::new("lua5.1").arg(&path).output().expect("lua5.1 is installed");
        let printed = output_of(source.as_bytes(), &format!("@{}", path.display()), 256 << 20);
        let (lua, ours) = (String::from_utf8_lossy(&run.stdout), String::from_utf8_lossy(&printed));
        assert!(run.status.success(), "seed {seed}: {}", String::from_utf8_lossy(&run.stderr));
        let mut program = String::new();
        for (left, right) in lua.lines().zip(ours.lines()) {
            if let Some(name) = left.strip_prefix("program ") {
                name.clone_into(&mut program);
            }
            assert_eq!(left, right, "seed {seed}, program {program} of {}", path.display());
        }
        assert_eq!(lua.lines().count(), ours.lines().count(), "seed {seed}");
        std::fs::remove_file(&path).expect("the file is still there");
    }
}

/// A file of programs, each of which shows what it computed or the error that ended it.
fn batch(seed: u64) -> String {
    let mut source = String::from(
        "local function show(...)
  local out = {}
  for i = 1, select('#', ...) do
    local v = select(i, ...)
    if type(v) == 'table' then
      local n = 0
      for k, e in pairs(v) do
        n = n + 1
        out[#out + 1] = tostring(type(k) == 'table' or type(k) == 'function' or k) .. '=' .. tostring(type(e) == 'table' and '{}' or type(e) == 'function' and 'f' or e)
      end
      out[#out + 1] = '{' .. n .. ',' .. #v .. '}'
    else
      out[#out + 1] = type(v) == 'function' and 'f' or tostring(v)
    end
  end
  print(table.concat(out, ' '))
end
",
    );
    let mut writer = Writer {
        state: seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1,
        out: String::new(),
        ..Writer::default()
    };
    for number in 1..=PROGRAMS {
        writer.program(number);
        source.push_str(&writer.out);
        writer.out.clear();
    }
    source
}

/// Writes programs by chance.
#[derive(Default)]
struct Writer {
    state: u64,
    out: String,
    depth: usize,
    /// The local variables in scope.
    locals: Vec<String>,
    named: usize,
    is_vararg: bool,
    loops: usize,
}

impl Writer {
    fn draw(&mut self, below: usize) -> usize {
        self.state ^= self.state << 13;
        self.state ^= self.state >> 7;
        self.state ^= self.state << 17;
        (self.state >> 33) as usize % below
    }

    fn one_of(&mut self, words: &[&str]) -> String {
        let at = self.draw(words.len());
        words[at].to_string()
    }

    fn program(&mut self, number: usize) {
        self.locals.clear();
        (self.depth, self.named, self.loops, self.is_vararg) = (0, 0, 0, true);
        writeln!(
            self.out,
            "print('program {number}')\nshow(pcall(function(...)\nlocal steps = 0\nlocal t = {{1, 2, x = 3}}"
        )
        .expect("a text takes more");
        self.locals.push("t".into());
        for _ in 0..6 {
            self.statement();
        }
        let all = self.locals.join(", ");
        let last = self.expression(2);
        writeln!(self.out, "show({all})\nreturn {last}\nend, 1, 'two', nil, 4))").expect("a text takes more");
    }

    fn line(&mut self, text: &str) {
        for _ in 0..self.depth {
            self.out.push(' ');
        }
        self.out.push_str(text);
        self.out.push('\n');
    }

    fn fresh(&mut self) -> String {
        self.named += 1;
        // Some names come again, and hide the others.
        format!("v{}", if self.draw(4) == 0 { 1 } else { self.named })
    }

    fn variable(&mut self) -> String {
        if self.draw(8) == 0 {
            return self.one_of(&["g", "h", "undefined"]);
        }
        let at = self.draw(self.locals.len());
        self.locals[at].clone()
    }

    fn target(&mut self) -> String {
        match self.draw(5) {
            0 => format!("t[{}]", self.expression(1)),
            1 => format!("t.{}", self.one_of(&["x", "y", "z"])),
            2 => self.one_of(&["g", "h"]),
            _ => self.variable(),
        }
    }

    fn block(&mut self, count: usize) {
        let visible = self.locals.len();
        self.depth += 1;
        for _ in 0..count {
            self.statement();
        }
        self.depth -= 1;
        self.locals.truncate(visible);
    }

    fn statement(&mut self) {
        let count = 1 + self.draw(3);
        let kind = if self.depth > 4 { self.draw(6) } else { self.draw(15) };
        match kind {
            0 | 1 => {
                let name = self.fresh();
                let text = format!("local {name} = {}", self.expression(3));
                self.line(&text);
                self.locals.push(name);
            }
            2 => {
                let (a, b) = (self.fresh(), self.fresh());
                let text = format!("local {a}, {b} = {}", self.list());
                self.line(&text);
                self.locals.extend([a, b]);
            }
            3 => {
                let text = format!("{} = {}", self.target(), self.expression(3));
                self.line(&text);
            }
            4 => {
                let text = format!("{}, {} = {}", self.target(), self.target(), self.list());
                self.line(&text);
            }
            5 => {
                let text = format!("show({})", self.list());
                self.line(&text);
            }
            6 | 7 => self.conditional(count),
            8 => self.counted_loop(count),
            9 => self.bounded_loop(count),
            10 => self.iteration(count),
            11 | 12 => self.function(count),
            13 => {
                self.line("do");
                self.block(count);
                self.line("end");
            }
            _ => {
                let text = format!("show(pcall({}, {}))", self.variable(), self.list());
                self.line(&text);
            }
        }
    }

    fn conditional(&mut self, count: usize) {
        let text = format!("if {} then", self.expression(3));
        self.line(&text);
        self.block(count);
        if self.draw(2) == 0 {
            let text = format!("elseif {} then", self.expression(2));
            self.line(&text);
            self.block(1);
        }
        if self.draw(2) == 0 {
            self.line("else");
            self.block(count);
        }
        self.line("end");
    }

    fn counted_loop(&mut self, count: usize) {
        let name = self.fresh();
        let range = self.one_of(&["1, 3", "3, 1, -1", "0, 1, 0.25", "1, 0", "2, #t"]);
        let text = format!("for {name} = {range} do");
        self.line(&text);
        let visible = self.locals.len();
        self.locals.push(name);
        self.loop_body(count);
        self.locals.truncate(visible);
        self.line("end");
    }

    fn loop_body(&mut self, count: usize) {
        self.loops += 1;
        self.block(count);
        if self.draw(3) == 0 {
            let text = format!(" if {} then break end", self.expression(2));
            self.line(&text);
        }
        self.loops -= 1;
    }

    fn bounded_loop(&mut self, count: usize) {
        if self.draw(2) == 0 {
            let text = format!("while steps < 20 and {} do steps = steps + 1", self.expression(2));
            self.line(&text);
            self.loop_body(count);
            self.line("end");
        } else {
            self.line("repeat steps = steps + 1");
            let visible = self.locals.len();
            self.loop_body(count);
            self.locals.truncate(visible);
            let text = format!("until steps > 15 or {}", self.expression(2));
            self.line(&text);
        }
    }

    fn iteration(&mut self, count: usize) {
        let (key, value) = (self.fresh(), self.fresh());
        let over = self.one_of(&["ipairs(t)", "ipairs({4, 5, nil, 6})", "pairs({7, x = 8})"]);
        let text = format!("for {key}, {value} in {over} do");
        self.line(&text);
        let visible = self.locals.len();
        self.locals.extend([key, value]);
        self.loop_body(count);
        self.locals.truncate(visible);
        self.line("end");
    }

    fn function(&mut self, count: usize) {
        let name = self.fresh();
        let (parameter, is_vararg) = (self.fresh(), self.draw(2) == 0);
        let parameters = if is_vararg { format!("{parameter}, ...") } else { parameter.clone() };
        let text =
            format!("local function {name}({parameters}) steps = steps + 1 if steps > 40 then return end");
        self.line(&text);
        let visible = self.locals.len();
        let outer = std::mem::replace(&mut self.is_vararg, is_vararg);
        let loops = std::mem::take(&mut self.loops);
        self.locals.extend([name.clone(), parameter]);
        self.block(count);
        let text = format!(" return {}", self.list());
        self.line(&text);
        (self.is_vararg, self.loops) = (outer, loops);
        self.locals.truncate(visible);
        self.line("end");
        self.locals.push(name);
    }

    fn list(&mut self) -> String {
        let count = 1 + self.draw(3);
        let all: Vec<String> = (0..count).map(|_| self.expression(2)).collect();
        all.join(", ")
    }

    fn expression(&mut self, depth: usize) -> String {
        if depth == 0 || self.draw(4) == 0 {
            return self.simple();
        }
        let d = depth - 1;
        match self.draw(12) {
            0 | 1 => {
                let operator = self.one_of(&["+", "-", "*", "/", "%", "^"]);
                format!("{} {operator} {}", self.expression(d), self.expression(d))
            }
            2 | 3 => {
                let operator = self.one_of(&["and", "or"]);
                format!("({} {operator} {})", self.expression(d), self.expression(d))
            }
            4 => {
                let operator = self.one_of(&["==", "~=", "<", "<=", ">", ">="]);
                format!("({} {operator} {})", self.expression(d), self.expression(d))
            }
            5 => format!("{} .. {}", self.expression(d), self.expression(d)),
            6 => format!("not {}", self.expression(d)),
            7 => format!("- {}", self.simple()),
            8 => format!("{}({})", self.variable(), self.list()),
            9 => format!("{{{}, k = {}}}", self.list(), self.expression(d)),
            10 => format!("{}.{}", self.variable(), self.one_of(&["x", "y", "k"])),
            _ => {
                let body = self.expression(d);
                format!(
                    "(function(a, ...) return {}, {body} end)({})",
                    self.simple().replace("...", "a"),
                    self.list()
                )
                .replace("select('#', ...)", "1")
            }
        }
    }

    fn simple(&mut self) -> String {
        match self.draw(9) {
            0 => self.draw(5).to_string(),
            1 => self.one_of(&["1.5", "0", "-1", "1e3", "0.1", "100"]),
            2 => self.one_of(&["'a'", "'b'", "''", "'10'", "'0x10'"]),
            3 => self.one_of(&["nil", "true", "false"]),
            4 if self.is_vararg => self.one_of(&["...", "select('#', ...)", "(...)"]),
            5 => "#t".into(),
            6 => format!("t[{}]", self.variable()),
            _ => self.variable(),
        }
    }
}
