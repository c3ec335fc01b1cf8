"""Who may do what on a board, and which admission is older than which change of it.

- `admission`: decides who a socket is and what it may do, before a byte of the board is sent.
- `handshake`: the handshake of a socket, read without the database: its origin, credentials and
  wishes.
- `reauthorize`: looks again at what the people behind open sockets may do, after something
  about it changed.
- `tracker`: which open sockets of this process rest on which access version of their board.
"""
