/* The tight loop of the history scan: apply one git delta, list its dirty windows, and carry spans across it.
 *
 * Format of a delta: git's Documentation/gitformat-pack.txt. What a dirty window is: keyguard/odb/delta.py, which
 * holds the same functions in Python; tests/odb/test_delta.py runs both. Only the stable ABI of Python 3.10 is used. */
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stdint.h>
#include <stdlib.h>
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
    uint64_t at, length; /* bytes at..at+length of the result */
    const uint8_t *data; /* stand here: in the base, or in the delta */
    int copy;
} Segment;

/* The result of a delta, without being put together: most of it need never be looked at. Copy runs that adjoin in base
 * and result are one segment, and so are adjoining inserts. */
typedef struct {
    Segment *segments;
    size_t used, room;
    uint64_t size;
    int from_start, to_end; /* it begins where the base begins, and ends where the base ends */
} Result;

typedef struct {
    int32_t *rows; /* origin, length, flags */
    size_t used, room;
    uint64_t text;  /* bytes of all windows, each with a newline */
    uint64_t joint; /* bytes that may stand between two windows that are joined: the newline between two lines */
    uint64_t entry, end; /* the tree entry that was reached */
    size_t segment;      /* the one where the last search ended; they only go on, so that no byte is looked at twice */
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

static int grow(void **items, size_t *room, size_t size)
{
    size_t more = *room ? *room * 2 : 64;
    void *larger = PyMem_Realloc(*items, more * size);
    if (!larger)
        return 0;
    *items = larger;
    *room = more;
    return 1;
}

static int push_segment(Result *out, const Instruction *op, const uint8_t *base)
{
    const uint8_t *data = op->copy ? base + op->from : op->data;
    Segment *last = out->used ? out->segments + out->used - 1 : NULL;
    if (last && last->copy && op->copy && last->data + last->length == data) {
        last->length += op->length;
    } else {
        if (out->used == out->room && !grow((void **)&out->segments, &out->room, sizeof *out->segments))
            return 0;
        out->segments[out->used++] = (Segment){out->size, op->length, data, op->copy};
    }
    out->size += op->length;
    return 1;
}

/* NULL, or what is wrong; "" where there is no memory. */
static const char *resolve(Result *out, Reader r, const uint8_t *base, uint64_t base_size, uint64_t size)
{
    Instruction op;
    int status;
    while ((status = read_instruction(&r, &op)) > 0) {
        if (op.length > size - out->size)
            return "it writes more than its declared size";
        if (op.copy && (op.from > base_size || op.length > base_size - op.from))
            return "it copies from outside its base";
        if (!push_segment(out, &op, base))
            return "";
    }
    if (status < 0)
        return "an instruction is cut short";
    if (out->size != size)
        return "it writes less than its declared size";
    out->from_start = out->to_end = 1;
    if (out->used) {
        const Segment *first = out->segments, *last = out->segments + out->used - 1;
        out->from_start = !first->copy || first->data == base;
        out->to_end = !last->copy || last->data + last->length == base + base_size;
    }
    return NULL;
}

/* Copies bytes from..to of the result. */
static void gather(const Result *r, uint64_t from, uint64_t to, char *into)
{
    size_t low = 0, high = r->used;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (r->segments[middle].at + r->segments[middle].length <= from)
            low = middle + 1;
        else
            high = middle;
    }
    for (; from < to; low++) {
        const Segment *s = r->segments + low;
        uint64_t skip = from - s->at, part = s->length - skip < to - from ? s->length - skip : to - from;
        memcpy(into, s->data + skip, (size_t)part);
        into += part;
        from += part;
    }
}

/* The place behind the last newline in low..from, or `none`. Segment `i` begins at `from`, or `from` is the end. */
static uint64_t line_start(const Result *r, size_t i, uint64_t low, uint64_t from, uint64_t none)
{
    while (i-- > 0 && from > low) {
        const Segment *s = r->segments + i;
        const uint8_t *stop = s->at < low ? s->data + (low - s->at) : s->data;
        for (const uint8_t *at = s->data + (from - s->at); at > stop;)
            if (*--at == '\n')
                return s->at + (uint64_t)(at - s->data) + 1;
        from = s->at;
    }
    return none;
}

