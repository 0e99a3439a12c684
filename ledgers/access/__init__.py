"""Who may sign in, what they may do and which divisions they see; links in messages."""
