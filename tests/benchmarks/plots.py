"""Bar charts as SVG, readable on light and dark pages.

The axis is linear and begins at zero, because the eye compares the lengths of bars, which mean nothing on a
logarithmic one. Each panel has a scale of its own, and every bar its number, so no ticks are needed.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

WIDTH, MARGIN = 760, 20
LABELS, NUMBERS = 170, 90  # the room left and right of the longest bar
BAR, GAP, TITLE, BETWEEN = 18, 8, 26, 20

# The picture has a background of its own: a page may be dark where the system is light, and the reverse.
_STYLE = """
.card { fill: #ffffff; stroke: #d0d7de }
text { fill: #1f2328; font: 13px system-ui, -apple-system, "Segoe UI", sans-serif }
.head { font-size: 16px; font-weight: 600 }
.title { font-weight: 600 }
.soft { fill: #59636e }
.bar { fill: #afb8c1 }
.ours { fill: #0969da }
.axis { stroke: #d0d7de }
@media (prefers-color-scheme: dark) {
.card { fill: #0d1117; stroke: #3d444d }
text { fill: #f0f6fc }
.soft { fill: #9198a1 }
.bar { fill: #656c76 }
.ours { fill: #4493f8 }
.axis { stroke: #3d444d }
}
"""


@dataclass(frozen=True)
class Bar:
    """A bar of a chart.

    Attributes:
        label: the name beside it.
        value: its length; None if there is none.
        shown: the number beside it, with its unit, or why there is none.
        is_ours: whether it is the one that the chart is about.
    """

    label: str
    value: float | None
    shown: str
    is_ours: bool = False


@dataclass(frozen=True)
class Panel:
    """Some bars that share a scale."""

    title: str
    bars: Sequence[Bar]

    @property
    def height(self) -> int:
        return TITLE + len(self.bars) * (BAR + GAP) + BETWEEN


def chart(title: str, note: str, panels: Sequence[Panel]) -> str:
    """Return a picture of panels below each other, with a note under the last one."""
    top = MARGIN + 40
    height = top + sum(panel.height for panel in panels) + MARGIN
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img">',
        f"<title>{escape(title)}</title>",
        f"<style>{_STYLE}</style>",
        f'<rect class="card" x="0.5" y="0.5" width="{WIDTH - 1}" height="{height - 1}" rx="8"/>',
        _text(MARGIN, MARGIN + 14, title, "head"),
    ]
    for panel in panels:
        lines += _drawn(panel, top)
        top += panel.height
    return "\n".join([*lines, _text(MARGIN, height - MARGIN, note, "soft"), "</svg>", ""])


def _drawn(panel: Panel, top: int) -> Iterator[str]:
    """Yield the elements of a panel."""
    start = MARGIN + LABELS
    longest = max((bar.value for bar in panel.bars if bar.value is not None), default=0.0) or 1.0
    yield _text(MARGIN, top + 14, panel.title, "title")
    for number, bar in enumerate(panel.bars):
        y = top + TITLE + number * (BAR + GAP)
        length = (bar.value or 0) / longest * (WIDTH - MARGIN - NUMBERS - start)
        yield _text(start - 10, y + 14, bar.label, "" if bar.is_ours else "soft", anchor="end")
        if bar.value is not None:
            kind = "bar ours" if bar.is_ours else "bar"
            yield f'<rect class="{kind}" x="{start}" y="{y}" width="{length:.1f}" height="{BAR}"/>'
        yield _text(start + length + 8, y + 14, bar.shown, "" if bar.is_ours else "soft")
    bottom = top + TITLE + len(panel.bars) * (BAR + GAP) - GAP / 2
    yield f'<line class="axis" x1="{start}" y1="{top + TITLE - GAP / 2}" x2="{start}" y2="{bottom}"/>'


def _text(x: float, y: float, text: str, kind: str, anchor: str = "start") -> str:
    return f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'
