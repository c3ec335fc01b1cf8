"""Who may do what on a board, and which boards someone sees.

- `concerned`: which boards a change of an account concerns.
- `newcomers`: removes what was deleted before people come through a space.
- `people`: whom someone may see by name.
- `resolve`: decides what someone may do on a board. Nothing else does.
- `scopes`: what a program's token may do: scopes cap access, and give none.
- `selectors`: which boards someone sees, and who may do what on one.
- `spaces`: decides what someone may do in a space itself, and which they see.
- `subjects`: who a level is given to. What a kind means for access is here alone.
"""
