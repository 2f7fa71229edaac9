"""Untrusted bytes in, clean JPEG renditions out, decoded in a limited child process."""

from h5app.photos.limits import DEFAULT_LIMITS, PhotoLimits
from h5app.photos.rendering import cut, render, shrink, stamp
from h5app.photos.renditions import Cutting, Renditions

__all__ = ["DEFAULT_LIMITS", "Cutting", "PhotoLimits", "Renditions", "cut", "render", "shrink", "stamp"]
