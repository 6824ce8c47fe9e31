-- What metatables decide.
local log = {}
local function note(name) return function(a, b) log[#log + 1] = name return name end end
local mt = {}
for _, name in ipairs {"add", "sub", "mul", "div", "mod", "pow", "unm", "concat", "call", "index"} do mt["__" .. name] = note(name) end
local o, p = setmetatable({}, mt), setmetatable({}, mt)
print(o + 1, 1 + o, o + p, o - 1, 2 * o, o / 2, o % 2, o ^ 2, -o, o .. "x", "x" .. o, 1 .. o, o .. p, o(1), o.field, o[1])
print("a" .. "b" .. o, o .. "a" .. "b", "a" .. o .. "b", 1 .. 2 .. o)
print(#log)
-- Order and equality.
local V = {} V.__index = V
V.__eq = function(a, b) return a.v == b.v end V.__lt = function(a, b) return a.v < b.v end V.__le = function(a, b) return a.v <= b.v end
local function new(v) return setmetatable({v = v}, V) end
local a, b, c = new(1), new(2), new(1)
print(a == b, a == c, a ~= c, a < b, a <= c, a > b, a >= b, not (a < b), rawequal(a, c))
local W = {__lt = function(a, b) return a.v < b.v end}
local x, y = setmetatable({v = 1}, W), setmetatable({v = 2}, W)
print(x < y, x <= y, x > y, x >= y, x <= x, pcall(function() return x < a end), pcall(function() return x < 1 end))
if x <= y then print "then" else print "else" end
while y <= x do print "never" end
print(setmetatable({}, {__eq = function() return true end}) == setmetatable({}, {__eq = function() return true end}), setmetatable({}, V) == 1)
print(x < y and "less" or "more", (x < y) == true, ({x < y, x > y})[1])
-- Chains.
local base = {greet = function() return "hello" end, n = 1}
local mid = setmetatable({m = 2}, {__index = base})
local top = setmetatable({}, {__index = mid})
print(top.greet(), top.n, top.m, top.none, rawget(top, "n"))
local store = {}
local proxy = setmetatable({}, {__newindex = store})
proxy.a = 1 print(rawget(proxy, "a"), store.a)
local logged = setmetatable({}, {__newindex = function(t, k, v) rawset(t, k, v * 2) end})
logged.x = 5 print(logged.x) logged.x = 7 print(logged.x) logged[1] = 4 print(logged[1], #logged)
local counted = setmetatable({}, {__index = function(t, k) return k * 2 end})
print(counted[21], counted[0.5], rawget(counted, 21))
local loop = {} setmetatable(loop, {__index = loop}) print(pcall(function() return loop.x end))
local loop2 = {} setmetatable(loop2, {__newindex = loop2}) print(pcall(function() loop2.x = 1 end))
-- Adding a handler later is seen.
local late = {} local t = setmetatable({}, late) print(t.x) late.__index = function() return "late" end print(t.x) late.__index = nil print(t.x)
late.__newindex = function(t, k, v) rawset(t, k, "set") end t.y = 1 print(t.y) late.__newindex = nil t.z = 1 print(t.z)
-- Called like functions.
local callable = setmetatable({}, {__call = function(self, ...) return select('#', ...), ... end})
print(callable()) print(callable(1, nil, 3)) print(pcall(callable, 5)) print((function(...) return callable(...) end)(9))
local twice = setmetatable({}, {__call = callable}) print(pcall(twice, 1))
for k in setmetatable({}, {__call = function(self, s, c) if c == nil then return 1 elseif c < 3 then return c + 1 end end}) do print("iter", k) end
print(string.gsub("abc", "%w", setmetatable({}, {__index = function(t, k) return k:upper() end})))
-- tostring, protected metatables, length.
print(tostring(setmetatable({}, {__tostring = function() return "me" end})), pcall(tostring, setmetatable({}, {__tostring = function() error("no text", 0) end})))
print(getmetatable(setmetatable({}, {__metatable = "locked"})), pcall(setmetatable, setmetatable({}, {__metatable = 1}), {})) print(getmetatable("").__index == string, getmetatable({}), getmetatable(1))
print(#setmetatable({1, 2}, {__len = function() return 42 end}))
-- Errors within.
print(pcall(function() return setmetatable({}, {__add = function(a, b) error("in add") end}) + 1 end))
print(pcall(function() return setmetatable({}, {__index = function(t, k) return k .. nil end}).x end))
-- Handlers with results that are cut or missing.
local many = setmetatable({}, {__index = function() return 1, 2, 3 end, __add = function() end, __eq = function() return nil end, __lt = function() return 5 end, __concat = function() end})
print(many.x, many + 1, (many == setmetatable({}, getmetatable(many))), many < many, many .. "x")
-- Weak tables.
local weak = setmetatable({}, {__mode = "k"}) weak[{}] = 1 weak.keep = {} local kept = {} weak[kept] = 2
local values = setmetatable({}, {__mode = "v"}) values[1] = {} values[2] = kept values.x = {} values.s = "string"
collectgarbage() local n = 0 for k, v in pairs(weak) do n = n + 1 end print(n, weak[kept], values[1], values[2] == kept, values.x, values.s)
local both = setmetatable({}, {__mode = "kv"}) both[kept] = {} both[{}] = kept collectgarbage() print(next(both))
print(rawequal("a" .. "b", "ab"), rawequal({}, {}), (rawset({}, 1, 2))[1])
