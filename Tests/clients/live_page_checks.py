"""Checks of the live page in a browser. Each takes a Playwright page (its sync API) that shows it, and raises AssertionError."""

import contextlib
import os
import re
import shutil
from urllib.parse import urlsplit

import pytest

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or "/usr/bin/chromium"
# A page of 1280 pixels at 400 % is 320 wide.
WIDTHS = (320, 360, 768, 1440, 3840)

# Colors as numbers, also those that CSS computes as color(srgb …); and what is painted behind an element.
COLORS = r"""
const parse = text => {
  const [r, g, b, a = 1] = text.match(/[\d.]+/g).map(Number);
  return text.startsWith("color(") ? [r * 255, g * 255, b * 255, a] : [r, g, b, a];
};
const over = (top, below) => [0, 1, 2].map(index => top[index] * top[3] + below[index] * (1 - top[3])).concat(1);
const background = element => {
  const layers = [];
  for (let each = element; each; each = each.parentElement) {
    const color = parse(getComputedStyle(each).backgroundColor);
    if (color[3] > 0) layers.push(color);
    if (color[3] === 1) break;
  }
  return layers.reverse().reduce((below, top) => over(top, below), [255, 255, 255, 1]);
};
const luminance = color => {
  const [r, g, b] = color.map(value => (value /= 255) <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const contrast = (one, other) => {
  const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
};
const isShown = element => element.checkVisibility({ visibilityProperty: true }) && element.getBoundingClientRect().width > 1;
const place = element => `${element.tagName.toLowerCase()}${element.id && "#" + element.id} ${element.textContent.trim().slice(0, 40)}`;
"""


def evaluated(page, body):
    """What a function with this body returns in the page. The page's policy allows no script of ours to be added to it."""
    return page.evaluate("() => {" + COLORS + body + "}")


@contextlib.contextmanager
def chromium():
    """A browser without a window; the test is skipped where there is none."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed; scripts/test installs it")
    if not os.access(CHROMIUM, os.X_OK):
        pytest.skip("Chromium is not installed; scripts/test installs it")
    with sync_api.sync_playwright() as playwright:
        # Root can't use the sandbox, and no page of anybody else is opened.
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        try:
            yield browser
        finally:
            browser.close()


class Watch:
    """What goes wrong while a page is shown. Make it before the page is opened."""

    def __init__(self, page, expected=()):
        # Parts of console messages that are no errors here, such as those about a connection which the test has cut.
        self.expected = tuple(expected)
        self.errors, self.urls = [], []
        page.on("console", lambda message: self.errors.append(message.text) if message.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("request", lambda request: self.urls.append(request.url))

    def check(self, url):
        errors = [text for text in self.errors if not any(part in text for part in self.expected)]
        assert not errors, errors
        host = urlsplit(url).netloc
        others = [each for each in self.urls if urlsplit(each).scheme != "data" and urlsplit(each).netloc != host]
        assert not others, others


# The figures


def shown_cards(page):
    """What each card shows, by the model's id: `counts` by their names, and `quotas` as pairs of a measure and its figures by their names."""
    return evaluated(page, """
      const text = element => element.textContent.trim();
      // A long figure has its name beside it, any other one above it.
      const figure = (cell, heads) => {
        const name = cell.querySelector("small");
        return name ? [text(name), text(cell.lastChild)] : [heads && text(heads[cell.cellIndex]), text(cell)];
      };
      return Object.fromEntries([...document.querySelectorAll("article")].map(card => [text(card.querySelector("h3")), {
        counts: Object.fromEntries([...card.querySelectorAll("dl > div")].map(each => [...each.children].map(text))),
        quotas: [...card.querySelectorAll("tbody")].map(quota => [
          text(quota.rows[0].cells[0].firstChild),
          Object.fromEntries([...quota.rows].slice(1).flatMap(row => [...row.cells])
            .map(cell => figure(cell, quota.parentElement.tHead?.rows[0].cells)))]),
      }]));""")


