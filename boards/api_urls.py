"""URLs of the REST interface, below /api/."""

from django.urls import URLPattern
from drf_spectacular.views import SpectacularAPIView
from rest_framework.permissions import AllowAny
from rest_framework.views import APIView

from accounts.routes import both_spellings
from boards.activity.api import BoardActivityView
from boards.api import schema  # noqa: F401 - registers the schema's authentication extensions
from boards.board_page.tickets import TicketView
from boards.comments.api import CommentsView, CommentThreadView, RepliesView, ReplyView
from boards.comments.api_people import PeopleView
from boards.files.api import FileListView, FileView
from boards.lifecycle.api import BoardDetailView, BoardListView, BoardRestoreView
from boards.lifecycle.api_state import BoardDuplicateView, BoardLockView
from boards.notices.api import NotificationsReadView, NotificationsView
from boards.quotas.api import UsageView
from boards.search.api import SearchView
from boards.sharing.api_board import BoardLeaveView, BoardTransferView
from boards.sharing.api_invitations import InvitationsView, InvitationView
from boards.sharing.api_links import (
    AccessRequestsView,
    AccessRequestView,
    ShareLinksView,
    ShareLinkView,
)
from boards.sharing.api_permissions import PermissionsView, PermissionView
from boards.sharing.api_suggestions import SpaceSuggestionsView, SuggestionsView
from boards.sign_in.api import TokenView
from boards.spaces.api import (
    SpaceLeaveView,
    SpacePermissionsView,
    SpacePermissionView,
    SpacesView,
    SpaceTransferView,
    SpaceView,
)
from boards.spaces.api_folders import FoldersView, FolderView, StarView
from boards.tokens.api import ApiTokensView, ApiTokenView
from boards.webhooks.api import (
    WebhookDeliveriesView,
    WebhookRedeliverView,
    WebhookSecretView,
    WebhooksView,
    WebhookTestView,
    WebhookView,
)
from boards.workshop.api import WorkshopLeadView, WorkshopView
from boards.workshop.api_rounds import (
    WorkshopBallotView,
    WorkshopTimerView,
    WorkshopVoteView,
    WorkshopWritingView,
)


def _route(route: str, view: type[APIView], name: str) -> list[URLPattern]:
    """With and without a trailing slash; the schema describes the one without."""
    slash_view = view.as_view(schema=None)
    return both_spellings(route, view.as_view(), name=f"api-{name}", slash_view=slash_view)


