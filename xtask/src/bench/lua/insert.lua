local list = {}
for i = 1, 1000000 do table.insert(list, i) end
return #list
