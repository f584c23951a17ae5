"""What must hold on every page: axe finds nothing, nothing is wider than the screen, the browser has no complaint."""

import os
from pathlib import Path

from axe_playwright_python.base import AXE_SCRIPT

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# Another colour scheme changes nothing but colours: these two rules of axe look at them.
ABOUT_COLOURS = ["color-contrast", "link-in-text-block"]
# Another width changes sizes, and which parts are shown; the document stays the same.
ABOUT_LAYOUT = [
    *ABOUT_COLOURS, "target-size", "scrollable-region-focusable", "button-name", "link-name", "label", "select-name",
    "summary-name", "region", "heading-order", "skip-link", "aria-hidden-focus",
]  # fmt: skip
PHONE = {"width": 360, "height": 740}
NARROWEST = {"width": 320, "height": 740}
DESKTOP = {"width": 1280, "height": 800}
# What axe leaves undecided, and why it is well: the rule, words of axe or of the element, our reason.
UNDECIDED = [
    (
        "color-contrast",
        "background gradient",
        "The arrow of a select is drawn by a gradient 12 px wide at its end, where no text comes; behind the text lies "
        "--field, and ink on it is 16.3 in light and 15.8 in dark.",
    ),
    (
        "color-contrast",
        "only non-text characters",
        "A dash or an arrow alone, which axe takes for no text; it has the colour of the text around it.",
    ),
    *(
        (
            "color-contrast",
            f'<text class="{kind}"',
            "A word or number in a square of the map, of which axe does not see the ground: the least contrast "
            "is 7.2 in light (none: --ink-2 on --paper) and 6.0 in dark (the middle one).",
        )
        for kind in ("name", "count")
    ),
    *(
        (
            "color-contrast",
            f'<text class="{kind}"',
            "A word or number beside a bar of an account, of which axe does not see the ground: it lies on --paper, "
            "7.2 or more in light and 8.8 or more in dark.",
        )
        for kind in ("chart-name", "chart-figure")
    ),
    (
        "color-contrast",
        "<caption>",
        "The name of an account's table stands in the empty first cell of its head, which axe takes for lying over it: "
        "--ink-2 on --paper, 7.2 in light and 8.8 in dark.",
    ),
    (
        "color-contrast",
        "element contains an image node",
        "Words inside a drawing of ours, of which axe sees no ground: they lie on --paper in --ink or --ink-2, 7.2 or "
        "more in light and 8.8 or more in dark.",
    ),
]
# Said by the page itself, so that nothing is missed while it loads.
POLICY_WATCH = """
document.addEventListener("securitypolicyviolation", (event) => {
  console.error("policy:", event.violatedDirective, event.blockedURI, event.sample);
});
"""
WIDER = """() => {
  const room = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= room) return [];
  return [...document.querySelectorAll("body *")]
    .filter((part) => part.getBoundingClientRect().right > room + 1)
    .slice(-3).map((part) => part.outerHTML.slice(0, 160));
}"""
UNFOLD = "document.querySelectorAll('details').forEach((part) => { part.open = true; })"


def watch(page, *, javascript=True):
    """The page, which from now on collects what the browser complains of."""
    page.complaints, page.runs_scripts = [], javascript
    page.on("console", lambda message: page.complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    page.add_init_script(POLICY_WATCH)
    return page


def axe(page, rules=None):
    """What axe finds on the page as it is now, a sentence each; of what it cannot decide only what is not explained."""
    options = {
        "runOnly": {"type": "rule", "values": rules} if rules else {"type": "tag", "values": TAGS},
        "resultTypes": ["violations", "incomplete"],
        "preload": False,  # our pages hold no films and no frames, for which axe would wait
    }
    page.evaluate(f"typeof axe === 'object' || (() => {{ {AXE_SCRIPT} }})()")
    answer = page.evaluate("(options) => axe.run(document, options)", options)
    for kind in ("violations", "incomplete"):
        for rule in answer[kind]:
            for node in rule["nodes"]:
                said = " ".join(check["message"] for check in [*node["any"], *node["all"], *node["none"]])
                if kind == "violations" or not is_explained(rule["id"], f"{said} {node['html']}"):
                    yield f"axe {kind} {rule['id']}: {node['html'][:200]} – {said[:300]}"


def is_explained(rule, said):
    return any(rule == known and words in said for known, words, _why in UNDECIDED)


def sideways(page):
    """The parts that are wider than the screen."""
    return [f"wider than {page.viewport_size['width']} px: {part}" for part in page.evaluate(WIDER)]


def troubles(page):
    """Everything that is wrong with the page as it is now. Without JavaScript axe would never come to its end."""
    found = [*(axe(page) if page.runs_scripts else ()), *sideways(page), *page.complaints]
    page.complaints.clear()
    return found


def the_page_is_sound(page):
    """A step of every journey, on each of its pages."""
    found = troubles(page)
    assert not found, "\n".join([page.url, *found])


def troubles_in_all_looks(page):
    """Wide and narrow, light and dark, everything folded opened; and as narrow as 320 px without sideways scrolling."""
    found = set()
    looks = (
        (DESKTOP, "light", None),
        (DESKTOP, "dark", ABOUT_COLOURS),
        (PHONE, "dark", ABOUT_LAYOUT),
        (PHONE, "light", ABOUT_COLOURS),
    )
    for screen, scheme, rules in looks:
        page.set_viewport_size(screen)
        page.emulate_media(color_scheme=scheme)
        if screen == PHONE:
            page.evaluate(UNFOLD)
        found |= {f"{screen['width']} {scheme}: {trouble}" for trouble in axe(page, rules)}
        found.update(sideways(page))
    page.set_viewport_size(NARROWEST)
    found.update(sideways(page))
    found.update(page.complaints)
    page.complaints.clear()
    return sorted(found)


def picture(page, name):
    """Keep pictures of the page for people to look at, where somebody asked for them."""
    folder = os.environ.get("PIKASSOS_PICTURES")
    if folder:
        for screen, scheme in ((DESKTOP, "light"), (PHONE, "dark")):
            page.set_viewport_size(screen)
            page.emulate_media(color_scheme=scheme)
            page.screenshot(path=str(Path(folder) / f"{name}-{screen['width']}-{scheme}.png"), full_page=True)
