"""gunicorn: threads for people on slow networks; nginx stands in front in production."""

import gc
import os

from gunicorn.arbiter import Arbiter
from gunicorn.workers.base import Worker

bind = f"0.0.0.0:{os.environ.get('PORT', '8000')}"
worker_class = "gthread"
workers = 2
threads = 16
# The application is loaded once and forked: workers share its pages, and a wrong setting stops the start.
preload_app = True
# A photo may wait 20 s for a decoder and take 15 s.
timeout = 60
graceful_timeout = 10
keepalive = 5
# No access log: addresses of one-time links and the hours of people's shifts are nobody's business.
accesslog = None
# Nothing of ours talks to it, and two services of one user would fight for the socket.
control_socket_disable = True


def when_ready(_server: Arbiter) -> None:
    """Before the workers are forked: what is loaded now stays for good, and the collector's marks would unshare it."""
    gc.collect()
    gc.freeze()


def post_fork(_server: Arbiter, worker: Worker) -> None:
    """One core for each worker: threads of one process on two cores fight over Python's lock, at twice the cost."""
    cores = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, {cores[worker.age % len(cores)]})