urlpatterns = [
    *both_spellings(
        "schema",
        SpectacularAPIView.as_view(permission_classes=[AllowAny], schema=None),
        name="api-schema",
    ),
    *_route("v1/auth/token", TokenView, "token"),
    *_route("v1/tokens", ApiTokensView, "program-tokens"),
    *_route("v1/tokens/<uuid:token_id>", ApiTokenView, "program-token"),
    *_route("v1/webhooks", WebhooksView, "webhooks"),
    *_route("v1/webhooks/<uuid:webhook_id>", WebhookView, "webhook"),
    *_route("v1/webhooks/<uuid:webhook_id>/secret", WebhookSecretView, "webhook-secret"),
    *_route("v1/webhooks/<uuid:webhook_id>/test", WebhookTestView, "webhook-test"),
    *_route("v1/webhooks/<uuid:webhook_id>/deliveries", WebhookDeliveriesView, "deliveries"),
    *_route(
        "v1/webhooks/<uuid:webhook_id>/deliveries/<uuid:delivery_id>/redeliver",
        WebhookRedeliverView,
        "redeliver",
    ),
    *_route("v1/usage", UsageView, "usage"),
    *_route("v1/search", SearchView, "search"),
    *_route("v1/notifications", NotificationsView, "notifications"),
    *_route("v1/notifications/read", NotificationsReadView, "notifications-read"),
    *_route("v1/boards", BoardListView, "boards"),
    *_route("v1/boards/<uuid:board_id>", BoardDetailView, "board"),
    *_route("v1/boards/<uuid:board_id>/restore", BoardRestoreView, "board-restore"),
    *_route("v1/boards/<uuid:board_id>/star", StarView, "board-star"),
    *_route("v1/boards/<uuid:board_id>/lock", BoardLockView, "board-lock"),
    *_route("v1/boards/<uuid:board_id>/transfer", BoardTransferView, "board-transfer"),
    *_route("v1/boards/<uuid:board_id>/leave", BoardLeaveView, "board-leave"),
    *_route("v1/boards/<uuid:board_id>/duplicate", BoardDuplicateView, "board-duplicate"),
    *_route("v1/boards/<uuid:board_id>/audit", BoardActivityView, "board-activity"),
    *_route("v1/boards/<uuid:board_id>/ticket", TicketView, "board-ticket"),
    *_route("v1/boards/<uuid:board_id>/links", ShareLinksView, "links"),
    *_route("v1/boards/<uuid:board_id>/links/<uuid:link_id>", ShareLinkView, "link"),
    *_route("v1/boards/<uuid:board_id>/access-requests", AccessRequestsView, "access-requests"),
    *_route(
        "v1/boards/<uuid:board_id>/access-requests/<int:request_id>",
        AccessRequestView,
        "access-request",
    ),
    *_route("v1/boards/<uuid:board_id>/comments", CommentsView, "comments"),
    *_route(
        "v1/boards/<uuid:board_id>/comments/<uuid:thread_id>", CommentThreadView, "comment-thread"
    ),
    *_route("v1/boards/<uuid:board_id>/comments/<uuid:thread_id>/replies", RepliesView, "replies"),
    *_route(
        "v1/boards/<uuid:board_id>/comments/<uuid:thread_id>/replies/<uuid:comment_id>",
        ReplyView,
        "reply",
    ),
    *_route("v1/boards/<uuid:board_id>/people", PeopleView, "people"),
    *_route("v1/boards/<uuid:board_id>/workshop", WorkshopView, "workshop"),
    *_route("v1/boards/<uuid:board_id>/workshop/lead", WorkshopLeadView, "workshop-lead"),
    *_route("v1/boards/<uuid:board_id>/workshop/timer", WorkshopTimerView, "workshop-timer"),
    *_route("v1/boards/<uuid:board_id>/workshop/vote", WorkshopVoteView, "workshop-vote"),
    *_route("v1/boards/<uuid:board_id>/workshop/ballot", WorkshopBallotView, "workshop-ballot"),
    *_route("v1/boards/<uuid:board_id>/workshop/writing", WorkshopWritingView, "workshop-writing"),
    *_route("v1/boards/<uuid:board_id>/invitations", InvitationsView, "invitations"),
    *_route(
        "v1/boards/<uuid:board_id>/invitations/<uuid:invitation_id>",
        InvitationView,
        "invitation",
    ),
    *_route("v1/boards/<uuid:board_id>/suggestions", SuggestionsView, "suggestions"),
    *_route("v1/boards/<uuid:board_id>/permissions", PermissionsView, "permissions"),
    *_route(
        "v1/boards/<uuid:board_id>/permissions/<int:permission_id>", PermissionView, "permission"
    ),
    *_route("v1/spaces", SpacesView, "spaces"),
    *_route("v1/spaces/<uuid:space_id>", SpaceView, "space"),
    *_route("v1/spaces/<uuid:space_id>/transfer", SpaceTransferView, "space-transfer"),
    *_route("v1/spaces/<uuid:space_id>/leave", SpaceLeaveView, "space-leave"),
    *_route("v1/spaces/<uuid:space_id>/permissions", SpacePermissionsView, "space-permissions"),
    *_route(
        "v1/spaces/<uuid:space_id>/permissions/<int:permission_id>",
        SpacePermissionView,
        "space-permission",
    ),
    *_route("v1/spaces/<uuid:space_id>/suggestions", SpaceSuggestionsView, "space-suggestions"),
    *_route("v1/spaces/<uuid:space_id>/folders", FoldersView, "folders"),
    *_route("v1/spaces/<uuid:space_id>/folders/<uuid:folder_id>", FolderView, "folder"),
    *_route("v1/boards/<uuid:board_id>/files", FileListView, "files"),
    *_route("v1/boards/<uuid:board_id>/files/<str:file_id>", FileView, "file"),
]
