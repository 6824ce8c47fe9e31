-- Powers and logarithms to their last digit.
local function all(...)
  local texts = {...}
  for at = 1, #texts do texts[at] = string.format('%.17g', texts[at]) end
  return table.concat(texts, ' ')
end
for i = 1, 120 do
  local x = i / 10
  print(all(x ^ 2, x ^ 3, x ^ -1, x ^ 0.5, x ^ 1.5, x ^ -2.25, x ^ 5, x ^ 11, 2 ^ x, 10 ^ -i))
  print(all(math.exp(x), math.exp(-x), math.log(x), math.pow(x, x)))
end
print(all(0 ^ 0, 0 ^ -1, (-8) ^ (1 / 3), (-2) ^ 3, (-2) ^ -3, 2 ^ 1024, 2 ^ -1074, 1 ^ (1 / 0), (1 / 0) ^ 0, 7 ^ 64))
print(all(math.exp(0), math.exp(710), math.exp(-746), math.log(0), math.log(1), math.log(-1), math.log(1 / 0)))
