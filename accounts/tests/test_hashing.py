"""Hashes of passwords take no processor from people who draw."""

from __future__ import annotations

import hashlib
import os
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher

from accounts.limits.fair_threads import NICENESS, FairThreads, asked_by
from accounts.sign_in.hashing import PasswordHasher
from tests.server import until


class _Noted(PasswordHasher):
    """Notes which threads hash, and how nice they are."""

    iterations = 20_000

    def __init__(self) -> None:
        self.seen: dict[int, int] = {}

    @property
    def digest(self) -> Any:  # Django asks it on the thread that hashes
        thread = threading.get_native_id()
        self.seen[thread] = os.getpriority(os.PRIO_PROCESS, thread)
        return hashlib.sha256


def test_hashes_are_those_of_django() -> None:
    made = PasswordHasher().encode("a password", "salt", 1000)
    assert made == PBKDF2PasswordHasher().encode("a password", "salt", 1000)


def test_many_guesses_hash_on_few_threads_of_a_low_priority() -> None:
    hasher = _Noted()
    with ThreadPoolExecutor(30) as guesses:
        made = set(guesses.map(lambda _: hasher.encode("guess", "salt"), range(60)))
    assert len(made) == 1
    assert PBKDF2PasswordHasher().verify("guess", made.pop())
    assert 1 <= len(hasher.seen) <= (os.cpu_count() or 1)
    mine = os.getpriority(os.PRIO_PROCESS, threading.get_native_id())
    assert set(hasher.seen.values()) == {min(mine + NICENESS, 19)}


def test_a_newcomer_waits_for_one_task_of_each_other_network() -> None:
    threads = FairThreads(1, "test")
    begun, may_go_on, order = threading.Event(), threading.Event(), list[str]()

    def block() -> None:
        begun.set()
        may_go_on.wait(20)

    def ask(network: str) -> None:
        with asked_by(network):
            threads.run(lambda: order.append(network))

    with ThreadPoolExecutor(40) as askers:
        askers.submit(threads.run, block)
        assert begun.wait(20)
        many = [askers.submit(ask, network) for network in ["a"] * 15 + ["b"] * 15]
        until(lambda: threads.waiting, lambda waiting: waiting == len(many))
        newcomer = askers.submit(ask, "c")
        until(lambda: threads.waiting, lambda waiting: waiting == len(many) + 1)
        may_go_on.set()
        newcomer.result(20)
    assert order.index("c") <= 2
    assert len(order) == len(many) + 1


def test_an_exception_comes_back_and_the_threads_go_on() -> None:
    threads = FairThreads(1, "test")
    with pytest.raises(ZeroDivisionError):
        threads.run(lambda: 1 // 0)
    assert threads.run(lambda: 5) == 5


def test_a_process_that_was_forked_hashes_too() -> None:
    expected = PasswordHasher().encode("a password", "salt", 1000)
    child = os.fork()
    if not child:
        os._exit(PasswordHasher().encode("a password", "salt", 1000) != expected)
    assert os.waitpid(child, 0)[1] == 0
