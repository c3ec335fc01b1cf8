"""Votes with dots. Until a vote is revealed nobody is told where the dots of others are, nor how
many an object has: only how many people have finished.

A ballot replaces the one before, so a page may send it again. When the vote is revealed, the access
of everybody who voted is resolved once more: who may not vote any more does not count.
"""

from __future__ import annotations

from collections import Counter
from typing import Any
from uuid import UUID, uuid4

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext

from accounts.limits.refusals import RefusalError
from accounts.limits.throttle import Limit, refuse_beyond
from boards.access.resolve import Entry, resolve_access
from boards.models import Ballot, Board, Workshop
from boards.workshop.people import WorkshopPerson, is_guest
from boards.workshop.session import audit, changed, led_workshop, require_workshop
from boards.writing import Record

MAX_DOTS = 20
MAX_OBJECTS = 300
MAX_BALLOTS = 1000
MAX_GUESTS_OF_NETWORK = 20
"""New ballots of guests in one network and vote: browsers tell guests apart, and one person can
have many."""
_DAY = 24 * 3600


@transaction.atomic
def vote_start(
    board: Board, person: WorkshopPerson, *, dots: int, objects: list[str], guard: Record
) -> Workshop:
    """Starts a vote on these objects; one that goes on, or is shown, ends. Raises as
    `led_workshop`."""
    workshop = led_workshop(board, person)
    _clear(workshop)
    workshop.vote_id, workshop.vote_dots = uuid4(), dots
    workshop.vote_objects = list(dict.fromkeys(objects))
    audit(person, board, "vote", vote=str(workshop.vote_id), objects=len(workshop.vote_objects))
    return changed(workshop, guard)


@transaction.atomic
def vote_reveal(board: Board, person: WorkshopPerson, guard: Record) -> Workshop:
    """Shows everybody the dots, and deletes the ballots: nobody can tell whose they were.
    Revealing again changes nothing. Raises as `led_workshop`."""
    workshop = led_workshop(board, person)
    if workshop.vote_id is None:
        raise ValidationError(gettext("There is no vote to reveal."))
    if workshop.vote_results is not None:
        return workshop
    workshop.vote_results = _results(board, list(workshop.ballots.select_related("user")))
    workshop.ballots.all().delete()
    people = workshop.vote_results["people"]
    audit(person, board, "reveal", vote=str(workshop.vote_id), people=people)
    return changed(workshop, guard)


@transaction.atomic
def vote_end(board: Board, person: WorkshopPerson, guard: Record) -> Workshop:
    """Takes the vote and its dots away, revealed or not. Raises as `led_workshop`."""
    workshop = led_workshop(board, person)
    _clear(workshop)
    return changed(workshop, guard)


@transaction.atomic
def ballot_put(
    board: Board,
    person: WorkshopPerson,
    *,
    vote_id: UUID,
    dots: dict[str, int],
    is_done: bool,
    guard: Record,
) -> Workshop:
    """Replaces the ballot of a person. Others are told only if the number of those who have
    finished is another one then.

    Raises:
        RefusalError: this vote is not open (any more), or there are too many ballots.
        ValidationError: more dots than everybody has, or dots on something else.
        PermissionDenied: a guest whom nothing tells from others.
    """
    workshop = require_workshop(board)
    if workshop.vote_id != vote_id or workshop.vote_results is not None:
        raise RefusalError(gettext("This vote is over."), status=409, code="vote_over")
    if not person.key:
        raise PermissionDenied(gettext("Open the board in a browser first: it tells guests apart."))
    _require_allowed(workshop, dots)
    ballot = workshop.ballots.filter(person_key=person.key).first()
    was_done = ballot is not None and ballot.is_done
    if ballot is None:
        ballot = _new_ballot(workshop, person)
    ballot.dots, ballot.is_done = dots, is_done
    ballot.is_public, ballot.link_ids = person.is_public, list(person.link_ids)
    ballot.save()
    if was_done != is_done:
        return changed(workshop, guard)
    guard()
    return workshop


def _clear(workshop: Workshop) -> None:
    workshop.ballots.all().delete()
    workshop.vote_id, workshop.vote_results = None, None
    workshop.vote_dots, workshop.vote_objects = 0, []


def _require_allowed(workshop: Workshop, dots: dict[str, int]) -> None:
    if sum(dots.values()) > workshop.vote_dots:
        text = gettext("Everybody has %(n)d dots.") % {"n": workshop.vote_dots}
        raise ValidationError({"dots": text})
    if not dots.keys() <= set(workshop.vote_objects):
        raise ValidationError({"dots": gettext("The vote is not about one of these objects.")})


def _new_ballot(workshop: Workshop, person: WorkshopPerson) -> Ballot:
    if workshop.ballots.count() >= MAX_BALLOTS:
        text = gettext("%(n)d people can take part in a vote.") % {"n": MAX_BALLOTS}
        raise RefusalError(text, status=429, code="full")
    if person.user is None:
        network = person.actor.origin.counted_as
        refuse_beyond(
            gettext("Too many guests of your network vote already. Sign in to vote."),
            Limit("guest_vote", (str(workshop.vote_id), str(network)), MAX_GUESTS_OF_NETWORK, _DAY),
        )
    return Ballot(workshop=workshop, person_key=person.key, user=person.user)


def _results(board: Board, ballots: list[Ballot]) -> dict[str, Any]:
    """The dots of each object that has some, and how many people gave them."""
    counted = [ballot for ballot in ballots if ballot.dots and _may_vote(board, ballot)]
    dots: Counter[str] = Counter()
    for ballot in counted:
        dots.update(ballot.dots)
    guests = sum(is_guest(ballot.person_key) for ballot in counted)
    return {"dots": dict(dots), "people": len(counted), "guests": guests}


def _may_vote(board: Board, ballot: Ballot) -> bool:
    access = resolve_access(
        board,
        user=ballot.user,
        entry=Entry.PUBLIC if ballot.is_public else Entry.BOARD,
        wants_edit=True,
        link_ids=[UUID(one) for one in ballot.link_ids],
    )
    return access.can_comment
