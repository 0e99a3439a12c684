"""The runner fires what is due, survives failures, changes quietly and stops cleanly."""

import asyncio
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from structlog.testing import capture_logs

from config.language import speaking
from schedules.errors import JobRepeated, WallTimeInvalid
from schedules.jobs import DailyJob, EveryJob, Job, OnceJob
from schedules.runner import Runner, system_clock

SHANGHAI = ZoneInfo("Asia/Shanghai")
LONG_AGO = datetime(2024, 1, 1, tzinfo=UTC)
FAR_AHEAD = datetime(2099, 1, 1, tzinfo=UTC)
DAILY = DailyJob("daily", "09:10")
PERSONAL = "张三"  # what an error's text may hold


class Calls:
    """A callback that remembers, and waits or fails when told to."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment
        self.made: list[tuple[str, datetime]] = []
        self.ended: list[str] = []
        self.go_on = asyncio.Event()
        self._called = asyncio.Condition()

    def clock(self) -> datetime:
        """Answer the moment this test lives in."""
        return self.moment

    async def __call__(self, job_id: str, now: datetime) -> None:
        """Note the call; jobs named `failing` fail, jobs named `slow` wait for `go_on`."""
        async with self._called:
            self.made.append((job_id, now))
            self._called.notify_all()
        if job_id.startswith("failing"):
            raise RuntimeError(PERSONAL)
        if job_id.startswith("slow"):
            await self.go_on.wait()
        self.ended.append(job_id)

    async def reach(self, count: int) -> None:
        """Wait until so many calls have been made."""
        async with asyncio.timeout(5), self._called:
            await self._called.wait_for(lambda: len(self.made) >= count)


@contextmanager
def runner(calls: Calls, *jobs: Job) -> Iterator[Runner]:
    """Give a runner with these jobs, not started."""
    made = Runner(SHANGHAI, calls, clock=calls.clock)
    made.rebuild(jobs)
    yield made


def live(story: Coroutine[object, None, None]) -> None:
    """Run one test's story in an event loop."""
    asyncio.run(story)


def test_a_missed_job_fires_once_with_the_time_it_is_now() -> None:
    """Years of missed days are made up for by one call, then the next day is waited for."""

    async def story() -> None:
        calls = Calls(LONG_AGO)
        with runner(calls, DAILY) as made:
            made.start()
            await calls.reach(1)
            await made.shutdown()
        assert calls.made == [("daily", LONG_AGO)]

    live(story())


def test_the_system_clock_is_utc() -> None:
    """What the callback gets is aware and in UTC."""
    assert system_clock().tzinfo is UTC


def test_a_failing_job_is_logged_without_its_words_and_stays_scheduled() -> None:
    """Its neighbour runs, its next time stands, and the text of the error is in no log."""

    async def story() -> None:
        calls = Calls(LONG_AGO)
        with capture_logs() as logs, runner(calls, DailyJob("failing", "09:10"), DAILY) as made:
            made.start()
            await calls.reach(2)
            assert made.next_times().keys() == {"failing", "daily"}
            await made.shutdown()
        assert [(log["event"], log["job"], log["error"]) for log in logs] == [
            ("runner.job_failed", "failing", "RuntimeError")
        ]
        assert "test_runner.py" in logs[0]["traceback"]

    live(story())


def test_no_log_holds_the_words_of_an_error(caplog: pytest.LogCaptureFixture) -> None:
    """APScheduler's own log stays clean as well."""

    async def story() -> None:
        calls = Calls(LONG_AGO)
        with capture_logs() as logs, runner(calls, DailyJob("failing", "09:10")) as made:
            made.start()
            await calls.reach(1)
            await made.shutdown()
        assert PERSONAL not in str(logs) + caplog.text

    live(story())


def test_a_rebuild_keeps_the_next_times_of_what_did_not_change() -> None:
    """A changed job counts anew, a new one joins, a removed one is gone."""
    calls = Calls(FAR_AHEAD)
    hour = timedelta(hours=1)
    with runner(calls, EveryJob("same", 3600), EveryJob("other", 3600), DAILY) as made:
        calls.moment += timedelta(minutes=10)
        made.rebuild([EveryJob("same", 3600), EveryJob("other", 7200), EveryJob("new", 3600)])
        assert made.next_times() == {
            "same": FAR_AHEAD + hour,
            "other": calls.moment + 2 * hour,
            "new": calls.moment + hour,
        }


def test_a_rebuild_while_running_takes_effect_at_once() -> None:
    """A job that is added overdue fires without anybody waiting for another."""

    async def story() -> None:
        calls = Calls(LONG_AGO)
        with runner(calls) as made:
            made.start()
            made.rebuild([DAILY])
            await calls.reach(1)
            made.rebuild([])
            assert made.next_times() == {}
            await made.shutdown()

    live(story())


def test_what_fired_once_does_not_fire_again_unless_changed() -> None:
    """A rebuild repeats nothing; another moment is another matter."""

    async def story() -> None:
        calls = Calls(LONG_AGO)
        with runner(calls, OnceJob("once", LONG_AGO)) as made:
            made.start()
            await calls.reach(1)
            made.rebuild([OnceJob("once", LONG_AGO)])
            assert made.next_times() == {}
            made.rebuild([OnceJob("once", LONG_AGO + timedelta(hours=1))])
            await calls.reach(2)
            await made.shutdown()
        assert [job for job, _ in calls.made] == ["once", "once"]

    live(story())


