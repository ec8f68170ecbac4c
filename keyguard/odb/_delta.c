/* The tight loop of the history scan: apply one git delta, list its dirty windows, and carry spans across it.
 *
 * Format of a delta: git's Documentation/gitformat-pack.txt. What a dirty window is: keyguard/odb/delta.py, which
 * holds the same functions in Python; tests/odb/test_delta.py runs both. Only the stable ABI of Python 3.10 is used. */
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stdint.h>
#include <string.h>

enum { CLIPPED_LEFT = 1, CLIPPED_RIGHT = 2, FRAGMENT = 4, FIELDS = 3 };

typedef struct {
    const uint8_t *at, *end;
} Reader;

typedef struct {
    int copy;          /* 1: bytes of the base, 0: bytes of the delta itself */
    uint64_t from;     /* offset in the base (copy) */
    const uint8_t *data; /* literal bytes (insert) */
    uint64_t length;
} Instruction;

typedef struct {
    int32_t *rows; /* origin, length, flags */
    size_t used, room;
    uint64_t text;  /* bytes of all windows, each with a newline */
    uint64_t joint; /* bytes that may stand between two windows that are joined: the newline between two lines */
    uint64_t entry; /* start of the tree entry that was reached */
} Windows;

static int read_size(Reader *r, uint64_t *size)
{
    *size = 0;
    for (unsigned shift = 0; r->at < r->end && shift < 63; shift += 7) {
        uint8_t byte = *r->at++;
        *size |= (uint64_t)(byte & 0x7f) << shift;
        if (!(byte & 0x80))
            return 1;
    }
    return 0;
}

/* 1: an instruction was read, 0: the delta is at its end, -1: it is broken. */
static int read_instruction(Reader *r, Instruction *op)
{
    if (r->at == r->end)
        return 0;
    uint8_t head = *r->at++;
    op->copy = head >> 7;
    if (!op->copy) {
        op->length = head;
        op->data = r->at;
        if (head == 0 || (size_t)(r->end - r->at) < head)
            return -1;
        r->at += head;
        return 1;
    }
    uint64_t value[2] = {0, 0};
    for (unsigned bit = 0; bit < 7; bit++) {
        if (!(head & (1u << bit)))
            continue;
        if (r->at == r->end)
            return -1;
        value[bit >= 4] |= (uint64_t)*r->at++ << (8 * (bit >= 4 ? bit - 4 : bit));
    }
    op->from = value[0];
    op->length = value[1] ? value[1] : 0x10000;
    return 1;
}

static const uint8_t *last_newline(const uint8_t *start, const uint8_t *end)
{
    while (end > start)
        if (*--end == '\n')
            return end;
    return NULL;
}

static int push_window(Windows *w, uint64_t left, uint64_t right, int32_t flags)
{
    if (right <= left)
        return 1;
    if (w->used) {
        int32_t *last = w->rows + (w->used - 1) * FIELDS;
        uint64_t last_end = (uint64_t)last[0] + (uint64_t)last[1];
        if (left <= last_end + w->joint * !(last[2] & CLIPPED_RIGHT)) {
            if (right > last_end) {
                w->text += right - last_end;
                last[1] = (int32_t)(right - (uint64_t)last[0]);
                last[2] = (last[2] & CLIPPED_LEFT) | (flags & ~CLIPPED_LEFT);
            }
            return 1;
        }
    }
    if (w->used == w->room) {
        size_t room = w->room ? w->room * 2 : 32;
        int32_t *rows = PyMem_Realloc(w->rows, room * FIELDS * sizeof *rows);
        if (!rows)
            return 0;
        w->rows = rows;
        w->room = room;
    }
    int32_t *row = w->rows + w->used++ * FIELDS;
    row[0] = (int32_t)left;
    row[1] = (int32_t)(right - left);
    row[2] = flags;
    w->text += right - left + 1;
    return 1;
}

/* The lines that hold bytes from..to (inclusive; `to` may be the size), no further than `margin` away. */
static int add_lines(Windows *w, const uint8_t *out, uint64_t size, uint64_t from, uint64_t to, uint64_t margin)
{
    uint64_t low = from > margin ? from - margin : 0;
    uint64_t high = size - to > margin ? to + margin : size;
    const uint8_t *line = last_newline(out + low, out + from);
    const uint8_t *stop = to < high ? memchr(out + to, '\n', (size_t)(high - to)) : NULL;
    uint64_t left = line ? (uint64_t)(line - out) + 1 : low;
    uint64_t right = stop ? (uint64_t)(stop - out) : high;
    int32_t flags = FRAGMENT | (left > 0 && out[left - 1] != '\n' ? CLIPPED_LEFT : 0)
                    | (right < size && out[right] != '\n' ? CLIPPED_RIGHT : 0);
    return push_window(w, left, right, flags);
}

