"""Rejected files: what is known of each, shown, retried or discarded.  Needs the folder only, no server.

cases       finds, selects, puts back, deletes
words       how they are shown
commands    `turnstream quarantine …`
"""
