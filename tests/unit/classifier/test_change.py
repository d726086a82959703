"""A changed watchlist reads stories as one that was built anew."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from services.classifier.change import MOST_NAMES, change_between
from services.classifier.pipeline import Pipeline
from services.common.contracts.company import Alias, Company
from services.common.ids import CompanyId
from services.common.watchlist import Watchlist
from tests.support.builders import a_story

NAMES = ("TikTok", "TikTok Shop", "Grab", "Meta", "Arm", "ТикТок", "字节跳动", "Line")
STORY = a_story(
    title="India bans TikTok Shop; Grab buys Arm",
    text="TikTok Shop and Meta were named. Line stays in line. 字节跳动 and ТикТок too.",
    language="en",
)

aliases = st.builds(
    Alias,
    text=st.sampled_from(NAMES),
    is_exact=st.booleans(),
    needs=st.sampled_from([(), ("india",), ("oslo",)]),
    excluded=st.sampled_from([(), ("tiktok shop",)]),
)
companies = st.builds(
    Company,
    id=st.sampled_from([CompanyId(f"c{number}") for number in range(5)]),
    name=st.sampled_from(NAMES),
    names=st.lists(aliases, min_size=1, max_size=3).map(tuple),
)
watchlists = st.lists(companies, max_size=4, unique_by=lambda company: company.id).map(Watchlist.of)


@given(watchlists, watchlists)
@settings(max_examples=60)
def test_a_changed_pipeline_reads_as_a_new_one(old: Watchlist, new: Watchlist) -> None:
    change = change_between(old, new)
    assert change is not None

    changed = Pipeline.of(old).changed(change)

    assert changed.read(STORY) == Pipeline.of(new).read(STORY)


def test_a_list_that_is_mostly_new_is_no_change() -> None:
    names = tuple(Alias(text=f"name {number}") for number in range(MOST_NAMES + 1))
    company = Company(id=CompanyId("c"), name="c", names=names)

    assert change_between(Watchlist.of([]), Watchlist.of([company])) is None
