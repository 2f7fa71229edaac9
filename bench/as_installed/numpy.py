"""No numpy where the service runs; a tool of the tests brings one, and sqlite-utils would take it along: 15 MB each."""

raise ImportError("not installed where the service runs")
