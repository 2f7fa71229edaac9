"""WeChat: the tickets its server gives, and the signature that a page needs for its share card."""
