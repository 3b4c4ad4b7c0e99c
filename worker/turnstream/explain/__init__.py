"""`explain`: where a file is on its way, or what became of it, with the next step.

subject     what a path or an id means:  past: the journal;  texts: the ledger
scene       what is the same for all files: server, watcher;  mailbox: asking them
names       what is never taken;  file, standing, marks: what is to be taken;  writers: who writes it
fates       published, duplicate, rejected, gone;  elsewhere: files outside of drop/
states      the closed list of states;  words: how they are shown
"""
