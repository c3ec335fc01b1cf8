"""Who waits for a fair semaphore is next in turn between groups, and nothing is lost."""

import asyncio

from sync.fair_semaphore import FairSemaphore


async def begun(semaphore: FairSemaphore, group: str, order: list[str]) -> None:
    async with semaphore.hold(group):
        order.append(group)
        await asyncio.sleep(0)


async def test_a_group_waits_for_one_task_of_each_other_group() -> None:
    semaphore, order = FairSemaphore(1), list[str]()
    groups = ["a"] * 20 + ["b"] * 20 + ["c"]
    async with asyncio.timeout(5):
        await asyncio.gather(*(begun(semaphore, group, order) for group in groups))
    assert order.index("c") <= 4
    assert sorted(order) == groups


async def test_it_says_whether_a_group_took_fewer_turns_than_others() -> None:
    semaphore = FairSemaphore(1, ahead=2)
    answers = []
    for group in ["many"] * 5 + ["few"] * 5:
        answers.append(await semaphore.acquire(group))
        semaphore.release()
    assert answers == [True, True, False, False, False, True, True, False, False, False]


async def test_no_more_than_allowed_run_at_a_time() -> None:
    semaphore, running, most = FairSemaphore(3), 0, 0

    async def run(number: int) -> None:
        nonlocal running, most
        async with semaphore.hold(number % 4):
            running += 1
            most = max(most, running)
            await asyncio.sleep(0)
            running -= 1

    await asyncio.gather(*(run(number) for number in range(30)))
    assert most == 3


async def test_who_is_cancelled_passes_it_on() -> None:
    semaphore, order = FairSemaphore(1), list[str]()
    async with semaphore.hold("first"):
        tasks = [asyncio.create_task(begun(semaphore, name, order)) for name in "abc"]
        await asyncio.sleep(0)
        tasks[0].cancel()
    tasks[1].cancel()  # it was granted, and has not run since
    async with asyncio.timeout(5):
        await asyncio.gather(*tasks, return_exceptions=True)
        async with semaphore.hold("last"):
            pass
    assert order == ["c"]


async def test_who_took_few_turns_lately_goes_first() -> None:
    semaphore, order = FairSemaphore(1, ahead=4), list[str]()
    crowd = [name for name in "abcdefgh" for _ in range(20)]
    tasks = [asyncio.create_task(begun(semaphore, group, order)) for group in crowd]
    async with asyncio.timeout(5):
        while len(order) < 80:  # noqa: ASYNC110
            await asyncio.sleep(0)
        began = len(order)
        tasks += [asyncio.create_task(begun(semaphore, "late", order)) for _ in range(4)]
        await asyncio.gather(*tasks)
    assert order[began + 1 :].index("late") <= 1
    assert [at for at, group in enumerate(order) if group == "late"][-1] < began + 7