/* The place of the first `byte` in from..high, or `none`. Segment `*i` is the one that holds `from`, or an earlier one;
 * afterwards it is the one that was reached. */
static uint64_t find(const Result *r, size_t *i, int byte, uint64_t from, uint64_t high, uint64_t none)
{
    for (; *i < r->used && from < high; ++*i) {
        const Segment *s = r->segments + *i;
        if (s->at + s->length <= from)
            continue;
        uint64_t skip = from - s->at, part = s->length - skip < high - from ? s->length - skip : high - from;
        const uint8_t *found = memchr(s->data + skip, byte, (size_t)part);
        if (found)
            return s->at + (uint64_t)(found - s->data);
        from += part;
        if (from == high)
            break;
    }
    return none;
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
    if (w->used == w->room && !grow((void **)&w->rows, &w->room, FIELDS * sizeof *w->rows))
        return 0;
    int32_t *row = w->rows + w->used++ * FIELDS;
    row[0] = (int32_t)left;
    row[1] = (int32_t)(right - left);
    row[2] = flags;
    w->text += right - left + 1;
    return 1;
}

/* The lines that hold bytes from..to (inclusive; `to` may be the size), no further than `margin` away. `before` is the
 * segment that begins at `from`, `after` the one that begins at `to`. What the last window covers is not searched again:
 * else a delta of millions of instructions on one long line would take hours. */
static int add_lines(Windows *w, const Result *r, size_t before, size_t after, uint64_t from, uint64_t to,
                     uint64_t margin)
{
    const int32_t *last = w->used ? w->rows + (w->used - 1) * FIELDS : NULL;
    uint64_t reached = last ? (uint64_t)last[0] + (uint64_t)last[1] : 0;
    int open = last && last[2] & CLIPPED_RIGHT;
    if (last && !open && to <= reached)
        return 1;
    /* One byte further than the margin tells whether a line is cut there. */
    uint64_t low = from > margin ? from - margin : 0, high = r->size - to > margin ? to + margin : r->size;
    uint64_t floor = low ? low - 1 : 0, start = UINT64_MAX;
    if (last && reached > floor)
        floor = reached < from ? reached : from;
    start = line_start(r, before, floor, from, UINT64_MAX);
    if (start == UINT64_MAX && last && reached >= low)
        start = floor;
    uint64_t ahead = open && to < reached ? reached : to;
    size_t i = after > w->segment ? after : w->segment;
    uint64_t stop = find(r, &i, '\n', ahead, high < r->size ? high + 1 : high, UINT64_MAX);
    w->segment = i < r->used ? i : w->segment;
    int32_t flags = FRAGMENT | (start == UINT64_MAX && low ? CLIPPED_LEFT : 0)
                    | (stop == UINT64_MAX && high < r->size ? CLIPPED_RIGHT : 0);
    return push_window(w, start == UINT64_MAX ? low : start, stop == UINT64_MAX ? high : stop, flags);
}

static uint64_t entry_end(const Result *r, size_t *segment, uint64_t start, uint64_t hash)
{
    uint64_t nul = find(r, segment, 0, start, r->size, UINT64_MAX);
    return nul == UINT64_MAX || r->size - nul <= hash ? r->size : nul + 1 + hash;
}

/* The tree entries that hold a byte of from..to (exclusive) or have one of the two strictly inside. */
static int add_entries(Windows *w, const Result *r, uint64_t from, uint64_t to, uint64_t hash)
{
    while (w->end <= from) {
        if (w->end == r->size)
            return 1;
        w->entry = w->end;
        w->end = entry_end(r, &w->segment, w->entry, hash);
    }
    uint64_t left = w->entry;
    while (w->end < to) {
        w->entry = w->end;
        w->end = entry_end(r, &w->segment, w->entry, hash);
    }
    return from == to && left == from ? 1 : push_window(w, left, w->end, FRAGMENT);
}

