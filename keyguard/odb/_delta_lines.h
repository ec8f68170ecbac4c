/* Leaves out lines that were scanned before and held nothing: keyguard/odb/lines.py. */

enum { KEY = 32 };

/* A `lines.LineTable`: the key of the hash, then hashes, each at the place that its low bits name. */
typedef struct {
    uint64_t key[4];
    char *slots; /* NULL: nothing is known */
    uint64_t mask;
} Table;

typedef struct {
    uint64_t hash; /* 0 where it is clipped */
    size_t size;
    int clipped, is_first; /* CLIPPED_LEFT, CLIPPED_RIGHT; the first of its window */
} Line;

typedef struct {
    Line *lines;
    size_t used, room;
} Lines;

/* Opens the table at a `LineTable.place`, or none for None. 0: it is neither, and the error is set. */
static int open_table(Table *t, PyObject *place)
{
    unsigned long long address, size;
    PyObject *owner;
    *t = (Table){{0, 0, 0, 0}, NULL, 0};
    if (place == Py_None)
        return 1;
    if (!PyArg_ParseTuple(place, "KKO", &address, &size, &owner))
        return 0;
    uint64_t slots = size > KEY ? (size - KEY) / sizeof(uint64_t) : 0;
    if (slots < 1 || slots & (slots - 1)) {
        PyErr_SetString(PyExc_ValueError, "a table of lines has another size");
        return 0;
    }
    memcpy(t->key, (const char *)(uintptr_t)address, KEY);
    t->slots = (char *)(uintptr_t)address + KEY;
    t->mask = slots - 1;
    return 1;
}

static char *slot_of(const Table *t, uint64_t hash)
{
    return t->slots + (hash & t->mask) * sizeof hash;
}

/* Has the memory fetch a slot: it takes as long as a hundred instructions. */
static void expect(const Table *t, uint64_t hash)
{
#ifdef __GNUC__
    __builtin_prefetch(slot_of(t, hash));
#else
    (void)t, (void)hash;
#endif
}

/* The two halves of a product, folded. */
static inline uint64_t folded(uint64_t a, uint64_t b)
{
#ifdef __SIZEOF_INT128__
    unsigned __int128 product = (unsigned __int128)a * b;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
#else
    const uint64_t low = 0xffffffffu;
    uint64_t ll = (a & low) * (b & low), lh = (a & low) * (b >> 32), hl = (a >> 32) * (b & low), hh = (a >> 32) * (b >> 32);
    uint64_t middle = (ll >> 32) + (lh & low) + (hl & low);
    return (ll & low | middle << 32) ^ (hh + (lh >> 32) + (hl >> 32) + (middle >> 32));
#endif
}

/* The bytes at..at+size, at most eight, as a number. */
static inline uint64_t word_at(const char *at, size_t size)
{
    uint64_t word = 0;
    memcpy(&word, at, size);
    return word;
}

/* A hash of folded products, as in wyhash (Wang Yi), of which all constants are the key: without it nobody can tell which
 * lines have the same. */
static uint64_t hash_of(const Table *t, const char *line, size_t size)
{
    const size_t word = sizeof(uint64_t);
    uint64_t state = t->key[0] ^ size;
    for (; size > 2 * word; size -= 2 * word, line += 2 * word)
        state = folded(word_at(line, word) ^ t->key[1], word_at(line + word, word) ^ state);
    uint64_t first = size < word ? word_at(line, size) : word_at(line, word);
    uint64_t last = size < word ? 0 : word_at(line + size - word, word);
    return folded(folded(first ^ t->key[1], last ^ state) ^ t->key[2], t->key[3]);
}

static int is_known(const Table *t, uint64_t hash)
{
    uint64_t there;
    memcpy(&there, slot_of(t, hash), sizeof there);
    return there == hash;
}

/* learn(place, fresh, places); see keyguard.odb.lines */
static PyObject *learn(PyObject *self, PyObject *args)
{
    PyObject *place_of_table;
    const char *fresh, *places;
    Py_ssize_t size, places_size;
    Table table;
    (void)self;
    if (!PyArg_ParseTuple(args, "O!y#y#", &PyTuple_Type, &place_of_table, &fresh, &size, &places, &places_size)
        || !open_table(&table, place_of_table))
        return NULL;
    size_t count = (size_t)size / sizeof(uint64_t) / 2, place = 0, places_count = (size_t)places_size / sizeof(int64_t);
    for (size_t i = 0; i < count; i++) {
        uint64_t line[2], next[2] = {0, UINT64_MAX};
        int64_t at = -1;
        memcpy(line, fresh + i * sizeof line, sizeof line);
        if (i + 1 < count)
            memcpy(next, fresh + (i + 1) * sizeof next, sizeof next);
        for (; place < places_count; place++) {
            memcpy(&at, places + place * sizeof at, sizeof at);
            if ((uint64_t)at >= line[1])
                break;
        }
        if (place == places_count || (uint64_t)at >= next[1])
            memcpy(slot_of(&table, line[0]), line, sizeof *line);
    }
    Py_RETURN_NONE;
}
