"""Tests in browsers of editing and of files that the short run leaves out; `__init__.py` beside it
says how to read them.
"""

_HELD = "test_what_hangs_together_stays_together"

EDITING: dict[str, dict[str, str]] = {
    # --- Undo. Kept are one's own values, a question before others' words go, and an image.
    "tests/test_page_undo.py": {
        "test_a_move_that_was_overtaken_is_left_and_nothing_before_it_is_undone": (
            "frontend/tests/undoFuzz.test.ts::nobody takes back what others chose"
        ),
        "test_what_others_only_moved_is_no_part_of_a_step_of_undo": (
            "frontend/tests/moved.test.ts::an element moves in place, once for all, and undo knows"
        ),
        "test_a_label_is_undone_and_not_what_others_did_to_its_box": (
            "test_own_values_are_undone_beside_those_of_others"
        ),
        "test_an_image_is_undone_before_it_has_its_picture": "test_an_image_is_one_step",
    },
    # --- What hangs together. Kept are an arrow, an elbow, a size and a frame.
    "tests/test_page_held.py": {
        f"{_HELD}[bends-the-arrow-both-boxes-move-online]": (
            f"{_HELD}[bends-the-arrow-right-moves-online]"
        ),
        f"{_HELD}[carries-the-arrow-left-moves-online]": (
            "frontend/tests/attached.test.ts"
            "::the end of an arrow that somebody bends follows its shape, and stays bound"
        ),
        f"{_HELD}[carries-the-left-box-right-moves-online]": (
            "frontend/tests/attached.test.ts::both ends fit when one box was moved by each"
        ),
        f"{_HELD}[pushes-the-elbow-right-moves-online]": (
            f"{_HELD}[pushes-the-elbow-left-moves-online]"
        ),
        f"{_HELD}[carries-the-group-group-moves-online]": (
            f"{_HELD}[carries-the-member-frame-moves-online]"
        ),
    },
    # --- Without a mouse. Sizes and turns go through one way of bursts, undo and refusals.
    "tests/test_page_resizing.py": {
        "test_labels_arrows_and_frames_stay_bound": (
            "tests/test_page_turning.py::test_labels_and_arrows_follow"
        ),
        "test_what_others_do_meanwhile_stays": (
            "test_a_burst_of_keys_is_read_out_once_and_is_one_step_of_undo"
        ),
        "test_the_outline_has_fields_for_it": (
            "tests/test_page_turning.py::test_the_outline_has_a_field_for_it"
        ),
        "test_people_without_edit_access_are_refused[view]": (
            "test_people_without_edit_access_are_refused[comment]"
        ),
    },
    "tests/test_page_turning.py": {
        "test_a_burst_of_keys_is_read_out_once_and_is_one_step_of_undo": (
            "tests/test_page_resizing.py"
            "::test_a_burst_of_keys_is_read_out_once_and_is_one_step_of_undo"
        ),
        "test_several_are_turned_around_their_middle": "test_labels_and_arrows_follow",
        "test_what_cannot_be_turned_says_so": (
            "tests/test_page_resizing.py::test_every_kind_is_resized_as_far_as_it_can_be"
        ),
        "test_people_without_edit_access_are_refused": (
            "tests/test_page_resizing.py::test_people_without_edit_access_are_refused[comment]"
        ),
    },
    "tests/test_page_outline.py": {
        "test_hearing_what_others_do": (
            "frontend/tests/outline.test.ts"
            "::changes of others are told one by one when they are few, and else counted"
        ),
        "test_deciding_a_conflict": (
            "tests/test_conflicts.py"
            "::test_the_keyboard_reaches_the_choice_and_the_other_value_is_previewed"
        ),
        "test_people_without_edit_access_read_and_change_nothing[view]": (
            "test_people_without_edit_access_read_and_change_nothing[comment]"
        ),
        "test_notes": "tests/test_page_notes.py::test_click_write_tab_write",
        "test_a_text_of_its_own": "test_drawing_and_writing",
        "test_going_from_object_to_object": (
            "frontend/tests/outline.test.ts::is the nearest ahead"
        ),
        "test_commenting_on_an_object": (
            "tests/test_page_selection.py::test_a_comment_begins_at_what_is_selected"
        ),
    },
    # --- Keys. The main menu stands for the menus, the share dialog for dialogs with fields, and
    # comments are in test_page_focus.py; all go through one listener.
    "tests/test_page_keys.py": {
        "test_the_menu_of_more_tools_keeps_every_key": "test_the_main_menu_keeps_every_key",
        "test_the_context_menu_keeps_every_key": "test_the_main_menu_keeps_every_key",
        "test_colours_close_alone_and_keep_what_deletes": "test_the_main_menu_keeps_every_key",
        "test_the_search_on_the_canvas_keeps_its_keys": (
            "test_the_search_takes_every_letter_while_it_is_loaded"
        ),
        "test_every_field_of_comments_takes_a_sentence": (
            "tests/test_page_focus.py::test_comments_take_every_letter_after_every_step"
        ),
        "test_files_notifications_and_activity_keep_every_key": (
            "tests/test_page_focus.py::test_escape_closes_from_top_to_bottom_wherever_the_focus_is"
        ),
        "test_a_guest_gives_a_name_with_spaces": (
            "tests/test_page_comments.py"
            "::test_a_guest_gives_a_name_and_the_owner_reaches_the_thread_of_a_deleted_element"
        ),
    },
    "tests/test_page_focus.py": {
        "test_the_share_dialog_keeps_every_key": (
            "tests/test_page_keys.py::test_every_field_of_the_share_dialog_takes_a_sentence"
        ),
    },
    # --- Fingers. Nine tools are pinched; what is cancelled while it is drawn is one way of theirs.
    "tests/test_page_touch.py": {
        "test_a_pinch_leaves_nothing_behind": (
            "frontend/tests/binding.test.ts"
            "::but a shape that was cancelled while it was drawn leaves no ghost"
        ),
    },
    # --- Notes. Kept are how one is written, a size that was chosen, pastes and fingers, and names
    # at notes that a program made.
    "tests/test_page_notes.py": {
        "test_letters_shrink_then_the_note_grows_and_both_come_back": (
            "frontend/tests/notes.test.ts"
            "::letters become smaller, then the note grows, and both come back"
        ),
        "test_two_people_write_notes_at_once": "test_click_write_tab_write",
        "test_the_colour_is_chosen_before_while_and_after": (
            "tests/test_page_selection.py::test_notes_have_their_own_colours_there"
        ),
        "test_a_note_is_one_step_of_undo": (
            "tests/test_page_notes_shared.py::test_pasted_lines_become_notes_in_one_step"
        ),
        "test_escape_leaves_the_tool_and_an_empty_note_stays": "test_click_write_tab_write",
    },
    "tests/test_page_notes_shared.py": {
        "test_others_see_who_wrote_a_note_by_what_the_document_knows": (
            "frontend/tests/notes.test.ts"
            "::is told by the client id that wrote it, and not by anything in the drawing"
        ),
        "test_people_without_edit_access_make_none[view]": (
            "test_people_without_edit_access_make_none[comment]"
        ),
    },
    "tests/test_page_selection.py": {
        "test_several_are_aligned_and_grouped[de-DE-Vertikal zentrieren-Vertikal verteilen]": (
            "test_several_are_aligned_and_grouped[en-Center vertically-Distribute vertically]"
        ),
        "test_the_comment_tool_is_there_for_all_who_may[edit]": (
            "test_the_comment_tool_is_there_for_all_who_may[comment]"
        ),
    },
    "tests/test_page_zoom.py": {
        "test_everything_is_in_its_place_while_somebody_zooms[40]": (
            "test_everything_is_in_its_place_while_somebody_zooms[1200]"
        ),
    },
    "tests/test_page_unknown.py": {
        "test_unknown_elements_are_shown_moved_deleted_and_exported_as_they_are": (
            "frontend/tests/unknown.test.ts::is moved and deleted by writing just that"
        ),
    },
    # --- Diagrams. Kept are the way from text to shapes, hostile text, and use without network.
    "tests/test_page_mermaid.py": {
        "test_far_too_much_is_refused_with_its_number": (
            "frontend/tests/mermaid.test.ts"
            "::what is too long is refused with its number, before anything reads it"
        ),
        "test_a_fault_is_told_with_its_line": (
            "frontend/tests/mermaid.test.ts::names the line that cannot be read, and shows it"
        ),
        "test_files_and_pasted_text_become_diagrams": (
            "test_a_diagram_is_written_seen_and_inserted"
        ),
        "test_pasted_lines_can_become_notes": (
            "tests/test_page_notes_shared.py::test_pasted_lines_become_notes_in_one_step"
        ),
    },
    # --- Files, pictures and paper
    "tests/test_page_pdf_pages.py": {
        "test_without_network_it_works_once_it_was_used": (
            "tests/test_page_mermaid.py::test_a_diagram_is_drawn_without_network"
        ),
        "test_the_dialog_says_what_is_wrong_with_a_choice": (
            "frontend/tests/pdfPages.test.ts"
            "::pages are written as ranges, in any order, and counted once"
        ),
        "test_an_enormous_page_becomes_a_picture_of_its_bounds": (
            "frontend/tests/pdfPages.test.ts"
            "::no page makes a picture or an element beyond the bounds"
        ),
    },
    "tests/test_page_pdf.py": {
        "test_frames_are_pages_and_the_selection_is_one": (
            "sync/tests/test_drawn.py"
            "::test_each_frame_is_a_page_in_the_order_in_which_they_are_shown"
        ),
        "test_the_server_draws_what_the_page_draws[drawn]": (
            "test_the_server_draws_what_the_page_draws[composed]"
        ),
    },
    "tests/test_page_print.py": {
        "test_what_is_selected_goes_on_paper_of_a_printer": "test_each_frame_is_a_sheet",
    },
    "tests/test_excalidraw_files.py": {
        "test_a_file_dropped_on_a_board_is_the_same_for_everybody[composed]": (
            "test_a_file_dropped_on_a_board_is_the_same_for_everybody[drawn]"
        ),
    },
    # Six files of five programs, each dropped and imported. Every engine drops them as well, and
    # what a file is read as is compared in `frontend/tests`.
    "tests/test_page_foreign_files.py": {
        "test_a_dropped_file_is_what_rest_makes_of_it": (
            "tests/test_page_file_ages.py::test_a_dropped_file_is_what_rest_makes_of_it"
        ),
        "test_a_diagram_of_draw_io_stays_a_diagram": (
            "frontend/tests/drawio.test.ts"
            "::have their forms, colours, dashes and places, also in each other"
        ),
    },
    # --- Libraries. Kept are one's own on two devices, keys, files, and a thousand items.
    "tests/test_page_library.py": {
        "test_a_space_shares_its_library_live": (
            "sync/tests/test_events.py::test_a_library_tells_those_who_have_it"
        ),
        "test_an_item_is_dragged_where_it_is_wanted": (
            "test_what_is_selected_is_kept_live_and_used_on_other_boards"
        ),
        "test_who_may_not_edit_looks_and_is_refused": (
            "tests/test_page_level.py::test_nothing_gets_into_the_editor_without_edit_access[view]"
        ),
        "test_a_guest_keeps_a_library_on_the_device": (
            "frontend/tests/library.test.ts"
            "::a guest's library is on the device alone, and nobody else's sees it"
        ),
        "test_changes_without_network_are_sent_by_a_later_page": (
            "frontend/tests/library.test.ts"
            "::what was done without network is sent by a later page, item by item"
        ),
        "test_the_note_of_the_starter_set_is_a_sticky_note": (
            "frontend/tests/library.test.ts"
            "::the note of the starter set is a sticky note, with room for its text"
        ),
    },
}
