"""The way in for people: sockets from the handshake to the close code.

- `backoff`: sends away clients that come back again and again, before anything is looked up for
  them.
- `consumers`: the sockets of a board: let people in, read their frames, and hand them to the
  room.
- `inbox`: the frames of one socket on their way to its room, in the order in which they
  arrived.
- `routing`: which consumer serves which socket address.
- `visitors`: whom a socket counts for, before and after it is known who opens it.
"""