static uint64_t entry_end(const uint8_t *out, uint64_t size, uint64_t start, uint64_t hash)
{
    const uint8_t *nul = memchr(out + start, 0, (size_t)(size - start));
    uint64_t end = nul ? (uint64_t)(nul - out) + 1 + hash : size;
    return end < size ? end : size;
}

/* The tree entries that hold a byte of from..to (exclusive) or have one of the two strictly inside. */
static int add_entries(Windows *w, const uint8_t *out, uint64_t size, uint64_t from, uint64_t to, uint64_t hash)
{
    uint64_t end = w->entry, left;
    do {
        w->entry = end;
        if (end == size)
            return 1;
        end = entry_end(out, size, w->entry, hash);
    } while (end <= from);
    left = w->entry;
    while (end < to) {
        w->entry = end;
        end = entry_end(out, size, end, hash);
    }
    return from == to && left == from ? 1 : push_window(w, left, end, FRAGMENT);
}

typedef struct {
    uint64_t from, to; /* boundaries in the result; equal where two copy runs meet */
} Dirty;

/* NULL, or what is wrong. Fills all `size` bytes of `out` and lists the dirty regions: `dirty` has room for one an
 * instruction and one at the end. */
static const char *apply(Reader r, const uint8_t *base, uint64_t base_size, uint8_t *out, uint64_t size, Dirty *dirty,
                         size_t *count)
{
    Instruction op;
    uint64_t at = 0, source = 0; /* source: where the current copy run would go on */
    int running = 1, status;     /* running: what was written last is a copy run; the start counts as one */
    *count = 0;
    while ((status = read_instruction(&r, &op)) > 0) {
        if (op.length > size - at)
            return "it writes more than its declared size";
        if (op.copy && (op.from > base_size || op.length > base_size - op.from))
            return "it copies from outside its base";
        memcpy(out + at, op.copy ? base + op.from : op.data, (size_t)op.length);
        if (!op.copy && !running)
            dirty[*count - 1].to = at + op.length;
        else if (!op.copy)
            dirty[(*count)++] = (Dirty){at, at + op.length};
        else if (running && op.from != source)
            dirty[(*count)++] = (Dirty){at, at};
        running = op.copy;
        source = op.from + op.length;
        at += op.length;
    }
    if (status < 0)
        return "an instruction is cut short";
    if (at != size)
        return "it writes less than its declared size";
    if (running && source != base_size)
        dirty[(*count)++] = (Dirty){at, at};
    return NULL;
}

static PyObject *windows_text(const Windows *w, const uint8_t *out)
{
    PyObject *text = PyBytes_FromStringAndSize(NULL, (Py_ssize_t)w->text);
    if (!text)
        return NULL;
    char *to = PyBytes_AsString(text);
    for (size_t i = 0; i < w->used; i++) {
        const int32_t *row = w->rows + i * FIELDS;
        memcpy(to, out + row[0], (size_t)row[1]);
        to += row[1];
        *to++ = '\n';
    }
    return text;
}

static PyObject *broken(const char *why)
{
    PyErr_SetString(PyExc_ValueError, why);
    return NULL;
}

