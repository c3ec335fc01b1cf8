"""Tests of whole servers and of the proofs that the short run leaves out; `__init__.py` beside it
says how to read them.
"""

_CHAOS = "test_nothing_is_lost_or_reordered_and_nobody_does_what_they_may_not"
_KILLED = "test_nothing_acknowledged_or_seen_is_lost"

NEEDS_NETWORKS = {f"proof/tests/test_chaos.py::{_CHAOS}[machine is lost (postgres)]"}
"""Is there only where a test can have a network of its own, and so is the test that covers it."""

SERVERS: dict[str, dict[str, str]] = {
    # --- Proofs. Of the kinds of chaos those are left out whose fault has a test of its own.
    "proof/tests/test_chaos.py": {
        f"{_CHAOS}[full disk]": (
            "tests/test_storage_faults.py::test_a_full_disk_sends_people_away_until_there_is_room"
        ),
        f"{_CHAOS}[killed after commit]": (
            "tests/test_failpoints.py::test_nothing_acknowledged_or_seen_is_lost[after commit]"
        ),
        f"{_CHAOS}[machine is lost (postgres)]": (
            "proof/tests/test_lost_machine.py::test_a_lost_machine_keeps_nobody_from_drawing"
        ),
        f"{_CHAOS}[one of three is killed (redis)]": (
            "tests/test_cluster_faults.py"
            "::test_accidents_of_a_cluster_lose_nothing[postgres-accidents0]"
        ),
    },
    # The same people and the same checker, under the same kill.
    "proof/tests/test_peers.py": {
        "test_this_server_loses_nothing[kill -9]": f"proof/tests/test_chaos.py::{_CHAOS}[kill -9]",
        "test_this_server_loses_nothing[clean stop]": (
            "tests/test_stock_client.py::test_a_drain_ends_quickly_and_loses_nothing"
        ),
    },
    # The command only counts what the fuzzers do, and one of them runs as a command elsewhere. That
    # they find what is broken, as chaos and the failpoints do, matters when they are changed.
    "proof/tests/test_fuzz.py": {
        "test_a_fuzzer_finds_what_is_broken_and_keeps_it": (
            "tests/test_failpoints.py::test_a_broken_build_is_found_out[fan-out before commit]"
        ),
        "test_the_command_counts_and_exits_well": (
            "test_mutated_updates_crash_nothing_and_read_the_same_in_yjs"
        ),
    },
    # A seed that is told is played again, twice, with the same outcome.
    "proof/tests/test_simulation.py": {
        "test_a_seed_is_the_same_history_in_every_process": (
            "test_a_broken_promise_is_told_with_what_plays_it_again"
        ),
    },
    # The model is compared with SQLite, and SQLite with PostgreSQL.
    "proof/tests/test_simulation_models.py": {
        "test_postgresql_answers_what_the_model_does": (
            "tests/test_commits.py::test_both_databases_commit_what_the_model_says"
        ),
    },
    # Death at four of seven points of the way of an update is kept: before and after the row is
    # written, after the commit, and at the end. That a broken build is found out takes dozens of
    # runs with one fault, and one with the other.
    "tests/test_failpoints.py": {
        f"{_KILLED}[after apply]": f"{_KILLED}[after validate]",
        f"{_KILLED}[after local fan-out]": f"{_KILLED}[after commit]",
        f"{_KILLED}[after publish]": f"{_KILLED}[after acknowledge]",
        "test_a_broken_build_is_found_out[skips one commit in 5]": (
            "test_a_broken_build_is_found_out[fan-out before commit]"
        ),
    },
    # Hundreds of such histories in one process; a page works on beside what would harm it in
    # test_poison.py.
    "tests/test_hostile_histories.py": {
        "test_the_same_on_a_real_server_and_a_page": (
            "test_whatever_hostile_editors_write_others_still_sync_and_save"
        ),
    },
    # Stock clients under the kill of which chaos makes dozens, and a large drawing in the pieces in
    # which a page sends it as well.
    "tests/test_stock_client.py": {
        "test_what_anyone_has_seen_survives_kill_9": (
            f"proof/tests/test_chaos.py::{_CHAOS}[kill -9]"
        ),
    },
    "tests/test_stock_large_work.py": {
        "test_a_large_drawing_in_one_step_2_arrives_while_others_draw": (
            "tests/test_page_large_files.py::test_a_dropped_file_of_any_size_arrives"
        ),
    },
    # --- Several servers. 43 seconds for what nginx and the servers do one after the other: that
    # servers call boards home, and that nginx leads them there, each has a test.
    "tests/test_homecoming.py": {
        "test_boards_go_home": (
            "sync/tests/test_homecoming.py"
            "::test_people_are_sent_to_the_server_that_calls_and_lose_nothing"
        ),
    },
    # The accidents of the next one befall the cluster that this command starts, its servers are
    # killed and it replaces them.
    "tests/test_cluster.py": {
        "test_it_serves_through_the_proxy_and_starts_again_after_a_kill": (
            "tests/test_cluster_faults.py"
            "::test_accidents_of_a_cluster_lose_nothing[postgres-accidents0]"
        ),
    },
    # A rolling restart and a lost Redis. Of these, test_redis_faults.py stops Redis and
    # test_upgrade.py replaces a server while people draw.
    "tests/test_cluster_faults.py": {
        "test_accidents_of_a_cluster_lose_nothing[redis-accidents1]": (
            "test_accidents_of_a_cluster_lose_nothing[postgres-accidents0]"
        ),
    },
    # Waits for the half minute after which PostgreSQL ends a session that stands still. The setting
    # is PostgreSQL's own, and sessions are asked for it.
    "tests/test_locked_boards.py": {
        "test_a_frozen_server_keeps_nobody_from_drawing": (
            "tests/test_postgres_settings.py::test_a_session_of_a_server_may_not_stand_still"
        ),
    },
    # Kept are all messages lost on Redis, and half of them on PostgreSQL.
    "tests/test_processes.py": {
        "test_a_layer_that_loses_messages_costs_two_seconds_at_most[redis-0]": (
            "test_people_on_two_processes_draw_on_one_board[redis]"
        ),
        "test_a_layer_that_loses_messages_costs_two_seconds_at_most[redis-50]": (
            "test_a_layer_that_loses_messages_costs_two_seconds_at_most[postgres-50]"
        ),
    },
    "tests/test_redis_faults.py": {
        "test_redis_stands_still": "test_redis_is_stopped_and_started_again",
    },
    # Worse than gone is one that stands still: it is asked, and does not answer.
    "tests/test_redis_access.py": {
        "test_what_is_taken_away_while_redis_is_gone": (
            "test_what_is_taken_away_while_redis_stands_still"
        ),
    },
    "tests/test_nginx.py": {
        "test_a_frozen_server_loses_its_boards": (
            "test_a_server_that_is_down_hands_its_boards_over_and_takes_them_back"
        ),
    },
    # --- The storage.
    "tests/test_storage_faults.py": {
        "test_postgresql_is_killed_and_comes_back_in_a_burst": (
            "tests/test_postgres_bus.py::test_postgresql_is_restarted"
        ),
        "test_a_long_lock_sends_people_away_until_it_is_gone": (
            "test_a_full_disk_sends_people_away_until_there_is_room"
        ),
        "test_a_short_lock_only_delays": (
            "sync/tests/test_room.py::test_edits_wait_for_a_storage_that_comes_back"
        ),
    },
    "tests/test_postgres_bus.py": {
        "test_postgresql_stands_still": (
            "tests/test_storage_faults.py::test_postgresql_stands_still"
        ),
        "test_the_connections_are_cut_while_people_draw": (
            "tests/test_processes.py"
            "::test_losing_what_the_layer_knew_costs_time_and_no_data[postgres]"
        ),
    },
    "tests/test_commits.py": {
        "test_programs_are_not_refused_where_others_draw_all_the_time": (
            "tests/test_programs_while_drawing.py::test_a_bot_is_not_refused_because_people_draw"
        ),
    },
    # PostgreSQL finds deadlocks as well; SQLite has one writer at a time.
    "tests/test_changes_at_once.py": {
        "test_changes_at_once_miss_nobody_on_sqlite": (
            "test_changes_at_once_miss_nobody_and_never_deadlock"
        ),
    },
    # A later place to stop is left out: the way from the earlier one leads past it. A new
    # PostgreSQL is made by the same migrations as SQLite, and one of before is upgraded.
    "tests/test_squashed_migrations.py": {
        "test_a_new_postgresql_is_like_one_that_took_every_step": (
            "test_a_new_sqlite_is_like_one_that_took_every_step"
        ),
        "test_an_installation_in_the_middle_goes_on_to_the_end[accounts_begun]": (
            "test_an_installation_in_the_middle_goes_on_to_the_end[before_accounts]"
        ),
    },
    # The rows go to PostgreSQL in the other test too, and are compared there.
    "tests/test_moving.py": {
        "test_one_command_moves_to_postgresql_and_another_one_back": (
            "test_an_archive_is_the_same_after_it_went_to_another_database_and_was_interrupted"
        ),
        "test_a_zip_comes_in_whole_and_elsewhere_the_audit_log_is_kept_as_a_file": (
            "test_an_archive_is_the_same_after_it_went_to_another_database_and_was_interrupted"
        ),
    },
    # --- Starting. `serve` begins on an empty directory in test_listening.py.
    "tests/test_first_start.py": {
        "test_the_first_visitor_makes_the_administrator_and_draws": (
            "accounts/tests/test_first_start.py"
            "::test_somebody_at_the_machine_makes_the_administrator_and_is_signed_in"
        ),
    },
    "tests/test_listening.py": {
        "test_the_address_that_is_printed_answers[::-[::1]]": (
            "test_the_address_that_is_printed_answers[::1-[::1]]"
        ),
        "test_the_address_that_is_printed_answers[127.0.0.1-127.0.0.1]": (
            "test_the_address_that_is_printed_answers[0.0.0.0-127.0.0.1]"
        ),
    },
    # nginx in front, the same drawing and the same reload without network are in the other one.
    "tests/test_path_prefix.py": {
        "test_two_people_draw_and_one_reloads_without_network": (
            "test_two_people_draw_with_nginx_in_front"
        ),
    },
    # --- Fairness and floods, which are measured. The same promise has a test in which attackers
    # send broken frames, and each kind of flood is metered in test_socket_floods.py.
    "tests/test_floods.py": {
        "test_people_draw_on_while_others_flood": (
            "proof/tests/test_fuzz.py::test_broken_frames_on_live_sockets_harm_nobody_else"
        ),
    },
    "tests/test_fairness.py": {
        "test_people_who_draw_do_not_wait_for_programs_versions_imports_and_compactions": (
            "sync/tests/test_write_lock.py::test_commits_do_not_wait_for_a_loop_of_program_writes"
        ),
    },
    # Waits for a clean end of the server; the other test kills it.
    "tests/test_drawings.py": {
        "test_a_server_stops_soon_while_it_draws": (
            "test_the_process_ends_with_the_server_however_that_ends"
        ),
    },
    # --- Signing in. A directory that says nothing takes half a minute; the answer to people and
    # the way in for accounts of this server are the same when it is not trusted.
    "tests/test_ldap.py": {
        "test_when_the_directory_is_down_accounts_of_this_server_get_in": (
            "test_a_wrong_certificate_is_no_directory"
        ),
    },
    "tests/test_ldap_groups.py": {
        "test_a_chain_of_groups_is_followed_and_has_the_same_limit": (
            "test_who_is_in_a_group_of_a_group_is_in_both"
        ),
    },
    # The same secrets, in rows, logs and answers of one process.
    "tests/test_secrets.py": {
        "test_no_secret_of_a_webhook_is_kept_or_passed_on": (
            "boards/tests/test_webhook_deliveries.py::test_address_and_secret_are_nowhere_in_clear"
        ),
    },
    # --- Programs of others.
    "tests/test_generated_clients.py": {
        "test_a_generated_python_client_works": "test_a_generated_typescript_client_works",
    },
    # Messages are signed and sent by the same code to a listener of the test.
    "tests/test_bots.py": {
        "test_the_listeners_hear_what_happens": (
            "boards/tests/test_webhooks.py::test_a_message_is_signed_and_arrives"
        ),
    },
}
