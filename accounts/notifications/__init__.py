"""Tells people what concerns them: a bell on every page, and mail.

What happened is stored without words. Whoever knows what it is about registers a function that
describes it, and that leaves out what the reader may not see any more.

- `descriptions`: the words of a notification, from whoever knows what it is about.
- `due_mail`: groups what is unread into one mail a person, and sends it.
- `pages`: the page of all notifications, the choice of mail, and the link that stops mail.
- `services`: writes notifications, and marks them as read.
- `stop_links`: the signed addresses in a mail that stop mail.
"""
