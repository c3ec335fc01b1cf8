"""Tells people what concerns them: a bell on every page, and mail.

A row says only what happened. The app that it comes from registers a function that describes it,
and that leaves out what the reader may no longer see.

- `descriptions`: turns notifications into words, with functions that other apps register.
- `due_mail`: groups what is unread into one mail a person, and sends it.
- `pages`: the page of all notifications, the choice of mail, and the link that stops mail.
- `services`: writes notifications, and marks them as read.
- `stop_links`: the signed addresses in a mail that stop mail.
"""
