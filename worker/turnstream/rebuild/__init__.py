"""The ledger made whole again after its server lost it: emptied, restored from a backup, failed over.

past      what the journal says was published, oldest first
restore   the server's side: claims, and where the stream goes on;  restore.lua: one atomic step for many
again     an entry that the server no longer has, made from its file in archive/
run       the story: hold everybody, restore what is still there, publish again what is not, let go
command   `turnstream rebuild`

Nothing is decided by memory of an earlier try: what is done is seen in the server, so that
it can be killed at any instant and begun again.
"""
