import threading

import pytest
import torch

from pusklearn.pu.modules._thread_team import (
    ThreadTeam,
    current_rank,
    current_team,
    limit_to_one_thread,
    one_thread_of_torch,
    own_threads,
)


@pytest.fixture(autouse=True)
def three_threads():
    """Give torch three threads, whatever it had."""
    before = torch.get_num_threads()
    torch.set_num_threads(3)
    yield
    torch.set_num_threads(before)


@pytest.mark.parametrize("n_members", [1, 2, 5])
def test_every_member_gets_its_part_and_the_sum_of_all(n_members):
    def work(number):
        return current_rank(), team.sum(torch.tensor(number)).item()

    numbers = [2.0**k for k in range(n_members)]
    with ThreadTeam(n_members) as team:
        for _ in range(3):
            results = team.map(work, numbers)
            assert results == [(k, 2.0**n_members - 1) for k in range(n_members)]
    assert current_team() is None


def test_a_sum_has_the_same_bits_whoever_comes_first():
    terms = torch.randn(4, 100, generator=torch.Generator().manual_seed(0))
    with ThreadTeam(4) as team:
        sums = [s for _ in range(20) for s in team.map(team.sum, terms)]
    assert all(torch.equal(s, sums[0]) for s in sums)


@pytest.mark.parametrize("rank", [0, 1, 2])
@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_an_error_of_one_member_ends_all_and_leaves_the_team_usable(rank, error):
    def work(number):
        if number == rank:
            raise error("no")
        return team.sum(torch.tensor(number))

    with ThreadTeam(3) as team:
        with pytest.raises(error, match="no"):
            team.map(work, [0, 1, 2])
        assert team.map(float, [0, 1, 2]) == [0.0, 1.0, 2.0]


def test_members_have_one_thread_of_torch_and_run_at_the_same_time():
    meeting = threading.Barrier(3, timeout=20)

    def work(_):
        meeting.wait()
        return torch.get_num_threads()

    with one_thread_of_torch(), ThreadTeam(3) as team:
        assert team.map(work, range(3)) == [1, 1, 1]
    assert torch.get_num_threads() == 3


def test_the_limit_holds_in_the_calling_thread_alone():
    assert limit_to_one_thread() == 3
    assert torch.get_num_threads() == 1
    seen = []
    thread = threading.Thread(target=lambda: seen.append(torch.get_num_threads()))
    thread.start()
    thread.join()
    assert seen == [3]


def test_the_limit_ends_if_the_work_fails():
    with pytest.raises(ValueError, match="no"), one_thread_of_torch():
        raise ValueError("no")
    assert torch.get_num_threads() == 3


@pytest.mark.parametrize("n_begun", [0, 1])
def test_an_interrupt_before_all_have_begun_leaves_none_waiting(n_begun):
    begun = []

    def stop_or_submit(*arguments):
        if len(begun) == n_begun:
            raise KeyboardInterrupt
        begun.append(submit(*arguments))
        return begun[-1]

    with ThreadTeam(3) as team:
        submit, team.executor.submit = team.executor.submit, stop_or_submit
        with pytest.raises(KeyboardInterrupt):
            team.map(lambda term: current_team().sum(term), torch.ones(3, 1))
    errors = [future.exception() for future in begun]
    assert all(isinstance(error, threading.BrokenBarrierError) for error in errors)


def test_a_new_thread_has_all_threads_though_another_is_being_limited(monkeypatch):
    seen = []
    set_num_threads = torch.set_num_threads

    def set_and_let_another_thread_ask(n):
        set_num_threads(n)
        if n == 1:
            other.start()
            other.join(0.2)  # it waits for the number to be put back

    other = threading.Thread(target=lambda: seen.append(own_threads()))
    with monkeypatch.context() as patch:
        patch.setattr(torch, "set_num_threads", set_and_let_another_thread_ask)
        with one_thread_of_torch():
            other.join()
    assert seen == [3]
