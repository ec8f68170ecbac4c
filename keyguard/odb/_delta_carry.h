/* Carries spans and marks of a base across a delta: `carry` and `carry_family` of keyguard/odb/delta.py. */
#include <stdlib.h>

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
