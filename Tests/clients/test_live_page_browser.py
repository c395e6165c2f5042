"""The live page in Chromium: what it shows, how it keeps up, and whether everybody can read and use it."""

import re

import live_page_checks as checks
import pytest
from emulator_control import eventually
from gateway_world import World
from live_page_checks import Watch, check_figures, check_filter, check_page, check_sort, chromium
from runtime_calls import OPUS, OPUS_TPM, PROFILE
from test_live_page import Watching, converse, status_of

# More than the longest time between two looks at the state, which is a second.
EVENT_MS = 1_300
# A whole request of two thousand tokens fits, and a second one must wait.
OPUS_TOKENS = 3_000


@pytest.fixture(scope="module")
def browser():
    with chromium() as shown:
        yield shown


@pytest.fixture
def open_page(browser):
    """Opens a page and watches it: `open_page(url)`. In the end it must have had no error, and have asked no other host."""
    opened = []

    def make(url, expected=(), **settings):
        context = browser.new_context(**settings)
        page = context.new_page()
        opened.append((context, Watch(page, expected), url))
        page.goto(url)
        return page

    yield make
    for context, watch, url in opened:
        context.close()
        watch.check(url)


@pytest.fixture(scope="module")
def watched(browser, bedquota, environment):
    """`serve`, which has its figures from CloudWatch."""
    with Watching(bedquota, environment, "serve", "--emulator") as serve:
        yield serve.ready()


@pytest.fixture(scope="module")
def shown(browser, bedquota, environment):
    """A gateway with replies that have come and others that don't come, and a request that waits for them.

    The emulator's clock nearly stands still, so no figure changes but those of a wait and of a refill.
    """
    with World(bedquota, environment, tpd=50_000, quotas={OPUS_TPM: OPUS_TOKENS}, emulator=("--latency", "0.2")) as world:
        for caller in ("alice", "bob"):
            converse(world.url, caller)
        world.control.slow_down()
        for caller in ("alice", "alice", "carol"):
            world.begin(name=caller, tokens=1_000)
        for caller in ("alice", "batch"):
            world.begin(name=caller, tokens=2_000, model=OPUS)
        eventually(lambda: sum(pool["inFlight"] for pool in world.status()["pools"]) == 4, "four requests are in flight")
        eventually(lambda: any(pool["waiting"] for pool in world.status()["pools"]), "one waits")
        yield world
        world.control("PUT", "clock", {"scale": 1000})


def says(page, text, seconds=30):
    """Waits until the page says this of its connection."""
    page.locator("#state", has_text=text).wait_for(timeout=seconds * 1_000)


def becomes_live(page):
    says(page, re.compile("^Live$"))


def agrees(page, url):
    """Compares the page with /status. Between the two answers of /status, the page has an event if anything has changed."""
    before = status_of(url)
    page.wait_for_timeout(EVENT_MS)
    check_figures(page, before, status_of(url))


# The figures


def test_the_figures_are_those_of_status(shown, open_page):
    page = open_page(shown.url)
    becomes_live(page)
    agrees(page, shown.url)
    pools = {pool["id"]: pool for pool in status_of(shown.url)["pools"]}
    assert pools.keys() == {PROFILE, OPUS} and pools[OPUS]["waiting"] == 1
    assert any(quota["reserved"] for pool in pools.values() for quota in pool["quotas"])
    assert page.title() == "1 waiting · Bedquota"


def test_a_change_shows_within_two_seconds(shown, open_page):
    page = open_page(shown.url)
    becomes_live(page)
    shown.begin(name="dora", tokens=777)
    row = page.locator("#callers-part tr", has_text="dora")
    eventually(lambda: any(caller["name"] == "dora" and caller["inFlight"] for caller in shown.status()["callers"]), "dora is in flight")
    row.wait_for(timeout=2_000)
    agrees(page, shown.url)


def test_without_a_script_it_is_a_snapshot(shown, open_page):
    before = status_of(shown.url)
    page = open_page(shown.url, java_script_enabled=False)
    assert "this page is a snapshot of " in page.inner_text("noscript") and not page.is_visible("#tools")
    check_figures(page, before, status_of(shown.url))


def test_it_survives_a_lost_connection(bedquota, environment, open_page):
    with World(bedquota, environment) as world:
        converse(world.url, "alice")
        page = open_page(world.url, expected=("net::ERR_",))
        becomes_live(page)
        world.gateway.process.kill()
        says(page, "Connection lost, trying again", seconds=2)
        assert PROFILE in page.inner_text("#models"), "what was known stays"
        page.locator("#age", has_text=re.compile(r"^[1-9]\d* s ago$")).wait_for()
        world.gateway.restart()
        converse(world.url, "bob")
        becomes_live(page)
        assert page.inner_text("#age") == ""
        agrees(page, world.url)


