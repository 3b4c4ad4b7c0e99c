"""What the watcher does now and then so that a root stays in order; each part can be left and resumed.

retention   deletes what is past its age;  clock: whether ages can be told
leftovers   deletes what killed processes left;  unread: brings back what a killed one did not verify
walk        through a folder;  days: through the journal;  give_back: the way back to drop/
"""
