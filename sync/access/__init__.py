"""Who may do what on a board, and whose access has to be checked again.

- `admission`: decides who a socket is and what it may do, before a byte of the board is sent.
- `handshake`: the handshake of a socket, read without the database: origin, credentials and
  options.
- `reauthorize`: resolves the access of open sockets again after something about it changed.
- `tracker`: which access version each open socket of this process was last checked against.
"""
