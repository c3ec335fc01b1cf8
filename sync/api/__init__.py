"""REST of the document: as a Yjs update, as elements, as a file, and its versions; of libraries."""
