"""The boards that are open in this process: members, batches, presence, and what other processes
say.

- `answers`: answers to sockets that ask for what they lack: step 1, and the diff after lost
  frames.
- `background`: work that nobody waits for, but that must neither be lost nor fail in silence.
- `batch`: the life of a batch: queued edits are taken, applied, committed, sent on and settled.
- `bus`: carries what one process committed to the others, through the channel layer.
- `client_ids`: client ids of one room from the moment somebody announces them, before anything
  is written.
- `committer`: commits the batches of all rooms of this process together, one group after the
  other.
- `connected`: who is connected now, over all processes: each writes down its own counts and
  renews them.
- `events`: what the page has to know besides the drawing: one's level, the title, comments,
  versions.
- `host`: what a room, the committer and the upkeep report upwards; the registry listens.
- `limits`: the limits of what clients may send, as settings; read once, when the server starts.
- `member`: one socket as a room sees it: who it is, what it may do, and a bounded outbox.
- `presence`: who is on a board right now: collects what clients say of themselves and tells
  everybody.
- `presence_messages`: what one process tells the others about its clients: each with its person
  and its rank.
- `presence_order`: who announces, what of them is known, and who is shown when there are more
  people than places.
- `presence_register`: which clients of a board are there, who announced each, and what others
  have still to be told.
- `rate_limit`: the rate limits of a socket: questions are answered at a rate, frames are read at
  a rate.
- `registry`: all rooms of this process: opens them, rebuilds them, and lets idle ones go.
- `room`: the live session of one board in one process: its members, the way in, and the way out.
- `state`: the states of a room in the registry, from the first who asks for it until it is let
  go.
- `transport`: how frames reach a socket: straight through the server's transport, or as ASGI
  events.
- `upkeep`: once a second: fills what the bus lost, and keeps sockets alive that nothing was
  sent to.
"""
