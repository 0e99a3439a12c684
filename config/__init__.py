"""Everything an admin or operator may write: YAML, environment, language."""
