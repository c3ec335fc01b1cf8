"""Short forms of the proof's programs, and tests of its checker."""
