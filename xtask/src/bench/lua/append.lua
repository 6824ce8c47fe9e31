local text = ''
for i = 1, 10000 do text = text .. 'x' .. i end
return #text
