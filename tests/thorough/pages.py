"""Tests in browsers that the short run leaves out; `__init__.py` beside it says how to read them.

Every feature of the page keeps its main way in a browser. What is left out beside it is a second
way to the same code, or an edge that a test in `frontend/tests` or of the server has as well.
"""

from tests.thorough.editing import EDITING

_LOST = "test_what_could_not_be_saved_is_taken_again_whole"
_AWAY = "test_who_returns_is_told_who_did_what_and_can_restore_what_was_deleted"
_MOVED = "test_one_shape_moved_by_two_is_asked_about_once_and_keeps_what_is_chosen"
_ENGINES = {
    # Drawing together is kept with all three of them; for everything else one that is not Chromium,
    # in which all the other tests run.
    "test_two_engines_draw_together": "webkit",
    "test_texts_are_in_their_fonts_at_first_sight": "firefox",
    "test_work_goes_on_without_network": "webkit",
    "test_comments_come_and_go": "firefox",
    "test_a_board_is_shared": "firefox",
    "test_a_board_is_exported": "webkit",
    "test_files_of_other_programs_are_added": "webkit",
    "test_pages_of_a_pdf_become_pictures": "webkit",
    "test_a_library_is_used": "webkit",
    "test_a_thousand_elements": "firefox",
}
_IN_TWO_ENGINES = ("test_two_engines_draw_together",)