static int add_windows(Windows *w, const Result *r, uint64_t margin, uint64_t hash)
{
    for (size_t i = 0; i <= r->used; i++) {
        uint64_t from = i < r->used ? r->segments[i].at : r->size, to = from;
        size_t after = i;
        if (i == r->used ? r->to_end : r->segments[i].copy && (i ? !r->segments[i - 1].copy : r->from_start))
            continue;
        if (i < r->used && !r->segments[i].copy) {
            while (after < r->used && !r->segments[after].copy)
                to += r->segments[after++].length;
        }
        if (!(hash ? add_entries(w, r, from, to, hash) : add_lines(w, r, i, after, from, to, margin)))
            return 0;
        i = after > i ? after - 1 : i;
    }
    return 1;
}

/* The text of the windows, each followed by a newline. */
static void write_windows(const Windows *w, const Result *r, char *to)
{
    for (size_t i = 0; i < w->used; i++) {
        const int32_t *row = w->rows + i * FIELDS;
        gather(r, (uint64_t)row[0], (uint64_t)row[0] + (uint64_t)row[1], to);
        to += row[1];
        *to++ = '\n';
    }
}

static PyObject *windows_text(const Windows *w, const Result *r)
{
    PyObject *text = PyBytes_FromStringAndSize(NULL, (Py_ssize_t)w->text);
    if (text)
        write_windows(w, r, PyBytes_AsString(text));
    return text;
}

static PyObject *broken(const char *why)
{
    if (*why)
        PyErr_SetString(PyExc_ValueError, why);
    else
        PyErr_NoMemory();
    return NULL;
}

static PyObject *answer_of(const Result *r, const Windows *w, uint64_t wanted)
{
    uint64_t size = wanted < r->size ? wanted : r->size;
    PyObject *answer = NULL, *head = PyBytes_FromStringAndSize(NULL, (Py_ssize_t)size);
    PyObject *text = windows_text(w, r);
    PyObject *rows = PyBytes_FromStringAndSize((const char *)w->rows, (Py_ssize_t)(w->used * FIELDS * sizeof(int32_t)));
    PyObject *whole = PyLong_FromUnsignedLongLong(r->size);
    if (head && text && rows && whole) {
        gather(r, 0, size, PyBytes_AsString(head));
        answer = PyTuple_Pack(4, head, text, rows, whole);
    }
    Py_XDECREF(whole);
    Py_XDECREF(head);
    Py_XDECREF(text);
    Py_XDECREF(rows);
    return answer;
}

/* Reads the sizes of a delta and all of its instructions. NULL, or what is wrong; "" where there is no memory. */
static const char *open_delta(Result *out, const char *base, uint64_t base_size, const char *delta, uint64_t delta_size,
                              uint64_t limit)
{
    Reader r = {(const uint8_t *)delta, (const uint8_t *)delta + delta_size};
    uint64_t source, size;
    if (!read_size(&r, &source) || !read_size(&r, &size))
        return "its header is cut short";
    if (source != base_size)
        return "its base has another size";
    if (size > limit || size > INT32_MAX - 1)
        return "it is over the size limit";
    return resolve(out, r, (const uint8_t *)base, source, size);
}

/* step(base, delta, margin, limit, hash, wanted) -> (first bytes of the result, text of its windows, their rows, its size) */
static PyObject *step(PyObject *self, PyObject *args)
{
    const char *base, *delta;
    Py_ssize_t base_size, delta_size, margin, limit, hash, wanted;
    (void)self;
    if (!PyArg_ParseTuple(args, "y#y#nnnn", &base, &base_size, &delta, &delta_size, &margin, &limit, &hash, &wanted))
        return NULL;
    Result result = {NULL, 0, 0, 0, 0, 0};
    Windows windows = {NULL, 0, 0, 0, hash == 0, 0, 0, 0};
    PyObject *answer = NULL;
    const char *wrong = open_delta(&result, base, (uint64_t)base_size, delta, (uint64_t)delta_size, (uint64_t)limit);
    if (wrong)
        broken(wrong);
    else if (!add_windows(&windows, &result, (uint64_t)margin, (uint64_t)hash))
        PyErr_NoMemory();
    else
        answer = answer_of(&result, &windows, (uint64_t)wanted);
    PyMem_Free(windows.rows);
    PyMem_Free(result.segments);
    return answer;
}

enum { NEEDED = 1, LAST = 2, HEAD = 1024, COLUMNS = 3 };

typedef struct {
    char *data;
    size_t used, room;
} Buffer;

