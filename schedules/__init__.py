"""WHEN: periods, calendars, slots and quiet hours (pure), and the runner that fires them."""
