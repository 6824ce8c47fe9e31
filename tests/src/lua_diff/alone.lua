-- Runs programs that come from standard input, each after a line with its length, and answers in the same way.
-- Nothing that one does to what is global is left for the next.
local restore = {}
for _, library in ipairs({_G, string, table, math, coroutine}) do
  local copy = {}
  for key, value in pairs(library) do copy[key] = value end
  restore[#restore + 1] = function()
    for key in pairs(library) do if copy[key] == nil then library[key] = nil end end
    for key, value in pairs(copy) do library[key] = value end
  end
end
local read, write, flush, load = io.read, io.write, io.flush, loadstring
local setmetatable, collect, call, text, next = debug.setmetatable, collectgarbage, pcall, tostring, ipairs
local length = read('*n', 1)
while length do
  local program, answer = load(read(length), '=stdin')
  if program then
    local _
    _, answer = call(program)
  end
  for _, back in next(restore) do back() end
  setmetatable('', {__index = string})
  collect('restart')
  collect()
  answer = text(answer)
  write(#answer, '\n', answer)
  flush()
  length = read('*n', 1)
end
