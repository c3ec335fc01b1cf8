"""The checker finds each anomaly in histories made by hand, and nothing in clean ones."""

from pathlib import Path
from typing import Any

import pytest

from proof.history.__main__ import main
from proof.history.events import JournalError, read_journals
from proof.tests.histories import ANN, BEN, NEW, Told


def clean() -> Told:
    """Ann draws, Ben replaces it, a newcomer reads both."""
    told = Told().come(ANN, BEN).write(ANN, 0, "a/pos").ack(ANN, 1).see(BEN, [1, 1])
    told.write(BEN, 0, "a/pos", [[1, 0, 1]]).ack(BEN, 1).see(ANN, [2, 1], deleted=[[1, 0, 1]])
    return told.newcomer([1, 1], [2, 1], deleted=[[1, 0, 1]])


def test_a_clean_history_has_no_anomaly() -> None:
    told = clean().end({"a/pos": [2, 0]}, [1, 1], [2, 1], deleted=[[1, 0, 1]], who=(ANN, "rows"))
    assert told.kinds() == set()


def test_what_was_acknowledged_is_missing_for_a_newcomer() -> None:
    told = Told().come(ANN, BEN).write(ANN, 0, "a/pos").ack(ANN, 1).newcomer()
    assert told.end({"a/pos": [1, 0]}, [1, 1]).kinds() == {"lost"}


def test_what_somebody_saw_is_missing_for_a_newcomer_without_any_acknowledgement() -> None:
    told = Told(acknowledges=False).come(ANN, BEN).write(ANN, 0, "a/pos").see(BEN, [1, 1])
    assert told.newcomer().end({"a/pos": [1, 0]}, [1, 1]).kinds() == {"lost"}


def test_what_was_neither_acknowledged_nor_seen_may_be_missing_until_its_writer_is_back() -> None:
    told = Told().come(ANN, BEN).write(ANN, 0, "a/pos").newcomer()
    assert told.end({"a/pos": [1, 0]}, [1, 1]).kinds() == set()


def test_a_deletion_that_was_seen_is_missing() -> None:
    told = Told().come(ANN, BEN).write(ANN, 0, "a/pos").ack(ANN, 1).see(BEN, [1, 1])
    told.tell("write", ANN, clocks=[1, 1, 1], values={}, deleted=[[1, 0, 1]])
    told.see(BEN, deleted=[[1, 0, 1]]).newcomer([1, 1])
    assert "lost" in told.end({}, [1, 1], deleted=[[1, 0, 1]]).kinds()


def test_a_newcomer_may_be_behind_by_what_the_system_says_and_no_more() -> None:
    for seconds, found in ((10.0, set()), (1.0, {"lost"})):
        told = Told(stale_seconds=seconds).come(ANN, BEN).write(ANN, 0, "a/pos").ack(ANN, 1)
        told.newcomer().end({"a/pos": [1, 0]}, [1, 1])
        assert told.kinds() == found, seconds


def test_a_restored_backup_forgets_later_promises_and_no_earlier_ones() -> None:
    told = Told().come(ANN, BEN).write(ANN, 0, "a/pos").ack(ANN, 1)
    taken = told.now
    told.write(ANN, 1, "b/pos").ack(ANN, 2).tell("restored", taken=taken).newcomer([1, 1])
    told.end({"a/pos": [1, 0], "b/pos": [1, 1]}, [1, 2])
    assert told.kinds() == set()
    older = Told().come(ANN, BEN).write(ANN, 0, "a/pos").ack(ANN, 1)
    older.tell("restored", taken=older.now).newcomer().end({"a/pos": [1, 0]}, [1, 1])
    assert older.kinds() == {"lost"}


def test_last_states_differ() -> None:
    for other in (
        {"content": {"a/pos": [2, 9]}, "clocks": [[1, 1], [2, 1]], "deleted": [[1, 0, 1]]},
        {"content": {"a/pos": [2, 0]}, "clocks": [[1, 1], [2, 1], [9, 4]], "deleted": [[1, 0, 1]]},
        {
            "content": {"a/pos": [2, 0]},
            "clocks": [[1, 1], [2, 1]],
            "deleted": [[1, 0, 1], [2, 0, 1]],
        },
    ):
        told = clean().end({"a/pos": [2, 0]}, [1, 1], [2, 1], deleted=[[1, 0, 1]])
        assert told.tell("end", "rows", **other).kinds() == {"diverged"}


def test_nobody_has_a_last_state() -> None:
    assert clean().kinds() == {"diverged"}


def test_a_replica_keeps_something_pending() -> None:
    told = clean().end({"a/pos": [2, 0]}, [1, 1], [2, 1], deleted=[[1, 0, 1]])
    told.events[-1].data["pending"] = True
    assert told.kinds() == {"pending"}


def test_a_write_of_somebody_who_came_back_is_missing_in_the_end() -> None:
    told = Told().come(ANN, BEN).write(ANN, 0, "a/pos").end({})
    assert told.kinds() == {"unsaved"}
    away = Told(everything_is_saved=False).come(ANN, BEN).write(ANN, 0, "a/pos").end({})
    assert away.kinds() == set()


def test_something_is_read_that_nobody_wrote_or_not_yet() -> None:
    nobody = Told().come(ANN, BEN).see(ANN, [77, 1]).end({}, [77, 1])
    assert nobody.kinds() == {"thin air"}
    early = Told().come(ANN, BEN).see(BEN, [1, 1]).write(ANN, 0, "a/pos")
    assert early.end({"a/pos": [1, 0]}, [1, 1]).kinds() == {"thin air"}
    value = Told().come(ANN, BEN).write(ANN, 0, "a/pos").see(BEN, [1, 1])
    assert value.end({"a/pos": [5, 5]}, [1, 1]).kinds() == {"thin air"}


