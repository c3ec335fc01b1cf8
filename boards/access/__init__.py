"""Who may do what on a board, and which boards someone sees.

- `resolve`: decides what someone may do on a board. Nothing else does.
- `selectors`: which boards someone sees, and who may do what on one.
- `subjects`: who a level is given to. Only this file tells the kinds apart.
"""
