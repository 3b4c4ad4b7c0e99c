-- Remove the oldest entries of the documents stream, never one that a consumer still needs.
--
-- KEYS[1]  stream  documents
-- ARGV[1]  newest entries to keep;  ARGV[2]  most entries to remove in this call
--
-- Returns the number removed.  An entry goes only when more than ARGV[1] newer ones exist
-- and every consumer group has both received and acknowledged it.

local excess = math.min(redis.call('XLEN', KEYS[1]) - tonumber(ARGV[1]), tonumber(ARGV[2]))
if excess <= 0 then
  return 0
end

local function parts(id)
  local milliseconds, sequence = string.match(id, '(%d+)-(%d+)')
  return tonumber(milliseconds), tonumber(sequence)
end

local function earlier(left, right)
  local left_ms, left_seq = parts(left)
  local right_ms, right_seq = parts(right)
  return left_ms < right_ms or (left_ms == right_ms and left_seq < right_seq)
end

-- XTRIM MINID keeps the entry it names: name the one after the last that may go.
local oldest = redis.call('XRANGE', KEYS[1], '-', '+', 'COUNT', excess + 1)
local keep_from = oldest[#oldest][1]

for _, group in ipairs(redis.call('XINFO', 'GROUPS', KEYS[1])) do
  local facts = {}
  for i = 1, #group, 2 do
    facts[group[i]] = group[i + 1]
  end
  local pending = redis.call('XPENDING', KEYS[1], facts['name'])
  local needed = facts['last-delivered-id']
  if pending[1] > 0 and earlier(pending[2], needed) then
    needed = pending[2]
  end
  if earlier(needed, keep_from) then
    keep_from = needed
  end
end
return redis.call('XTRIM', KEYS[1], 'MINID', keep_from)