def shown_callers(page):
    """The rows of the table of callers by their names: tokens of the last hour and of today, waiting, in flight."""
    rows = evaluated(page, """
      const rows = [...document.querySelectorAll("#callers-part tbody tr")];
      return rows.map(row => [...row.cells].map(cell => cell.firstChild.data ?? cell.textContent));""")
    return {row[0].strip(): row[3:7] for row in rows}


def number(text):
    """None for a figure that is not known."""
    return None if text in ("–", "unknown") else float(text.replace(",", ""))


def check_figures(page, before, after):
    """The page shows what `/status` tells, and no model or caller besides.

    - before, after: `/status` before the page's last event, and now. A refill changes some figures all the time, so each must be between
      these two, which are one number for most.
    """
    cards, callers, wrong = shown_cards(page), shown_callers(page), []

    def compare(what, shown, *told):
        is_right = None in told and shown is None or None not in (shown, *told) and min(told) <= shown <= max(told)
        if not is_right:
            wrong.append((what, shown, *told))

    for name, pools in pairs(before["pools"], after["pools"], "id"):
        card = cards.pop(name, {"counts": {}, "quotas": []})
        # The wait of the one that waits longest stands behind the number of those that wait.
        for head, member in (("in flight", "inFlight"), ("waiting", "waiting"), ("throttled, 1 h", "throttlesLastHour")):
            text = card["counts"].get(head, "unknown").partition(" up to ")[0]
            compare((name, member), number(text), *(pool.get(member) for pool in pools))
        measures = [measure(quota, pools[0]["quotas"]) for quota in pools[0]["quotas"]]
        if [words for words, _ in card["quotas"]] != measures:
            wrong.append((name, card["quotas"], measures))
        for (words, figures), *quotas in zip(card["quotas"], *(pool["quotas"] for pool in pools)):
            for head, member in (("used", "used"), ("reserved", "reserved"), ("free", "level"), ("limit", "limit")):
                compare((name, words, member), number(figures.get(head, "–")), *(quota.get(member) for quota in quotas))
    for name, told in pairs(before.get("callers", []), after.get("callers", []), "name"):
        for member, text in zip(("tokensLastHour", "tokensToday", "waiting", "inFlight"), callers.pop(name, ["–"] * 4), strict=True):
            compare((name, member), number(text), *(caller.get(member) for caller in told))
    assert not wrong and not cards and not callers, (wrong, cards, callers)


def pairs(before, after, key):
    """What both lists have, by its key."""
    later = {each[key]: each for each in after}
    return [(each[key], (each, later[each[key]])) for each in before]


def measure(quota, among):
    """`input TPM`; `concurrent`; `TPD L-1A2B3C4D` where another quota of the pool has the same measure."""

    def words(quota):
        words = [word.upper() if word in ("rpm", "tpm", "tpd", "rpd") else word for word in quota["measure"].split("-")]
        return " ".join(words) + (", long prompts" if quota.get("isForLongPrompts") else "")

    is_alone = [words(each) for each in among].count(words(quota)) == 1
    return words(quota) if is_alone or not quota.get("code") else f"{words(quota)} {quota['code']}"


# What is there


def check_names(page):
    """Each control, image, table and region has a name."""
    nameless = evaluated(page, """
      const named = element => element.getAttribute("aria-label")
        || (element.getAttribute("aria-labelledby") || "").split(" ").some(id => id && document.getElementById(id)?.textContent.trim())
        || element.labels?.[0]?.textContent.trim() || element.caption?.textContent.trim()
        || (["A", "BUTTON", "SUMMARY"].includes(element.tagName) && element.textContent.trim());
      const all = "a, button, input, select, textarea, summary, table, nav, section, [role=img], [role=meter], [role=region]";
      return [...document.querySelectorAll(all)].filter(element => !named(element)).map(element => element.outerHTML.slice(0, 120));""")
    assert not nameless, nameless


