"""The look of the page: the report's paper and ink, light and dark, in system fonts."""

from pathlib import Path

from gradio.themes import Base
from gradio.themes.utils import colors, sizes

CSS = Path(__file__).with_name("page.css")
SANS = ("system-ui", "-apple-system", "Segoe UI", "Roboto", "Helvetica Neue", "Arial", "sans-serif")
MONO = ("ui-monospace", "SF Mono", "Menlo", "Consolas", "monospace")

# A new message is shown from its top, for a verdict is taller than the window (Gradio's own
# scrolling would show its end), and of a talk that is opened the question that waits; its contents
# come a moment later, hence the half second. After that the talk stays at its end if it was there.
# The window's title says what goes on and, when a run is finished, its answer. What scrolls can be
# reached with the keyboard. While the server does not answer, a bar says so; the page is loaded
# anew when it does, and shows the run where it has got to.
HEAD = """
<script>
(() => {
  let seen = 0, first = null, opened = false, until = 0, atEnd = true;
  const chat = () => document.querySelector("#chat [role=log]");
  addEventListener("scroll", (event) => {
    const log = chat();
    if (event.target === log) atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 48;
  }, true);
  const named = () => {
    const log = chat();
    const find = (what) => [...(log ? log.querySelectorAll(what) : [])].pop()?.textContent;
    const now = find(".step.now h2"), answer = find(".card.verdict h2, .card.outcome h2");
    const news = now ? `… ${now} · ` : answer ? `✓ ${answer} · ` : "";
    const title = `${news}Tuneworthy`;
    if (document.title !== title) document.title = title;
  };
  new MutationObserver(() => {
    named();
    const log = chat();
    for (const part of [log, document.querySelector("#beside")]) if (part) part.tabIndex = 0;
    const said = log ? log.querySelectorAll("[data-testid=bot], [data-testid=user]") : [];
    if (!said.length) return;
    if (said.length !== seen) {
      opened = said.length > seen + 3;
      first = said[seen && seen < said.length ? seen : said.length - 1];
      until = Date.now() + 500;
      seen = said.length;
    }
    requestAnimationFrame(() => {
      const last = said[said.length - 1];
      if (opened && last.querySelector(".question, .plan")) first = last;
      const above = first.getBoundingClientRect().top - log.getBoundingClientRect().top;
      if (Date.now() < until) log.scrollTo({ top: log.scrollTop + above - 24 });
      else if (atEnd) log.scrollTo({ top: log.scrollHeight });
    });
  }).observe(document, { childList: true, subtree: true });
})();
(() => {
  const bar = document.createElement("div");
  bar.id = "offline";
  bar.setAttribute("role", "status");
  let asking = false;
  const ask = async () => {
    if (document.hidden || asking) return;
    if (!bar.isConnected) document.body.append(bar);
    asking = true;
    const patience = AbortSignal.timeout(15_000);
    const request = { method: "HEAD", cache: "no-store", signal: patience };
    const answer = await fetch(location.pathname, request).catch(() => null);
    asking = false;
    if (answer && answer.status < 500) {
      if (bar.textContent) location.reload();
    } else bar.textContent = "No connection to Tuneworthy. If it is still running, work goes on; "
      + "this page catches up by itself.";
  };
  setInterval(ask, 4_000);
  document.addEventListener("visibilitychange", ask);
})();
</script>
"""


def theme() -> Base:
    """Gradio's plain theme on the colours of `page.css`, so that both change together."""
    made = Base(
        primary_hue=colors.neutral,
        neutral_hue=colors.neutral,
        text_size=sizes.text_md,
        spacing_size=sizes.spacing_md,
        radius_size=sizes.radius_md,
        font=SANS,
        font_mono=MONO,
    )
    both = {
        "body_background_fill": "var(--paper)",
        "body_text_color": "var(--ink)",
        "body_text_color_subdued": "var(--quiet)",
        "background_fill_primary": "var(--paper)",
        "background_fill_secondary": "var(--wash)",
        "border_color_primary": "var(--line)",
        "border_color_accent": "var(--accent)",
        "block_background_fill": "transparent",
        "block_border_width": "0px",
        "block_shadow": "none",
        "input_background_fill": "var(--field)",
        "input_background_fill_focus": "var(--field)",
        "input_border_color": "var(--edge)",
        "input_border_color_focus": "var(--accent)",
        "input_placeholder_color": "var(--quiet)",
        "input_shadow_focus": "none",
        "loader_color": "var(--accent)",
        "link_text_color": "var(--accent)",
        "button_primary_background_fill": "var(--accent)",
        "button_primary_background_fill_hover": "var(--accent-strong)",
        "button_primary_text_color": "var(--on-accent)",
        "button_primary_border_color": "transparent",
        "button_secondary_background_fill": "transparent",
        "button_secondary_background_fill_hover": "var(--wash)",
        "button_secondary_text_color": "var(--ink)",
        "button_secondary_border_color": "var(--edge)",
        "button_cancel_background_fill": "transparent",
        "button_cancel_background_fill_hover": "var(--wash)",
        "button_cancel_text_color": "var(--alarm)",
        "button_cancel_border_color": "var(--alarm)",
    }
    named = {**both, **{f"{name}_dark": value for name, value in both.items()}}
    return made.set(**named, button_border_width="1px", button_border_width_dark="1px")
