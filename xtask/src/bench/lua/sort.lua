local seed, list = 42, {}
for i = 1, 200000 do
  seed = (seed * 16807) % 2147483647
  list[i] = seed
end
table.sort(list)
return list[1] + list[200000]
