"""Who may do what on a board, and which boards somebody sees.

- `opened_links`: the share links a session has opened. The session holds their ids only; their
  rows decide.
- `resolve`: the only place that decides what somebody may do on a board.
- `selectors`: which boards somebody sees, and who may do what on one.
"""
