"""Several processes of the engine, and people who draw, on one thread; one seed is one history.

The engine is the real one, from the consumer to the store. Its event loop, clock, threads, database
and channel layer are models; see docs/simulation.md.

- `caught`: how many seeds it takes to catch each server that is broken on purpose
- `checks`: what must hold at every commit, with every frame, and at the end
- `conditions`: conditions and expressions of Django's queries
- `connection`: a socket between a client and a process
- `database`: the database that all processes share: transactions and the group commit
- `faithfulness`: the same random calls on real databases and on the model
- `layer`: the channel layer between processes
- `loops`: the event loop and the threads of a process
- `people`: clients with a Yjs document and the y-websocket protocol
- `present`: the history that is simulated now, and its time
- `queries`: the queries that are written below Django's
- `results`: what came out, as files
- `runner`: plays many seeds on several processors
- `scheduler`: virtual time, and the order of everything
- `script`: what happens in a history
- `seams`: puts the models in their places
- `settings`: limits that short histories reach
- `tables`: Django's queries on rows in memory
- `world`: the processes, people and faults of one history

    python -m proof.simulation --seeds 0:1000 --jobs 2
"""
