"""`make bench-peers`: others with our function as theirs, over the same files in the same run."""
