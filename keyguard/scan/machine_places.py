"""Where keys lie on a workstation, one fact a row. What no official page was read for says "observed; unverified"."""

from __future__ import annotations

from typing import Final, NamedTuple

LINUX, MACOS, WINDOWS = "linux", "macos", "windows"
POSIX: Final = (LINUX, MACOS)
ALL: Final = (LINUX, MACOS, WINDOWS)
HISTORY, TRANSCRIPT = "shell history", "transcripts"
_SEEN: Final = "observed; unverified"


class Root(NamedTuple):
    """A folder that rows name as {name}: the variable that moves it, else where it is by default."""

    name: str
    variable: str
    default: str


class Place(NamedTuple):
    """Files of one tool. `path` may hold {roots}, `*` and `**`, or be $VARIABLE (a file, or several as in PATH).

    `kind` groups places in reports. `private`: nobody else should read them. `source` is where the path was read.
    """

    kind: str
    tool: str
    path: str
    systems: tuple[str, ...] = ALL
    private: bool = True
    source: str = _SEEN


# In an order in which each may use those before.
ROOTS: Final = (
    Root("config", "XDG_CONFIG_HOME", "{home}/.config"),
    Root("data", "XDG_DATA_HOME", "{home}/.local/share"),
    Root("cache", "XDG_CACHE_HOME", "{home}/.cache"),
    Root("support", "", "{home}/Library/Application Support"),
    Root("appdata", "APPDATA", "{home}/AppData/Roaming"),
    Root("local", "LOCALAPPDATA", "{home}/AppData/Local"),
    Root("claude", "CLAUDE_CONFIG_DIR", "{home}/.claude"),
    Root("codex", "CODEX_HOME", "{home}/.codex"),
    Root("codex_state", "CODEX_SQLITE_HOME", "{codex}"),
    Root("gemini", "GEMINI_CLI_HOME", "{home}"),
    Root("copilot", "COPILOT_HOME", "{home}/.copilot"),
    Root("kaggle", "KAGGLE_CONFIG_DIR", "{home}/.kaggle"),
    Root("docker", "DOCKER_CONFIG", "{home}/.docker"),
    Root("azure", "AZURE_CONFIG_DIR", "{home}/.azure"),
    Root("gcloud", "CLOUDSDK_CONFIG", "{config}/gcloud"),
    Root("gh", "GH_CONFIG_DIR", "{config}/gh"),
    Root("hf", "HF_HOME", "{cache}/huggingface"),
    Root("cargo", "CARGO_HOME", "{home}/.cargo"),
)

_BASH: Final = "gnu.org/software/bash/manual: Bash History Facilities; unverified"
_CLAUDE: Final = "code.claude.com/docs/en/claude-directory"
_CODEX: Final = "developers.openai.com/docs/config-file/config-basic and environment-variables"
_COPILOT: Final = "docs.github.com: Copilot CLI configuration directory"
_HUGGING_FACE: Final = "huggingface.co/docs/huggingface_hub: Environment variables"
_OPENCODE: Final = "opencode.ai/docs/config: Locations"
_GEMINI: Final = "geminicli.com/docs/reference/configuration"
_WINDOWS_HISTORY: Final = "learn.microsoft.com: about_PSReadLine, Command History"
_MCP: Final = "modelcontextprotocol.io/quickstart/user; unverified"
_EDITORS: Final = ("Code", "Code - Insiders", "VSCodium", "Cursor", "Windsurf")


