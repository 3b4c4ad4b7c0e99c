-- Look up, append and claim a list of documents as one atomic step.
--
-- An error inside a script is not rolled back, so pass 1 reads and checks and writes
-- nothing, and pass 2 appends before it claims: a claim without its entry cannot be.
-- Between an entry and its head nothing can fail either.
--
-- KEYS[1]  string  epoch            the ledger's identity
-- KEYS[2]  stream  documents
-- KEYS[3]  hash    counters         field `published`
-- KEYS[3+i] hash   claims:<4 hex>   bucket of document i
-- then, for each document that is an edition, in order:
--          hash    heads:<4 hex>    bucket of its head
-- ARGV[1]  the epoch that the caller expects
-- ARGV[2+8(i-1)..9+8(i-1)]  of document i:
--   rest of its digest (30 bytes), arrival id (8 bytes),
--   edition: key (12 bytes) and rank (13 bytes), or '' where it is none,
--   the head that its event is a revision of (27 bytes), or '' where it is a first one,
--   event type, event id, subject, event JSON
--
-- Returns {'held', <epoch or ''>}, or one row per document:
--   {'published', <claim>}   appended now
--   {'claimed', <claim>}     by whom, as which entry, whoever asks
--   {'superseded', <head>}   a greater edition came before; nothing was written
--   {'head', <head or ''>}   its event does not fit this head; nothing was written, build it anew
--
-- A rank is length (4 bytes), complete (1), document id (8).  An entry id is milliseconds (6)
-- and sequence (4).  A head is a rank, the revision (4), the entry id.  A claim is the arrival
-- id, the entry id; of a revision also its number (4) and the document id (8) of the edition
-- before.  All numbers are big-endian: `packed.py` does the same.

local ARGUMENTS, FIRST = 8, 2
local KEY, RANK, HEAD = 12, 13, 27
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

local claims, buckets, heads = {}, {}, {}
local next_bucket = 3 + count
for i = 1, count do
  local at = FIRST + ARGUMENTS * (i - 1)
  claims[KEYS[3 + i] .. ARGV[at]] = redis.call('HGET', KEYS[3 + i], ARGV[at])
  if ARGV[at + 2] ~= '' then
    next_bucket = next_bucket + 1
    buckets[i] = KEYS[next_bucket]
    local key = string.sub(ARGV[at + 2], 1, KEY)
    local head = redis.call('HGET', buckets[i], string.sub(key, 3)) or ''
    if head ~= '' and #head ~= HEAD then
      return redis.error_reply('ERR a head in ' .. buckets[i] .. ' has ' .. #head .. ' bytes, not ' .. HEAD)
    end
    heads[key] = head
  end
end

-- Not by `<`, which compares as the server's locale does.
local function is_greater(rank, head)
  for i = 1, RANK do
    local left, right = string.byte(rank, i), string.byte(head, i)
    if left ~= right then
      return left > right
    end
  end
  return false
end

local function is_partial(rank)
  return string.byte(rank, 5) == 0
end

-- Returns which head an edition revises, '' for none; nil where the head supersedes it.
local function revised_by(rank, head)
  if head == '' then
    return ''
  end
  if is_greater(rank, head) then
    return is_partial(head) and head or ''
  end
  if is_partial(rank) then
    return nil
  end
  return ''
end

local function publish(i, at, key, rank, revised)
  local number = 1
  if revised ~= '' then
    number = struct.unpack('>I4', revised, RANK + 1) + 1
  end
  local entry = redis.call('XADD', KEYS[2], '*',
    'data', ARGV[at + 7], 'type', ARGV[at + 4], 'id', ARGV[at + 5], 'subject', ARGV[at + 6])
  local milliseconds, sequence = string.match(entry, '(%d+)-(%d+)')
  entry = struct.pack('>I6I4', tonumber(milliseconds), tonumber(sequence))
  local claim = ARGV[at + 1] .. entry
  if revised ~= '' then
    claim = claim .. struct.pack('>I4', number) .. string.sub(revised, 6, RANK)
  end
  redis.call('HSET', KEYS[3 + i], ARGV[at], claim)
  if key and (heads[key] == '' or is_greater(rank, heads[key])) then
    heads[key] = rank .. struct.pack('>I4', number) .. entry
    redis.call('HSET', buckets[i], string.sub(key, 3), heads[key])
  end
  return claim
end

local answers, published = {}, 0
for i = 1, count do
  local at = FIRST + ARGUMENTS * (i - 1)
  local content = KEYS[3 + i] .. ARGV[at]
  local key, rank, revised
  if buckets[i] then
    key, rank = string.sub(ARGV[at + 2], 1, KEY), string.sub(ARGV[at + 2], KEY + 1)
    revised = revised_by(rank, heads[key])
  else
    revised = ''
  end
  if claims[content] then
    answers[i] = {'claimed', claims[content]}
  elseif not revised then
    answers[i] = {'superseded', heads[key]}
  elseif revised ~= ARGV[at + 3] then
    answers[i] = {'head', key and heads[key] or ''}
  else
    claims[content] = publish(i, at, key, rank, revised)
    answers[i] = {'published', claims[content]}
    published = published + 1
  end
end
if published > 0 then
  redis.call('HINCRBY', KEYS[3], 'published', published)
end
return answers
