"""Where keys lie in the folders of projects, by name and by the folder that holds them."""

from __future__ import annotations

from typing import Final

PROJECT_FILES: Final = (
    ".env",
    ".env.*",
    ".envrc",
    "*.env",
    ".mcp.json",
    "mcp.json",
    "opencode.json*",
    ".aider.conf.yml",
)
PROJECT_LOGS: Final = (".aider.chat.history.md", ".aider.input.history")
PROJECT_FOLDERS: Final = {
    ".claude": ("settings*.json",),
    ".codex": ("config.toml",),
    ".cursor": ("mcp.json",),
    ".gemini": ("settings.json", ".env"),
    ".opencode": ("opencode.json*",),
    ".roo": ("mcp.json",),
    ".streamlit": ("secrets.toml",),
    ".vscode": ("mcp.json", "settings.json"),
}
# Folders of tools and systems, in which nobody keeps a project of his own.
PASSED_BY: Final = frozenset(
    {
        *("node_modules", "bower_components", "site-packages", "venv", "env", "virtualenv", "__pycache__", "vendor"),
        *("Library", "AppData", "Applications", "snap", "miniconda3", "anaconda3", "go", "target", "dist", "build"),
        *("Pictures", "Music", "Movies", "Videos"),
    }
)
