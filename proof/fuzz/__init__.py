"""Fuzzers: bytes that no honest client sends, wherever bytes of others are read.

    python -m proof.fuzz inputs --seconds 600         # guided by coverage, every target
    python -m proof.fuzz updates --count 10000000     # mutated updates, with Yjs as the judge
    python -m proof.fuzz sockets --count 1000000      # frames on live sockets beside honest people

Each writes its counts to `proof/results/fuzz.json`. A target takes any bytes and raises only if a
promise is broken; what it was once broken by, and what reaches far into it, is kept in `corpus/`, a
folder for each target.

- `attackers`: the process that sends frames to live sockets
- `corpus`: the kept inputs
- `covered`: runs one target under atheris, as a process of its own
- `credentials`: targets that read tokens, cookies and the rest of a handshake
- `files`: targets that read drawings, pictures and images
- `histories`: hostile editors push every limit of a board
- `judge`: real Yjs as the judge, and workers that play many histories
- `mutants`: how kept inputs are changed
- `results`: where the counts go
- `sockets`: frames on live sockets, and what honest people notice
- `targets`: all targets, by name
- `updates`: mutated updates against validation and pycrdt
- `wire`: targets that read frames, updates and awareness
"""
