from __future__ import annotations

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.common.contracts.feed import FeedError
from services.common.ids import FeedId
from services.fetcher.outage import Outage
from services.fetcher.plan import Plan
from services.fetcher.politeness import SPACING, Politeness
from services.fetcher.poll import Failed
from services.fetcher.states import state_after
from tests.support.builders import NOON, a_feed

MINUTE = timedelta(minutes=1)
A, B = FeedId("fd_a"), FeedId("fd_b")


def next_of(plan: Plan, *, now: datetime) -> FeedId | None:
    """Return the feed that is due longest, and plan it no more."""
    feed = plan.due(now=now)
    if feed is not None:
        plan.drop(feed)
    return feed


def test_a_feed_planned_anew_is_due_once_at_its_new_time() -> None:
    plan = Plan()
    plan.put(A, NOON)
    plan.put(A, NOON + MINUTE)
    plan.put(B, NOON)

    due_at_noon = [next_of(plan, now=NOON), next_of(plan, now=NOON)]
    later = [next_of(plan, now=NOON + MINUTE), next_of(plan, now=NOON + MINUTE)]

    assert due_at_noon == [B, None]
    assert later == [A, None]


def test_a_dropped_feed_is_not_due() -> None:
    plan = Plan()
    plan.put(A, NOON)
    plan.drop(A)

    assert (plan.next_at(), next_of(plan, now=NOON)) == (None, None)


@given(st.lists(st.tuples(st.sampled_from("abcd"), st.integers(0, 50)), max_size=40))
def test_feeds_come_in_the_order_of_their_newest_times(puts: list[tuple[str, int]]) -> None:
    plan = Plan()
    for feed, minute in puts:
        plan.put(FeedId(feed), NOON + minute * MINUTE)

    taken = []
    while (due := next_of(plan, now=NOON + timedelta(days=1))) is not None:
        taken.append(due)

    newest = dict(puts)
    assert sorted(taken) == sorted(newest)
    assert [newest[feed] for feed in taken] == sorted(newest.values())


def test_a_host_gets_two_requests_at_once_five_seconds_apart() -> None:
    politeness = Politeness()

    first = politeness.ask("h", now=NOON)
    at_once = politeness.ask("h", now=NOON)
    second = politeness.ask("h", now=NOON + SPACING)
    third = politeness.ask("h", now=NOON + 2 * SPACING)
    politeness.finish("h")
    after = politeness.ask("h", now=NOON + 2 * SPACING)

    assert (first, at_once, second) == (None, NOON + SPACING, None)
    assert third is not None
    assert third > NOON + 2 * SPACING
    assert after is None
    assert politeness.ask("other", now=NOON) is None


def test_who_asks_two_hosts_waits_for_both_and_keeps_none_waiting_meanwhile() -> None:
    politeness = Politeness()
    politeness.ask("second", now=NOON)

    both = politeness.ask("first", "second", now=NOON)
    alone = politeness.ask("first", now=NOON)
    later = politeness.ask("first", "second", "first", now=NOON + SPACING)
    politeness.finish("first", "second", "first")
    politeness.finish("first", "second")

    assert (both, alone, later) == (NOON + SPACING, None, None)
    assert politeness.ask("first", "second", now=NOON + 2 * SPACING) is None


def test_a_host_that_limits_two_feeds_is_left_alone_and_one_feed_is_no_host() -> None:
    politeness = Politeness()

    alone = politeness.limit("h", A)
    politeness.welcome("h", A)
    again = politeness.limit("h", B)
    both = politeness.limit("h", A)
    politeness.leave_alone("h", until=NOON + MINUTE, now=NOON)

    assert (alone, again, both) == (False, False, True)
    assert politeness.ask("h", now=NOON) == NOON + MINUTE
    assert politeness.ask("h", now=NOON + MINUTE) is None


def test_who_had_a_turn_at_a_slow_host_waits_for_the_next_like_all_others() -> None:
    politeness = Politeness(slots=1, spacing=timedelta(seconds=1))
    politeness.ask("slow", now=NOON)
    after = NOON + timedelta(seconds=3)
    politeness.finish_and_rest("slow", now=after)

    assert politeness.ask("slow", now=after) == after + timedelta(seconds=1)
    assert politeness.ask("slow", now=after + timedelta(seconds=1)) is None