def check_meters(page):
    """Each gauge says in words what it shows, and in a number within its range."""
    meters = evaluated(page, """
      return [...document.querySelectorAll("[role=meter]")].map(meter => [
        meter.getAttribute("aria-label"), meter.getAttribute("aria-valuetext"), Number(meter.getAttribute("aria-valuenow")),
        Number(meter.getAttribute("aria-valuemin") ?? 0), Number(meter.getAttribute("aria-valuemax") ?? 100)]);""")
    wrong = [meter for meter in meters if not meter[0] or not meter[1] or not meter[3] <= meter[2] <= meter[4]]
    assert not wrong, wrong
    return len(meters)


def check_gauges_fill(page):
    """The parts of a gauge begin at the left, touch one another, and stay within it."""
    wrong = evaluated(page, """
      return [...document.querySelectorAll("[role=meter]")].filter(isShown).filter(meter => {
        const box = meter.getBoundingClientRect();
        let right = box.left + meter.clientLeft;
        for (const part of meter.querySelectorAll("rect:not(.k)")) {
          const { left, right: end } = part.getBoundingClientRect();
          if (Math.abs(left - right) > 2 || left < box.left - 1 || end > box.right + 1) return true;
          right = end;
        }
        return false;
      }).map(place);""")
    assert not wrong, wrong


def check_structure(page):
    """Landmarks, and headings in order; no id twice; a language and a title."""
    found = evaluated(page, """
      const ids = [...document.querySelectorAll("[id]")].map(element => element.id);
      return {
        levels: [...document.querySelectorAll("h1, h2, h3, h4")].map(heading => Number(heading.tagName[1])),
        empty: [...document.querySelectorAll("h1, h2, h3, h4")].filter(heading => !heading.textContent.trim()).length,
        landmarks: ["main", "body > header", "nav"].map(each => document.querySelectorAll(each).length),
        twice: ids.filter((id, index) => ids.indexOf(id) !== index),
        status: document.querySelectorAll("#state[role=status]").length,
        lang: document.documentElement.lang, title: document.title,
        style: document.querySelectorAll("[style], [onclick], [onload]").length,
      };""")
    levels = found["levels"]
    assert levels and levels[0] == 1 and levels.count(1) == 1 and not found["empty"], levels
    assert all(after <= before + 1 for before, after in zip(levels, levels[1:])), levels
    assert found["landmarks"] == [1, 1, 1] and found["status"] == 1, found
    assert not found["twice"] and found["lang"] == "en" and found["title"] and not found["style"], found


# How it looks


def check_text_contrast(page, least=4.5):
    wrong = evaluated(page, """
      const least = %s, wrong = [];
      const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
      while (walker.nextNode()) {
        const element = walker.currentNode.parentElement;
        if (!walker.currentNode.data.trim() || ["SCRIPT", "STYLE", "NOSCRIPT", "OPTION"].includes(element.tagName) || !isShown(element)) continue;
        const behind = background(element);
        const found = contrast(over(parse(getComputedStyle(element).color), behind), behind);
        if (found < least) wrong.push([place(element), found.toFixed(2)]);
      }
      for (const input of document.querySelectorAll("input[placeholder]")) {
        const behind = background(input);
        const found = contrast(over(parse(getComputedStyle(input, "::placeholder").color), behind), behind);
        if (found < least) wrong.push(["placeholder", found.toFixed(2)]);
      }
      return wrong;""" % least)
    assert not wrong, wrong


def check_fill_contrast(page, least=3):
    """What is drawn stands out from what is behind it, and so do the frames of gauges and controls."""
    wrong = evaluated(page, """
      const least = %s, wrong = [];
      const test = (what, color, element) => {
        const behind = background(element);
        const found = contrast(over(parse(color), behind), behind);
        if (found < least) wrong.push([what, place(element), found.toFixed(2)]);
      };
      for (const shape of document.querySelectorAll("td rect, td line, figure path")) {
        const style = getComputedStyle(shape), svg = shape.closest("svg");
        if (!isShown(svg)) continue;
        // A pattern is drawn in the color of the shape within it.
        const pattern = style.fill.startsWith("url") && document.getElementById(style.fill.match(/#([\\w-]+)/)[1]);
        const fill = pattern ? getComputedStyle(pattern.firstElementChild).fill : style.fill;
        if (style.fill.startsWith("url") && !pattern) wrong.push(["pattern", style.fill]);
        test("shape", fill === "none" || shape.tagName === "line" ? style.stroke : fill, svg.parentElement);
      }
      for (const element of document.querySelectorAll("td svg, input, select, i")) {
        if (isShown(element) && element.type !== "checkbox") test("frame", getComputedStyle(element).borderTopColor, element.parentElement);
      }
      return wrong;""" % least)
    assert not wrong, wrong