/* One call of stride(): the contents held by depth and their size in bytes, what there is to know, and what comes out. */
typedef struct {
    PyObject *held;
    uint64_t used, budget, margin, limit, hash;
    int whole; /* every object is new as a whole */
    Result result;
    Windows windows;
    Buffer text, rows, table;
    PyObject *wide; /* the content of the last object, where its head is no plain text */
} Stride;

/* Room for `size` more bytes, or NULL. */
static char *extend(Buffer *b, size_t size)
{
    if (b->room - b->used < size) {
        size_t room = b->room * 2 > b->used + size ? b->room * 2 : b->used + size;
        char *larger = PyMem_Realloc(b->data, room);
        if (!larger)
            return NULL;
        b->data = larger;
        b->room = room;
    }
    b->used += size;
    return b->data + b->used - size;
}

static int add_content(Stride *s, const char *content, size_t size)
{
    char *to = extend(&s->text, size + 1);
    if (!to)
        return 0;
    memcpy(to, content, size);
    to[size] = '\n';
    return 1;
}

static int add_changes(Stride *s)
{
    const Windows *w = &s->windows;
    if (!w->used)
        return 1;
    char *rows = extend(&s->rows, w->used * FIELDS * sizeof(int32_t)), *text = extend(&s->text, (size_t)w->text);
    if (!rows || !text)
        return 0;
    memcpy(rows, w->rows, w->used * FIELDS * sizeof(int32_t));
    write_windows(w, &s->result, text);
    return 1;
}

static void hold(Stride *s, Py_ssize_t depth, PyObject *content)
{
    PyObject *before = PyList_GetItem(s->held, depth);
    if (PyBytes_Check(before))
        s->used -= (uint64_t)PyBytes_Size(before);
    if (PyBytes_Check(content))
        s->used += (uint64_t)PyBytes_Size(content);
    Py_INCREF(content);
    PyList_SetItem(s->held, depth, content);
}

/* Holds a content that deltas hang on, and lets go of what is over the budget. */
static void push_held(Stride *s, Py_ssize_t depth, int flags, PyObject *content)
{
    if (flags & LAST && depth)
        hold(s, depth - 1, Py_None);
    if (!(flags & NEEDED))
        return;
    hold(s, depth, content);
    for (Py_ssize_t other = 0; s->used > s->budget && other < PyList_Size(s->held); other++) {
        if (other != depth)
            hold(s, other, Py_None);
    }
}

/* Whether the head holds what no plain text does; `sources.text` looks at all of it then. */
static int is_wide(const uint8_t *head, size_t size)
{
    return size && (head[0] >= 0xfe || memchr(head, 0, size < HEAD ? size : HEAD));
}

static PyObject *content_of(const Result *r)
{
    PyObject *content = PyBytes_FromStringAndSize(NULL, (Py_ssize_t)r->size);
    if (content)
        gather(r, 0, r->size, PyBytes_AsString(content));
    return content;
}

/* The content of the delta that was opened where it is wanted, else None; NULL where there is no memory. */
static PyObject *wanted_content(const Stride *s, int flags)
{
    uint8_t head[HEAD];
    uint64_t size = s->result.size < HEAD ? s->result.size : HEAD;
    if (!s->whole && !(flags & NEEDED)) {
        if (!s->hash)
            gather(&s->result, 0, size, (char *)head);
        if (s->hash || !is_wide(head, (size_t)size)) {
            Py_INCREF(Py_None);
            return Py_None;
        }
    }
    return content_of(&s->result);
}

static const char *open_change(Stride *s, Py_ssize_t depth, PyObject *payload)
{
    PyObject *base = PyList_GetItem(s->held, depth - 1);
    s->result.used = 0;
    s->result.size = 0;
    s->windows = (Windows){s->windows.rows, 0, s->windows.room, 0, s->hash == 0, 0, 0, 0};
    const char *wrong = open_delta(&s->result, PyBytes_AsString(base), (uint64_t)PyBytes_Size(base),
                                   PyBytes_AsString(payload), (uint64_t)PyBytes_Size(payload), s->limit);
    if (!wrong && !s->whole && !add_windows(&s->windows, &s->result, s->margin, s->hash))
        return "";
    return wrong;
}

