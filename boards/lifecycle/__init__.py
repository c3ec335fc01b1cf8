"""Boards from creation to deletion, and the page "My boards".

- `actions`: what the list does with one board: rename, trash, restore, copy.
- `api`: REST views of boards: list, create, read, rename, trash, restore.
- `api_state`: REST views that lock and copy a board.
- `basics`: creates boards, renames them, moves them to the trash and restores them.
- `bulk`: what the list does with several boards at once, and stars.
- `copies`: copies a board: its drawing and images, without its permissions.
- `forms`: forms to create and rename a board.
- `home`: the page "My boards": the list, its spaces at the side, and creating a board.
- `listing`: which boards a list shows, and in which order.
- `lock`: locks a board: everyone except its owner may only look and comment.
- `purge`: deletes boards in the trash for good.
- `serializers`: REST serializers of boards.
- `templates`: what a new board can start with. `sync.drawing.templates` has the drawings.
"""
