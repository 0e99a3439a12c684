"""Web pages and endpoints (none yet: they come with the issues on receipts and pages)."""
