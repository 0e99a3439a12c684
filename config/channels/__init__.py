"""What an admin may write under `channels:`, a model for each type."""
