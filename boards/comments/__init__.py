"""Comments: threads on a board, replies in them, and who can be mentioned.

- `api`: threads and replies by REST. Open to visitors of links: the level decides.
- `api_people`: whom a comment can mention.
- `serializers`: what the comment addresses take.
- `services`: writes about comments.
- `shapes`: how comments look in REST and in events: the same for both, and for every reader.
"""
