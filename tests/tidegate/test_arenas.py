"""Threads share what memory they leave: seen in a process of its own, by glibc's own account of it."""

from __future__ import annotations

import subprocess
import sys

import pytest

#: Threads that are there at the same time, each of which takes memory of the C library.
_THREADS = """
import ctypes, sys, threading
from tidegate import arenas
if sys.argv[1] == "few":
    arenas.few()
there = threading.Barrier(8)
def hold():
    kept = bytearray(100_000)
    there.wait()
threads = [threading.Thread(target=hold) for _ in range(8)]
for each in threads: each.start()
for each in threads: each.join()
libc = ctypes.CDLL(None)
libc.fdopen.restype = ctypes.c_void_p
out = ctypes.c_void_p(libc.fdopen(1, b"w"))
libc.malloc_info(0, out)
libc.fflush(out)
"""


def arenas_of(how: str) -> int:
    told = subprocess.run([sys.executable, "-c", _THREADS, how], capture_output=True, text=True, check=True).stdout
    return told.count("<heap nr=")


@pytest.mark.skipif(sys.platform != "linux", reason="glibc's")
def test_all_other_threads_share_one() -> None:
    assert arenas_of("as it is") > 2
    assert arenas_of("few") == 2
