"""What is kept: rows, snapshots, compaction, and the order in which people write.

- `attempts`: keeps a board that kills a job from keeping the others from it.
- `compaction`: replaces the update rows of a board by one snapshot, so that its size follows
  its content.
- `file_lock`: A lock among processes that serves them in turn, made of two files.
- `log`: reads the durable state of boards: heads, snapshots, rows, owners of client ids.
- `quarantine`: keeps a board whose load fails or kills the process from doing so again and
  again.
- `store`: commits batches of updates; the only writer of the update log.
- `write_lock`: the write lock of SQLite: who may write next, in this process and among
  processes.
"""
