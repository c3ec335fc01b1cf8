"""What shows that the promises of docs/promises.md are kept: programs that anyone can run.

Beside the tests, which ask whether a promise is kept once, these look for the case in which it is
broken, for as long as one likes. Each writes what it counted to `proof/results/`.

- `fuzz`: bytes that nobody sends on purpose, in every place that reads bytes
"""
