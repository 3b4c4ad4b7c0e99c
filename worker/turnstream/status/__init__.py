"""`status`: one moment of a root on one screen.

facts    what is told;  folders, gather: asking folders and server for it;  rates: how fast it goes
problems what is wrong, and what to do;  screen: how it looks;  command: once, or again and again
"""
