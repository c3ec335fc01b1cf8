"""URLs of the pages."""

from django.urls import path

from accounts.routes import both_spellings
from boards.account_deletion import pages as account_deletion
from boards.activity import pages as activity
from boards.board_page import pages as board
from boards.lifecycle import actions, bulk, home
from boards.pages import language
from boards.sharing import invitation_pages as invitations
from boards.sharing import pages as sharing
from boards.sharing import panel
from boards.spaces import pages as spaces
from boards.tokens import pages as tokens
from boards.webhooks import pages as webhooks

urlpatterns = [
    path("", home.home, name="home"),
    *both_spellings("language", language.choose_language, name="language"),
    *both_spellings("boards", home.create, name="board-create"),
    *both_spellings("boards/chosen", bulk.bulk, name="boards-chosen"),
    *both_spellings("invitation/<str:token>", invitations.invitation_page, name="invitation"),
    *both_spellings("account/tokens", tokens.tokens, name="account-tokens"),
    *both_spellings("account/tokens/new", tokens.new_token, name="account-token-new"),
    *both_spellings(
        "account/tokens/<uuid:token_id>/revoke", tokens.revoke, name="account-token-revoke"
    ),
    *both_spellings("account/webhooks", webhooks.webhooks, name="account-webhooks"),
    *both_spellings("account/webhooks/new", webhooks.new_webhook, name="account-webhook-new"),
    *both_spellings("account/webhooks/<uuid:webhook_id>", webhooks.webhook, name="account-webhook"),
    *both_spellings(
        "account/webhooks/<uuid:webhook_id>/secret",
        webhooks.webhook_secret,
        name="account-webhook-secret",
    ),
    *both_spellings(
        "account/webhooks/<uuid:webhook_id>/messages/<uuid:delivery_id>",
        webhooks.webhook_redeliver,
        name="account-webhook-redeliver",
    ),
    *both_spellings("spaces", spaces.create, name="space-create"),
    *both_spellings("spaces/<uuid:space_id>", spaces.settings_page, name="space-settings"),
    *both_spellings("spaces/<uuid:space_id>/leave", spaces.leave, name="space-leave"),
    *both_spellings("spaces/<uuid:space_id>/folders", spaces.folder_new, name="folder-create"),
    *both_spellings(
        "spaces/<uuid:space_id>/folders/<uuid:folder_id>",
        spaces.folder_change,
        name="folder-change",
    ),
    *both_spellings("account/delete", account_deletion.delete_account, name="account-delete"),
    *both_spellings(
        "account/delete/sign-in", account_deletion.sign_in_again, name="account-delete-sign-in"
    ),
    *both_spellings("board/<uuid:board_id>/star", bulk.star, name="board-star"),
    *both_spellings("board/<uuid:board_id>", board.board_page, name="board"),
    *both_spellings("board/<uuid:board_id>/public", board.public_page, name="public"),
    *both_spellings("board/<uuid:board_id>/share", panel.share, name="share"),
    *both_spellings("board/<uuid:board_id>/activity", activity.activity, name="board-activity"),
    *both_spellings("board/<uuid:board_id>/enter", board.token_enter, name="token-enter"),
    *both_spellings("board/<uuid:board_id>/link", sharing.link_password, name="link-password"),
    *both_spellings(
        "board/<uuid:board_id>/request-access", sharing.request_access, name="request-access"
    ),
    *both_spellings("board/<uuid:board_id>/leave", sharing.leave, name="board-leave"),
    *both_spellings("board/<uuid:board_id>/duplicate", actions.duplicate, name="board-duplicate"),
    *both_spellings("board/<uuid:board_id>/rename", actions.rename, name="board-rename"),
    *both_spellings("board/<uuid:board_id>/trash", actions.trash, name="board-trash"),
    *both_spellings("board/<uuid:board_id>/restore", actions.restore, name="board-restore"),
]