def _user_folders(editor: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return (
        (f"{{config}}/{editor}/User", (LINUX,)),
        (f"{{support}}/{editor}/User", (MACOS,)),
        (f"{{appdata}}/{editor}/User", (WINDOWS,)),
    )


_SHELLS: Final = (
    Place(HISTORY, "the shell", "$HISTFILE", POSIX, source=_BASH),
    Place(HISTORY, "bash", "{home}/.bash_history", source=_BASH),
    Place(HISTORY, "bash", "{home}/.bash_sessions/*.history*", (MACOS,)),
    *(
        Place(HISTORY, tool, "{home}/." + name, POSIX)
        for tool, name in (
            *(("sh", "sh_history"), ("zsh", "zsh_history"), ("zsh", "zhistory"), ("zsh", "histfile")),
            *(("psql", "psql_history"), ("mysql", "mysql_history"), ("redis-cli", "rediscli_history")),
            ("less", "lesshst"),
        )
    ),
    Place(HISTORY, "zsh", "{home}/.zsh_sessions/*.history*", (MACOS,)),
    Place(HISTORY, "fish", "{data}/fish/*_history", POSIX),
    Place(HISTORY, "nushell", "{config}/nushell/history.*", (LINUX,)),
    Place(HISTORY, "atuin", "{data}/atuin/history.db", POSIX),
    Place(HISTORY, "PowerShell", "{data}/powershell/PSReadLine/*_history.txt", POSIX, source=_SEEN),
    Place(
        HISTORY,
        "PowerShell",
        "{appdata}/Microsoft/Windows/PowerShell/PSReadLine/*_history.txt",
        (WINDOWS,),
        source=_WINDOWS_HISTORY,
    ),
    Place(HISTORY, "Python", "{home}/.python_history"),
    Place(HISTORY, "Node.js", "{home}/.node_repl_history"),
)

_DOTFILES: Final = (
    *(
        Place("dotfiles", "the shell", "{home}/" + name, private=False)
        for name in (
            *(".bashrc", ".bash_profile", ".bash_login", ".bash_aliases", ".profile", ".zshrc", ".zshenv", ".zprofile"),
            *(".zlogin", ".envrc", ".env", ".env.*", ".secrets", ".exports", ".config/fish/config.fish"),
            *(".config/fish/conf.d/*.fish", ".config/fish/fish_variables", ".config/environment.d/*.conf", ".xprofile"),
            *(".pam_environment", ".vimrc", ".config/nvim/init.*", ".tmux.conf"),
        )
    ),
    Place("dotfiles", "PowerShell", "{home}/Documents/*PowerShell/*profile.ps1", (WINDOWS,), False),
    Place("dotfiles", "PowerShell", "{config}/powershell/*profile.ps1", POSIX, False),
    Place("dotfiles", "git", "{home}/.gitconfig", private=False, source="git-scm.com/docs/git-config, FILES"),
    Place("dotfiles", "git", "{config}/git/config", private=False, source="git-scm.com/docs/git-config, FILES"),
    Place("credentials", "git", "{home}/.git-credentials", source="git-scm.com/docs/git-credential-store, FILES"),
    Place("credentials", "git", "{config}/git/credentials", source="git-scm.com/docs/git-credential-store, FILES"),
    Place("credentials", "netrc", "{home}/.netrc"),
    Place("credentials", "netrc", "{home}/_netrc"),
    Place("credentials", "PostgreSQL", "{home}/.pgpass", POSIX),
    Place("credentials", "PostgreSQL", "{appdata}/postgresql/pgpass.conf", (WINDOWS,)),
    Place("credentials", "PostgreSQL", "$PGPASSFILE"),
    Place("credentials", "MySQL", "{home}/.my.cnf"),
)

_REGISTRIES: Final = (
    Place("package registries", "npm", "{home}/.npmrc"),
    Place("package registries", "npm", "$NPM_CONFIG_USERCONFIG"),
    Place("package registries", "Yarn", "{home}/.yarnrc.yml"),
    Place("package registries", "PyPI", "{home}/.pypirc"),
    Place("package registries", "pip", "{config}/pip/pip.conf", POSIX),
    Place("package registries", "pip", "{appdata}/pip/pip.ini", (WINDOWS,)),
    Place("package registries", "Poetry", "{config}/pypoetry/auth.toml", (LINUX,)),
    Place("package registries", "Poetry", "{support}/pypoetry/auth.toml", (MACOS,)),
    Place("package registries", "Cargo", "{cargo}/credentials*"),
    Place("package registries", "RubyGems", "{home}/.gem/credentials"),
    Place("package registries", "Maven", "{home}/.m2/settings*.xml"),
    Place("package registries", "Gradle", "{home}/.gradle/gradle.properties"),
    Place("package registries", "NuGet", "{appdata}/NuGet/NuGet.Config", (WINDOWS,)),
    Place("package registries", "NuGet", "{home}/.nuget/NuGet/NuGet.Config", POSIX),
    Place("package registries", "Composer", "{config}/composer/auth.json", POSIX),
    Place("package registries", "Composer", "{appdata}/Composer/auth.json", (WINDOWS,)),
)

_CLOUDS: Final = (
    Place("cloud credentials", "AWS", "$AWS_SHARED_CREDENTIALS_FILE"),
    Place("cloud credentials", "AWS", "$AWS_CONFIG_FILE"),
    *(
        Place("cloud credentials", "AWS", "{home}/.aws/" + name)
        for name in ("credentials", "config", "cli/cache/*.json", "sso/cache/*.json")
    ),
    *(
        Place("cloud credentials", "Google Cloud", "{gcloud}/" + name, POSIX)
        for name in ("application_default_credentials.json", "*.db", "legacy_credentials/*/*")
    ),
    Place("cloud credentials", "Google Cloud", "{appdata}/gcloud/*credentials*", (WINDOWS,)),
    Place("cloud credentials", "Google Cloud", "$GOOGLE_APPLICATION_CREDENTIALS"),
    Place("cloud credentials", "Azure", "{azure}/accessTokens.json"),
    Place("cloud credentials", "Azure", "{azure}/msal_token_cache.json"),
    Place("cloud credentials", "Azure", "{azure}/service_principal_entries.json"),
    Place("cloud credentials", "GitHub", "{gh}/hosts.yml", POSIX),
    Place("cloud credentials", "GitHub", "{appdata}/GitHub CLI/hosts.yml", (WINDOWS,)),
    Place("cloud credentials", "GitLab", "{config}/glab-cli/config.yml", (LINUX,)),
    Place("cloud credentials", "GitLab", "{support}/glab-cli/config.yml", (MACOS,)),
    Place("cloud credentials", "GitLab", "{local}/glab-cli/config.yml", (WINDOWS,)),
    Place("cloud credentials", "Docker", "{docker}/config.json"),
    Place("cloud credentials", "Kubernetes", "{home}/.kube/config"),
    Place("cloud credentials", "Kubernetes", "$KUBECONFIG"),
    Place("cloud credentials", "Terraform", "{home}/.terraform.d/credentials.tfrc.json", POSIX),
    Place("cloud credentials", "Vault", "{home}/.vault-token"),
    Place("cloud credentials", "Fly.io", "{home}/.fly/config.yml"),
    Place("cloud credentials", "DigitalOcean", "{config}/doctl/config.yaml", (LINUX,)),
    Place("cloud credentials", "DigitalOcean", "{support}/doctl/config.yaml", (MACOS,)),
    Place("cloud credentials", "Stripe", "{config}/stripe/config.toml", POSIX),
    Place("cloud credentials", "Cloudflare", "{config}/.wrangler/config/*.toml", POSIX),
    Place("cloud credentials", "Vercel", "{data}/com.vercel.cli/auth.json", (LINUX,)),
    Place("cloud credentials", "Vercel", "{support}/com.vercel.cli/auth.json", (MACOS,)),
    Place("cloud credentials", "rclone", "{config}/rclone/rclone.conf", POSIX),
    Place("cloud credentials", "s3cmd", "{home}/.s3cfg"),
)

_MODELS: Final = (
    Place("AI credentials", "Hugging Face", "{hf}/token", source=_HUGGING_FACE),
    Place("AI credentials", "Hugging Face", "$HF_TOKEN_PATH", source=_HUGGING_FACE),
    Place("AI credentials", "Hugging Face", "{hf}/stored_tokens"),
    Place("AI credentials", "Hugging Face", "{home}/.huggingface/token"),
    Place("AI credentials", "OpenAI", "{config}/openai/*", POSIX),
    Place("AI credentials", "OpenAI", "{home}/.openai/*"),
    Place("AI credentials", "Anthropic", "{config}/anthropic/*", POSIX),
    Place("AI credentials", "Anthropic", "{home}/.anthropic/*"),
    Place("AI credentials", "Kaggle", "{kaggle}/*"),
    Place("AI credentials", "Modal", "{home}/.modal.toml"),
    Place("AI credentials", "Weights & Biases", "{config}/wandb/settings", POSIX),
    Place("AI credentials", "llm", "{config}/io.datasette.llm/keys.json", (LINUX,)),
    Place("AI credentials", "llm", "{support}/io.datasette.llm/keys.json", (MACOS,)),
    Place("AI credentials", "ShellGPT", "{config}/shell_gpt/.sgptrc"),
    Place("AI credentials", "aichat", "{config}/aichat/config.yaml", (LINUX,)),
    Place("AI credentials", "aider", "{home}/.aider.conf.yml"),
    Place("AI credentials", "opencode", "{data}/opencode/auth.json", POSIX),
    Place("AI credentials", "LM Studio", "{home}/.lmstudio/mcp.json"),
)

_ASSISTANTS: Final = (
    Place("assistant settings", "Claude Desktop", "{support}/Claude/claude_desktop_config.json", (MACOS,), source=_MCP),
    Place(
        "assistant settings", "Claude Desktop", "{appdata}/Claude/claude_desktop_config.json", (WINDOWS,), source=_MCP
    ),
    Place("assistant settings", "Claude Desktop", "{config}/Claude/claude_desktop_config.json", (LINUX,)),
    Place("assistant settings", "Claude Code", "{home}/.claude.json", source=_SEEN),
    Place("assistant settings", "Claude Code", "{claude}/settings*.json", source=_CLAUDE),
    Place("assistant settings", "Claude Code", "{claude}/.credentials.json"),
    Place("assistant settings", "Claude Code", "{claude}/CLAUDE.md", source=_CLAUDE),
    Place("assistant settings", "Codex", "{codex}/config.toml", source=_CODEX),
    Place("assistant settings", "Codex", "{codex}/auth.json"),
    Place("assistant settings", "Gemini CLI", "{gemini}/.gemini/settings.json", source=_GEMINI),
    Place("assistant settings", "Gemini CLI", "{gemini}/.gemini/.env", source=_GEMINI),
    Place("assistant settings", "Gemini CLI", "{gemini}/.gemini/oauth_creds.json"),
    Place("assistant settings", "Cursor", "{home}/.cursor/mcp.json"),
    Place("assistant settings", "Windsurf", "{home}/.codeium/windsurf/mcp_config.json"),
    Place("assistant settings", "Windsurf", "{home}/.codeium/mcp_config.json"),
    Place("assistant settings", "Continue", "{home}/.continue/config.*"),
    Place("assistant settings", "Continue", "{home}/.continue/.env"),
    Place("assistant settings", "Copilot", "{copilot}/*.json", source=_COPILOT),
    Place("assistant settings", "Copilot", "{config}/github-copilot/*.json", POSIX),
    Place("assistant settings", "Copilot", "{local}/github-copilot/*.json", (WINDOWS,)),
    Place("assistant settings", "Amazon Q", "{home}/.aws/amazonq/mcp.json"),
    Place("assistant settings", "goose", "{config}/goose/*.yaml", POSIX),
    Place("assistant settings", "opencode", "{config}/opencode/opencode.json*", POSIX, source=_OPENCODE),
    Place("assistant settings", "opencode", "$OPENCODE_CONFIG", source=_OPENCODE),
    Place("assistant settings", "Zed", "{config}/zed/settings.json", POSIX),
    *(
        Place("assistant settings", editor, f"{folder}/{name}", systems, private=False)
        for editor in _EDITORS
        for folder, systems in _user_folders(editor)
        for name in ("mcp.json", "settings.json", "globalStorage/*/settings/*mcp*.json")
    ),
)

_TRANSCRIPTS: Final = (
    Place(TRANSCRIPT, "Claude Code", "{claude}/projects/**/*.jsonl", source=_CLAUDE),
    Place(TRANSCRIPT, "Claude Code", "{claude}/history.jsonl", source=_CLAUDE),
    Place(TRANSCRIPT, "Codex", "{codex}/sessions/**/*.jsonl"),
    Place(TRANSCRIPT, "Codex", "{codex}/archived_sessions/**/*.jsonl"),
    Place(TRANSCRIPT, "Codex", "{codex}/history.jsonl"),
    Place(TRANSCRIPT, "Codex", "{codex_state}/*.sqlite", source=f"{_CODEX}; file names unverified"),
    Place(TRANSCRIPT, "Gemini CLI", "{gemini}/.gemini/tmp/**/*.json*"),
    Place(TRANSCRIPT, "Continue", "{home}/.continue/sessions/*.json"),
    *(
        Place(TRANSCRIPT, "Copilot", f"{{copilot}}/{name}", source=_COPILOT)
        for name in ("session-state/**/*", "session-store.db", "logs/**/*")
    ),
    Place(TRANSCRIPT, "opencode", "{data}/opencode/opencode.db", POSIX),
    Place(TRANSCRIPT, "opencode", "{data}/opencode/storage/**/*.json", POSIX),
    Place(TRANSCRIPT, "llm", "{config}/io.datasette.llm/logs.db", (LINUX,)),
    Place(TRANSCRIPT, "llm", "{support}/io.datasette.llm/logs.db", (MACOS,)),
    Place(TRANSCRIPT, "Ollama", "{home}/.ollama/history"),
    *(
        Place(TRANSCRIPT, editor, f"{folder}/{name}", systems)
        for editor in _EDITORS
        for folder, systems in _user_folders(editor)
        for name in (
            "globalStorage/state.vscdb",
            "globalStorage/*/tasks/**/*.json",
            "workspaceStorage/*/chatSessions/*.json",
        )
    ),
)

PLACES: Final = (*_SHELLS, *_DOTFILES, *_REGISTRIES, *_CLOUDS, *_MODELS, *_ASSISTANTS, *_TRANSCRIPTS)

VARIABLES: Final = (
    *(root.variable for root in ROOTS if root.variable),
    *(place.path[1:] for place in PLACES if place.path.startswith("$")),
)