# Everybody can read and use it


def test_everybody_can_read_and_use_it(shown, open_page):
    page = open_page(shown.url)
    becomes_live(page)
    check_page(page)


def test_a_filter_and_an_order_are_kept_in_the_address(shown, open_page):
    page = open_page(shown.url)
    becomes_live(page)
    check_filter(page, "opus", 2)
    check_sort(page)


def test_the_page_of_serve(watched, open_page):
    before = status_of(watched.url)
    page = open_page(watched.url)
    becomes_live(page)
    check_figures(page, before, status_of(watched.url))
    check_page(page)
    # What CloudWatch never tells takes no room.
    assert not page.get_by_text(re.compile("^(in flight|requests waiting|waiting|reserved)$")).count()


# The checks find what is wrong

BREAKS = {
    "a figure": (None, "document.querySelector('article tbody tr + tr td:last-child').lastChild.data = '1,234'"),
    "a count": (None, "document.querySelector('article dd').textContent = '77'"),
    "a caller": (None, "document.querySelector('#callers-part tbody tr').remove()"),
    "a label": (checks.check_names, "document.querySelector('[role=meter]').removeAttribute('aria-label')"),
    "a caption": (checks.check_names, "document.querySelector('article caption').remove()"),
    "the name of a control": (checks.check_names, "document.getElementById('filter').parentElement.replaceWith(document.getElementById('filter'))"),
    "the words of a gauge": (checks.check_meters, "document.querySelector('[role=meter]').removeAttribute('aria-valuetext')"),
    "the number of a gauge": (checks.check_meters, "document.querySelector('[role=meter]').setAttribute('aria-valuenow', 101)"),
    "a part of a gauge": (checks.check_gauges_fill, "rule('[role=meter] rect { transform: translateX(9px) }')"),
    "a heading": (checks.check_structure, "document.querySelector('h2').replaceWith(document.createElement('h4'))"),
    "an id": (checks.check_structure, "document.querySelector('p').id = 'top'"),
    "the contrast of text": (checks.check_contrast, "rule('.soft { color: #9aa3ad !important }')"),
    "the contrast of a frame": (checks.check_contrast, "rule('td svg { border-color: #dde !important }')"),
    "a pattern": (checks.check_contrast, "rule('td .r { fill: #1d5fd1 !important }')"),
    "the width": (checks.check_widths, "rule('article { width: 700px }')"),
    "a column": (checks.check_widths, "rule('article tbody tr + tr td + td { transform: translateX(-8rem) }')"),
    "a long figure": (checks.check_figures_whole, "rule('article { width: 9rem }')"),
    "the print": (checks.check_print, "rule('.tools form { display: flex !important }')"),
    "the motion": (checks.check_motion, "rule('td rect { transition: x 1s !important }')"),
    "the focus": (checks.check_keyboard, "rule(':focus-visible { outline: none !important }')"),
    "the order of the keyboard": (checks.check_keyboard, "document.getElementById('busy').tabIndex = 5"),
    "a control": (checks.check_keyboard, "document.getElementById('busy').tabIndex = -1"),
}


@pytest.fixture(scope="module")
def breakable(browser):
    """One page for all of them: a new one takes longer than most checks."""
    page = browser.new_page()
    yield page
    page.context.close()


@pytest.mark.parametrize("broken", BREAKS)
def test_the_checks_find_what_is_broken(shown, breakable, broken):
    check, script = BREAKS[broken]
    page = breakable
    # A check that fails leaves the page as it was when it failed.
    page.emulate_media(media="screen", color_scheme=None, reduced_motion="no-preference")
    page.set_viewport_size({"width": 1280, "height": 720})
    page.goto(shown.url)
    # No event may mend it.
    page.evaluate("source.close()")
    # The page's policy lets no other style sheet in, so a rule goes into its own.
    rule = "const rule = text => { const [sheet] = document.styleSheets; sheet.insertRule(text, sheet.cssRules.length); };"
    page.evaluate("() => {" + rule + script + "}")
    status = status_of(shown.url)
    with pytest.raises(AssertionError):
        check(page) if check else check_figures(page, status, status)


@pytest.mark.parametrize("script", ["console.error('no')", "setTimeout(() => { throw Error('no') })", "location = 'http://127.0.0.1:1/'"])
def test_errors_and_other_hosts_are_seen(shown, breakable, script):
    watch = Watch(breakable)
    breakable.goto(shown.url)
    watch.check(shown.url)
    breakable.evaluate(script)
    breakable.wait_for_timeout(100)
    with pytest.raises(AssertionError):
        watch.check(shown.url)
