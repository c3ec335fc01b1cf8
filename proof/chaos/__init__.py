"""`make chaos`: real servers, real Yjs clients, and faults of many kinds.

One run is one kind of fault and one seed: some people draw at random on a new board, the fault
happens to them a few times, and in the end everybody and the stored rows say what they hold. All of
them keep journals, and the checker (`proof.history`) decides. At most faults some or all people
leave at the moment of it, and a newcomer reads before they come back: people who stay could
heal a loss by sending their work again.

cluster.py        three servers, PostgreSQL and Redis, and the proxies between them
cluster_kinds.py  servers, PostgreSQL and Redis of three processes fail
crash_kinds.py    the one server dies, anywhere on the way of an update or of a compaction
forked.py         servers that start in a tenth of a second
hostile.py        somebody who may edit, and sends what no honest client would
kept.json         plans that once failed; `make test` plays them again
kept.py           reads and adds to it
kinds.py          the list of kinds
people_kinds.py   people misbehave, or their networks do
plan.py           what happens in one run
proxy.py          a TCP proxy that delays, holds and cuts
runner.py         plays plans
shim.py, shim.c   a clock and a disk of one's own for the server
shrink.py         makes a plan that fails smaller
stage.py          a board with people on it
storage_kinds.py  disk, database and clock of the one server misbehave
systems.py        the servers, and how their rows are read
tally.py          counts runs
"""
