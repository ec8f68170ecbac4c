/* Carries spans and marks of a base across a delta: `carry` and `carry_family` of keyguard/odb/carrying.py. */
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

/* Copies those of the marks from..to that lie inside one copy run. They may be in `m` itself, which can move. */
static int copy_marks(Marks *m, const Run *run, size_t from, size_t to, int64_t width)
{
    for (size_t i = from; i < to; i++) {
        int64_t place = m->pairs[2 * i];
        if (place >= (int64_t)run->from && place + width <= (int64_t)run->to
            && !push_mark(m, (int32_t)(place - (int64_t)run->from + (int64_t)run->at), m->pairs[2 * i + 1]))
            return 0;
    }
    return 1;
}

/* Adds those of the base's marks from..to that lie inside one copy run of the delta; a broken one carries nothing. */
static int carry_marks(Marks *m, Reader r, size_t from, size_t to, int64_t width)
{
    uint64_t base_size, result_size, at = 0;
    size_t before = m->used;
    if (!read_size(&r, &base_size) || !read_size(&r, &result_size))
        return 1;
    Run run = {0, 0, 0};
    Instruction op;
    int status;
    while ((status = read_instruction(&r, &op)) > 0) {
        if (op.copy && op.from == run.to && at == run.at + (run.to - run.from)) {
            run.to += op.length;
        } else {
            if (!copy_marks(m, &run, from, to, width))
                return 0;
            run = op.copy ? (Run){op.from, op.from + op.length, at} : (Run){0, 0, 0};
        }
        at += op.length;
    }
    if (status < 0) {
        m->used = before;
        return 1;
    }
    return copy_marks(m, &run, from, to, width);
}

/* Adds marks that were born here; one at the same place takes the place of one that was carried, those from `start` on. */
static int add_born(Marks *m, size_t start, const int32_t *pairs, size_t count)
{
    size_t carried = m->used;
    for (size_t i = 0; i < count; i++) {
        size_t known = start;
        while (known < carried && m->pairs[2 * known] != pairs[2 * i])
            known++;
        if (known < carried)
            m->pairs[2 * known + 1] = pairs[2 * i + 1];
        else if (!push_mark(m, pairs[2 * i], pairs[2 * i + 1]))
            return 0;
    }
    return 1;
}

/* The delta that a row of (number of the buffer, start, end) names; 0 where there is none. */
static int find_delta(Reader *r, PyObject *data, const int32_t row[3])
{
    PyObject *buffer = row[0] >= 0 && row[0] < PyList_Size(data) ? PyList_GetItem(data, row[0]) : NULL;
    if (!buffer || !PyBytes_Check(buffer) || row[1] < 0 || row[2] < row[1] || row[2] > PyBytes_Size(buffer))
        return 0;
    const uint8_t *raw = (const uint8_t *)PyBytes_AsString(buffer);
    *r = (Reader){raw + row[1], raw + row[2]};
    return 1;
}

/* carry_family(data, deltas, parents, born, ends, width) -> (marks, ends); see keyguard.odb.carrying */
static PyObject *carry_family(PyObject *self, PyObject *args)
{
    PyObject *data;
    const char *deltas, *parents, *born, *ends;
    Py_ssize_t deltas_size, parents_size, born_size, ends_size, width;
    (void)self;
    if (!PyArg_ParseTuple(args, "O!y#y#y#y#n", &PyList_Type, &data, &deltas, &deltas_size, &parents, &parents_size, &born,
                          &born_size, &ends, &ends_size, &width))
        return NULL;
    Py_ssize_t count = parents_size / (Py_ssize_t)sizeof(int32_t);
    int32_t most = (int32_t)(born_size / (Py_ssize_t)(2 * sizeof(int32_t)));
    if (deltas_size != 3 * ends_size || parents_size != ends_size)
        return broken("deltas, parents and ends must be as long as each other");
    Marks marks = {NULL, 0, 0};
    int32_t *out = PyMem_Malloc((size_t)ends_size + 1), mine = 0;
    int failed = !out;
    for (Py_ssize_t i = 0; !failed && i < count; i++) {
        int32_t row[3], parent, end;
        Reader delta;
        memcpy(row, deltas + i * (Py_ssize_t)sizeof row, sizeof row);
        memcpy(&parent, parents + i * (Py_ssize_t)sizeof parent, sizeof parent);
        memcpy(&end, ends + i * (Py_ssize_t)sizeof end, sizeof end);
        end = end < mine ? mine : end > most ? most : end;
        size_t start = marks.used;
        if (parent >= 0 && parent < i && find_delta(&delta, data, row))
            failed = !carry_marks(&marks, delta, parent ? (size_t)out[parent - 1] : 0, (size_t)out[parent], width);
        failed = failed || !add_born(&marks, start, (const int32_t *)born + 2 * mine, (size_t)(end - mine))
                 || marks.used > INT32_MAX;
        out[i] = (int32_t)marks.used;
        mine = end;
    }
    PyObject *answer = NULL;
    if (failed)
        PyErr_NoMemory();
    else
        answer = Py_BuildValue("(y#y#)", marks.pairs ? (char *)marks.pairs : "", (Py_ssize_t)(marks.used * 2 * sizeof *out),
                               (char *)out, ends_size);
    PyMem_Free(marks.pairs);
    PyMem_Free(out);
    return answer;
}
