"""Who may do what on a board, and whose access has to be checked again.

- `admission`: decides what a socket may do, before a byte of the board is sent, and again while it
  is open.
- `handshake`: the handshake of a socket, read without the database: origin, credentials and
  options.
- `identity`: who the credentials of a socket name: an account, a share link, or nobody.
- `reauthorize`: resolves the access of open sockets again after something about it changed.
- `refusals`: why a socket gets a close code instead of the board, and the audit row of that.
- `tracker`: which access version each open socket of this process was last checked against.
"""
