-- Look up, append and claim a list of documents as one atomic step.
--
-- An error inside a script is not rolled back, so pass 1 reads and checks and writes
-- nothing, and pass 2 appends before it claims: a claim without its entry cannot be.
--
-- KEYS[1]  string  epoch            the ledger's identity
-- KEYS[2]  stream  documents
-- KEYS[3]  hash    counters         field `published`
-- KEYS[3+i] hash   claims:<4 hex>   bucket of document i
-- ARGV[1]  the epoch that the caller expects
-- ARGV[2+6(i-1)..7+6(i-1)]  of document i:
--   rest of its digest (30 bytes), arrival id (8 bytes), event type, event id, subject, event JSON
--
-- Returns {'held', <epoch or ''>}, or one row per document:
--   {'published', <entry id>} | {'yours', <entry id>} | {'duplicate', <entry id>, <arrival id, 8 bytes>}
--
-- A claim's value is the arrival id (8 bytes), then the entry id: milliseconds as 6 bytes and
-- sequence as 4, big-endian.

local ARGUMENTS = 6
local FIRST = 2
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

local claims = {}
for i = 1, count do
  local digest = ARGV[FIRST + ARGUMENTS * (i - 1)]
  claims[i] = redis.call('HGET', KEYS[3 + i], digest)
end

local function answer(claim, arrival)
  local milliseconds, sequence = struct.unpack('>I6I4', claim, 9)
  local entry = string.format('%.0f-%.0f', milliseconds, sequence)
  if string.sub(claim, 1, 8) == arrival then
    return {'yours', entry}
  end
  return {'duplicate', entry, string.sub(claim, 1, 8)}
end

local answers, claimed_here, published = {}, {}, 0
for i = 1, count do
  local at = FIRST + ARGUMENTS * (i - 1)
  local bucket, digest, arrival = KEYS[3 + i], ARGV[at], ARGV[at + 1]
  local claim = claims[i] or claimed_here[bucket .. digest]
  if claim then
    answers[i] = answer(claim, arrival)
  else
    local entry = redis.call('XADD', KEYS[2], '*',
      'data', ARGV[at + 5], 'type', ARGV[at + 2], 'id', ARGV[at + 3], 'subject', ARGV[at + 4])
    local milliseconds, sequence = string.match(entry, '(%d+)-(%d+)')
    claim = arrival .. struct.pack('>I6I4', tonumber(milliseconds), tonumber(sequence))
    redis.call('HSET', bucket, digest, claim)
    claimed_here[bucket .. digest] = claim
    answers[i] = {'published', entry}
    published = published + 1
  end
end
if published > 0 then
  redis.call('HINCRBY', KEYS[3], 'published', published)
end
return answers
