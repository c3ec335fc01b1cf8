"""REST views of comments. Visitors of links may use them too: the level decides."""

from __future__ import annotations

import secrets
from typing import Any
from uuid import UUID

from django.contrib.auth.models import User
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.exceptions import NotFound, PermissionDenied
from rest_framework.generics import GenericAPIView
from rest_framework.permissions import SAFE_METHODS, AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import BaseThrottle

from boards.access.resolve import Access
from boards.api.base import CanvasView
from boards.api.fields import model_errors_as_400, validated
from boards.api.pagination import ThreadPagination
from boards.api.permissions import entry_of, guarded_record, visible_board
from boards.api.problems import ProblemSerializer
from boards.api.responses import NOT_FOUND_RESPONSE
from boards.api.throttles import CommentThrottle
from boards.comments.serializers import (
    EditSerializer,
    NewThreadSerializer,
    ReplySerializer,
    ResolveSerializer,
)
from boards.comments.services import (
    Author,
    author_of_guest,
    author_of_user,
    comment_delete,
    comment_edit,
    comment_reply,
    thread_create,
    thread_delete,
    thread_resolve,
)
from boards.comments.shapes import ThreadSerializer, with_comments
from boards.models import Board, Comment, CommentThread

GUEST_SESSION_KEY = "guest_secret"
MAY_NOT_COMMENT = "You may look at this board, but not comment on it."
NO_SUCH_THREAD = "This comment no longer exists."
PUBLIC_PARAMETER = OpenApiParameter(
    "public", OpenApiTypes.INT, description="`1`: by the public link, without signing in."
)
REFUSALS = {
    403: OpenApiResponse(ProblemSerializer, "You may not comment here, or it is not yours."),
    404: NOT_FOUND_RESPONSE,
}


class CommentBase(CanvasView):
    permission_classes = (AllowAny,)

    def get_throttles(self) -> list[BaseThrottle]:
        """Only writing is limited."""
        return [] if self.request.method in SAFE_METHODS else [CommentThrottle()]

    def commented_board(self, request: Request, board_id: UUID) -> tuple[Board, Access]:
        """The board, for people who may comment. Raises as `visible_board`, and
        `PermissionDenied`."""
        board, access = visible_board(request, board_id, entry=entry_of(request))
        if not access.can_comment:
            raise PermissionDenied(MAY_NOT_COMMENT)
        return board, access

    def thread(self, board: Board, thread_id: UUID) -> CommentThread:
        found = board.comment_threads.select_related("board").filter(pk=thread_id).first()
        if found is None:
            raise NotFound(NO_SUCH_THREAD)
        return found

    def author(self, request: Request, values: dict[str, Any] | None = None) -> Author:
        """Who writes. With `values`, a guest has to give a name; without, only the secret counts.

        Raises Django's `ValidationError` for an invalid name.
        """
        if isinstance(request.user, User):
            return author_of_user(request.user)
        session = request._request.session
        if values is None:
            return Author(None, "", session.get(GUEST_SESSION_KEY, ""))
        author = author_of_guest(
            values.get("guest_name", ""), session.get(GUEST_SESSION_KEY) or secrets.token_hex(32)
        )
        session[GUEST_SESSION_KEY] = author.guest_secret
        return author

    def answer(self, thread: CommentThread, code: int = status.HTTP_200_OK) -> Response:
        fresh = with_comments(CommentThread.objects.all()).get(pk=thread.pk)
        return Response(ThreadSerializer(fresh).data, status=code)


class CommentsView(CommentBase, GenericAPIView[CommentThread]):
    """The comment threads of a board."""

    serializer_class = ThreadSerializer
    pagination_class = ThreadPagination
    queryset = CommentThread.objects.none()

    @extend_schema(
        operation_id="comments_list",
        parameters=[
            PUBLIC_PARAMETER,
            OpenApiParameter(
                "resolved", OpenApiTypes.BOOL, description="Only settled ones, or only the others."
            ),
        ],
        responses={200: ThreadSerializer(many=True), 404: NOT_FOUND_RESPONSE},
    )
    def get(self, request: Request, board_id: UUID) -> Response:
        """List them, oldest first."""
        board, _ = visible_board(request, board_id, entry=entry_of(request))
        threads = with_comments(board.comment_threads.all())
        wanted = request.query_params.get("resolved")
        if wanted in ("true", "false"):
            threads = threads.filter(resolved_at__isnull=wanted == "false")
        page = self.paginate_queryset(threads) or []
        return self.get_paginated_response(self.get_serializer(page, many=True).data)

    @extend_schema(
        operation_id="comments_create",
        parameters=[PUBLIC_PARAMETER],
        request=NewThreadSerializer,
        responses={201: ThreadSerializer, **REFUSALS},
    )
    def post(self, request: Request, board_id: UUID) -> Response:
        """Start a thread at a place."""
        board, _ = self.commented_board(request, board_id)
        values = validated(NewThreadSerializer(data=request.data))
        with model_errors_as_400():
            author = self.author(request, values)
            thread = thread_create(
                board=board,
                anchor=values["anchor"],
                body=values["body"],
                author=author,
                comment_id=values.get("id"),
                record=guarded_record(request, board, "comment"),
            )
        return self.answer(thread, status.HTTP_201_CREATED)


