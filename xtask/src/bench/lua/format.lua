local sum = 0
for i = 1, 100000 do sum = sum + #string.format('%05d %s %.3f %x', i, 'text', i / 3, i) end
return sum
