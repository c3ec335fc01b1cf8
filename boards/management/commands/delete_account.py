"""Deletes accounts, and gives what they own to somebody else."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from audit.actor import actor_of_command
from boards.account_deletion.owned import owned_by
from boards.account_deletion.services import Plan, account_delete
from boards.quotas.checks import QuotaError


class Command(BaseCommand):
    """`delete_account USERNAME… (--give-to USERNAME | --delete-boards) [--dry-run]`"""

    help = (
        "Delete accounts with their sessions, tokens and settings. What they own goes to somebody "
        "else, or is deleted for good. Each account is one transaction: a run that was stopped "
        "can be repeated with the accounts that are left."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("usernames", nargs="+", metavar="USERNAME")
        what = parser.add_mutually_exclusive_group()
        what.add_argument("--give-to", metavar="USERNAME", help="who gets the boards and spaces")
        what.add_argument(
            "--delete-boards", action="store_true", help="delete their boards and spaces for good"
        )
        parser.add_argument("--dry-run", action="store_true", help="only say what they own")

    def handle(self, *args: Any, **options: Any) -> None:
        """Raises `CommandError` before the first account if a name is wrong."""
        people = [_person(name) for name in options["usernames"]]
        successor = _person(options["give_to"]) if options["give_to"] else None
        is_decided = successor is not None or options["delete_boards"]
        for user in people:
            owned = owned_by(user)
            name = user.get_username()
            if options["dry_run"]:
                text = f"{name} owns {owned.board_count} boards and {owned.space_count} spaces."
                self.stdout.write(text)
                continue
            if not owned.is_empty and not is_decided:
                text = f"{name} owns {owned.board_count} boards and {owned.space_count} spaces: "
                raise CommandError(f"{text}add --give-to USERNAME or --delete-boards.")
            self._delete(user, Plan(successor))

    def _delete(self, user: User, plan: Plan) -> None:
        name = user.get_username()
        try:
            ended = account_delete(user=user, plan=plan, by=actor_of_command("delete_account"))
        except ValidationError as error:
            raise CommandError(f"{name}: {' '.join(error.messages)}") from error
        except QuotaError as error:
            raise CommandError(f"{name}: {error}") from error
        self.stdout.write(
            f"Deleted {name}: {ended.boards_given} boards and {ended.spaces_given} spaces given "
            f"away, {ended.boards_deleted} boards and {ended.spaces_deleted} spaces deleted."
        )


def _person(name: str) -> User:
    user = User.objects.filter(username=name).first()
    if user is None:
        raise CommandError(f"There is no account {name}.")
    return user
