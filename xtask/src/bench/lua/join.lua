local parts = {}
for i = 1, 200000 do parts[#parts + 1] = tostring(i) .. ':' .. tostring(i * 0.5) end
return #table.concat(parts, ',')
