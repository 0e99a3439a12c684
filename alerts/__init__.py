"""WHAT is due, what to say, and what was said."""
