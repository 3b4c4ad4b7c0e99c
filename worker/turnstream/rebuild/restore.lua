-- Restore the claims of contents that were published before, where the stream shows that they were.
--
-- As in publish.lua, nothing is written before everything was read and checked.
--
-- KEYS[1]  string  epoch
-- KEYS[2]  stream  documents
-- KEYS[3]  hash    counters
-- KEYS[3+i] hash   claims:<4 hex>   bucket of content i
-- ARGV[1]  the epoch that the caller expects, '' for none
-- ARGV[2]  '1' to write, '0' to look only
-- ARGV[3], ARGV[4]  entries before this id (milliseconds, sequence) were trimmed
-- ARGV[5+4(i-1)..8+4(i-1)]  of content i:
--   rest of its digest (30 bytes), arrival id (8 bytes), entry id (milliseconds, sequence)
--
-- Returns {'held', <epoch or ''>}, or for each content
--   'known'     a claim is there
--   'restored'  its entry is on the stream, or was trimmed: its claim is there now
--   'missing'   its entry is not there

local ARGUMENTS = 4
local FIRST = 5
local count = (#ARGV - FIRST + 1) / ARGUMENTS

local epoch = redis.call('GET', KEYS[1]) or ''
if epoch ~= ARGV[1] then
  return {'held', epoch}
end
local below_ms, below_seq = tonumber(ARGV[3]), tonumber(ARGV[4])

local answers, claimed = {}, {}
for i = 1, count do
  local at = FIRST + ARGUMENTS * (i - 1)
  local ms, seq = ARGV[at + 2], ARGV[at + 3]
  local entry = ms .. '-' .. seq
  local trimmed = tonumber(ms) < below_ms or (tonumber(ms) == below_ms and tonumber(seq) < below_seq)
  if claimed[KEYS[3 + i] .. ARGV[at]] or redis.call('HEXISTS', KEYS[3 + i], ARGV[at]) == 1 then
    answers[i] = 'known'
  elseif trimmed or #redis.call('XRANGE', KEYS[2], entry, entry) == 1 then
    answers[i] = 'restored'
    claimed[KEYS[3 + i] .. ARGV[at]] = true
  else
    answers[i] = 'missing'
  end
end

if ARGV[2] == '1' then
  local restored = 0
  for i = 1, count do
    if answers[i] == 'restored' then
      local at = FIRST + ARGUMENTS * (i - 1)
      local entry = struct.pack('>I6I4', tonumber(ARGV[at + 2]), tonumber(ARGV[at + 3]))
      redis.call('HSET', KEYS[3 + i], ARGV[at], ARGV[at + 1] .. entry)
      restored = restored + 1
    end
  end
  if restored > 0 then
    redis.call('HINCRBY', KEYS[3], 'published', restored)
  end
end
return answers
