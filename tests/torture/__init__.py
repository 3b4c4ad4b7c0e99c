"""The promise under torture: real processes, random faults, and a verifier that reads only what went in and came out.

plan      what is dropped, and how, and which fault comes when: all from one seed
dropper   drops it, and writes down what came to rest and what its user did to it
faults    each kind of fault, done and undone
proxy     the wire between service and server: cut, slow, mute
services  the server, and `turnstream run` behind the proxy
verifier  compares inputs and outputs; knows nothing of the program
campaign  all of it for one seed, and the verdict;  difference: what is told of the first one
broken    builds that are broken on purpose, which must be found
"""
