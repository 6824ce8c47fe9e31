//! A made-up program: a tree whose leaves are its text, so that pieces of it can be left out or be replaced by smaller ones.

use std::fmt::{self, Display, Formatter};

/// A piece of a program.
#[derive(Clone, Debug)]
pub(super) enum Node {
    /// As it stands.
    Text(String),
    /// Something that has a value.
    Expression(Vec<Self>),
    /// Statements that make sense by themselves, or not at all.
    Statement(Vec<Self>),
}

/// What every program begins with: a way to show any value, and variables to work with. Strings are kept short, so that
/// no program makes gigabytes of them. The server's own `pcall` looks into errors that are tables and answers more than
/// Lua's does, which is no business of the machine's; so what is thrown is `bare`, without anything that answers. Nor is
/// where something lies; by that, keys that are tables have their place, so others are made,
/// and nothing is packed that isn't `ordered`.
const PRELUDE: &str = r"local out = {}
local protect = pcall
local function first(ok, ...) if ok then return ok, ... end return ok, (...) end
local function pcall(body, ...) return first(protect(body, ...)) end
local address = tostring
local function tostring(v) return (address(v):gsub(': 0x%x+', '')) end
local function show(v, within)
  local kind = type(v)
  if kind == 'string' then
    return #v > 200 and #v .. ':' .. string.format('%q', v:sub(1, 100)) or string.format('%q', v)
  elseif kind == 'number' then return string.format('%.17g', v)
  elseif kind ~= 'table' then return kind == 'boolean' and tostring(v) or kind
  elseif within and #within > 60 then return '...' end
  for place in string.gmatch(within or '', '[^ ]+') do if place == address(v) then return 'within' end end
  local shown = {}
  for key in pairs(v) do
    local known = string.find('string number boolean', type(key), 1, true)
    if not known or type(key) == 'string' and #key > long + 1 then return '{in some order}' end
  end
  for key, value in pairs(v) do
    if #shown > 60 then break end
    local place = (within or '') .. ' ' .. address(v)
    shown[#shown + 1] = show(key, place) .. '=' .. show(value, place)
  end
  return '{' .. table.concat(shown, ' ') .. '}#' .. #v
end
local function put(...)
  for i = 1, select('#', ...) do out[#out + 1] = show((select(i, ...))) end
  out[#out + 1] = ';'
end
local function ordered(...)
  for i = 1, select('#', ...) do
    if string.find(show((select(i, ...))), '{in some order}', 1, true) then error('in some order') end
  end
  return ...
end
local function key(v)
  if type(v) == 'string' then return v:sub(1, long) end
  return (type(v) == 'number' or type(v) == 'boolean') and v or nil
end
local function bare(v, ...)
  return type(v) == 'table' and getmetatable(v) ~= nil and 'not bare' or v, ...
end
local a, b, s, r, t, u, x, y, f, g = 1, 2.5, 'abc', 'x=1', {1, 2, 3}, {k = 'v'}, nil, true
local function try(body, ...)
  put(pcall(body, ...))
  if type(s) == 'string' and #s > 300 then s = s:sub(1, 300) end
  if type(r) == 'string' and #r > 300 then r = r:sub(1, 300) end
end
";

/// Who says what is right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Against {
    /// redis-server, by EVAL.
    Server,
    /// lua5.1: it has none of the server's libraries, and nothing of it is read-only.
    Lua,
}

impl Against {
    /// What stands before and after a program. How long a key may be whose place in a table is to be the same: lua5.1
    /// hashes only some bytes of long ones. There, only a coroutine has nobody below it. Garbage is kept: a key that was
    /// removed may have its place back as long as it isn't collected.
    fn around(self) -> [&'static str; 2] {
        match self {
            Self::Server => [
                "collectgarbage('stop') local long = 99 ",
                "collectgarbage('restart') return table.concat(out, '\\n')\n",
            ],
            Self::Lua => [
                "return coroutine.wrap(function() collectgarbage('stop') local long = 30 ",
                "return table.concat(out, '\\n') end)()\n",
            ],
        }
    }

    /// What errors call it.
    pub(super) fn chunk_name(self) -> &'static [u8] {
        match self {
            Self::Server => b"@user_script",
            Self::Lua => b"=stdin",
        }
    }

    /// Whether it knows all that a template speaks of.
    pub(super) fn knows(self, template: &str) -> bool {
        let libraries = ["cjson", "cmsgpack", "struct.", "bit."];
        self == Self::Server || !libraries.iter().any(|library| template.contains(library))
    }
}

/// A program.
#[derive(Clone, Debug)]
pub(super) struct Program {
    pub(super) against: Against,
    pub(super) statements: Vec<Node>,
}

impl Program {
    /// All of it, as it is run.
    pub(super) fn source(&self) -> String {
        let [before, after] = self.against.around();
        format!("{before}{PRELUDE}{}{after}", self.own())
    }

    /// What it has for itself.
    pub(super) fn own(&self) -> String {
        self.statements.iter().map(ToString::to_string).collect()
    }

    /// Programs that are a little smaller than this one: one with a piece less, or with a smaller piece in its place.
    pub(super) fn smaller(&self) -> Vec<Self> {
        let mut found = Vec::new();
        for at in 0..self.statements.len() {
            let mut without = self.clone();
            without.statements.remove(at);
            found.push(without);
            for node in self.statements[at].smaller() {
                let mut with = self.clone();
                with.statements[at] = node;
                found.push(with);
            }
        }
        found
    }
}

impl Node {
    fn parts(&self) -> &[Self] {
        match self {
            Self::Text(_) => &[],
            Self::Expression(parts) | Self::Statement(parts) => parts,
        }
    }

    fn with_part(&self, at: usize, part: Self) -> Self {
        let mut copy = self.clone();
        if let Self::Expression(parts) | Self::Statement(parts) = &mut copy {
            parts[at] = part;
        }
        copy
    }

    /// This node with one expression replaced by a part of itself, or by next to nothing; with one statement left out.
    fn smaller(&self) -> Vec<Self> {
        let mut found = Vec::new();
        match self {
            Self::Expression(parts) => {
                let texts = ["nil", "1", "''", "{}"].map(str::to_owned);
                if texts.iter().all(|text| *text != self.to_string()) {
                    found.extend(texts.map(|text| Self::Expression(vec![Self::Text(text)])));
                }
                found.extend(parts.iter().filter(|part| matches!(part, Self::Expression(_))).cloned());
            }
            Self::Statement(_) | Self::Text(_) => {}
        }
        for (at, part) in self.parts().iter().enumerate() {
            if matches!(part, Self::Statement(_)) {
                found.push(self.with_part(at, Self::Text(String::new())));
            }
            found.extend(part.smaller().into_iter().map(|part| self.with_part(at, part)));
        }
        found
    }
}

impl Display for Node {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => f.write_str(text),
            Self::Expression(parts) | Self::Statement(parts) => parts.iter().try_for_each(|part| part.fmt(f)),
        }
    }
}
