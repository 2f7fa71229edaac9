"""A package that opens with the office's pass phrase only: WinZip's AES-256, for 7-Zip, WinZip, Bandizip, 360压缩.

Names, sizes and dates of its members stay readable without the phrase, so none of them may name a person; their
checksums are left out (AE-2), since they would tell whether a guessed file is inside. The same package never gives
the same bytes twice: each member has a salt of its own.
"""

import io
from collections.abc import Sequence
from datetime import datetime

from pyzipper import WZ_AES, ZIP_STORED  # type: ignore[import-untyped]
from pyzipper.zipfile_aes import WZ_AES_V2, AESZipFile, AESZipInfo  # type: ignore[import-untyped]

from h5app.documents.package import PackageFile, dated, members_of

_BITS = 256


def sealed_zip(folder: str, files: Sequence[PackageFile], *, modified_at: datetime, passphrase: str) -> bytes:
    """Pack as `package_zip` does, every member encrypted.

    Args:
        folder: as for `package_zip`; neither it nor a file's name is hidden.
        files: what to pack.
        modified_at: date of every member, as a clock on the wall shows it.
        passphrase: as the office types it. A thousand rounds are all that the format stretches it by, so it has to
            be long by itself.

    Raises:
        ValueError: there is no pass phrase.
    """
    if not passphrase:
        raise ValueError("a sealed package needs a pass phrase")
    archive = io.BytesIO()
    with AESZipFile(archive, "w", compression=ZIP_STORED) as target:
        target.setpassword(passphrase.encode())
        target.setencryption(WZ_AES, nbits=_BITS, force_wz_aes_version=WZ_AES_V2)
        for path, data in members_of(folder, files):
            plain = dated(path, modified_at)
            member = AESZipInfo(path, plain.date_time)
            member.create_system, member.external_attr = plain.create_system, plain.external_attr
            target.writestr(member, data)
    return archive.getvalue()
