"""The watcher: decides what in ``drop/`` is due and keeps a bounded queue filled with it.

bell      file events wake the watcher; they decide nothing
scan      what lies in ``drop/``: the truth
lookout   compares it with what is known, a part at a time, and takes in what there is room for
settle    whether a file is complete
backlog   which files are known, due, or sent
queue     how much is sent, in batches of which size
housekeeping  what is past its age, what killed processes left
pressure  whether a slow consumer or a full memory holds the queue back
trimming  old entries leave the stream;  under_way: which batches need no second message
ledger    whether the server's ledger is the one this root knows
watcher   the loop that ties them together
"""
