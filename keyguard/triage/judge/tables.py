"""The words and shapes that the judge knows of, by what they are looked for in."""

from __future__ import annotations

ONLY_PLAIN = None
FIGURES, CAPITALS, NOT_ASCII = b"0123456789", b"ABCDEFGHIJKLMNOPQRSTUVWXYZ", bytes(range(0x80, 0x100))

# Each row: what it is called, and the texts of which one must be in the value, name, line, lines around, or path, with
# a space between them; a space in a text is \x20, which must come with its backslash.
VALUE_WORDS = (
    ("test word", b"test foo baz demo sample dummy fake mock hello world"),
    ("example word", b"example your my- my_ placeholder insert replace change todo here xxx < redact some enter"),
    ("password word", b"secret s3cr3t pass pwd p@ss"),
    ("key word", b"token key auth cred api"),
    ("account word", b"admin root user guest login"),
    ("usual dummy", b"12345 qwerty letmein changeme abc123 iloveyou welcome"),
    ("negation", b"invalid wrong bad incorrect missing no- no_ not none null empty undefined unknown error fail"),
    ("counting", b"0123 1234 abcd 4321 aaaa 0000 1111 xxxx *** dead beef cafe"),
    ("code word", b"get set new this self string object value name type field config option param request"),
)
# The third of a row: the bytes of which one must be in the value; for ONLY_PLAIN no others than letters and figures.
VALUE_SHAPES: tuple[tuple[str, bytes, bytes | None], ...] = (
    ("uuid", rb"(?i)^\{?[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\}?$", b"-"),
    ("number", rb"^[-+]?[0-9][0-9.,_]*$", FIGURES),
    ("hex", rb"^(?:0x)?(?:[0-9a-f]+|[0-9A-F]+)$", ONLY_PLAIN),
    ("letters", rb"^[A-Za-z]+$", ONLY_PLAIN),
    ("small letters", rb"^[a-z]+$", ONLY_PLAIN),
    ("all capitals", rb"^[A-Z][A-Z0-9_.-]*$", CAPITALS),
    ("snake", rb"^[a-z]+[0-9]*(?:_[a-z0-9]+)+$", b"_"),
    ("kebab", rb"^[a-z]+[0-9]*(?:-[a-z0-9]+)+$", b"-"),
    ("camel", rb"^[a-z]+(?:[A-Z][a-z0-9]+)+$", ONLY_PLAIN),
    ("pascal", rb"^(?:[A-Z][a-z0-9]+){2,}$", ONLY_PLAIN),
    ("capital word", rb"^[A-Z][a-z]+$", ONLY_PLAIN),
    ("dotted", rb"^[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+$", b"."),
    ("colons", rb"^[\w-]+(?::[\w-]+)+$", b":"),
    (
        "path",
        (
            rb"^(?:~|\.{1,2})?/|^[A-Za-z]:\\|/[\w.-]+/|\.(?:pem|key|crt|json|ya?ml|txt|js|py|go|rb|"
            rb"html?|xml|conf)$"
        ),
        b"/\\.",
    ),
    ("url", rb"^[a-z]{2,8}://|^www\.|\.(?:com|org|net|io)(?:/|$)", b":."),
    ("mail", rb"^[\w.+-]+@[\w-]+\.\w", b"@"),
    ("base64", rb"^[A-Za-z0-9+/]{8,}={0,2}$", b""),
    ("padded", rb"[A-Za-z0-9+/_-]={1,2}$", b"="),
    ("template", rb"[{}<>$%]|\[\w", b"{}<>$%["),
    ("format", rb"%[sdvq(]|\{\d?\}|\\\(|#\{", b"%{\\"),
    ("call", rb"\w\(|\)$|->|::", b"()>:"),
    ("spaces", rb"\s", b" \t\n\r\f\v"),
    ("sentence", rb"[A-Za-z]+ [a-z]+ [a-z]+", b" "),
    ("escapes", rb"\\[xnutr0]", b"\\"),
    ("version", rb"^v?\d+\.\d+", b"."),
    ("host", rb"^[\w-]+(?:\.[\w-]+)*:\d+|^\d+\.\d+\.\d+\.\d+", b":."),
    ("dots", rb"\.\.\.|\xe2\x80\xa6", b".\xe2"),
    ("word and digits", rb"^[A-Za-z]+[0-9]{1,4}[!@#$%^&*.]?$", FIGURES),
    ("repeat", rb"(.)\1{3}", b""),
    ("hash prefix", rb"^(?:sha\d+|md5|\$\d\w?\$)", FIGURES),
    ("ends in mark", rb"[:?!.,]$", b":?!.,"),
    ("variable", rb"^[$@%:&]\w", b"$@%:&"),
    ("semicolon", rb";", b";"),
    ("equals inside", rb"\w=\w", b"="),
    ("json", rb"^[\[{].*:", b":"),
    ("pem", rb"-----|MII[A-Z]", b"-M"),
    ("phrase", rb"^[A-Z][a-z]+(?: [A-Za-z]+)+[.:?!]?$", b" "),
    ("other script", rb"[\x80-\xff]", NOT_ASCII),
)
NAME_WORDS = (
    ("password", b"pass pwd"),
    ("secret", b"secret"),
    ("token", b"token"),
    ("api", b"api"),
    ("key", b"key"),
    ("auth", b"auth"),
    ("credential", b"cred"),
    ("bearer", b"bearer basic"),
    ("hash", b"hash digest sha1 sha2 md5 checksum fingerprint signature nonce salt etag"),
    ("public", b"public pubkey pub_key publish sitekey site_key"),
    ("private", b"priv sign encrypt cipher aes hmac rsa"),
    ("access", b"access client consumer app oauth session refresh"),
    ("account", b"user admin root mysql postgres ldap smtp mail login account bind"),
    ("confirmation", b"confirm repeat again old new current verify reset change forgot wrong invalid bad"),
    ("test", b"test fake mock dummy example sample expect"),
    ("key id", b"key_id keyid key-id kid"),
    ("ssh", b"ssh gpg pgp repo"),
    (
        "other word",
        b"bypass compass passing passed passive passenger keyspace monkey tokeni keycode keyval keyname author",
    ),
)
# Last words of a name.
NAME_ENDS = (
    ("ends in password", b"password passwd pwd pass passphrase passcode pw"),
    ("ends in secret", b"secret secrets"),
    ("ends in token", b"token tokens"),
    ("ends in key", b"key keys apikey"),
    ("ends in auth", b"auth authorization"),
    (
        "ends in kind of thing",
        (
            b"name names type id ids field url uri path file dir label title text msg message description help hint "
            b"prompt placeholder"
        ),
    ),
    (
        "ends in rule of thing",
        (
            b"policy len length size min max count ttl expiry expires expiration timeout format regex "
            b"pattern prefix suffix header headers param params attr attribute column class role scope "
            b"scopes grant state status mode version alg algorithm method provider manager store handler "
            b"error err input form page view"
        ),
    ),
    ("ends in number", b"0 1 2 3 4 5"),
)
KEYS_OF_MAPS = frozenset(
    b"primary foreign sort cache index map dict hash partition row object storage registry lookup translation lang "
    b"route routing event order group item short hot arrow shift ctrl public unique join natural".split()
)
LINE_WORDS = (
    ("an assertion", b"assert expect should equal verify .eq == != to_be must"),
    ("a test", b"test mock stub fixture fake dummy"),
    ("an example", b"example e.g. instance sample such as usage placeholder your"),
    (
        "a definition",
        rb"def\x20 func function fn\x20 class\x20 interface struct enum import from\x20 require include package using",
    ),
    ("a return", b"return"),
    ("a condition", b"if\\x20 if( elif unless while switch case when"),
    ("output", b"print log. log( echo console puts warn error throw raise panic fatal debug message"),
    ("a lookup", b"getenv environ env. env[ get( fetch( getproperty .get params lookup argv config. input("),
    ("a label", b"label title placeholder description help hint tooltip i18n gettext _( locale trans"),
    ("a type", b"type string varchar char( bool column field schema required format pattern regex"),
    ("a hash", b"sha1 sha2 sha5 md5 digest hash checksum integrity etag fingerprint uuid"),
    ("a user", b"user login account admin root email"),
    ("a host", b"host server port url http :// connect endpoint domain"),
    ("a database", b"mysql postgres redis mongo sql database ldap smtp rabbit kafka oracle"),
    ("an export", b"export set\\x20 env arg\\x20 declare"),
    ("a constant", b"const static final val\\x20 let\\x20 var\\x20 private public define"),
    ("a header", b"authorization header bearer basic cookie x-api"),
    ("a command", b"curl docker sudo ssh wget kubectl psql $\\x20 --"),
    ("markup", b"</ href span div css style"),
    ("a public key", b"public certificate ssh-rsa ssh-ed begin\\x20"),
    ("cryptography", b"encrypt decrypt cipher hmac sign aes rsa ecdsa curve"),
    ("a refusal", b"invalid wrong incorrect bad fail missing empty mismatch not\\x20"),
    ("another secret", b"secret token password passwd pwd credential api_key apikey"),
    ("a generator", b"generat random uuid encode decode hexlify base64 hash("),
    ("a translation", b"msgid msgstr i18n locale lang"),
    ("styling", b"selector color font margin padding"),
    ("a document field", b"json yaml xml response request body data"),
)
NEAR_WORDS = (
    ("users", b"user login email account"),
    ("hosts", b"host port server endpoint url"),
    ("secrets", b"secret token passw credential apikey api_key"),
    ("tests", b"test assert expect should describe mock fixture"),
    ("examples", b"example sample placeholder your"),
    ("code", b";\n {\n def\\x20 func return class\\x20"),
    ("hashes", b"sha1 sha2 sha5 checksum integrity digest"),
    ("certificates", b"-----begin certificate public"),
    ("comments", b"\n# \n// \n*"),
    ("markup", b"</ />"),
    ("translations", b"msgid i18n locale translat"),
    ("commands", b"export\\x20 curl docker"),
    ("cryptography", b"encrypt cipher hmac curve ecdsa aes nonce"),
    ("patterns", b"regex pattern match("),
    ("authorization", b"oauth consumer bearer authorization"),
    ("database statements", b"select\\x20 insert\\x20 create\\x20 grant\\x20"),
    ("JSON", b'":'),
    ("YAML", b"\n- :\n"),
    ("configuration", b"config setting option default"),
    ("requests", b"http post( get( request response"),
)
PATH_WORDS = (
    ("tests", b"test spec mock fixture fake stub"),
    ("examples", b"example sample demo tutorial template"),
    ("documents", b"doc readme guide changelog wiki .md .rst .adoc .txt"),
    ("settings", b"conf setting .env propert deploy docker compose ansible helm k8s terraform"),
    ("other people's code", b"vendor third node_modules dist/ .min."),
    ("languages", b"i18n locale lang translation .po messages"),
    ("lock files", b"lock .sum checksums"),
    ("recordings", b"generated .pb. .snap cassette vcr recording golden"),
    ("secrets", b"secur auth secret cred pass token key"),
    ("clients", b"client server api rest http"),
)
EXTENSIONS = (
    ("py", b"py pyi pyx"),
    ("js", b"js jsx mjs ts tsx vue coffee"),
    ("go", b"go"),
    ("java", b"java kt scala groovy gradle"),
    ("c", b"c h cc cpp hpp m mm rs swift"),
    ("cs", b"cs vb fs"),
    ("rb", b"rb erb rake"),
    ("php", b"php phtml"),
    ("shell", b"sh bash zsh bats ps1 bat cmd"),
    ("yaml", b"yml yaml"),
    ("json", b"json json5 ipynb har"),
    ("ini", b"ini cfg conf properties toml env cnf rsp example dist ks"),
    ("xml", b"xml xsd plist config csproj resx"),
    ("html", b"html htm css scss svg"),
    ("text", b"md rst txt adoc markdown"),
    ("sql", b"sql"),
    ("template", b"j2 tpl tmpl erb template"),
    ("terraform", b"tf tfvars hcl"),
    ("key", b"pem key crt creds"),
    ("idl", b"idl proto graphql"),
    ("none", b""),
)
RULES = (
    "generic-quoted",
    "generic-assigned",
    "generic-xml-value",
    "generic-named-value",
    "generic-value-below",
    "generic-cli-flag",
    "generic-authorization",
    "generic-command-password",
    "generic-basic-pair",
    "generic-sql-password",
    "generic-url-password",
    "generic-password-hash",
    "generic-listed",
    "generic-listed-below",
    "generic-variable-default",
    "basicauth-url-password",
    "dburl-password",
    "dburl-connection-string",
    "dburl-jdbc-parameter",
)
SEPARATORS = (
    ("=", rb"[^=!<>:+]=\s*\W*$"),
    (":", rb":\s*[^\w\s]*$"),
    (":=", rb":=\s*\W*$"),
    ("=>", rb"=>\s*\W*$"),
    ("compare", rb"[!=]==?\s*\W*$"),
    ("(", rb"\([^\w\s]*$"),
    ("comma", rb",\s*[^\w\s]*$"),
    ("space", rb"\w\s+[\"'`]?$"),
    ("tag", rb">\s*$"),
    ("+=", rb"\+=\s*\W*$"),
)
