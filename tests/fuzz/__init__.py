"""`make fuzz`: texts made up, broken and blown up, and what must hold for each of them.

check    what must hold; mutate, how a text is broken; campaign, the loop that `make test` runs a
short while; guided, the same check under a fuzzer that sees which branches a text reaches
"""