PAGES: dict[str, dict[str, str]] = {
    **EDITING,
    # --- Engines
    "tests/test_engines.py": {
        f"{test}[{engine}]": f"{test}[{kept}]"
        for test, kept in _ENGINES.items()
        for engine in ("chromium", "firefox", "webkit")
        if engine != kept and (engine == "chromium" or test not in _IN_TWO_ENGINES)
    },
    # --- Accessibility. The states of pages and dialogs that people meet most often are kept.
    "tests/test_accessibility.py": {
        "test_every_state_in_light_and_dark[all others]": (
            "test_every_state_in_light_and_dark[met most often]"
        ),
    },
    # --- Drawing together. One random script of two; the long runs play hundreds.
    "tests/test_page_scripts.py": {
        "test_a_random_script_ends_equal_and_asks_about_every_conflict[1]": (
            "test_a_random_script_ends_equal_and_asks_about_every_conflict[2]"
        ),
    },
    "tests/test_browser.py": {
        "test_work_done_offline_comes_back_to_all": (
            "tests/test_stock_client.py::test_work_of_a_client_that_was_offline_is_merged"
        ),
        "test_colour_by_one_and_move_by_the_other_at_the_same_moment_both_stay": (
            "tests/test_conflicts.py::test_colour_and_move_are_no_conflict"
        ),
        "test_undo_takes_back_ones_own_work_alone": (
            "tests/test_page_undo.py::test_own_values_are_undone_beside_those_of_others"
        ),
        # The other one asks for more than the link gives.
        "test_a_view_link_shows_the_board_and_says_what_it_allows[-False]": (
            "test_a_view_link_shows_the_board_and_says_what_it_allows[?edit=true-False]"
        ),
    },
    # --- Conflicts. Kept are one's own place, both places, a deletion against a move, the keyboard,
    # and what is no conflict.
    "tests/test_conflicts.py": {
        f"{_MOVED}[Keep theirs]": f"{_MOVED}[Keep mine]",
        "test_a_mark_on_the_shape_leads_to_the_choice": (
            "frontend/tests/useBoard.test.tsx::marks what people disagree about"
        ),
        "test_moving_the_shape_again_is_a_choice_too": (
            "frontend/tests/recorder.test.ts::one edit by hand settles a conflict, on every replica"
        ),
        "test_a_long_stretch_offline_is_decided_at_once": (
            "frontend/tests/panels.test.tsx::are all decided at once"
        ),
        "test_moved_offline_and_deleted_online_can_be_brought_back": (
            "frontend/tests/recorderDeletions.test.ts"
            "::edited offline, deleted online: it is gone, and people are asked"
        ),
    },
    # --- Away and without network
    "tests/test_page_away.py": {
        f"{_AWAY}[page closed]": f"{_AWAY}[without network]",
        "test_ones_own_work_on_another_device_is_nothing_to_be_told": (
            "frontend/tests/away.test.ts::does not tell a guest of his own earlier work"
        ),
    },
    # A server that stands still, a full disk and two tabs are kept: no other test has those.
    "tests/test_page_networks.py": {
        "test_a_hotels_network_is_no_server": (
            "frontend/tests/worker.test.ts::is not taken for the server"
        ),
        "test_the_browser_is_started_again_while_the_server_is_down": (
            "tests/test_page_offline.py::test_work_survives_a_restart_of_the_browser"
        ),
        "test_an_image_added_without_network_survives_a_reload": (
            "frontend/tests/offline.test.ts::images that wait for their upload survive a reload"
        ),
        "test_storage_that_does_not_work_is_told[blocked]": (
            "test_storage_that_does_not_work_is_told[full]"
        ),
    },
    "tests/test_page_offline.py": {
        "test_a_page_that_is_not_kept_says_what_is": (
            "frontend/tests/worker.test.ts"
            "::is named where the network would be needed; other pages are not"
        ),
        "test_signing_out_forgets_the_pages": (
            "tests/test_page_shared.py::test_the_next_person_gets_nothing[signed out]"
        ),
    },
    "tests/test_page_shared.py": {
        "test_while_nobody_is_signed_in_kept_boards_stay_closed": (
            "test_a_session_that_ends_under_an_open_board_closes_what_is_kept"
        ),
        "test_a_board_left_open_is_closed_when_somebody_else_signs_in": (
            "frontend/tests/copies.test.ts::are gone from open pages too"
        ),
    },
    "tests/test_page_copies.py": {
        "test_who_may_only_comment_keeps_his_unsent_words_too": (
            "test_who_loses_access_keeps_his_unsaved_work_as_a_file"
        ),
    },
    # Three ends and two drawings: kept is the end at which the page goes on, with the drawing that
    # has more kinds of elements. What is downloaded at another end is in test_page_copies.py.
    "tests/test_page_download.py": {
        f"{_LOST}[{name}-{end}]": (
            f"{_LOST}[composed-page_is_refused]"
            if end == "page_is_refused"
            else "tests/test_page_copies.py::test_who_loses_access_keeps_his_unsaved_work_as_a_file"
        )
        for name in ("drawn", "composed")
        for end in ("session_ends", "access_ends", "page_is_refused")
        if (name, end) != ("composed", "page_is_refused")
    },
    # A guest is kept where the work comes back, and a member where the id is defended.
    "tests/test_page_client_ids.py": {
        "test_work_under_an_id_that_somebody_took_comes_back[member]": (
            "test_work_under_an_id_that_somebody_took_comes_back[guest]"
        ),
        "test_nobody_takes_the_id_of_a_page_that_is_away[guest]": (
            "test_nobody_takes_the_id_of_a_page_that_is_away[member]"
        ),
    },
    # The page begins again and does its work once more, as in test_page_client_ids.py.
    "tests/test_page_history.py": {
        "test_unsaved_work_outlives_a_fresh_history": (
            "sync/tests/test_history.py"
            "::test_who_holds_the_old_history_is_sent_away_and_cannot_bring_it_back"
        ),
    },
    # A drawing above the limit of a message goes through the same pieces when it is dropped.
    "tests/test_page_large_work.py": {
        "test_a_long_offline_stretch_arrives_whole": (
            "tests/test_page_large_files.py::test_a_dropped_file_of_any_size_arrives"
        ),
        "test_a_large_paste_arrives_also_across_a_broken_connection": (
            "frontend/tests/upload.test.ts"
            "::after a broken connection the rest follows what the server holds"
        ),
    },
    # --- Comments, people and workshops
    "tests/test_page_comments.py": {
        "test_who_was_away_asks_for_comments_and_versions_only_when_they_changed": (
            "frontend/tests/missedChanges.test.ts::not when nothing has changed since it was read"
        ),
        "test_what_is_written_without_network_is_kept_and_sent_once": (
            "frontend/tests/comments.test.ts"
            "::what is written without a network survives the page and is sent once"
        ),
    },
    "tests/test_page_pictures.py": {
        "test_pictures_are_where_names_are_and_guests_see_initials": (
            "frontend/tests/commentsPage.test.tsx"
            "::show pictures, and initials where there is none or it can't be loaded"
        ),
    },
    "tests/test_page_present.py": {
        "test_nothing_but_the_frame_is_presented[dark]": (
            "test_nothing_but_the_frame_is_presented[light]"
        ),
        # A measurement; what the server sends of a crowd is bounded.
        "test_fifty_people_who_move_leave_the_page_usable": (
            "sync/tests/test_presence_crowds.py"
            "::TestCrowds::test_of_a_flood_only_the_newest_states_are_sent"
        ),
    },
    # Kept: timers, hidden dots, results, private notes, reactions, and what viewers see.
    "tests/test_page_workshop.py": {
        "test_the_end_of_a_timer_is_read_out": "test_everybody_sees_one_timer",
        "test_a_restart_changes_nothing": (
            "sync/tests/test_events.py::test_whoever_missed_a_workshop_is_told"
        ),
        "test_who_is_offline_reveals_later": (
            "frontend/tests/workshop.test.ts::new notes stay in the page until the round is over"
        ),
        "test_the_lead_goes_from_hand_to_hand": (
            "boards/tests/workshop/test_lead.py::test_the_lead_is_handed_over_and_given_up"
        ),
        "test_notes_of_who_may_not_edit_any_more_wait": (
            "test_private_notes_leave_the_page_at_the_reveal_alone"
        ),
    },
    "tests/test_page_versions.py": {
        "test_the_owner_is_told_what_happened_and_nobody_else": (
            "frontend/tests/panels.test.tsx::comes page by page, the same in a row as one line"
        ),
    },
    # From the list a board goes to the trash and back as well.
    "tests/test_page_own_board.py": {
        "test_it_goes_to_the_trash_and_comes_back": (
            "tests/test_pages.py::test_a_board_from_its_making_to_the_trash_and_back"
        ),
    },
    # --- Levels: of view and comment, which draw nothing alike, one is kept at each place.
    "tests/test_page_level.py": {
        "test_nothing_gets_into_the_editor_without_edit_access[comment]": (
            "test_nothing_gets_into_the_editor_without_edit_access[view]"
        ),
    },
}