/* Adds what is new in one object. NULL, or what is wrong; "" where there is no memory. */
static const char *stride_one(Stride *s, PyObject *payload, Py_ssize_t depth, int flags)
{
    const char *wrong = depth ? open_change(s, depth, payload) : NULL;
    if (wrong)
        return wrong;
    int is_new = s->whole || !depth;
    size_t start = s->text.used;
    PyObject *content = payload;
    if (depth)
        content = wanted_content(s, flags);
    else
        Py_INCREF(content);
    if (!content)
        return "";
    uint64_t size = depth ? s->result.size : (uint64_t)PyBytes_Size(content);
    /* Trees that are new as a whole are read from their payloads. */
    int added = !is_new ? add_changes(s) : s->hash && !s->whole ? 1 : add_content(s, PyBytes_AsString(content), (size_t)size);
    char *row = added ? extend(&s->table, COLUMNS * sizeof(int32_t)) : NULL;
    if (row) {
        int32_t values[COLUMNS] = {(int32_t)size, (int32_t)start, is_new ? -1 : (int32_t)s->windows.used};
        memcpy(row, values, sizeof values);
        push_held(s, depth, flags, content);
        if (!s->hash && content != Py_None && is_wide((const uint8_t *)PyBytes_AsString(content), (size_t)size)) {
            Py_INCREF(content);
            s->wide = content;
        }
    }
    Py_DECREF(content);
    return row ? NULL : "";
}

static PyObject *bytes_of(const Buffer *b)
{
    return PyBytes_FromStringAndSize(b->data, (Py_ssize_t)b->used);
}

/* stride(held, payloads, start, plan, (margin, limit, hash, budget, room))
 *     -> (stop, problem, text, rows, table, wide); see keyguard.odb.stride */
static PyObject *stride(PyObject *self, PyObject *args)
{
    PyObject *held, *payloads;
    const char *raw, *wrong = NULL;
    Py_ssize_t start, raw_size, margin, limit, hash, budget, room;
    (void)self;
    if (!PyArg_ParseTuple(args, "OOny#(nnnnn)", &held, &payloads, &start, &raw, &raw_size, &margin, &limit, &hash, &budget,
                          &room))
        return NULL;
    if (!PyList_Check(held) || !PyList_Check(payloads) || start < 0
        || raw_size != PyList_Size(payloads) * 2 * (Py_ssize_t)sizeof(int32_t))
        return broken("payloads and plan must be as long as each other");
    Stride s = {held, 0, (uint64_t)budget, (uint64_t)margin, (uint64_t)limit, (uint64_t)hash, margin < 0,
                {NULL, 0, 0, 0, 0, 0}, {NULL, 0, 0, 0, 0, 0, 0, 0}, {NULL, 0, 0}, {NULL, 0, 0}, {NULL, 0, 0}, NULL};
    for (Py_ssize_t depth = 0; depth < PyList_Size(held); depth++) {
        PyObject *content = PyList_GetItem(held, depth);
        s.used += PyBytes_Check(content) ? (uint64_t)PyBytes_Size(content) : 0;
    }
    const char *problem = NULL;
    for (; start < PyList_Size(payloads) && s.text.used < (size_t)room && !s.wide; start++) {
        PyObject *payload = PyList_GetItem(payloads, start);
        int32_t plan[2];
        memcpy(plan, raw + (size_t)start * sizeof plan, sizeof plan);
        if (plan[0] < 0 || plan[0] >= PyList_Size(held) || !PyBytes_Check(payload)
            || (plan[0] && !PyBytes_Check(PyList_GetItem(held, plan[0] - 1)))) {
            problem = "";
            break;
        }
        wrong = stride_one(&s, payload, plan[0], plan[1]);
        if (wrong)
            break;
    }
    PyObject *answer = NULL;
    if (wrong && !*wrong)
        PyErr_NoMemory();
    else
        answer = Py_BuildValue("(nzNNNO)", start, wrong ? wrong : problem, bytes_of(&s.text), bytes_of(&s.rows),
                               bytes_of(&s.table), s.wide ? s.wide : Py_None);
    Py_XDECREF(s.wide);
    PyMem_Free(s.windows.rows);
    PyMem_Free(s.result.segments);
    PyMem_Free(s.text.data);
    PyMem_Free(s.rows.data);
    PyMem_Free(s.table.data);
    return answer;
}

