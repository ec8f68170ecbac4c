"""How code, configuration and commands give a value to a name: one text for each syntax, with the value left out.

`TOKEN` and `PASSWORD` stand for a made-up value; a text with several lines has it once. `TOK` and `EN` are its parts.
"""

from __future__ import annotations

from random import Random
from string import ascii_letters, digits
from typing import NamedTuple


class Syntax(NamedTuple):
    """`path` gives the kind of file; `text` holds TOKEN or PASSWORD in capitals between two `@`."""

    path: str
    text: str


def _of(seed: int, letters: str, size: int) -> str:
    """Figures, capitals and small letters all have to come."""
    random = Random(seed)
    return "q7Z" + "".join(random.choice(letters) for _ in range(size))


VALUES = {"@TOKEN@": _of(1, ascii_letters + digits, 29), "@PASSWORD@": _of(2, ascii_letters + digits, 9) + "#Wx!4"}
PARTS = {"@TOK@": VALUES["@TOKEN@"][:11], "@EN@": VALUES["@TOKEN@"][11:]}
SYNTAXES = {
    # Code of the usual languages.
    "python": Syntax("app.py", 'API_TOKEN = "@TOKEN@"\n'),
    "python, continued": Syntax("cont.py", 'API_TOKEN = (\n    "@TOKEN@"\n)\n'),
    "python, default": Syntax("env.py", 'api_token = os.environ.get("API_TOKEN", "@TOKEN@")\n'),
    "javascript": Syntax("app.js", "const apiToken = '@TOKEN@';\n"),
    "javascript, object": Syntax("object.js", "module.exports = { apiToken: '@TOKEN@', port: 80 };\n"),
    "typescript": Syntax("app.ts", "private readonly apiToken: string = `@TOKEN@`;\n"),
    "java": Syntax("App.java", 'private static final String API_TOKEN = "@TOKEN@";\n'),
    "kotlin": Syntax("App.kt", 'const val API_TOKEN = "@TOKEN@"\n'),
    "scala": Syntax("App.scala", 'val apiToken: String = "@TOKEN@"\n'),
    "go": Syntax("app.go", 'apiToken := "@TOKEN@"\n'),
    "rust": Syntax("app.rs", 'const API_TOKEN: &str = "@TOKEN@";\n'),
    "c": Syntax("app.c", 'static const char api_token[] = "@TOKEN@";\n'),
    "c++": Syntax("app.cpp", 'std::string apiToken{"@TOKEN@"};\n'),
    "c, defined": Syntax("app.h", '#define API_TOKEN "@TOKEN@"\n'),
    "c#": Syntax("App.cs", 'public string ApiToken { get; set; } = "@TOKEN@";\n'),
    "php": Syntax("app.php", "<?php define('API_TOKEN', '@TOKEN@');\n"),
    "php, array": Syntax("array.php", "<?php return ['api_token' => '@TOKEN@'];\n"),
    "ruby": Syntax("app.rb", "config.api_token = '@TOKEN@'\n"),
    "ruby, symbol": Syntax("symbol.rb", "client(:api_token => '@TOKEN@')\n"),
    "swift": Syntax("App.swift", 'let apiToken = "@TOKEN@"\n'),
    "objective-c": Syntax("App.m", 'NSString *apiToken = @"@TOKEN@";\n'),
    "perl": Syntax("app.pl", "my $api_token = '@TOKEN@';\n"),
    "lua": Syntax("app.lua", 'local api_token = "@TOKEN@"\n'),
    "python, adjacent": Syntax("adjacent.py", 'API_TOKEN = "@TOK@" "@EN@"\n'),
    "python, adjacent lines": Syntax("lines.py", 'API_TOKEN = (\n    "@TOK@"\n    "@EN@"\n)\n'),
    "python, behind a bracket": Syntax("behind.py", 'API_TOKEN = ("@TOK@"\n             "@EN@")\n'),
    "python, list": Syntax("lists.py", 'API_TOKENS = [\n    "none",  # nobody\n    "@TOKEN@",\n]\n'),
    "javascript, added": Syntax("added.js", "const apiToken = '@TOK@' + '@EN@';\n"),
    "javascript, added below": Syntax("below.js", 'const apiToken =\n  "@TOK@" +\n  "@EN@";\n'),
    "javascript, call": Syntax("call.js", "client.setApiToken('@TOK@' + '@EN@');\n"),
    "java, added": Syntax("Added.java", 'String API_TOKEN = "@TOK@" +\n    "@EN@";\n'),
    "java, sign in front": Syntax("Front.java", 'String API_TOKEN = "@TOK@"\n    + "@EN@";\n'),
    "kotlin, added": Syntax("Added.kt", 'val apiToken: String = "@TOK@" + "@EN@"\n'),
    "go, added": Syntax("added.go", 'apiToken := "@TOK@" +\n\t"@EN@"\n'),
    "go, list": Syntax("list.go", 'tokens := []string{\n\t"none",\n\t"@TOKEN@",\n}\n'),
    "go, two values": Syntax("two.go", 'secretKey, _ := hex.DecodeString("@TOKEN@")\n'),
    "c, adjacent lines": Syntax("adjacent.c", 'static const char api_token[] = "@TOK@"\n    "@EN@";\n'),
    "c, continued string": Syntax("continued.c", 'static const char api_token[] = "@TOK@\\\n@EN@";\n'),
    "c, defined in two": Syntax("two.h", '#define API_TOKEN "@TOK@" \\\n    "@EN@"\n'),
    "php, added": Syntax("added.php", "<?php $api_token = '@TOK@' . '@EN@';\n"),
    "lua, added": Syntax("added.lua", 'local api_token = "@TOK@" .. "@EN@"\n'),
    "visual basic": Syntax("Added.vb", 'apiToken = "@TOK@" & _\n    "@EN@"\n'),
    "r": Syntax("app.r", 'api_token <- "@TOKEN@"\n'),
    "powershell": Syntax("app.ps1", "$ApiToken = '@TOKEN@'\n"),
    # Configuration.
    "env": Syntax(".env", "API_TOKEN=@TOKEN@\n"),
    "ini": Syntax("app.ini", "[api]\napi_token = @TOKEN@\n"),
    "properties, continued": Syntax("continued.properties", "service.api.token=@TOK@\\\n    @EN@\n"),
    "properties": Syntax("app.properties", "service.api.token=@TOKEN@\n"),
    "yaml": Syntax("app.yml", "service:\n  api_token: @TOKEN@\n"),
    "yaml, quoted": Syntax("quoted.yml", 'service:\n  api_token: "@TOKEN@"\n'),
    "yaml, block scalar": Syntax("block.yml", "data:\n  api_token: |\n    @TOKEN@\n"),
    "yaml, list": Syntax("tokens.yml", "service:\n  api_tokens:\n    - none\n    - @TOKEN@\n"),
    "yaml, names and values": Syntax("pairs.yml", "env:\n  - name: API_TOKEN\n    value: @TOKEN@\n"),
    "json": Syntax("app.json", '{"api_token": "@TOKEN@"}\n'),
    "json, later in a list": Syntax("list.json", '{"api_tokens": ["none", "@TOKEN@"]}\n'),
    "json in json": Syntax("nested.json", '{"body": "{\\"api_token\\": \\"@TOKEN@\\"}"}\n'),
    "json, list": Syntax("lines.json", '{\n  "api_tokens": [\n    "none",\n    "@TOKEN@"\n  ]\n}\n'),
    "json in html": Syntax("page.html", "<pre>{&#34;api_token&#34;: &#34;@TOKEN@&#34;}</pre>\n"),
    "toml": Syntax("app.toml", '[api]\ntoken = "@TOKEN@"\n'),
    "xml element": Syntax("app.xml", "<config><apiToken>@TOKEN@</apiToken></config>\n"),
    "xml attribute": Syntax("attribute.xml", '<client apiToken="@TOKEN@" />\n'),
    "xml, names and values": Syntax("web.config", '<add key="ApiToken" value="@TOKEN@" />\n'),
    "terraform": Syntax("provider.tf", 'provider "x" {\n  api_token = "@TOKEN@"\n}\n'),
    "terraform, variable": Syntax(
        "variables.tf",
        'variable "api_token" {\n  type        = string\n  description = "For the API"\n  default     = "@TOKEN@"\n}\n',
    ),
    "terraform, variable on one line": Syntax("one.tf", 'variable "api_token" { default = "@TOKEN@" }\n'),
    "ansible": Syntax("group_vars/all.yml", "ansible_become_pass: @PASSWORD@\n"),
    "kubernetes secret": Syntax(
        "secret.yaml", "apiVersion: v1\nkind: Secret\nstringData:\n  db-password: @PASSWORD@\n"
    ),
    "docker-compose": Syntax(
        "docker-compose.yml", "services:\n  db:\n    environment:\n      - POSTGRES_PASSWORD=@PASSWORD@\n"
    ),
    "dockerfile": Syntax("Dockerfile", "FROM debian\nENV API_TOKEN @TOKEN@\n"),
    "maven": Syntax(
        "settings.xml", "<server><id>x</id><username>ci</username><password>@PASSWORD@</password></server>\n"
    ),
    "gradle": Syntax("gradle.properties", "signing.password=@PASSWORD@\n"),
    "gradle, script": Syntax("build.gradle", 'credentials { username "ci"; password "@PASSWORD@" }\n'),
    ".npmrc": Syntax(".npmrc", "//registry.host.test/:_authToken=@TOKEN@\n"),
    ".netrc": Syntax(".netrc", "machine git.host.test login deploy password @PASSWORD@\n"),
    ".pgpass": Syntax(".pgpass", "db.host.test:5432:shop:deploy:@PASSWORD@\n"),
    "notebook": Syntax("book.ipynb", '{"cells": [{"cell_type": "code", "source": ["api_token = \'@TOKEN@\'\\n"]}]}\n'),
    # Commands and addresses.
    "shell": Syntax("run.sh", "export API_TOKEN=@TOKEN@\n"),
    "shell, continued": Syntax("continued.sh", "export API_TOKEN=@TOK@\\\n@EN@\n"),
    "shell, adjacent": Syntax("adjacent.sh", 'export API_TOKEN="@TOK@"\\\n"@EN@"\n'),
    "command line": Syntax("flag.sh", "deploy --api-token @TOKEN@ --region eu\n"),
    "curl, user": Syntax("curl.sh", "curl -u deploy:@PASSWORD@ https://api.host.test/v1\n".replace("!4", "4")),
    "curl, header": Syntax("header.sh", "curl -H 'X-Api-Key: @TOKEN@' https://api.host.test/v1\n"),
    "mysql": Syntax("mysql.sh", "mysql -u root -p@TOKEN@ shop\n"),
    "authorization header": Syntax("http.txt", "GET / HTTP/1.1\nAuthorization: Bearer @TOKEN@\n"),
    "address": Syntax("remote.txt", "git clone https://deploy:@TOKEN@@git.host.test/a.git\n"),
    "database address": Syntax("url.txt", "DATABASE_URL=postgres://app:@TOKEN@@db.host.test:5432/app\n"),
    "query": Syntax("query.txt", "https://host.test/v1?x=1&access_token=@TOKEN@&y=2\n"),
    "connection string": Syntax("con.txt", "Server=db.host.test;User Id=sa;Password=@TOKEN@;Encrypt=true\n"),
    "sql": Syntax("users.sql", "CREATE USER 'app'@'%' IDENTIFIED BY '@PASSWORD@';\n"),
    "sql, role": Syntax("role.sql", "ALTER ROLE app WITH LOGIN PASSWORD '@PASSWORD@';\n"),
    # Several lines, defaults, templates.
    "python, triple quotes": Syntax("triple.py", 'API_TOKEN = """\n@TOKEN@\n"""\n'),
    "python, triple quotes on one line": Syntax("one.py", 'API_TOKEN = """@TOKEN@"""\n'),
    "python, or": Syntax("or.py", 'api_token = os.environ.get("API_TOKEN") or "@TOKEN@"\n'),
    "javascript, or": Syntax("or.js", "const apiToken = process.env.API_TOKEN || '@TOKEN@';\n"),
    "javascript, where there is none": Syntax("nullish.js", 'sign(data, process.env.API_TOKEN ?? "@TOKEN@");\n'),
    "javascript, template": Syntax("template.js", "const apiToken = `@TOKEN@`;\n"),
    "javascript, template over lines": Syntax("template_lines.js", "const apiToken = `\n  @TOKEN@\n`.trim();\n"),
    "javascript, templates added": Syntax("templates.js", "const apiToken = `@TOK@` +\n  `@EN@`;\n"),
    "php, or": Syntax("or.php", "<?php $key = getenv('API_TOKEN') ?: '@TOKEN@';\n"),
    "php, heredoc": Syntax("heredoc.php", "<?php\n$api_token = <<<EOT\n@TOKEN@\nEOT;\n"),
    "php, nowdoc": Syntax("nowdoc.php", "<?php\n$api_token = <<<'EOT'\n    @TOKEN@\n    EOT;\n"),
    "ruby, or": Syntax("or.rb", "token = ENV['API_TOKEN'] || '@TOKEN@'\n"),
    "ruby, heredoc": Syntax("heredoc.rb", "API_TOKEN = <<~'EOS'.strip\n  @TOKEN@\nEOS\n"),
    "perl, heredoc": Syntax("heredoc.pl", 'my $api_token = <<"END";\n@TOKEN@\nEND\n'),
    "go, aligned": Syntax("aligned.go", '\tPassword:              "@TOKEN@",\n'),
    "go, raw string over lines": Syntax("raw.go", "const apiToken = `\n@TOKEN@\n`\n"),
    "java, text block": Syntax("Block.java", 'String apiToken = """\n    @TOKEN@""";\n'),
    "kotlin, raw string": Syntax("Raw.kt", 'val apiToken = """@TOKEN@"""\n'),
    "rust, raw string": Syntax("raw.rs", 'let api_token = r#"@TOKEN@"#;\n'),
    "powershell, here-string": Syntax("here.ps1", '$ApiToken = @"\n@TOKEN@\n"@\n'),
    "toml, several lines": Syntax("several.toml", '[api]\ntoken = """\n@TOKEN@"""\n'),
    "terraform, heredoc": Syntax("heredoc.tf", "locals {\n  api_token = <<-EOT\n    @TOKEN@\n  EOT\n}\n"),
    "property list": Syntax("app.plist", "<key>apiToken</key>\n<string>@TOKEN@</string>\n"),
    "spring, default": Syntax("default.yml", "spring:\n  datasource:\n    password: ${DB_PASSWORD:@TOKEN@}\n"),
    "docker-compose, default": Syntax(
        "default/docker-compose.yml",
        "services:\n  db:\n    environment:\n      POSTGRES_PASSWORD: ${POSTGRES_PASSWORD:-@TOKEN@}\n",
    ),
    "shell, default": Syntax("default.sh", 'export API_TOKEN="${API_TOKEN:-@TOKEN@}"\n'),
    "shell, comparison": Syntax("compare.sh", 'if [ "${API_TOKEN}" == "@TOKEN@" ]; then\n'),
    "shell, heredoc": Syntax("heredoc.sh", "\tAPI_TOKEN=$(cat <<-'EOF'\n\t\t@TOKEN@\n\tEOF\n\t)\n"),
    "shell, read from a heredoc": Syntax("read.sh", "read -r -d '' API_TOKEN <<EOF\n@TOKEN@\nEOF\n"),
    "shell, file in a heredoc": Syntax("file.sh", "\tcat > .env <<-EOF\n\t\tAPI_TOKEN=@TOKEN@\n\tEOF\n"),
    "fish": Syntax("set.fish", "set -x API_TOKEN @TOKEN@\n"),
    "make": Syntax("Makefile", "API_TOKEN ?= @TOKEN@\n"),
    "redis": Syntax("redis.conf", "requirepass @TOKEN@\n"),
}
