"""Tests of the apps that the short run leaves out; `tests/thorough/__init__.py` says how to read
them.
"""

_ACTORS = "test_every_actor_at_every_address"

APPS: dict[str, dict[str, str]] = {
    # --- Every actor at every address. Boards keep three states of six and documents the others, so
    # each state is there once: what a state lets whom do is decided at one place for both.
    "boards/tests/test_every_action.py": {
        f"{_ACTORS}[locked]": f"sync/tests/test_every_action.py::{_ACTORS}[locked]",
        f"{_ACTORS}[public view]": f"sync/tests/test_every_action.py::{_ACTORS}[public view]",
        f"{_ACTORS}[public edit]": f"sync/tests/test_every_action.py::{_ACTORS}[public edit]",
    },
    "sync/tests/test_every_action.py": {
        f"{_ACTORS}[private]": f"boards/tests/test_every_action.py::{_ACTORS}[private]",
        f"{_ACTORS}[trashed]": f"boards/tests/test_every_action.py::{_ACTORS}[trashed]",
        f"{_ACTORS}[public comment]": (
            f"boards/tests/test_every_action.py::{_ACTORS}[public comment]"
        ),
    },
    # The owner may do most and the stranger least; the editor of a space comes as a service.
    "canvas_project/tests/test_every_scope.py": {
        "test_every_scope_at_every_address_of_a_board[space editor-]": (
            "test_every_scope_at_every_address_of_a_board[space editor-service]"
        ),
        "test_every_scope_at_every_address_of_a_board[commenter-]": (
            "test_every_scope_at_every_address_of_a_board[space editor-service]"
        ),
    },
    # The same addresses with a wrong token. Without one, the matrix has its anonymous actor.
    "canvas_project/tests/test_openapi_as_everybody.py": {
        "test_authentication_is_not_ignored": (
            "boards/tests/test_every_action.py::test_a_bad_token_is_refused_whoever_has_the_session"
        ),
    },
    "sync/tests/test_search.py": {
        "test_who_finds_what[public comment]": "test_who_finds_what[public view]",
        "test_who_finds_what[public edit]": "test_who_finds_what[public view]",
        "test_who_finds_what[locked]": "test_who_finds_what[private]",
    },
    # --- Values that nobody expects: other ones at the same places, with the same question.
    "canvas_project/tests/test_hostile_values.py": {
        "test_no_value_in_a_body_makes_an_address_fail": (
            "canvas_project/tests/test_poisonous_values.py::test_in_every_body"
        ),
        "test_no_query_makes_an_address_fail": (
            "canvas_project/tests/test_poisonous_values.py::test_in_every_address"
        ),
    },
    # Of twelve generated documents four are kept, the first and those with the most in them.
    "sync/tests/test_every_reader.py": {
        f"test_every_reader_takes_it_and_every_copy_keeps_it[update{number}]": (
            "test_every_reader_takes_it_and_every_copy_keeps_it[update9]"
        )
        for number in (1, 2, 3, 4, 5, 6, 7, 10)
    },
    # A place or size that is hard for one format is hard for the others: each format keeps those
    # that differ most.
    "sync/tests/test_drawn_hostile.py": {
        "test_any_place_and_size_is_drawn_or_refused[flat-svg]": (
            "test_any_place_and_size_is_drawn_or_refused[flat-png]"
        ),
        "test_any_place_and_size_is_drawn_or_refused[flat-pdf]": (
            "test_any_place_and_size_is_drawn_or_refused[flat-png]"
        ),
        "test_any_place_and_size_is_drawn_or_refused[as small as can be-svg]": (
            "test_any_place_and_size_is_drawn_or_refused[as small as can be-pdf]"
        ),
    },
    # --- Files. The same damage, done to another drawing.
    "sync/tests/test_real_files.py": {
        "test_a_damaged_file_is_taken_or_refused_with_a_reason[drawn]": (
            "test_a_damaged_file_is_taken_or_refused_with_a_reason[composed]"
        ),
    },
    # 105 files; the page compares 35 of the same corpus with what an import makes of them.
    "sync/tests/test_file_ages.py": {
        "test_no_property_of_any_age_is_lost_without_being_named": (
            "tests/test_page_file_ages.py::test_a_dropped_file_is_what_rest_makes_of_it"
        ),
    },
    # Seven files through the command; an import takes each by its kind in the same way.
    "sync/tests/test_foreign_files.py": {
        "test_the_command_takes_them_by_their_names": (
            "sync/tests/test_file_ages.py::test_the_command_takes_the_same_and_names_the_same"
        ),
    },
    # An import in several commits, of fewer elements.
    "sync/tests/test_large_files.py": {
        "test_the_largest_board_goes_out_and_comes_in": (
            "test_an_export_of_more_elements_than_a_commit_holds_is_taken_in_several"
        ),
    },
    # The other bound on a file that is too large: what is refused leaves nothing.
    "sync/tests/test_libraries.py": {
        "test_a_file_comes_in_whole_or_not_at_all[file5-413-2 MB]": (
            "test_a_file_comes_in_whole_or_not_at_all[file4-413-1001 items; 1000]"
        ),
    },
    "sync/tests/test_stepped_json.py": {
        "test_no_step_is_long[1]": "test_no_step_is_long[3]",
    },
    # --- Waits for the polls that find what the channel layer lost.
    "sync/tests/test_events.py": {
        "test_what_the_layer_loses_is_told_by_the_next_polls": (
            "test_a_change_that_no_message_told_of_is_found"
        ),
    },
    # --- Costs: the same query plan, reached by the other branch.
    "boards/tests/test_search_cost.py": {
        "test_a_search_costs_the_same_whatever_others_have[many boards]": (
            "test_a_search_costs_the_same_whatever_others_have[few boards]"
        ),
    },
    # --- Floods of sockets. Every kind of frame goes through the same meter; the largest and the
    # smallest one are kept.
    "canvas_project/tests/test_socket_floods.py": {
        "test_what_exceeds_the_rate_is_not_read[pongs]": (
            "test_what_exceeds_the_rate_is_not_read[pings]"
        ),
        "test_what_exceeds_the_rate_is_not_read[empty frames]": (
            "test_what_exceeds_the_rate_is_not_read[fragments]"
        ),
    },
}
