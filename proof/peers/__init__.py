"""Other servers under the same people and the same checker: what each of them keeps.

Each is configured to persist as its own documentation says. People draw; at a random moment all of
them leave, and the server is killed or stopped; then a newcomer reads what it kept. What others had
seen and the newcomer does not find is lost: the people who come back would heal it, if they come
back, and if their browser still has it.

hocuspocus.mjs   Hocuspocus with its SQLite extension
pycrdt_server.py pycrdt-websocket with its SQLite store
run.py           one run on one server
servers.py       starts and stops them
table.py         the table of all servers
socket.cjs       a WebSocket for y-websocket's provider that speaks to Hocuspocus
"""
