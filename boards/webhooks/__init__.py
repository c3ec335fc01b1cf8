"""Webhooks: programs elsewhere are told what happens on boards.

Messages are rows, written in the transaction of what happened; beside the server they are sent, and
sent again after a failure.

- `addresses`: which addresses may be called, found once for each call.
- `api`: REST views of one's own webhooks.
- `changes`: notices changed drawings, at most one message a board in a while.
- `deliveries`: sends what is due, and puts off what failed.
- `events`: writes the messages of what happens.
- `forms`: a new webhook, and its events.
- `notice`: tells people that their webhook was switched off.
- `pages`: the pages of one's own webhooks.
- `payloads`: what messages say.
- `reach`: of which boards a webhook is told.
- `sending`: one HTTP request, bounded in time and size.
- `serializers`: REST serializers of webhooks and their messages.
- `services`: makes, changes and deletes webhooks.
- `signing`: secrets and signatures, by the Standard Webhooks specification.
"""
