-- Say where entries came from; writes nothing.  An event is large, and all of it would be sent for these few words.
--
-- KEYS[1]  stream  documents
-- ARGV[i]  an entry id
--
-- Returns of each entry its event from the provenance's value on, or nil where there is no such entry or no such event.
-- A quotation mark within a JSON string has a backslash before it: what is found is a key, and never text.

local KEY = '"provenance":'

local function provenance_of(entry)
  local fields = entry and entry[2] or {}
  for i = 1, #fields, 2 do
    local _, last = string.find(fields[i + 1], KEY, 1, true)
    if fields[i] == 'data' and last then
      return string.sub(fields[i + 1], last + 1)
    end
  end
  return false
end

local found = {}
for i = 1, #ARGV do
  found[i] = provenance_of(redis.call('XRANGE', KEYS[1], ARGV[i], ARGV[i])[1])
end
return found
