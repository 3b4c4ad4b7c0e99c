"""`make evaluate`: the parser against real transcripts with gold turns, and against its own last figures.

The corpora are not part of the project, as most of their licences do not allow it: `CORPORA` names
a folder with `raw/<source>/<file>`, `gold/<source>.jsonl` (a line a file: its path and its turns) and
`score.py`, which is run as it is.
"""
