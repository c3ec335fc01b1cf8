"""Histories: what clients of a server wrote, were promised and saw; and what that proves.

Nothing here knows the server. It may be any that speaks the protocol of y-websocket: what it
promises is said by the first event of a history.

authority.py    nothing of a person commits after a revocation has returned
causality.py    nobody sees a write without what its writer had seen
check.py        the checker: all rules over one history
convergence.py  everyone ends with the same, and with nothing that nobody wrote
durability.py   what was acknowledged or seen is there for all who come later
events.py       reads journals
generate.py     histories of any size of a server that keeps its promises, for tests
presence.py     who is shown, for how long, and by which name
record.py       writes the events of the runner; audit rows against what happened
replicas.py     what each replica holds at each moment

# The journal

JSON lines, one file for each process; the order of all lines is that of `t`, nanoseconds of the
machine's one monotonic clock. A line is written before what it tells of can have an effect: a
write before its update is sent. `e` is the kind, `who` a replica: one Yjs document of one person on
one device, with one client id. An operation is identified as Yjs does it, by client id and clock:
a *range of clocks* is `[client, from, to]`, *clocks* are `[[client, end], …]` (all before `end`),
and *deleted* are `[[client, clock, length], …]`.

| e | of a client | fields |
|---|---|---|
| `replica` | a document begins, empty | `person`, `client` |
| `open` | its socket is connected; nothing has been sent | |
| `synced` | the server's first answer is in the document | `clocks`, `deleted`: all of it |
| `closed` | the socket ended | `code`, `reason` |
| `write` | a transaction of its own | `clocks`: `[client, from, to]`; `values` by key; `deleted` |
| `seen` | a message of the server is in the document | `clocks`, `deleted`: new; `told`: by it |
| `ack` | the server says that this is stored | `clocks`: the new ends |
| `present` | who it shows now | `shown`: client id → name, or null |
| `end` | its last state | `content` by key, `clocks`, `deleted`, `pending` |

| e | of the runner | fields |
|---|---|---|
| `system` | first | see `check.Promises` |
| `level` | a permission was changed | `person`, `level` (`edit`, `view`, `none`), `began`, `ok` |
| `rest` | a program wrote by another interface | `values`, `began`, `ok` |
| `audit` | a row of the audit log | `action` (`access`, `level`), `person`, `level` |
| `audit-chain` | the log was verified | `ok`, `text` |
| `restored` | a backup took the place of the data | `taken`: the time of the backup |
| `fault`, `note` | for people who read it | `text` |
| `end` | `who` is `rows`: the stored rows, replayed in Yjs | as above |

`told` are the deletions that a message named; other new ones follow from what it brought, together
with work of one's own. `ok` is `null` where the outcome is not known. A pure deletion is a write
with `from` equal to `to`.
A key is whatever names a value in the document (`element/property`), and no value is written twice,
so what is read can be traced to who wrote it, as in Elle (Kingsbury and Alvaro, *Elle: Inferring
Isolation Anomalies from Experimental Observations*, VLDB 2020).

A server without acknowledgements has no `ack`; then what others have seen is what was promised.
"""
