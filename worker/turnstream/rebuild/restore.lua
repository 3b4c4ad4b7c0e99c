-- Restore the claims of contents that were published before; publish again what was lost.
--
-- As in publish.lua, nothing is written before everything was read and checked, and an entry
-- is appended before it is claimed.
--
-- KEYS[1]  string  epoch
-- KEYS[2]  stream  documents
-- KEYS[3]  hash    counters
-- KEYS[3+i] hash   claims:<4 hex>   bucket of content i
-- ARGV[1]  the epoch that the caller expects, '' for none
-- ARGV[2]  '1' to write, '0' to look only
-- ARGV[3], ARGV[4]  entries before this id (milliseconds, sequence) were trimmed
-- ARGV[5+6(i-1)..10+6(i-1)]  of content i:
--   rest of its digest (30 bytes), its claim as it was (see packed.py),
--   event type, event id, subject, event JSON; all four '' where it is not to be published
--
-- Returns {'held', <epoch or ''>}, or for each content
--   'known <entry id>'  a claim is there, of this entry
--   'restored'    its entry is on the stream, or was trimmed: its claim is there now
--   'missing'     its entry is not there
--   <entry id>    its entry was not there, and is there again as this one

local ARGUMENTS, FIRST = 6, 5
local count = (#ARGV - FIRST + 1) / ARGUMENTS

local epoch = redis.call('GET', KEYS[1]) or ''
if epoch ~= ARGV[1] then
  return {'held', epoch}
end
for position, wanted in pairs({[2] = 'stream', [3] = 'hash'}) do
  local found = redis.call('TYPE', KEYS[position]).ok
  if found ~= 'none' and found ~= wanted then
    return redis.error_reply('WRONGTYPE ' .. KEYS[position] .. ' is a ' .. found .. ', not a ' .. wanted)
  end
end
local below_ms, below_seq = tonumber(ARGV[3]), tonumber(ARGV[4])

local answers, seen = {}, {}
for i = 1, count do
  local at = FIRST + ARGUMENTS * (i - 1)
  local ms, seq = struct.unpack('>I6I4', ARGV[at + 1], 9)
  local entry = string.format('%.0f-%.0f', ms, seq)
  local content = KEYS[3 + i] .. ARGV[at]
  local claim = redis.call('HGET', KEYS[3 + i], ARGV[at])
  if claim or seen[content] then
    if claim then
      ms, seq = struct.unpack('>I6I4', claim, 9)
    end
    answers[i] = string.format('known %.0f-%.0f', ms, seq)
  elseif ms < below_ms or (ms == below_ms and seq < below_seq) or #redis.call('XRANGE', KEYS[2], entry, entry) == 1 then
    answers[i] = 'restored'
    seen[content] = true
  elseif ARGV[at + 5] ~= '' then
    answers[i] = 'published'
    seen[content] = true
  else
    answers[i] = 'missing'
  end
end

if ARGV[2] == '1' then
  local written = 0
  for i = 1, count do
    local at = FIRST + ARGUMENTS * (i - 1)
    local claim = ARGV[at + 1]
    if answers[i] == 'published' then
      answers[i] = redis.call('XADD', KEYS[2], '*',
        'data', ARGV[at + 5], 'type', ARGV[at + 2], 'id', ARGV[at + 3], 'subject', ARGV[at + 4])
      local ms, seq = string.match(answers[i], '(%d+)-(%d+)')
      claim = string.sub(claim, 1, 8) .. struct.pack('>I6I4', tonumber(ms), tonumber(seq)) .. string.sub(claim, 19)
    end
    if answers[i] ~= 'missing' and string.sub(answers[i], 1, 5) ~= 'known' then
      redis.call('HSET', KEYS[3 + i], ARGV[at], claim)
      written = written + 1
    end
  end
  if written > 0 then
    redis.call('HINCRBY', KEYS[3], 'published', written)
  end
end
return answers
