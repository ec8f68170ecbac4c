/* Leaves out lines that were scanned before and held nothing: keyguard/odb/lines.py. */

enum { KEY = 16 };

/* A table as `lines.new_table` makes it: the key of the hash, then hashes, each at the place that its low bits name. */
typedef struct {
    uint64_t key[2];
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

static int open_table(Table *t, PyObject *raw)
{
    *t = (Table){{0, 0}, NULL, 0};
    if (raw == Py_None)
        return 1;
    Py_ssize_t slots = PyByteArray_Check(raw) ? (PyByteArray_Size(raw) - KEY) / (Py_ssize_t)sizeof(uint64_t) : 0;
    if (slots < 1 || slots & (slots - 1))
        return 0;
    memcpy(t->key, PyByteArray_AsString(raw), KEY);
    t->slots = PyByteArray_AsString(raw) + KEY;
    t->mask = (uint64_t)slots - 1;
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

static inline uint64_t rotated(uint64_t word, int by)
{
    return word << by | word >> (64 - by);
}

static inline void sip_round(uint64_t v[4])
{
    v[0] += v[1], v[2] += v[3];
    v[1] = rotated(v[1], 13) ^ v[0], v[3] = rotated(v[3], 16) ^ v[2];
    v[0] = rotated(v[0], 32);
    v[2] += v[1], v[0] += v[3];
    v[1] = rotated(v[1], 17) ^ v[2], v[3] = rotated(v[3], 21) ^ v[0];
    v[2] = rotated(v[2], 32);
}

/* SipHash-1-3 (Aumasson, Bernstein: "SipHash: a fast short-input PRF"): nobody who does not know the key can make two
 * lines that have the same. */
static uint64_t hash_of(const Table *t, const char *line, size_t size)
{
    const uint64_t *key = t->key;
    uint64_t word, v[4] = {key[0] ^ 0x736f6d6570736575u, key[1] ^ 0x646f72616e646f6du, key[0] ^ 0x6c7967656e657261u,
                           key[1] ^ 0x7465646279746573u};
    size_t left = size;
    for (; left >= sizeof word; left -= sizeof word, line += sizeof word) {
        memcpy(&word, line, sizeof word);
        v[3] ^= word;
        sip_round(v);
        v[0] ^= word;
    }
    word = 0;
    memcpy(&word, line, left);
    word |= (uint64_t)size << 56;
    v[3] ^= word;
    sip_round(v);
    v[0] ^= word;
    v[2] ^= 0xff;
    for (int i = 0; i < 3; i++)
        sip_round(v);
    return v[0] ^ v[1] ^ v[2] ^ v[3];
}

static int is_known(const Table *t, uint64_t hash)
{
    uint64_t there;
    memcpy(&there, slot_of(t, hash), sizeof there);
    return there == hash;
}

/* learn(table, fresh, places); see keyguard.odb.lines */
static PyObject *learn(PyObject *self, PyObject *args)
{
    PyObject *raw;
    const char *fresh, *places;
    Py_ssize_t size, places_size;
    Table table;
    (void)self;
    if (!PyArg_ParseTuple(args, "Oy#y#", &raw, &fresh, &size, &places, &places_size))
        return NULL;
    if (raw == Py_None || !open_table(&table, raw)) {
        PyErr_SetString(PyExc_ValueError, "the table has another size");
        return NULL;
    }
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
