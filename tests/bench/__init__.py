"""`make bench`: throughput, latency and cost of the real processes, as ratios of one run.

scenarios   which there are;  scale: how much each does;  figures: rows of values, and the table
backlog     throughput against the bound;  latency: on an idle system;  load: under a rising rate, up to the
            knee, which `knee` finds;  idle: what a system costs that has nothing to do;  sizes: large documents;
            waiting: files that wait at the start;  ledger: much that is remembered
reading     extract and parse by themselves: parsing, as a text grows;  formats, one talk in each of them
measure     a `turnstream run` as a user starts it;  processes: what its processes cost
bound       bare processes on the same documents;  corpus: made-up documents

A scenario is a function of a folder and a scale that yields rows.  Nothing here asserts a time.
"""
