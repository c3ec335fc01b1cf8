"""Whom a board is shared with: people, groups, the public, links, and who asks for access.

- `api_board`: handing a board over, and leaving it, by REST.
- `api_links`: share links and access requests by REST.
- `api_permissions`: who may do what on a board, by REST.
- `asking`: asking for access without learning whether there is such a board.
- `forms`: forms of the share panel, and of people who come by a link or ask for access.
- `link_entry`: lets a session in by a share link, after its password where it has one.
- `links`: writes about share links. The rules of `permissions` hold here too.
- `pages`: pages of people a board is shared with: coming by a link, asking for access, leaving.
- `panel`: the share panel: who may do what on a board. A fragment for the dialog, or a page of
  its own.
- `panel_operations`: what the forms of the share panel do: each names its form and calls its
  service.
- `permissions`: writes about who has which level on a board.
- `requests`: asks the owner of a board for access, and answers.
- `serializers`: shapes of permissions, share links and access requests by REST.
- `transfer`: makes somebody else the owner of a board.
"""