def test_what_falls_due_while_it_runs_runs_once_more_right_after() -> None:
    """A moment set from within, or during, the last run is never dropped."""

    async def story() -> None:
        calls = Calls(LONG_AGO)
        with runner(calls, OnceJob("slow", LONG_AGO)) as made:
            made.start()
            await calls.reach(1)
            for hours in (1, 2):
                marker = OnceJob(f"marker-{hours}", LONG_AGO)
                made.rebuild([OnceJob("slow", LONG_AGO + timedelta(hours=hours)), marker])
                await calls.reach(1 + hours)
            calls.go_on.set()
            await calls.reach(4)
            await made.shutdown()
        assert [job for job in calls.ended if job == "slow"] == ["slow", "slow"]

    live(story())


def test_what_falls_due_in_the_turn_of_the_last_run_is_not_dropped() -> None:
    """APScheduler still counts the last run as going on, and would skip this one."""

    async def story() -> None:
        calls = Calls(LONG_AGO)
        with runner(calls, OnceJob("once", LONG_AGO)) as made:
            made.start()
            await asyncio.sleep(0)
            made.rebuild([OnceJob("once", LONG_AGO + timedelta(hours=1))])
            await calls.reach(2)
            await made.shutdown()
        assert calls.ended == ["once", "once"]

    live(story())


def test_a_job_every_so_often_waits_its_turn() -> None:
    """One that takes longer than its interval is not run back to back."""

    async def story() -> None:
        calls = Calls(LONG_AGO)
        month = timedelta(days=30).total_seconds()
        with runner(calls, EveryJob("slow", month)) as made:
            made.start()
            await calls.reach(1)
            made.rebuild([EveryJob("slow", month + 1), DAILY])
            await calls.reach(2)
            calls.go_on.set()
            await made.shutdown()
        assert sorted(calls.ended) == ["daily", "slow"]

    live(story())


def test_a_job_removed_while_it_runs_does_not_run_again() -> None:
    """What waits for the end of a run is forgotten with its job."""

    async def story() -> None:
        calls = Calls(LONG_AGO)
        with runner(calls, OnceJob("slow", LONG_AGO)) as made:
            made.start()
            await calls.reach(1)
            made.rebuild([OnceJob("slow", LONG_AGO + timedelta(hours=1)), DAILY])
            await calls.reach(2)
            made.rebuild([])
            calls.go_on.set()
            await made.shutdown()
        assert sorted(calls.ended) == ["daily", "slow"]

    live(story())


def test_two_jobs_of_one_name_are_refused() -> None:
    """The schedule stays as it was."""
    calls = Calls(FAR_AHEAD)
    with runner(calls, DAILY) as made:
        with speaking("en"), pytest.raises(JobRepeated, match="are named “new”"):
            made.rebuild([EveryJob("new", 1), EveryJob("new", 2)])
        assert made.next_times().keys() == {"daily"}


def test_a_rebuild_with_a_mistake_changes_nothing() -> None:
    """Either all of a new configuration holds or all of the old one."""
    calls = Calls(FAR_AHEAD)
    with runner(calls, DAILY) as made:
        with pytest.raises(WallTimeInvalid):
            made.rebuild([EveryJob("new", 1), DailyJob("daily", "25:00")])
        assert made.next_times().keys() == {"daily"}


def test_a_clock_set_back_silences_nothing() -> None:
    """Jobs every so often go on from the earlier time; moments stay what they are."""
    calls = Calls(FAR_AHEAD)
    once = OnceJob("once", FAR_AHEAD + timedelta(hours=1))
    with runner(calls, EveryJob("every", 30), once) as made:
        calls.moment -= timedelta(hours=5)
        made.realign()
        assert made.next_times() == {
            "every": calls.moment + timedelta(seconds=30),
            "once": once.at,
        }


def test_a_clock_set_forward_skips_nothing() -> None:
    """What was due in between stays due."""
    calls = Calls(FAR_AHEAD)
    with runner(calls, EveryJob("every", 30)) as made:
        calls.moment += timedelta(hours=5)
        made.realign()
        assert made.next_times() == {"every": FAR_AHEAD + timedelta(seconds=30)}


def test_shutdown_waits_for_what_runs() -> None:
    """The slow job ends by itself; a second shutdown does nothing."""

    async def story() -> None:
        calls = Calls(LONG_AGO)
        with runner(calls, DailyJob("slow", "09:10")) as made:
            made.start()
            await calls.reach(1)
            asyncio.get_running_loop().call_soon(calls.go_on.set)
            await made.shutdown()
            await made.shutdown()
        assert calls.ended == ["slow"]

    live(story())


def test_shutdown_waits_for_what_fired_in_the_same_turn() -> None:
    """Between firing and starting lies a turn of the loop, in which nothing is lost."""

    async def story() -> None:
        calls = Calls(LONG_AGO)
        with runner(calls, DAILY) as made:
            made.start()
            await asyncio.sleep(0)
            await made.shutdown()
        assert calls.ended == [job for job, _ in calls.made]

    live(story())


def test_shutdown_cancels_what_takes_too_long() -> None:
    """With a limit the process ends, and says what it cut short."""

    async def story() -> None:
        calls = Calls(LONG_AGO)
        with capture_logs() as logs, runner(calls, DailyJob("slow", "09:10")) as made:
            made.start()
            await calls.reach(1)
            await made.shutdown(within=0.01)
        assert calls.ended == []
        assert [(log["event"], log["job"]) for log in logs] == [("runner.job_cancelled", "slow")]

    live(story())


def test_shutdown_before_start_does_nothing() -> None:
    """A daemon that failed to start can still be stopped."""
    calls = Calls(FAR_AHEAD)
    with runner(calls, DAILY) as made:
        live(made.shutdown())
    assert calls.made == []
