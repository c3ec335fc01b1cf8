"""What shows that the promises of docs/promises.md are kept: programs that anyone can run.

Beside the tests, which ask whether a promise is kept once, these look for the case in which it is
broken, for as long as one likes. Each writes what it counted to `proof/results/`.

- `broken`: servers broken on purpose, which the others have to catch
- `chaos`: real servers and real Yjs clients, with faults of many kinds (`make chaos`)
- `clients`: Yjs clients in Node which write down what they do, are promised and see
- `fuzz`: bytes that nobody sends on purpose, in every place that reads bytes
- `history`: the format of these journals, and the checker that decides what they prove
- `peers`: other servers under the same people and checker (`make peers`)
- `report`: writes `docs/proof.md` from all results
- `simulation`: rooms, committer, store and bus of several processes on one seeded thread
- `tests`: short forms of all of this
"""
