"""The page of a board, what its script is told, and tickets for its sockets.

- `config`: what the board page's script is told by the server, as one JSON value.
- `pages`: the board page, by its own address, by a token, and by its public link.
- `tickets`: each opens one socket of a board, once, where no cookie goes.
"""
