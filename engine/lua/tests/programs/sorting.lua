-- Which elements are compared, and how equal ones end up, is PUC's quicksort.
local function show(t) print(table.concat(t, " ")) end
local t = {3, 1, 2} table.sort(t) show(t)
t = {5, 4, 3, 2, 1, 0, -1, 10, 8, 7} table.sort(t) show(t)
t = {"b", "a", "C", "B", "A", "", "aa", "ab"} table.sort(t) show(t)
t = {1, 2, 3, 4, 5} table.sort(t, function(a, b) return a > b end) show(t)
local seed = 7
local function draw(n) seed = (seed * 16807) % 2147483647 return seed % n end
for size = 1, 40 do
  local items, asked = {}, 0
  for i = 1, size do items[i] = {key = draw(10), id = i} end
  table.sort(items, function(a, b) asked = asked + 1 return a.key < b.key end)
  local out = {}
  for i, item in ipairs(items) do out[i] = item.key .. ":" .. item.id end
  print(size, asked, table.concat(out, " "))
end
for size = 2, 12 do
  local items = {}
  for i = 1, size do items[i] = i end
  local count = 0
  print(size, pcall(table.sort, items, function(a, b) count = count + 1 return true end), count)
end
print(pcall(table.sort, {1, "a", 2})) print(pcall(table.sort, {{}, {}})) print(pcall(table.sort, {1, nil, 3}))
print(pcall(table.sort, {3, 2, 1}, 5)) print(pcall(table.sort)) print(pcall(table.sort, {2, 1}, function() error("stop", 0) end))
local mt = {__lt = function(a, b) return a.v < b.v end}
local objects = {}
for i = 1, 10 do objects[i] = setmetatable({v = draw(100)}, mt) end
table.sort(objects)
for i = 1, 10 do io_write = (io_write or "") .. objects[i].v .. " " end
print(io_write)
print(pcall(function() local t = {5, 3, 1, 4} table.sort(t, function(a, b) return coroutine.yield() end) end))
-- What is put into a hole becomes a key there and then, which the order of keys shows.
do
  local t = {1, 2, 3}
  for i = 1, 46 do t[i * 5] = i end for i = 1, 7 do t[i] = nil end
  for i = 1, 51 do t[i * 2] = i end for i = 1, 39 do t[i] = nil end
  table.sort(t, function() return false end)
  local shown = {}
  for k, v in pairs(t) do shown[#shown + 1] = k .. "=" .. v end
  print(#t, table.concat(shown, " "))
end