def test_what_is_asked_of_a_host_is_kept_however_many_others_there_are() -> None:
    politeness = Politeness()
    politeness.limit("limits", A)
    politeness.leave_alone("rests", until=NOON + 60 * MINUTE, now=NOON)

    now = NOON
    for number in range(10_000):
        now += timedelta(milliseconds=100)
        politeness.ask(f"host-{number}", now=now)
        politeness.finish(f"host-{number}")

    assert politeness.ask("rests", now=now) == NOON + 60 * MINUTE
    assert politeness.limit("limits", B)
    assert politeness.hosts < 3_000


def test_feeds_that_are_too_many_for_their_host_take_turns() -> None:
    plan, politeness = Plan(), Politeness()
    polls = {FeedId(f"fd_{number:03}"): 0 for number in range(200)}  # 120 fit into ten minutes
    for feed in polls:
        plan.put(feed, NOON)

    now: datetime | None = NOON
    while now is not None and now < NOON + 60 * MINUTE:
        while (due := plan.due(now=now)) is not None:
            later = politeness.ask("news.example", now=now)
            if later is not None:
                plan.postpone(due, later)
                continue
            polls[due] += 1
            politeness.finish("news.example")
            plan.put(due, now + 10 * MINUTE)
        now = plan.next_at()

    assert {*polls.values()} == {3, 4}


def test_an_outage_is_ours_when_most_hosts_are_out_of_reach_at_once() -> None:
    outage = Outage()
    outage.note("a", is_reached=False, now=NOON)
    outage.note("b", is_reached=False, now=NOON)
    outage.note("c", is_reached=True, now=NOON)
    most = outage.is_ours
    outage.note("a", is_reached=True, now=NOON)
    few = outage.is_ours
    outage.note("d", is_reached=True, now=NOON + timedelta(hours=1))
    outage.note("e", is_reached=False, now=NOON + timedelta(hours=1))

    assert (most, few, outage.is_ours) == (True, False, False)


def test_one_feed_alone_is_asked_as_often_as_promised_after_a_night_off_the_network() -> None:
    feed, outage = a_feed("https://example.org/rss", every=10 * MINUTE), Outage()
    state, now = None, NOON
    unreached = Failed(error=FeedError(error_class="dns", message="No name."), is_network=True)

    while now < NOON + timedelta(hours=12):
        outage.note("example.org", is_reached=False, now=now)
        state = state_after(
            unreached,
            feed=feed,
            before=state,
            new_stories=0,
            without_page=(),
            wall="",
            is_own_outage=outage.is_ours,
            now=now,
        )
        assert state.next_poll_at is not None
        assert state.next_poll_at - now <= 10 * MINUTE
        now = state.next_poll_at


def test_a_plan_moves_with_a_clock_that_is_set_back() -> None:
    plan = Plan()
    plan.put(A, NOON + MINUTE)
    plan.put(B, NOON)
    plan.drop(B)
    plan.move(-60 * MINUTE)

    assert plan.next_at() == NOON - 59 * MINUTE
    assert next_of(plan, now=NOON - 59 * MINUTE) == A


def test_a_host_that_a_wrong_clock_left_alone_is_asked_again_once_it_is_right() -> None:
    politeness = Politeness()
    politeness.leave_alone(
        "a.example", until=NOON + timedelta(days=365), now=NOON + timedelta(days=364)
    )

    wrong = politeness.ask("a.example", now=NOON + timedelta(days=364, hours=12))
    right = politeness.ask("a.example", now=NOON)

    assert wrong == NOON + timedelta(days=365)
    assert right is None


def test_a_host_is_asked_again_soon_after_the_clock_was_set_back() -> None:
    politeness = Politeness()
    politeness.ask("example.org", now=NOON)
    politeness.finish("example.org")

    assert politeness.ask("example.org", now=NOON - 60 * MINUTE) is None


def test_a_host_that_limits_once_the_clock_is_right_is_left_alone() -> None:
    politeness = Politeness()
    politeness.leave_alone(
        "a.example", until=NOON + timedelta(days=365), now=NOON + timedelta(days=364)
    )
    politeness.leave_alone("a.example", until=NOON + 10 * MINUTE, now=NOON)
    politeness.leave_alone("a.example", until=NOON + 5 * MINUTE, now=NOON)

    assert politeness.ask("a.example", now=NOON + MINUTE) == NOON + 10 * MINUTE
