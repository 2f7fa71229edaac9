"""Untrusted bytes in, clean JPEG renditions out, decoded in a limited child process."""
