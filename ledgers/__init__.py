"""WHO: entries, persons, posts and regions; import and export of workbooks."""