def check_parts_differ(page):
    """What is reserved is told from what is used by a pattern, not by its hue alone."""
    fills = evaluated(page, """
      const fill = selector => [...document.querySelectorAll(selector)].map(part => getComputedStyle(part).fill);
      return { used: fill("[role=meter] rect.u"), reserved: fill("[role=meter] rect.r") };""")
    assert not any(fill.startswith("url") for fill in fills["used"]), fills
    assert all(fill.startswith("url") for fill in fills["reserved"]), fills


def check_contrast(page):
    """In light and in dark."""
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        # Colors fade in browsers that are asked to.
        page.wait_for_timeout(100)
        check_text_contrast(page)
        check_fill_contrast(page)
        check_parts_differ(page)
    page.emulate_media(color_scheme=None)


def check_widths(page, widths=WIDTHS):
    """Nothing is cut off or overlaps, and only tables scroll sideways."""
    before = page.viewport_size
    for width in widths:
        page.set_viewport_size({"width": width, "height": 900})
        wide = evaluated(page, "return document.documentElement.scrollWidth - document.documentElement.clientWidth;")
        assert wide <= 0, (width, wide)
        outside = evaluated(page, """
          return [...document.querySelectorAll("article *")].filter(isShown).filter(element => {
            const box = element.closest("article").getBoundingClientRect(), { left, right } = element.getBoundingClientRect();
            return element.tagName !== "CAPTION" && (left < box.left - 1 || right > box.right + 1);
          }).map(place);""")
        assert not outside, (width, outside)
        overlapping = evaluated(page, """
          return [...document.querySelectorAll("article tbody tr")].filter(isShown).flatMap(row => {
            const boxes = [...row.cells].map(cell => {
              const range = document.createRange();
              range.selectNodeContents(cell);
              return range.getBoundingClientRect();
            });
            return boxes.slice(1).flatMap((box, index) => box.left < boxes[index].right - 0.5 ? [place(row)] : []);
          });""")
        assert not overlapping, (width, overlapping[:5])
    page.set_viewport_size(before)


def check_figures_whole(page, widths=WIDTHS):
    """No figure is broken over two lines."""
    before = page.viewport_size
    for width in widths:
        page.set_viewport_size({"width": width, "height": 900})
        broken = evaluated(page, """
          const broken = [];
          for (const cell of document.querySelectorAll("article td, article dd, #callers-part td")) {
            const walker = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT);
            while (walker.nextNode()) {
              for (const figure of walker.currentNode.data.matchAll(/[\\d,.]+/g)) {
                const range = document.createRange();
                range.setStart(walker.currentNode, figure.index);
                range.setEnd(walker.currentNode, figure.index + figure[0].length);
                if (new Set([...range.getClientRects()].map(line => Math.round(line.top))).size > 1) broken.push(figure[0]);
              }
            }
          }
          return broken;""")
        assert not broken, (width, broken)
    page.set_viewport_size(before)


def check_print(page):
    """On paper there are the figures, and no controls; black on white, also if the screen is dark."""
    page.emulate_media(media="print", color_scheme="dark")
    shown = evaluated(page, """
      return { tools: isShown(document.getElementById("tools")), nav: isShown(document.querySelector("nav")),
        cards: [...document.querySelectorAll("article:not([hidden])")].filter(isShown).length,
        all: document.querySelectorAll("article:not([hidden])").length,
        paper: background(document.body).slice(0, 3) };""")
    assert not shown["tools"] and not shown["nav"] and shown["cards"] == shown["all"] and shown["paper"] == [255] * 3, shown
    check_text_contrast(page)
    check_fill_contrast(page)
    page.emulate_media(media="screen", color_scheme=None)


