"""The way in and out for a whole installation: archives, and the move to another database.

- `archive`: the files of an archive: their names, checksums and limits.
- `archive_reading`: reads an archive, a directory or a zip.
- `archive_writing`: writes the files of an archive, and packs them into a zip.
- `carried`: which tables an archive carries, which it leaves out and why, and what is a secret.
- `copying`: copies all rows from one database to another and compares them.
- `exporting`: writes an archive, board by board.
- `exporting_board`: writes one board into an archive.
- `importing`: fills an empty installation from an archive, board by board.
- `importing_rows`: inserts the rows of an archive, after each was looked at.
- `progress`: says how far a long command is, and how long it still takes.
- `reading`: reads many tables as of one moment, without stopping writers.
- `rows`: a row as JSON and back, the same from either database.
"""
