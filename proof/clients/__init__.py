"""Yjs clients in Node: the published yjs and y-websocket, which keep a journal (`proof.history`).

documents.cjs  what people draw: the elements of our boards, or one flat map for any other server
journal.cjs    writes the events of one process
people.cjs     the program: people who draw at random, and newcomers who only read
people.py      starts and calls it
"""
