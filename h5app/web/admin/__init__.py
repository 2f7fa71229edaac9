"""The console, behind one gate."""