typedef struct {
    uint64_t from, to, at; /* base bytes from..to stand at `at` of the result */
} Run;

typedef struct {
    int32_t from, to;
    size_t number;
} Span;

static int by_start(const void *left, const void *right)
{
    const Span *a = left, *b = right;
    return a->from != b->from ? (a->from > b->from) - (a->from < b->from) : (a->number > b->number) - (a->number < b->number);
}

/* The spans in `raw`, sorted by where they start; NULL where there is no memory. */
static Span *sorted_spans(const char *raw, size_t count)
{
    Span *spans = PyMem_Malloc((count ? count : 1) * sizeof *spans);
    for (size_t i = 0; spans && i < count; i++) {
        int32_t pair[2];
        memcpy(pair, raw + i * sizeof pair, sizeof pair);
        spans[i] = (Span){pair[0], pair[1], i};
    }
    if (spans)
        qsort(spans, count, sizeof *spans, by_start);
    return spans;
}

static int carry_run(PyObject *found, const Run *run, uint64_t base_size, uint64_t size, const Span *spans, size_t count)
{
    int64_t low = run->from == 0 && run->at == 0 ? -1 : (int64_t)run->from;
    int64_t high = (int64_t)run->to + (run->to == base_size && run->at + (run->to - run->from) == size);
    size_t i = 0, end = count;
    while (i < end) {
        size_t middle = i + (end - i) / 2;
        if (spans[middle].from < low)
            i = middle + 1;
        else
            end = middle;
    }
    for (; i < count && spans[i].from <= high; i++) {
        if (spans[i].to > high)
            continue;
        PyObject *pair = Py_BuildValue("(nL)", (Py_ssize_t)spans[i].number, (long long)run->at - (long long)run->from);
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
    size_t count = (size_t)raw_size / (2 * sizeof(int32_t));
    Span *spans = sorted_spans(raw, count);
    PyObject *found = PyList_New(0);
    Run run = {0, 0, 0};
    Instruction op;
    int status, running = 1;
    if (!spans)
        PyErr_NoMemory();
    if (!spans || !found)
        goto failed;
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
    PyMem_Free(spans);
    return found;
failed:
    PyMem_Free(spans);
    Py_XDECREF(found);
    return NULL;
}

typedef struct {
    int32_t *pairs; /* place, label */
    size_t used, room;
} Marks;

static int push_mark(Marks *m, int32_t place, int32_t label)
{
    if (m->used == m->room && !grow((void **)&m->pairs, &m->room, 2 * sizeof *m->pairs))
        return 0;
    m->pairs[2 * m->used] = place;
    m->pairs[2 * m->used++ + 1] = label;
    return 1;
}

static int copy_marks(Marks *to, const Run *run, const int32_t *pairs, size_t count, int64_t width)
{
    for (size_t i = 0; i < count; i++) {
        int64_t place = pairs[2 * i];
        if (place >= (int64_t)run->from && place + width <= (int64_t)run->to
            && !push_mark(to, (int32_t)(place - (int64_t)run->from + (int64_t)run->at), pairs[2 * i + 1]))
            return 0;
    }
    return 1;
}

/* Adds the marks of a base that lie inside one copy run of the delta; a broken delta carries nothing. */
static int carry_marks(Marks *to, PyObject *delta, PyObject *base, int64_t width)
{
    char *raw, *raw_pairs;
    Py_ssize_t size, pairs_size;
    if (PyBytes_AsStringAndSize(delta, &raw, &size) < 0 || PyBytes_AsStringAndSize(base, &raw_pairs, &pairs_size) < 0)
        return 0;
    Reader r = {(const uint8_t *)raw, (const uint8_t *)raw + size};
    uint64_t base_size, result_size, at = 0;
    if (!read_size(&r, &base_size) || !read_size(&r, &result_size))
        return 1;
    const int32_t *pairs = (const int32_t *)raw_pairs;
    size_t count = (size_t)pairs_size / (2 * sizeof *pairs);
    Run run = {0, 0, 0};
    Instruction op;
    int status;
    while ((status = read_instruction(&r, &op)) > 0) {
        if (op.copy && op.from == run.to && at == run.at + (run.to - run.from)) {
            run.to += op.length;
        } else {
            if (!copy_marks(to, &run, pairs, count, width))
                return 0;
            run = op.copy ? (Run){op.from, op.from + op.length, at} : (Run){0, 0, 0};
        }
        at += op.length;
    }
    if (status < 0) {
        to->used = 0;
        return 1;
    }
    return copy_marks(to, &run, pairs, count, width);
}

/* Adds marks that were born here; one at the same place takes the place of a carried one. */
static int add_born(Marks *to, PyObject *born)
{
    char *raw;
    Py_ssize_t size;
    if (PyBytes_AsStringAndSize(born, &raw, &size) < 0)
        return 0;
    const int32_t *pairs = (const int32_t *)raw;
    size_t carried = to->used;
    for (size_t i = 0; i < (size_t)size / (2 * sizeof *pairs); i++) {
        size_t known = 0;
        while (known < carried && to->pairs[2 * known] != pairs[2 * i])
            known++;
        if (known < carried)
            to->pairs[2 * known + 1] = pairs[2 * i + 1];
        else if (!push_mark(to, pairs[2 * i], pairs[2 * i + 1]))
            return 0;
    }
    return 1;
}

/* carry_family(deltas, born, parents, width) -> [marks or None, ...]; see keyguard.odb.delta */
static PyObject *carry_family(PyObject *self, PyObject *args)
{
    PyObject *deltas, *born;
    const char *raw;
    Py_ssize_t raw_size, width;
    (void)self;
    if (!PyArg_ParseTuple(args, "OOy#n", &deltas, &born, &raw, &raw_size, &width))
        return NULL;
    if (!PyList_Check(deltas) || !PyList_Check(born) || PyList_Size(born) != PyList_Size(deltas)
        || raw_size != PyList_Size(deltas) * (Py_ssize_t)sizeof(int32_t))
        return broken("deltas, parents and born must be as long as each other");
    const int32_t *parents = (const int32_t *)raw;
    Py_ssize_t count = PyList_Size(deltas);
    PyObject *results = PyList_New(0);
    Marks marks = {NULL, 0, 0};
    for (Py_ssize_t i = 0; results && i < count; i++) {
        PyObject *delta = PyList_GetItem(deltas, i), *mine = PyList_GetItem(born, i), *result = NULL;
        PyObject *base = parents[i] >= 0 && parents[i] < i ? PyList_GetItem(results, parents[i]) : NULL;
        marks.used = 0;
        if ((base && base != Py_None && delta != Py_None && !carry_marks(&marks, delta, base, width))
            || (mine != Py_None && !add_born(&marks, mine))) {
            if (!PyErr_Occurred())
                PyErr_NoMemory();
        } else if (marks.used) {
            result = PyBytes_FromStringAndSize((const char *)marks.pairs, (Py_ssize_t)(marks.used * 2 * sizeof(int32_t)));
        } else {
            result = Py_None;
            Py_INCREF(result);
        }
        if (!result || PyList_Append(results, result) < 0)
            Py_CLEAR(results);
        Py_XDECREF(result);
    }
    PyMem_Free(marks.pairs);
    return results;
}

static PyMethodDef methods[] = {
    {"step", step, METH_VARARGS, "step(base, delta, margin, limit, hash, wanted) -> (head, text, rows, size); see keyguard.odb.delta"},
    {"stride", stride, METH_VARARGS,
     "stride(held, payloads, start, plan, (margin, limit, hash, budget, room)) -> (stop, problem, text, rows, table, wide); "
     "see keyguard.odb.stride"},
    {"carry", carry, METH_VARARGS, "carry(delta, spans) -> [(span, shift)]; see keyguard.odb.delta"},
    {"carry_family", carry_family, METH_VARARGS,
     "carry_family(deltas, born, parents, width) -> [marks or None]; see keyguard.odb.delta"},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "_delta", NULL, -1, methods, NULL, NULL, NULL, NULL};

PyMODINIT_FUNC PyInit__delta(void)
{
    return PyModule_Create(&module);
}
