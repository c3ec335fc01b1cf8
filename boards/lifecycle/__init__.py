"""A board from its making to its end, and the page of my boards.

- `api`: listing, making, reading, renaming, trashing and restoring boards by REST.
- `api_state`: locking and copying a board by REST.
- `basics`: makes boards, renames them, moves them to the trash and takes them out of it.
- `copies`: copies a board: its drawing and images, nobody's permissions.
- `forms`: forms of making and naming a board.
- `home`: the page of my boards: open, make, rename, copy, move to the trash and take out of it.
- `listing`: what a list of boards shows: which boards, with which words, in which order.
- `lock`: locks a board: everybody but its owner may look and comment only.
- `purge`: deletes boards for good that have lain in the trash.
- `serializers`: shapes of boards by REST.
- `templates`: what a new board can begin with. ``sync.drawing.templates`` makes the drawings
  themselves.
"""
