local found = 0
for i = 1, 200000 do
  local name, number = string.match('user:' .. i .. ':name', '^(%a+):(%d+):')
  if name then found = found + #number end
end
return found