class CommentThreadView(CommentBase):
    """One thread."""

    @extend_schema(
        operation_id="comments_retrieve",
        parameters=[PUBLIC_PARAMETER],
        responses={200: ThreadSerializer, 404: NOT_FOUND_RESPONSE},
    )
    def get(self, request: Request, board_id: UUID, thread_id: UUID) -> Response:
        """Read it."""
        board, _ = visible_board(request, board_id, entry=entry_of(request))
        return self.answer(self.thread(board, thread_id))

    @extend_schema(
        operation_id="comments_resolve",
        parameters=[PUBLIC_PARAMETER],
        request=ResolveSerializer,
        responses={200: ThreadSerializer, **REFUSALS},
    )
    def patch(self, request: Request, board_id: UUID, thread_id: UUID) -> Response:
        """Mark it as resolved, or not."""
        board, _ = self.commented_board(request, board_id)
        thread = self.thread(board, thread_id)
        values = validated(ResolveSerializer(data=request.data))
        with model_errors_as_400():
            author = self.author(request, values)
            thread_resolve(
                thread=thread,
                is_resolved=values["is_resolved"],
                author=author,
                record=guarded_record(request, board, "comment_resolve"),
            )
        return self.answer(thread)

    @extend_schema(
        operation_id="comments_delete",
        parameters=[PUBLIC_PARAMETER],
        responses={204: None, **REFUSALS},
    )
    def delete(self, request: Request, board_id: UUID, thread_id: UUID) -> Response:
        """Delete it: your own, or any if you own the board."""
        board, access = self.commented_board(request, board_id)
        thread = self.thread(board, thread_id)
        author = self.author(request)
        with model_errors_as_400():
            thread_delete(
                thread=thread,
                author=author,
                is_manager=access.can_manage,
                record=guarded_record(request, board, "comment_delete"),
            )
        return Response(status=status.HTTP_204_NO_CONTENT)


class RepliesView(CommentBase):
    """Replies in a thread."""

    @extend_schema(
        operation_id="comments_reply",
        parameters=[PUBLIC_PARAMETER],
        request=ReplySerializer,
        responses={201: ThreadSerializer, **REFUSALS},
    )
    def post(self, request: Request, board_id: UUID, thread_id: UUID) -> Response:
        """Reply."""
        board, _ = self.commented_board(request, board_id)
        thread = self.thread(board, thread_id)
        values = validated(ReplySerializer(data=request.data))
        with model_errors_as_400():
            author = self.author(request, values)
            comment_reply(
                thread=thread,
                body=values["body"],
                author=author,
                comment_id=values.get("id"),
                record=guarded_record(request, board, "comment_reply"),
            )
        return self.answer(thread, status.HTTP_201_CREATED)


class ReplyView(CommentBase):
    """One comment of a thread, including the first."""

    @extend_schema(
        operation_id="comments_edit",
        parameters=[PUBLIC_PARAMETER],
        request=EditSerializer,
        responses={200: ThreadSerializer, **REFUSALS},
    )
    def patch(
        self, request: Request, board_id: UUID, thread_id: UUID, comment_id: UUID
    ) -> Response:
        """Edit your comment."""
        board, _ = self.commented_board(request, board_id)
        comment = self._comment(board, thread_id, comment_id)
        values = validated(EditSerializer(data=request.data))
        with model_errors_as_400():
            comment_edit(
                comment=comment,
                body=values["body"],
                author=self.author(request),
                record=guarded_record(request, board, "comment_edit"),
            )
        return self.answer(comment.thread)

    @extend_schema(
        operation_id="comments_delete_reply",
        parameters=[PUBLIC_PARAMETER],
        responses={204: None, **REFUSALS},
    )
    def delete(
        self, request: Request, board_id: UUID, thread_id: UUID, comment_id: UUID
    ) -> Response:
        """Delete it: your own, or any if you own the board. The last comment takes the thread with
        it."""
        board, access = self.commented_board(request, board_id)
        comment = self._comment(board, thread_id, comment_id)
        author = self.author(request)
        with model_errors_as_400():
            comment_delete(
                comment=comment,
                author=author,
                is_manager=access.can_manage,
                record=guarded_record(request, board, "comment_delete"),
            )
        return Response(status=status.HTTP_204_NO_CONTENT)

    def _comment(self, board: Board, thread_id: UUID, comment_id: UUID) -> Comment:
        thread = self.thread(board, thread_id)
        found = thread.comments.select_related("thread").filter(pk=comment_id).first()
        if found is None:
            raise NotFound(NO_SUCH_THREAD)
        return found
