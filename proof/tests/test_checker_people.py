"""The checker on authority, presence and the audit log."""

from typing import Any

from proof.tests.histories import ANN, BEN, NEW, Told

END: dict[str, Any] = {"a/pos": [2, 0]}


def revoked(level: str = "view", **promises: Any) -> Told:
    """Bob is told that he may not edit any more."""
    told = Told(everything_is_saved=False, **promises).come(ANN, BEN)
    return change(told, level)


def change(told: Told, level: str, ok: bool | None = True, person: str = "bob") -> Told:
    return told.tell("level", person=person, level=level, began=told.now, ok=ok)


def test_a_write_after_the_revocation_arrives() -> None:
    told = revoked().write(BEN, 0, "a/pos").see(ANN, [2, 1]).end(END, [2, 1])
    assert told.kinds() == {"authority"}


def test_a_write_after_the_revocation_is_acknowledged() -> None:
    told = revoked().write(BEN, 0, "a/pos").ack(BEN, 1)
    assert "authority" in told.end(END, [2, 1]).kinds()


def test_it_may_arrive_once_the_permission_is_given_again() -> None:
    told = change(revoked().write(BEN, 0, "a/pos"), "edit")
    assert told.ack(BEN, 1).see(ANN, [2, 1]).end(END, [2, 1]).kinds() == set()


def test_a_revocation_that_failed_or_is_unknown_proves_nothing() -> None:
    for ok in (False, None):
        told = change(Told().come(ANN, BEN), "view", ok).write(BEN, 0, "a/pos")
        assert told.see(ANN, [2, 1]).end(END, [2, 1]).kinds() == set()


def test_work_on_its_way_grows_after_somebody_looked() -> None:
    told = Told().come(ANN, BEN).write(BEN, 0, "a/pos")
    late = change(told, "view").newcomer().see(ANN, [2, 1]).end(END, [2, 1])
    assert late.kinds() == {"authority"}
    in_time = change(Told().come(ANN, BEN).write(BEN, 0, "a/pos"), "view")
    assert in_time.newcomer([2, 1]).see(ANN, [2, 1]).end(END, [2, 1]).kinds() == set()


def test_a_program_writes_after_its_person_lost_access() -> None:
    told = revoked(has_programs=True)
    told.tell("rest", person="bob", values={"r/pos": [9, 1]}, began=told.now + 1, ok=True)
    assert told.end({"r/pos": [9, 1]}).kinds() == {"authority"}


def test_somebody_without_access_reads_on() -> None:
    told = revoked("none").write(ANN, 0, "b/pos")
    for _ in range(5):
        told.tell("note", text="a second passes")
    told.see(BEN, [1, 1])
    assert told.end({"b/pos": [1, 0]}, [1, 1]).kinds() == {"authority"}


def test_somebody_reads_while_they_are_made_a_viewer() -> None:
    """The change has begun and not returned, so it may have been made."""
    told = revoked("none").write(ANN, 0, "b/pos")
    for _ in range(5):
        told.tell("note", text="a second passes")
    began = told.now
    told.see(BEN, [1, 1]).tell("level", person="bob", level="view", began=began, ok=True)
    assert told.end({"b/pos": [1, 0]}, [1, 1]).kinds() == set()


def present(told: Told, who: str, *shown: str, names: dict[str, str] | None = None) -> Told:
    clients = {ANN: "1", BEN: "2"}
    return told.tell("present", who, shown={clients[one]: (names or {}).get(one) for one in shown})


def test_somebody_is_shown_long_after_they_left() -> None:
    told = present(Told(ghost_seconds=3).come(ANN, BEN), ANN, BEN).tell("closed", BEN, code=1006)
    assert present(told, ANN, BEN).end({}).kinds() == set()
    for _ in range(3):
        present(told, ANN, BEN)
    assert told.kinds() == {"ghost"}


def test_a_viewer_that_was_frozen_may_show_what_it_knew() -> None:
    told = present(Told(ghost_seconds=3).come(ANN, BEN), ANN, BEN).tell("closed", BEN, code=1006)
    for _ in range(6):
        told.tell("note", text="a second passes")
    told.tell("thawed", ANN)
    assert present(told, ANN, BEN).end({}).kinds() == set()


def test_somebody_is_shown_by_another_name() -> None:
    told = Told(names={"bob": "Bob"}).come(ANN, BEN)
    assert present(told, ANN, BEN, names={BEN: "Bob"}).end({}).kinds() == set()
    assert present(told, ANN, BEN, names={BEN: "Ann"}).end({}).kinds() == {"wrong name"}


def test_in_the_end_somebody_is_there_and_not_shown() -> None:
    told = Told().come(ANN, BEN)
    for who, shown in ((ANN, {"2": None}), (BEN, {})):
        told.tell("end", who, content={}, clocks=[], deleted=[], shown=shown)
    assert told.kinds() == {"nobody there"}


def audited(*rows: tuple[str, str]) -> Told:
    told = Told(has_audit=True).come(ANN, BEN)
    change(change(told, "view"), "edit", ok=None)
    for person, level in (("alice", ""), ("bob", ""), *rows):
        kind = "level" if level else "access"
        told.tell("audit", action=kind, person=person, level=level)
    return told.end({})


def test_the_audit_log_has_every_entry_and_every_change() -> None:
    assert audited(("bob", "view")).kinds() == set()
    assert audited(("bob", "view"), ("bob", "edit")).kinds() == set()  # its outcome is unknown


def test_a_row_of_the_audit_log_is_missing_or_one_too_many() -> None:
    assert audited().kinds() == {"audit"}
    assert audited(("bob", "view"), ("bob", "view")).kinds() == {"audit"}
    told = Told(has_audit=True).come(ANN)
    assert told.end({}, who=(ANN,)).kinds() == {"audit"}


def test_a_damaged_audit_log_is_told() -> None:
    told = Told().come(ANN, NEW).tell("audit-chain", ok=False, text="entry 4 was changed")
    assert told.end({}, who=(ANN, NEW)).kinds() == {"audit"}
