"""Tells people what happens on boards and concerns them: `accounts.notifications` delivers it.

- `api`: REST views of a person's notifications.
- `describe`: turns notifications about boards into words, if the reader may still see the board.
- `live`: tells the open pages of people that there is something new.
- `telling`: whom an event concerns; services call it in their transaction.
"""
