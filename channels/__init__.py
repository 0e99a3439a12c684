"""HOW: one file per channel behind one tiny protocol."""
