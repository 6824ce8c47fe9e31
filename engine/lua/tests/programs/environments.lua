-- Globals are a table, and a function can have another one.
x = 1 print(_G.x, _G._G == _G, rawget(_G, "x")) _G.y = 2 print(y) x = nil print(x, _G.x)
local function f() return value end
setfenv(f, {value = "mine"}) print(f(), value) print(getfenv(f).value, getfenv(1) == _G, getfenv() == _G, getfenv(0) == _G, getfenv(print) == _G)
local env = setmetatable({}, {__index = _G, __newindex = function(t, k, v) rawset(t, k, v) print("set", k, type(v)) end})
local g = setfenv(loadstring("a = 1 a = 2 b = print return a, b ~= nil, c"), env) print(g()) print(a, b, env.a)
local function outer() local function inner() return v end return inner end
setfenv(outer, {v = "inherited"}) print(outer()()) print(pcall(setfenv, print, {})) print(pcall(setfenv, 50, {})) print(pcall(getfenv, -1)) print(pcall(getfenv, 50)) print(pcall(setfenv, f)) print(pcall(setfenv, 1.5))
local function changes() setfenv(1, {print = print}) z = 5 print(z) end changes() print(z)
local function caller() setfenv(2, setmetatable({}, {__index = _G})) end local function called() caller() q = 1 return q, rawget(_G, "q") end print(called())
setmetatable(_G, {__index = function(t, k) return "no " .. k end, __newindex = function(t, k, v) rawset(t, k, "new " .. tostring(v)) end}) print(nothing) newglobal = 5 print(newglobal) newglobal = 6 print(newglobal) setmetatable(_G, nil)
print(pcall(setmetatable(_G, {__index = function(t, k) error("nonexistent global '" .. k .. "'", 2) end}) and function() return missing end)) setmetatable(_G, nil)
print(_VERSION, type(_G), type(string), type(loadstring("return 1")), type(coroutine.create(function() end)))
print(type(nil), type(1), type("x"), type({}), type(print), type(true)) print(pcall(type))
print(tostring(nil), tostring(true), tostring(12), tostring("s"), tostring(1.5), tostring(-0.25))
print(tostring({}):match("^table: 0x%x+$") ~= nil, tostring(print):match("^function: ") ~= nil, tostring(coroutine.create(function() end)):match("^thread: ") ~= nil)
print(pcall(collectgarbage, "nothing")) print(collectgarbage("collect"), type(collectgarbage("count")), collectgarbage("stop"), collectgarbage("restart"), type(gcinfo()))
print(next({}), next({5}), next({a = 1})) print(rawequal(1, 1), rawequal("a", "a"), rawequal({}, {}), pcall(rawequal, 1)) print(select('#'), select('#', nil, nil))
print(string.format("%s %s", 1, "x"), ("%d"):format(3.7), #string.rep("ab", 1000))
for w in string.gmatch("one two", "%a+") do print(w) end
do local t = {} for i = 1, 100000 do t = {t} end print(type(t)) end
do local s = {} for i = 1, 20000 do s[#s + 1] = "item " .. i .. string.rep("x", 50) if #s > 100 then s = {} end end print(#s) end
do local keep = {} for i = 1, 3000 do keep[i] = {i, tostring(i), function() return i end} end collectgarbage() local ok = true for i = 1, 3000 do ok = ok and keep[i][1] == i and keep[i][2] == tostring(i) and keep[i][3]() == i end print(ok) end
