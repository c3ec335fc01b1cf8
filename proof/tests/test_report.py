"""The page of results is what its command makes of the files that were kept."""

from proof.report import PAGE, page


def test_the_page_is_what_was_measured() -> None:
    assert PAGE.read_text() == page()
