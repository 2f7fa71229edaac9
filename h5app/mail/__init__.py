"""Letters: MIME, and the mailers that carry them."""
