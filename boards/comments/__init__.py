"""Comments: threads, replies and mentions.

- `api`: REST views of comments. Visitors of links may use them too: the level decides.
- `api_people`: REST view of the people that a comment can mention.
- `serializers`: REST serializers of what is written about comments.
- `services`: writes about comments. `boards.access` has already decided who may call them.
- `shapes`: comments as JSON, the same in REST, in events and for every reader.
"""
