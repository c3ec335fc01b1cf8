"""Boards: who owns them, who may do what on them, pages, REST and admin. Imports only audit.

Each feature is a folder with its logic, its pages (`pages`), its REST addresses (`api`), its forms
and its serializers. From the bottom up, and imports run down only:

- `levels`, `validators`, `routes`, `signals`, `models`: what everything rests on.
- `access`: who may do what on a board, and which boards somebody sees.
- `identity`: who somebody is: tokens, sessions, guests.
- `limits`: how often and how much at once.
- `visits`: audit rows of who came to a board and of who was turned away.
- `board_state`, `writing`: what every service that writes about a board does.
- `api` and `pages`: what all REST addresses and all pages share.
- `quotas`: how much one board and one person may hold.
- `activity`, `comments`, `files`, `lifecycle`, `sign_in`: features.
- `sharing`: whom a board is shared with.
- `board_page`: the page of a board, and tickets for its sockets.
- `admin`, `api_urls`, `management`, `receivers`, `templatetags`, `urls`: thin, on top of it all.
"""
