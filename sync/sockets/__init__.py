"""The way in for people: sockets from the handshake to the close code.

- `admitting`: admits sockets on a thread, in turn between networks, within a time limit.
- `backoff`: slows down clients that reconnect again and again, before any database query.
- `consumers`: the sockets of a board: let people in, read their frames, and hand them to the
  room.
- `inbox`: passes the frames of one socket to its room, in order of arrival.
- `routing`: which consumer serves which socket address.
- `visitors`: which counters a socket counts towards, before and after authentication.
"""
