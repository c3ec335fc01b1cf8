"""REST serializers of commands and of the state."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from boards.levels import LENGTHS
from boards.workshop.timer import MAX_SECONDS, MIN_SECONDS
from boards.workshop.voting import MAX_DOTS, MAX_OBJECTS

_MS = "In milliseconds of the server's clock."


class WorkshopLeadSerializer(serializers.Serializer[Any]):
    """Who leads."""

    id = serializers.CharField(help_text="As `user.id` in presence; of guests a label.")
    name = serializers.CharField(help_text="Empty for guests.")
    free_at = serializers.IntegerField(help_text=f"When the lead falls free. {_MS}")


class WorkshopTimerSerializer(serializers.Serializer[Any]):
    """The timer."""

    seconds = serializers.IntegerField(help_text="How long it runs in all.")
    ends_at = serializers.IntegerField(allow_null=True, help_text=f"null while paused. {_MS}")
    left_ms = serializers.IntegerField(allow_null=True, help_text="While it is paused.")


class WorkshopResultsSerializer(serializers.Serializer[Any]):
    """What came out of a vote."""

    dots = serializers.DictField(child=serializers.IntegerField(), help_text="Dots by element id.")
    people = serializers.IntegerField(help_text="How many people gave them.")
    guests = serializers.IntegerField(help_text="How many of these have no account.")


class WorkshopVoteSerializer(serializers.Serializer[Any]):
    """A vote. Before it is revealed nothing tells where dots are."""

    id = serializers.UUIDField()
    dots = serializers.IntegerField(help_text="For each person.")
    objects = serializers.ListField(child=serializers.CharField(), help_text="Element ids.")
    finished = serializers.IntegerField(help_text="How many people say that they have finished.")
    results = WorkshopResultsSerializer(allow_null=True)


class WorkshopWritingSerializer(serializers.Serializer[Any]):
    """A round of private writing."""

    id = serializers.UUIDField()


class WorkshopSerializer(serializers.Serializer[Any]):
    """What everybody sees of a workshop."""

    now = serializers.IntegerField(help_text=f"When this was read. {_MS}")
    revision = serializers.IntegerField(help_text="Raised by each change.")
    lead = WorkshopLeadSerializer(allow_null=True)
    timer = WorkshopTimerSerializer(allow_null=True)
    vote = WorkshopVoteSerializer(allow_null=True)
    writing = WorkshopWritingSerializer(allow_null=True)


class OwnBallotSerializer(serializers.Serializer[Any]):
    """Your own dots in the vote that goes on."""

    dots = serializers.DictField(child=serializers.IntegerField())
    is_done = serializers.BooleanField()


class WorkshopAnswerSerializer(serializers.Serializer[Any]):
    """The workshop of a board, and what is yours in it."""

    me = serializers.CharField(help_text="Your id in it; empty for a guest without a browser.")
    workshop = WorkshopSerializer(allow_null=True, help_text="null if none goes on.")
    ballot = OwnBallotSerializer(allow_null=True)


class TakeLeadSerializer(serializers.Serializer[Any]):
    """Takes the lead, or gives it to somebody else."""

    to = serializers.IntegerField(
        required=False,
        min_value=1,
        max_value=2**31 - 1,
        help_text="Id of the account that gets it; without one it is for you.",
    )


class StartTimerSerializer(serializers.Serializer[Any]):
    """How long the timer runs."""

    seconds = serializers.IntegerField(min_value=MIN_SECONDS, max_value=MAX_SECONDS)


class ChangeTimerSerializer(serializers.Serializer[Any]):
    """What happens to the timer; `extend` adds a minute."""

    change = serializers.ChoiceField(choices=["pause", "resume", "extend"])


class StartVoteSerializer(serializers.Serializer[Any]):
    """How many dots everybody has, and for what."""

    dots = serializers.IntegerField(min_value=1, max_value=MAX_DOTS)
    objects = serializers.ListField(
        child=serializers.CharField(max_length=LENGTHS["elementId"], trim_whitespace=False),
        min_length=1,
        max_length=MAX_OBJECTS,
        help_text="Element ids.",
    )


class BallotSerializer(serializers.Serializer[Any]):
    """All your dots; they replace those that you gave before."""

    vote = serializers.UUIDField(help_text="Id of the vote that they are for.")
    dots = serializers.DictField(
        child=serializers.IntegerField(min_value=1, max_value=MAX_DOTS),
        help_text="Number of dots by element id.",
    )
    is_done = serializers.BooleanField(help_text="Whether you have finished.")

    def validate_dots(self, dots: dict[str, int]) -> dict[str, int]:
        """Refuses more objects than there can be dots, before anything is compared."""
        if len(dots) > MAX_DOTS:
            raise serializers.ValidationError(f"{MAX_DOTS} objects at most.")
        return dots
