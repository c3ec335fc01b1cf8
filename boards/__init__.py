"""Boards: owners, permissions, pages, REST and admin. Imports only `accounts` and `audit`.

Each feature is a folder with its logic, its pages, its REST views (`api`), its forms and its
serializers. From the bottom up; imports run down only:

- `levels`, `validators`, `signals`, `models`, `compiled`: what everything rests on.
- `identity`: who someone is: tokens, sessions, guests.
- `limits`: limits of work on boards.
- `access`: who may do what on a board, and which boards someone sees.
- `visits`: audit rows of people who came to a board, and of refusals.
- `entry`: how requests reach a board: who asks, by which way in, and who is refused.
- `board_state`, `writing`: what all services that write about a board do.
- `api` and `pages`: what all REST views and all pages share.
- `notices`: tells people what happens on boards and concerns them.
- `quotas`: how much a board and a person may store.
- `search`: titles, text on boards, comments and people.
- `spaces`: named places for boards, with members and folders; stars and recent boards.
- `activity`, `comments`, `files`, `lifecycle`, `sign_in`, `tokens`, `webhooks`: features.
- `libraries`: another one: drawings that people keep to use again.
- `workshop`: timer, votes and private writing, led by one person.
- `sharing`: people, groups, the public link, share links, and requests for access.
- `account_deletion`: the end of an account, and of what it owns.
- `board_page`: the board page, and tickets for sockets.
- `admin`, `api_urls`, `management`, `own_data`, `receivers`, `templatetags`, `urls`: thin, on top
  of it all.
"""
