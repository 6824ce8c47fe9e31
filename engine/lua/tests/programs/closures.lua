-- Functions share the variables that they were made among.
local function counter() local n = 0 return function() n = n + 1 return n end, function() return n end end
local up, look = counter()
up() up() print(look(), up(), look())
local made = {}
for i = 1, 5 do local j = i * 10 made[i] = function() i = i + 1 j = j + 1 return i, j end end
print(made[1]()) print(made[1]()) print(made[2]())
local all = {}
for k, v in pairs({10, 20, 30}) do all[k] = function() v = v + 1 return k, v end end
print(all[1]()) print(all[1]()) print(all[3]())
local w = {}
local i = 1
while i <= 3 do local x = i w[i] = function() x = x + 1 return x end if i == 2 then i = i + 1 break end i = i + 1 end
print(w[1](), w[1](), w[2](), #w)
local r = {}
repeat local y = #r + 1 r[y] = function() y = y * 2 return y end until y >= 3
print(r[1](), r[2](), r[3](), r[3]())
local function outer() local a = 1 local function middle() local b = 2 local function inner() a = a + b b = b + 1 return a, b end return inner end return middle(), function() return a end end
local inner, geta = outer()
print(inner()) print(inner()) print(geta())
-- Tail calls don't use up the stack.
local function loop(n) if n == 0 then return "done" end return loop(n - 1) end
print(loop(100000))
local odd local function even(n) if n == 0 then return true end return odd(n - 1) end
function odd(n) if n == 0 then return false end return even(n - 1) end
print(even(10001), odd(10001))
-- Varargs.
local function va(...) local a, b = ... return select('#', ...), a, b, ... end
print(va()) print(va(1)) print(va(1, 2, 3)) print((va(1, 2, 3)))
local function tail(...) return select(2, ...) end
print(tail(1, 2, 3), tail(1))
local function old(a, ...) return a, arg.n, arg[1], arg[2] end
print(old(1, 2, 3)) print(old())
local function unused(...) return arg end
print(type(unused(1, 2)), type((function(...) local x = ... return arg end)(1)))
print((function(...) return ... end)(nil, nil))
print(#{(function(...) return ... end)(nil, nil, 3)})
print(pcall(select, 0)) print(pcall(select, -5, 1)) print(select(-1, 1, 2, 3)) print(select(5, 1, 2))
-- Several assignments at once.
local a, b, c = 1, 2 print(a, b, c)
a, b = b, a print(a, b)
local t = {1, 2} local n = 1
n, t[n] = 2, 'x' print(n, t[1], t[2])
local function f() return 'p', 'q' end
a, b, c = f() print(a, b, c) a, b, c = f(), 'z' print(a, b, c) a, b, c = (f()) print(a, b, c)
t = {} t.x, t.y, t.z = f(), f() print(t.x, t.y, t.z)
do local a = 5 local function g() return a end a = 6 print(g()) end
print(a)
-- Methods.
local obj = {v = 1} function obj:add(n) self.v = self.v + n return self end function obj.new(x) return x end
print(obj:add(5):add(6).v, obj.new(7))
local s = "text" print(s:upper(), ("x"):rep(3), #s, s:len())
-- Goes on through the many forms of conditions.
print(1 and 2, nil and 1, false or nil, nil or false, 1 or error("no"), not nil, not 0, not not 1)
print(1 < 2 and "yes" or "no", 1 > 2 and "yes" or "no", (1 == 1) == true, "a" < "b", "a" == "a", "1" == 1)
local x = nil local y = x == nil and 1 or 2 print(y)
local z = not (x and y) or (y and not x) print(z)
if not x then print "none" elseif y then print "y" else print "other" end
for i = 3, 1 do print("never") end for i = 1, 3, 0.5 do x = i end print(x) for i = 3, 1, -1 do x = i end print(x)
for i = 1, 0 do end for i = 1, math.huge do if i > 3 then break end x = i end print(x)
