"""What happened on a board, for its owner: a page and REST.

- `api`: what happened on a board, by REST.
- `pages`: what happened on a board, for its owner.
- `serializers`: REST serializers of activity.
"""
