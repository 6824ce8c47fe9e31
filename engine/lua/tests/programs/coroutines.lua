-- Functions that stop and go on.
local co = coroutine.create(function(a, b) print("start", a, b) local c = coroutine.yield(a + b) print("got", c) local d, e = coroutine.yield(c * 2) print("got", d, e) return "end", 99 end)
print(coroutine.status(co)) print(coroutine.resume(co, 1, 2)) print(coroutine.status(co)) print(coroutine.resume(co, 10)) print(coroutine.resume(co, "x", "y")) print(coroutine.status(co)) print(coroutine.resume(co))
local gen = coroutine.wrap(function() for i = 1, 3 do coroutine.yield(i, i * i) end end)
print(gen()) print(gen()) print(gen()) print(gen()) print(pcall(gen))
for v in coroutine.wrap(function() for i = 1, 3 do coroutine.yield(i) end end) do print("v", v) end
-- Nested.
local function inner() coroutine.yield("inner 1") coroutine.yield("inner 2") return "inner end" end
local outer = coroutine.wrap(function() local i = coroutine.wrap(inner) print(i()) coroutine.yield("outer 1") print(i()) print(i()) return "outer end" end)
print(outer()) print(outer())
-- Deep in calls.
local function deep(n) if n == 0 then coroutine.yield("bottom") return 0 end return 1 + deep(n - 1) end
co = coroutine.create(function() return deep(100) end) print(coroutine.resume(co)) print(coroutine.resume(co))
-- Errors.
co = coroutine.create(function() error("broken") end) print(coroutine.resume(co)) print(coroutine.status(co)) print(coroutine.resume(co))
co = coroutine.create(function() error({code = 5}) end) local ok, e = coroutine.resume(co) print(ok, type(e), e.code)
co = coroutine.create(function() local x = nil; x.y = 1 end) print(coroutine.resume(co))
print(pcall(coroutine.wrap(function() error("wrapped") end))) print(type(select(2, pcall(coroutine.wrap(function() error({}, 0) end)))))
print(pcall(function() local w = coroutine.wrap(function() error("located") end) w() end))
-- What can't be crossed.
print(coroutine.resume(coroutine.create(function() return pcall(coroutine.yield, 1) end)))
print(coroutine.resume(coroutine.create(function() return pcall(function() coroutine.yield(1) end) end)))
print(coroutine.resume(coroutine.create(function() return setmetatable({}, {__index = function() coroutine.yield(1) end}).x end)))
print(coroutine.resume(coroutine.create(function() for k in function() coroutine.yield(1) end do end end)))
print(coroutine.resume(coroutine.create(function() table.sort({3, 2, 1}, function() coroutine.yield() end) end)))
print(coroutine.resume(coroutine.create(function() return ("x"):gsub("x", function() coroutine.yield() end) end)))
print(pcall(coroutine.yield, 1)) print(pcall(coroutine.resume, 1)) print(pcall(coroutine.create, 1)) print(pcall(coroutine.create, print)) print(pcall(coroutine.status)) print(pcall(coroutine.wrap))
-- Who runs.
print(coroutine.running()) co = coroutine.create(function() print(coroutine.running() == co, coroutine.status(co)) print(coroutine.resume(co)) local other = coroutine.create(function() print(coroutine.status(co)) print(coroutine.resume(co)) end) coroutine.resume(other) end) coroutine.resume(co)
local self self = coroutine.wrap(function() return self() end) print(pcall(self))
-- Shared variables outlive the stack.
local get, set
co = coroutine.create(function() local v = 1 get = function() return v end set = function(x) v = x end coroutine.yield() v = v + 100 coroutine.yield() end)
coroutine.resume(co) print(get()) set(5) print(get()) coroutine.resume(co) print(get()) co = nil collectgarbage() set(7) print(get())
local fs = {} co = coroutine.wrap(function() for i = 1, 3 do fs[i] = function() i = i + 1 return i end coroutine.yield() end end) co() co() print(fs[1](), fs[1](), fs[2]()) co() print(fs[3](), fs[2]())
-- Many values, and none.
co = coroutine.wrap(function(...) while true do local n = select('#', ...) coroutine.yield(n, ...) end end) print(co()) print(co(1, nil, nil))
co = coroutine.wrap(function(...) local t = {...} while true do t = {coroutine.yield(#t, unpack(t))} end end) print(co(1, 2, 3)) print(co()) print(co(nil)) print(co("a", "b"))
local big = {} for i = 1, 200 do big[i] = i end co = coroutine.wrap(function(...) local n = select('#', coroutine.yield(...)) return n end) print(select('#', co(unpack(big)))) print(co(unpack(big)))
-- Producers and consumers.
local function producer() return coroutine.create(function() for _, x in ipairs {"a", "b", "c"} do coroutine.yield(x) end end) end
local function filter(p) return coroutine.create(function() local n = 1 while true do local _, x = coroutine.resume(p) if not x then return end coroutine.yield(n .. ":" .. x) n = n + 1 end end) end
local f = filter(producer()) while true do local ok, x = coroutine.resume(f) if not x then break end print(x) end
-- Permutations.
local function permgen(a, n) if n <= 1 then coroutine.yield(a) else for i = 1, n do a[n], a[i] = a[i], a[n] permgen(a, n - 1) a[n], a[i] = a[i], a[n] end end end
for p in coroutine.wrap(function() permgen({1, 2, 3}, 3) end) do print(table.concat(p, " ")) end
co = coroutine.wrap(function() return xpcall(function() error("x") end, function(m) return "h:" .. m end) end) print(co())
co = coroutine.wrap(function() local ok, e = pcall(error, "inside") coroutine.yield(ok, e) return pcall(error, "again") end) print(co()) print(co())
print(pcall(coroutine.wrap(function() return pcall(pcall, error, "e") end)))
for i = 1, 1000 do local c = coroutine.create(function() coroutine.yield(i) end) coroutine.resume(c) end print("many")