def check_motion(page):
    """Nothing moves for those who asked for less motion."""
    page.emulate_media(reduced_motion="reduce")
    moving = evaluated(page, """
      return [...document.querySelectorAll("body *")].filter(element => {
        const style = getComputedStyle(element);
        return style.animationName !== "none" || style.transitionDuration.split(", ").some(time => parseFloat(time) > 0);
      }).map(place);""")
    assert not moving, moving[:5]
    page.emulate_media(reduced_motion="no-preference")


# How it is used


def check_keyboard(page):
    """The tab key reaches every control, in the order of the page, and shows where it is."""
    evaluated(page, "document.activeElement.blur(); scrollTo(0, 0);"
              "getSelection().removeAllRanges(); document.getElementById('top').scrollIntoView();")
    controls = evaluated(page, """
      return [...document.querySelectorAll("a[href], button, input, select, summary, [tabindex='0']")]
        .filter(element => element.checkVisibility() && !element.disabled).length;""")
    seen = []
    for _ in range(controls + 1):
        page.keyboard.press("Tab")
        found = evaluated(page, """
          const element = document.activeElement;
          if (element === document.body) return null;
          const all = [...document.querySelectorAll("*")], style = getComputedStyle(element), box = element.getBoundingClientRect();
          return { index: all.indexOf(element), what: place(element),
            isMarked: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
            isSeen: box.bottom > 0 && box.top < innerHeight && box.right > 0,
            isCovered: (() => {
              const bar = document.getElementById("top");
              return getComputedStyle(bar).position === "sticky" && !bar.contains(element) && !element.matches(".skip")
                && box.bottom <= bar.getBoundingClientRect().bottom;
            })() };""")
        if found is None or (seen and found["index"] == seen[0]["index"]):
            break
        seen.append(found)
    indices = [each["index"] for each in seen]
    assert len(seen) == controls and indices == sorted(indices), (len(seen), controls, [each["what"] for each in seen])
    bad = [each for each in seen if not (each["isMarked"] and each["isSeen"]) or each["isCovered"]]
    assert not bad, bad
    return len(seen)


def check_filter(page, word, whole):
    """A filter leaves the cards that have its word, and stays in the address.

    - whole: how many cards there are without it.
    """
    def cards():
        return page.locator("article:not([hidden])")

    assert cards().count() == whole
    page.fill("#filter", word)
    shown = cards().all_inner_texts()
    assert 0 < len(shown) < whole and all(word.lower() in text.lower() for text in shown), shown
    assert "q=" in page.evaluate("location.hash")
    page.reload()
    assert page.input_value("#filter") == word and cards().count() == len(shown)
    page.fill("#filter", "")
    assert cards().count() == whole and page.evaluate("location.hash") == ""


def check_sort(page):
    """By name, by how full, by who waits."""
    def keys(attribute):
        return page.evaluate(f"[...document.querySelectorAll('article')].map(card => card.firstElementChild.dataset.{attribute})")

    page.select_option("#sort", "name")
    names = page.locator("article h3").all_inner_texts()
    # Browsers sort as people do, without regard to punctuation.
    assert names == page.evaluate("names => [...names].sort((a, b) => a.localeCompare(b))", names)
    for way, attribute in (("full", "u"), ("wait", "w")):
        page.select_option("#sort", way)
        values = [float(value or -1) for value in keys(attribute)]
        assert values == sorted(values, reverse=True), values
    page.select_option("#sort", "")


def check_page(page):
    """Everything that needs nothing but a page that is shown."""
    check_structure(page)
    check_names(page)
    check_meters(page)
    check_gauges_fill(page)
    check_contrast(page)
    check_widths(page)
    check_figures_whole(page)
    check_print(page)
    check_motion(page)
    check_keyboard(page)