/* step(base, delta, margin, limit, hash) -> (result, text of the windows, their rows); hash 0: lines, else entries */
static PyObject *step(PyObject *self, PyObject *args)
{
    const char *base, *delta;
    Py_ssize_t base_size, delta_size, margin, limit, hash;
    (void)self;
    if (!PyArg_ParseTuple(args, "y#y#nnn", &base, &base_size, &delta, &delta_size, &margin, &limit, &hash))
        return NULL;
    Reader r = {(const uint8_t *)delta, (const uint8_t *)delta + delta_size};
    uint64_t source, size;
    if (!read_size(&r, &source) || !read_size(&r, &size))
        return broken("its header is cut short");
    if (source != (uint64_t)base_size)
        return broken("its base has another size");
    if (size > (uint64_t)limit || size > INT32_MAX - 1)
        return broken("it is over the size limit");
    PyObject *result = PyBytes_FromStringAndSize(NULL, (Py_ssize_t)size);
    Dirty *dirty = PyMem_Malloc(((size_t)delta_size + 1) * sizeof *dirty);
    Windows windows = {NULL, 0, 0, 0, hash == 0, 0};
    PyObject *text = NULL, *rows = NULL, *answer = NULL;
    size_t count;
    if (!result || !dirty) {
        PyErr_NoMemory();
        goto done;
    }
    uint8_t *out = (uint8_t *)PyBytes_AsString(result);
    const char *wrong = apply(r, (const uint8_t *)base, source, out, size, dirty, &count);
    if (wrong) {
        broken(wrong);
        goto done;
    }
    for (size_t i = 0; i < count; i++)
        if (!(hash ? add_entries(&windows, out, size, dirty[i].from, dirty[i].to, (uint64_t)hash)
                   : add_lines(&windows, out, size, dirty[i].from, dirty[i].to, (uint64_t)margin))) {
            PyErr_NoMemory();
            goto done;
        }
    text = windows_text(&windows, out);
    rows = PyBytes_FromStringAndSize((const char *)windows.rows, (Py_ssize_t)(windows.used * FIELDS * sizeof(int32_t)));
    if (text && rows)
        answer = PyTuple_Pack(3, result, text, rows);
done:
    PyMem_Free(windows.rows);
    PyMem_Free(dirty);
    Py_XDECREF(result);
    Py_XDECREF(text);
    Py_XDECREF(rows);
    return answer;
}

typedef struct {
    uint64_t from, to, at; /* base bytes from..to stand at `at` of the result */
} Run;

static int carry_run(PyObject *found, const Run *run, uint64_t base_size, uint64_t size, const int32_t *spans, size_t count)
{
    int64_t low = run->from == 0 && run->at == 0 ? -1 : (int64_t)run->from;
    int64_t high = (int64_t)run->to + (run->to == base_size && run->at + (run->to - run->from) == size);
    for (size_t i = 0; i < count; i++) {
        if (spans[2 * i] < low || spans[2 * i + 1] > high)
            continue;
        PyObject *pair = Py_BuildValue("(nL)", (Py_ssize_t)i, (long long)run->at - (long long)run->from);
        int failed = !pair || PyList_Append(found, pair) < 0;
        Py_XDECREF(pair);
        if (failed)
            return 0;
    }
    return 1;
}

/* carry(delta, spans) -> [(number of a span, how far it moves)]; spans are pairs of native int32 offsets in the base */
static PyObject *carry(PyObject *self, PyObject *args)
{
    const char *delta, *raw;
    Py_ssize_t delta_size, raw_size;
    (void)self;
    if (!PyArg_ParseTuple(args, "y#y#", &delta, &delta_size, &raw, &raw_size))
        return NULL;
    Reader r = {(const uint8_t *)delta, (const uint8_t *)delta + delta_size};
    uint64_t base_size, size, at = 0;
    if (!read_size(&r, &base_size) || !read_size(&r, &size))
        return broken("its header is cut short");
    const int32_t *spans = (const int32_t *)raw;
    size_t count = (size_t)raw_size / (2 * sizeof *spans);
    PyObject *found = PyList_New(0);
    Run run = {0, 0, 0};
    Instruction op;
    int status, running = 1;
    if (!found)
        return NULL;
    while ((status = read_instruction(&r, &op)) > 0) {
        if (op.copy && running && op.from == run.to) {
            run.to += op.length;
        } else {
            if (running && !carry_run(found, &run, base_size, size, spans, count))
                goto failed;
            run = (Run){op.from, op.from + op.length, at};
            running = op.copy;
        }
        at += op.length;
    }
    if (status < 0) {
        broken("an instruction is cut short");
        goto failed;
    }
    if (running && !carry_run(found, &run, base_size, size, spans, count))
        goto failed;
    return found;
failed:
    Py_DECREF(found);
    return NULL;
}

static PyMethodDef methods[] = {
    {"step", step, METH_VARARGS, "step(base, delta, margin, limit, hash) -> (result, text, rows); see keyguard.odb.delta"},
    {"carry", carry, METH_VARARGS, "carry(delta, spans) -> [(span, shift)]; see keyguard.odb.delta"},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "_delta", NULL, -1, methods, NULL, NULL, NULL, NULL};

PyMODINIT_FUNC PyInit__delta(void)
{
    return PyModule_Create(&module);
}
