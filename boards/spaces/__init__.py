"""Spaces: named places for boards, with members, folders, stars and recent boards.

- `api`: REST views of spaces and their permissions.
- `api_folders`: REST views of folders, and of stars.
- `entry`: finds the space of a request, and refuses.
- `folders`: folders of a space: they sort boards and give nobody anything.
- `forms`: forms with the name of a space or a folder.
- `marks`: what a person marks for themselves: stars, and which boards they opened last.
- `members`: writes about who has which level on the boards of a space.
- `pages`: the page of a space's settings, and the forms of spaces and folders.
- `placing`: moves boards into spaces, between them, out of them, and into folders.
- `serializers`: REST serializers of spaces, permissions and folders.
- `services`: creates spaces, renames them, gives them away and deletes them.
- `writing`: what all writes about a space do: lock, audit, announce.
"""
