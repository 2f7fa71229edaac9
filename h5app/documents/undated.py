"""Office files without the moment they were packed at, so that the same content gives the same bytes."""

import io
import zipfile
from datetime import datetime

EPOCH = datetime(1980, 1, 1)  # noqa: DTZ001 -- the date of a ZIP member has no zone


def undated(packed: bytes) -> bytes:
    """Pack the parts of an Office file again, each dated as early as a ZIP can say."""
    again = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(packed)) as source, zipfile.ZipFile(again, "w") as target:
        for name in source.namelist():
            member = zipfile.ZipInfo(name, EPOCH.timetuple()[:6])
            target.writestr(member, source.read(name), compress_type=zipfile.ZIP_DEFLATED)
    return again.getvalue()
