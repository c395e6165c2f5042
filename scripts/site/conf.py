"""Sphinx's configuration of the documentation. build.py calls it with the folder that it has put together."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

project = "Bedquota"
version = re.search(r'current = "([^"]+)"', (ROOT / "Sources/Bedquota/BedquotaVersion.swift").read_text(encoding="utf-8"))[1]
release = version
language = "en"
root_doc = "index"
extensions = ["myst_parser"]
source_suffix = {".md": "markdown"}

# Anchors are those that GitHub gives to headings, because the guides are read there, too.
myst_heading_anchors = 4
# `--option` must not become a dash.
smartquotes = False

html_theme = "furo"
html_title = f"Bedquota {version}"
html_static_path = ["static"]
html_css_files = ["site.css"]
html_copy_source = False
html_use_index = False
html_show_sphinx = False
html_show_copyright = False
# Summaries of results would be fetched, which browsers forbid to pages opened from a file.
html_show_search_summary = False
# Outputs of programs have tables of any width, and no language.
highlight_language = "text"
pygments_style = "default"
# JSON and Python examples may be excerpts; an unknown language is a warning all the same.
suppress_warnings = ["misc.highlighting_failure"]
