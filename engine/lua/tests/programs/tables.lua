-- Where a table ends, and in which order it is gone through, follows from how it was built.
print(#{1, 2, nil, 4}, #{1, nil, 3}, #{nil, nil, 3}, #{nil}, #{n = 1})
local t = {1, 2, 3, 4, 5}
t[3] = nil t[5] = nil
print(#t)
t = {}
for i = 1, 20 do t[i] = i end
for i = 20, 11, -1 do t[i] = nil print(i, #t) end
t = {[1] = 1, [2] = 2, [3] = 3, [4] = 4}
print(#t) t[4] = nil print(#t) t[2] = nil print(#t)

local function show(t)
  local keys = {}
  for k, v in pairs(t) do keys[#keys + 1] = tostring(k) .. "=" .. tostring(v) end
  print(table.concat(keys, " "))
end
show {a = 1, b = 2, c = 3, d = 4, e = 5}
show {1, 2, 3, x = 1, y = 2, [10] = 10, [2.5] = 'h', [-1] = 'm', [true] = 't', [false] = 'f', [0] = 'z'}
t = {}
for i = 1, 30 do t["key" .. i] = i end
show(t)
for i = 1, 30, 3 do t["key" .. i] = nil end
show(t)
for i = 31, 40 do t["key" .. i] = i end
show(t)
t = {}
for i = 10, 1, -1 do t[i] = i * i end
show(t) print(#t)
t = {}
for i = 1, 100, 7 do t[i] = i end
show(t) print(#t)
t = {}
for i = 1, 16 do t[i] = i t["s" .. i] = i t[i + 0.5] = i end
show(t)
for k in pairs(t) do t[k] = nil end
show(t) print(next(t), next({}))
t = {2^53, 2^31, [2^31] = 'big', [2^53] = 'bigger', [-2^31] = 'low', [1e300] = 'huge'}
show(t)
print(t[2^31], t[2147483648], t[1], rawget(t, 2))
print(pcall(next, {}, "nothing"))
print(pcall(function() local t = {} t[nil] = 1 end))
print(pcall(function() local t = {} t[0/0] = 1 end))
print(pcall(rawset, {}, nil, 1))
print(({})[nil], ({})[0/0])
t = {10, 20, 30, nil}
print(#t, select('#', unpack(t)), unpack({1, nil, 3}))
print(unpack({1, 2, 3}, 2), unpack({1, 2, 3}, 2, 5), unpack({}, 1, 3))
-- Constructors with many elements, with calls at their end.
local function three() return 1, 2, 3 end
print(#{three()}, #{three(), three()}, #{(three())}, #{three(), nil}, #{nil, three()})
local big = {}
for i = 1, 120 do big[i] = i end
local copy = {unpack(big)}
print(#copy, copy[50], copy[51], copy[120])
t = {1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31,32,33,34,35,36,37,38,39,40,41,42,43,44,45,46,47,48,49,50,51,52,53,three()}
print(#t, t[50], t[51], t[56])
t = {x = 1, 2, y = 3, 4; 5, [1] = 'lost', z = {a = {b = 'deep'}}}
print(t[1], t[2], t[3], t.x, t.z.a.b)
-- Functions of the library.
t = {1, 2, 3}
table.insert(t, 4) table.insert(t, 1, 0) print(table.concat(t, ","))
print(table.remove(t), table.remove(t, 1), table.concat(t, ","), table.remove({}), #t)
table.insert(t, 10, 'far') print(#t, t[10])
print(table.remove(t, 7), table.remove(t, 0))
print(table.concat({}), table.concat({1}, ","), table.concat({1, 2, 3}, ", ", 2), table.concat({1, 2, 3}, "-", 1, 2), table.concat({1, 2, 3}, "-", 3, 2))
print(pcall(table.concat, {1, {}, 3})) print(pcall(table.concat, {1, 2, 3}, ",", 1, 5))
print(table.maxn({1, 2, [10] = 1, [3.5] = 1, x = 2}), table.maxn({}), table.getn({1, 2}))
print(table.foreach({1, 2, 3}, function(k, v) if v == 2 then return "found " .. k end end))
print(table.foreachi({4, 5, 6}, function(i, v) print(i, v) end))
print(pcall(table.setn, {}, 1))
print(pcall(table.insert, {}, 1, 2, 3)) print(pcall(table.insert, {})) print(pcall(table.insert, nil, 1))
for i, v in ipairs({1, 2, nil, 4}) do print(i, v) end
