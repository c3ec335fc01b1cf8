"""Live boards: what people and programs change, committed before anybody sees it.

From the bottom up, and imports run down only:

- `models`, `metrics`: rows and figures.
- `scheduler`, `stepped_json`, `fair_semaphore`: long work in short steps, and who is next.
- `low_priority`: which process goes first on a busy processor.
- `drawing`: what a drawing is made of. Pure.
- `rendering`: drawings as pictures, made by a process of its own.
- `wire`: what stands in the bytes that clients send. Pure.
- `document`: the Yjs document of one board.
- `storage`: what is kept.
- `access`: who may do what, and which admission is older than which change of it.
- `rooms`: the boards that are open in this process.
- `sockets` and `programs`: the two ways in.
- `api`, `admin`, `management`, `receivers`, `urls`: thin, on top of it all.

`docs/architecture.md` follows one update through these packages.
"""