def test_a_write_is_read_without_what_its_writer_had_read() -> None:
    told = Told().come(ANN, BEN, NEW).write(ANN, 0, "a/pos").see(BEN, [1, 1])
    told.write(BEN, 0, "b/pos").see(NEW, [2, 1]).see(NEW, [1, 1]).see(ANN, [2, 1])
    assert told.end({"a/pos": [1, 0], "b/pos": [2, 0]}, [1, 1], [2, 1]).kinds() == {"causal order"}


def test_who_has_only_come_may_read_in_any_order_until_the_first_answer() -> None:
    for missing, found in ((set(), set()), ({1}, {"causal order"})):
        told = Told().come(ANN, BEN).write(ANN, 0, "a/pos").see(BEN, [1, 1]).write(BEN, 0, "b/pos")
        told.tell("replica", NEW, person="charlie", client=3).tell("open", NEW).see(NEW, [2, 1])
        told.see(NEW, *[[one, 1] for one in {1} - missing])
        told.tell("synced", NEW, clocks=[[1, 1], [2, 1]], deleted=[]).see(ANN, [2, 1])
        assert told.end({"a/pos": [1, 0], "b/pos": [2, 0]}, [1, 1], [2, 1]).kinds() == found


def test_a_write_is_read_without_its_writers_earlier_deletion() -> None:
    for promise, found in ((True, {"causal order"}), (False, set())):
        told = Told(orders_deletions=promise).come(ANN, BEN)
        told.write(ANN, 0, "a/pos").see(BEN, [1, 1])
        told.tell("write", ANN, clocks=[1, 1, 1], values={}, deleted=[[1, 0, 1]])
        told.write(ANN, 1, "b/pos").see(BEN, [1, 2]).see(BEN, deleted=[[1, 0, 1]])
        told.end({"b/pos": [1, 1]}, [1, 2], deleted=[[1, 0, 1]])
        assert told.kinds() == found


@pytest.mark.parametrize("when", ["before it broke", "while there was none", "before the answer"])
def test_a_deletion_without_a_connection_has_no_order(when: str) -> None:
    told = Told().come(ANN, BEN).write(ANN, 0, "a/pos").see(BEN, [1, 1])
    deletion: dict[str, Any] = {"clocks": [1, 1, 1], "values": {}, "deleted": [[1, 0, 1]]}
    if when == "before it broke":
        told.tell("write", ANN, **deletion)
    told.tell("closed", ANN, code=1006, reason="")
    if when == "while there was none":
        told.tell("write", ANN, **deletion)
    told.tell("open", ANN)
    if when == "before the answer":
        told.tell("write", ANN, **deletion)
    told.write(ANN, 1, "b/pos").see(BEN, [1, 2]).see(BEN, deleted=[[1, 0, 1]])
    told.tell("synced", ANN, clocks=[[1, 2]], deleted=[[1, 0, 1]])
    told.end({"b/pos": [1, 1]}, [1, 2], deleted=[[1, 0, 1]])
    assert told.kinds() == set()


def test_a_replica_goes_back() -> None:
    told = Told().come(ANN, BEN).write(ANN, 0, "a/pos").write(ANN, 1, "b/pos")
    told.see(BEN, [1, 2]).see(BEN, [1, 1]).end({"a/pos": [1, 0], "b/pos": [1, 1]}, [1, 2])
    assert told.kinds() == {"went back"}


def test_a_value_wins_that_somebody_had_knowingly_replaced() -> None:
    told = clean().end({"a/pos": [1, 0]}, [1, 1], [2, 1], deleted=[[1, 0, 1]])
    assert told.kinds() == {"stale value"}


def test_of_values_written_at_once_any_may_win() -> None:
    for winner in ([1, 0], [2, 0]):
        told = Told().come(ANN, BEN).write(ANN, 0, "a/pos").write(BEN, 0, "a/pos")
        told.see(ANN, [2, 1]).see(BEN, [1, 1]).end({"a/pos": winner}, [1, 1], [2, 1])
        assert told.kinds() == set()


def test_what_a_program_was_told_is_missing() -> None:
    for ok, found in ((True, {"lost"}), (None, set()), (False, set())):
        told = Told(has_programs=True).come(ANN, BEN)
        told.tell("rest", person="bob", values={"r/pos": [9, 1]}, began=told.now, ok=ok)
        assert told.end({}).kinds() == found, ok


def test_the_command_tells_what_journals_prove(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = clean().end({"a/pos": [2, 0]}, [1, 1], [2, 1], deleted=[[1, 0, 1]], who=(ANN, "rows"))
    path = tmp_path / "all.jsonl"
    path.write_text("".join(f"{event.line()}\n" for event in told.events))
    with pytest.raises(SystemExit) as clean_exit:
        main([str(tmp_path)])
    assert clean_exit.value.code == 0
    lines = [event.line() for event in told.events if event.who != BEN]
    path.write_text("\n".join(lines))
    with pytest.raises(SystemExit) as exit_of_anomalies:
        main([str(tmp_path)])
    assert exit_of_anomalies.value.code == 1
    assert "thin air" in capsys.readouterr().out


def test_a_torn_last_line_is_left_out_and_another_damaged_one_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    lines = [event.line() for event in clean().events]
    path.write_text("\n".join(lines) + '\n{"t": 5, "e": "wri')
    assert [event.line() for event in read_journals([path])] == lines
    path.write_text("\n".join([lines[0], "{", *lines[1:]]) + "\n")
    with pytest.raises(JournalError, match="line 2"):
        read_journals([path])
