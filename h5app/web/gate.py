"""A gate in front of the form's pages: few at a time in a process, so that each is quick.

Python lets one thread of a process run at a time. A page gives that turn away at every look into the database and
gets it back behind all others: with sixteen threads at it a submit took three times as long as with two, and the
process did less. Photos and the console pass beside the gate: they wait for decoders, or take their time.
"""

import threading

from flask import Blueprint, g

from h5app.domain.errors import StoreBusyError

_AT_ONCE = 2
_LONGEST_WAIT_S = 10.0
# One for all blueprints that stand behind it.
_gate = threading.BoundedSemaphore(_AT_ONCE)


def put_before(blueprint: Blueprint) -> None:
    """Let the blueprint's requests through two at a time, once their bodies have been read."""

    @blueprint.before_request
    def enter() -> None:
        if not _gate.acquire(timeout=_LONGEST_WAIT_S):
            raise StoreBusyError("现在填表的人很多，请过一分钟再试一次")
        g.inside = True

    @blueprint.teardown_request
    def leave(_error: BaseException | None) -> None:
        if g.pop("inside", False):
            _gate.release()
