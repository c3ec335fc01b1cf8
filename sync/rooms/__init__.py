"""The boards that are open in this process: members, batches, presence, and news from other
processes.

- `announce`: sends messages to the rooms of every process, from blocking code.
- `answers`: sends sockets what they lack: after a step 1, and after frames were dropped.
- `background`: work that nobody waits for, but that must not get lost or fail silently.
- `batch`: the life of a batch: edits are taken from the queue, applied, committed, sent on and
  settled.
- `bus`: tells other processes through the channel layer what this one committed, if they have the
  board open.
- `client_ids`: reserves client ids from the moment someone announces them, before anything is
  written.
- `committer`: commits the batches of all rooms of this process together, one group after the
  other.
- `connected`: who is connected now, over all processes: each stores its own counts and renews them.
- `departure`: sends people away before the process ends, a few at a time.
- `edit`: what waits to be committed: a validated update and its sender.
- `events`: what the page has to know besides the drawing: access level, title, comments, versions.
- `held`: what other processes committed: taken if it continues the head, else held for a moment.
- `limits`: the limits of what clients may send, as settings: in one update, in all, and how fast.
- `member`: one socket as a room sees it: who it is, what it may do, and a bounded outbox.
- `news`: takes what other processes tell about the boards that are open in this one.
- `peers`: which other processes have a board open, as far as the bus has told.
- `presence`: who is on a board right now: collects what clients say about themselves and tells
  everyone.
- `presence_clients`: the clients of a board: who announces them, who is shown, who has left, and
  what processes tell each other about them.
- `presence_register`: which clients are present, who announced each, and what others still have to
  be told.
- `process`: the registry of this process, from its event loop and from other threads.
- `registry`: all rooms of this process: opens them, rebuilds them, and lets idle ones go.
- `room`: the live session of one board in one process: its members, the way in, and the way out.
- `state`: the states of a room in the registry, from loading to closing.
- `transport`: how frames reach a socket: directly through the server's transport, or as ASGI
  events.
- `upkeep`: once a second, fetches what the bus lost and keeps silent sockets alive.
"""
