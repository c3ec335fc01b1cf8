"""Sharing: people, groups, the public link, share links, and requests for access.

- `api_board`: handing a board over, and leaving it, by REST.
- `api_invitations`: invitations by mail address, by REST.
- `api_links`: share links and access requests.
- `api_permissions`: who may do what on a board.
- `api_suggestions`: names to offer while someone types, by REST.
- `asking`: asks for access to a board without revealing whether it exists.
- `forms`: forms of the share panel, of links with a password, and of requests for access.
- `invitation_links`: the link of an invitation, and how it gets to the person.
- `invitation_pages`: the page that the link opens.
- `invitations`: writes about invitations.
- `link_entry`: adds share links to sessions, after their password if they have one.
- `links`: writes about share links. The rules of `permissions` apply.
- `pages`: pages for people a board is shared with: opening a link, asking for access, leaving.
- `panel`: the share panel: as a fragment for the dialog, or as a page.
- `panel_operations`: the operations of the share panel: each has a form and calls a service.
- `panel_rows`: who has access to a board, and where each level comes from, as the panel shows it.
- `permissions`: writes about who has which level on a board.
- `requests`: requests for access, and their answers.
- `serializers`: REST serializers of permissions, share links and access requests.
- `suggestions`: names to offer while someone types whom to share with.
- `transfer`: makes someone else the owner of a board.
"""
