"""Storage: rows, snapshots, compaction and the write lock.

- `attempts`: stops a board that crashes the process, when it is loaded or by a job, from harming
  the others: the quarantine.
- `batches`: writes batches of updates; the only writer of the update log.
- `compaction`: replaces the update rows of a board by one snapshot.
- `log`: reads the durable state of boards: heads, snapshots, rows, owners of client ids.
- `set_aside`: what a repair took out of a board: copies in the data directory, and client ids
  of old histories.
- `store`: commits the batches of all rooms together, and tells rooms what they missed.
- `write_lock`: SQLite's write lock, made fair within this process and between processes.
"""
