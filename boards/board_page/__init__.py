"""The board page, the configuration of its script, and tickets for sockets.

- `config`: the configuration that the server gives the page's script, as one JSON value.
- `pages`: the board page: at its own address, with a token, and at its public link.
- `tickets`: tickets: each opens one socket of a board, once, where a cookie can't be sent.
"""
