"""The errors people meet. Every message is plain Chinese and says what to do next."""

from collections.abc import Mapping


class H5appError(Exception):
    """Base of every expected error; `str(error)` may be shown to a person."""


class SettingsError(H5appError):
    """The environment asks for something the service cannot start with."""


class CampaignError(H5appError):
    """The campaign file is wrong; the message names line and key."""


class InvalidAnswerError(H5appError):
    """One answer cannot be taken as typed."""


class NotEligibleError(InvalidAnswerError):
    """An honest answer that keeps somebody from being nominated, for now."""


class InvalidAnswersError(H5appError):
    """Answers of a page or of the whole draft that must be mended; `problems` maps question name to sentence."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__("还有几处需要修改")
        self.problems = dict(problems)


class PathClosedError(H5appError):
    """The path is not open now, by the server's clock."""


class PhotoError(H5appError):
    """A photo that cannot be taken; the message says which picture to send instead."""


class PhotoTooLargeError(PhotoError):
    """More bytes or pixels than a photo may have."""


class UnreadablePhotoError(PhotoError):
    """Not a picture we read, or a damaged one."""


class PhotosBusyError(PhotoError):
    """No decoder became free in time; the same upload will work in a moment."""


class UnreadableFormError(H5appError):
    """A file that came by mail and is no 推荐表 we can read; the message says what to do with it."""


class UnreadableListError(H5appError):
    """A file with a list in it that cannot be read; the message says how to save it so that it can."""


class ChannelError(InvalidAnswerError):
    """A poster's channel that cannot be as asked."""


class PosterError(H5appError):
    """A poster that cannot be made as asked."""


class TooManyTriesError(H5appError):
    """Guessed wrong too often; the message says how long to wait."""


class WechatError(H5appError):
    """WeChat's server gives nothing now; `code` is the number of its refusal, 0 where there is none."""

    def __init__(self, message: str, *, code: int = 0) -> None:
        super().__init__(message)
        self.code = code


class NotFoundError(H5appError):
    """No such thing, or not for this person: the two look alike from outside."""


class ConflictError(H5appError):
    """Somebody else was quicker; what was read is no longer so."""


class SignInError(H5appError):
    """Name or password wrong, or too many tries; one sentence for both."""


class SealError(H5appError):
    """A sealed value does not open: wrong key, or changed bytes."""


class StoreBusyError(H5appError):
    """Another process held the write lock for too long; trying again is right."""


class StoreFullError(H5appError):
    """The disk is full, or nearly."""
