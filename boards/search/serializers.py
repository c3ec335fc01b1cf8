"""REST serializers of search."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from boards.search.words import QUERY_MAX_LENGTH

LIMIT, MAX_LIMIT = 10, 50


class SearchQuerySerializer(serializers.Serializer[Any]):
    """What is looked for."""

    q = serializers.CharField(
        max_length=QUERY_MAX_LENGTH,
        help_text="All of the words have to be there; the last may be unfinished. Words in quotes "
        "have to stand together. Case and accents make no difference.",
    )
    limit = serializers.IntegerField(
        min_value=1,
        max_value=MAX_LIMIT,
        default=LIMIT,
        help_text="The most boards, texts and comments.",
    )
    board = serializers.UUIDField(
        required=False, help_text="What is on this board comes before the rest."
    )


class PartSerializer(serializers.Serializer[Any]):
    """A piece of an excerpt."""

    text = serializers.CharField()
    is_match = serializers.BooleanField(help_text="Whether it is what was looked for.")


class PlaceSerializer(serializers.Serializer[Any]):
    """The board that something stands on."""

    id = serializers.UUIDField(source="board_id")
    title = serializers.CharField(source="board_title")


class FoundBoardSerializer(serializers.Serializer[Any]):
    """A board by its title."""

    id = serializers.UUIDField()
    title = serializers.CharField()
    owner = serializers.CharField(help_text="The name that people see.")
    active_at = serializers.DateTimeField()
    parts = PartSerializer(many=True, help_text="The title in pieces.")


class FoundTextSerializer(serializers.Serializer[Any]):
    """A text on a board."""

    board = PlaceSerializer(source="*")
    element = serializers.CharField(
        source="element_id", help_text="`/board/<id>?element=<element>` shows it."
    )
    excerpt = PartSerializer(many=True)


class FoundCommentSerializer(serializers.Serializer[Any]):
    """A comment on a board."""

    board = PlaceSerializer(source="*")
    thread = serializers.UUIDField(
        source="thread_id", help_text="`/board/<id>?thread=<thread>` opens it."
    )
    comment = serializers.UUIDField(source="comment_id")
    element = serializers.CharField(
        source="element_id", allow_null=True, help_text="What the thread is pinned to, if it is."
    )
    author = serializers.CharField(help_text="The name at the time of writing.")
    excerpt = PartSerializer(many=True)


class FoundPersonSerializer(serializers.Serializer[Any]):
    """Someone on a board where you may comment."""

    username = serializers.CharField()
    name = serializers.CharField()


class FoundSerializer(serializers.Serializer[Any]):
    """The best of each kind first."""

    boards = FoundBoardSerializer(many=True)
    texts = FoundTextSerializer(many=True)
    comments = FoundCommentSerializer(many=True)
    people = FoundPersonSerializer(many=True)
