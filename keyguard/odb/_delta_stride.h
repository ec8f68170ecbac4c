/* Many objects of delta families in one go: keyguard/odb/stride.py. */

/* Keep in step with keyguard/odb/stride.py. */
enum { NEEDED = 1, LAST = 2, WRONG = 4, HEAD = 1024, COLUMNS = 3 };

/* One object of a stride. */
typedef struct {
    int32_t depth, flags, end; /* where its payload ends */
} Step;

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
        gather(r, 0, 0, r->size, PyBytes_AsString(content));
    return content;
}

/* The content of the delta that was opened where it is wanted, else None; NULL where there is no memory. */
static PyObject *wanted_content(const Stride *s, int flags)
{
    uint8_t head[HEAD];
    uint64_t size = s->result.size < HEAD ? s->result.size : HEAD;
    if (!s->whole && !(flags & NEEDED)) {
        if (!s->hash)
            gather(&s->result, 0, 0, size, (char *)head);
        if (s->hash || !is_wide(head, (size_t)size)) {
            Py_INCREF(Py_None);
            return Py_None;
        }
    }
    return content_of(&s->result);
}

/* The same for an object that stands as a whole. */
static PyObject *base_content(const char *payload, uint64_t size, int flags, uint64_t hash)
{
    if ((flags & NEEDED) || (!hash && is_wide((const uint8_t *)payload, (size_t)size)))
        return PyBytes_FromStringAndSize(payload, (Py_ssize_t)size);
    Py_INCREF(Py_None);
    return Py_None;
}

static const char *open_change(Stride *s, Py_ssize_t depth, const char *payload, uint64_t size)
{
    PyObject *base = PyList_GetItem(s->held, depth - 1);
    s->result.used = 0;
    s->result.size = 0;
    s->windows = (Windows){s->windows.rows, 0, s->windows.room, 0, s->hash == 0, 0, 0, 0};
    const char *wrong = open_delta(&s->result, PyBytes_AsString(base), (uint64_t)PyBytes_Size(base),
                                   payload, size, s->limit);
    if (!wrong && !s->whole && !add_windows(&s->windows, &s->result, s->margin, s->hash))
        return "";
    return wrong;
}

/* Adds what is new in one object. NULL, or what is wrong; "" where there is no memory. */
static const char *stride_one(Stride *s, const char *payload, uint64_t payload_size, Py_ssize_t depth, int flags)
{
    const char *wrong = depth ? open_change(s, depth, payload, payload_size) : NULL;
    if (wrong)
        return wrong;
    int is_new = s->whole || !depth;
    size_t start = s->text.used;
    PyObject *content = depth ? wanted_content(s, flags) : base_content(payload, payload_size, flags, s->hash);
    if (!content)
        return "";
    uint64_t size = depth ? s->result.size : payload_size;
    const char *whole = depth && is_new ? PyBytes_AsString(content) : payload;
    Py_ssize_t windows = is_new ? add_whole(s, whole, (size_t)size) : add_changes(s);
    char *row = windows > -2 ? extend(&s->table, COLUMNS * sizeof(int32_t)) : NULL;
    if (row) {
        int32_t values[COLUMNS] = {(int32_t)size, (int32_t)start, (int32_t)windows};
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

static Step step_at(const char *plan, Py_ssize_t number)
{
    Step step;
    memcpy(&step, plan + (size_t)number * sizeof step, sizeof step);
    return step;
}

/* Whether all payloads lie in `size` bytes, one behind the other. */
static int is_plan(const char *plan, Py_ssize_t count, Py_ssize_t size)
{
    int32_t before = 0;
    for (Py_ssize_t i = 0; i < count; i++) {
        int32_t end = step_at(plan, i).end;
        if (end < before || end > size)
            return 0;
        before = end;
    }
    return before == size;
}

static PyObject *bytes_of(const Buffer *b)
{
    return PyBytes_FromStringAndSize(b->data, (Py_ssize_t)b->used);
}

/* stride(held, payloads, start, plan, (margin, limit, hash, budget, room), known)
 *     -> (stop, problem, text, rows, lows, table, wide, fresh, names); see keyguard.odb.stride */
static PyObject *stride(PyObject *self, PyObject *args)
{
    PyObject *held, *known = Py_None;
    const char *payloads, *raw, *wrong = NULL;
    Py_ssize_t size, start, raw_size, margin, limit, hash, budget, room;
    (void)self;
    if (!PyArg_ParseTuple(args, "Oy#ny#(nnnnn)|O", &held, &payloads, &size, &start, &raw, &raw_size, &margin, &limit, &hash,
                          &budget, &room, &known))
        return NULL;
    const Py_ssize_t count = raw_size / (Py_ssize_t)sizeof(Step);
    if (!PyList_Check(held) || start < 0 || !is_plan(raw, count, size))
        return broken("the plan is not one of these payloads");
    Table table;
    if (!open_table(&table, known))
        return NULL;
    Stride s = {table, held, 0, (uint64_t)budget, (uint64_t)margin, (uint64_t)limit, (uint64_t)hash, margin < 0,
                {NULL, 0, 0, 0, 0, 0}, {NULL, 0, 0, 0, 0, 0, 0, 0}, {NULL, 0, 0}, {NULL, 0, 0}, {NULL, 0, 0},
                {NULL, 0, 0}, {NULL, 0, 0}, {NULL, 0, 0}, {NULL, 0, 0}, NULL};
    for (Py_ssize_t depth = 0; depth < PyList_Size(held); depth++) {
        PyObject *content = PyList_GetItem(held, depth);
        s.used += PyBytes_Check(content) ? (uint64_t)PyBytes_Size(content) : 0;
    }
    const char *problem = NULL;
    for (; start < count && s.text.used < (size_t)room && !s.wide; start++) {
        Step step = step_at(raw, start);
        int32_t from = start ? step_at(raw, start - 1).end : 0;
        if (step.depth < 0 || step.depth >= PyList_Size(held) || step.flags & WRONG
            || (step.depth && !PyBytes_Check(PyList_GetItem(held, step.depth - 1)))) {
            problem = "";
            break;
        }
        wrong = stride_one(&s, payloads + from, (uint64_t)(step.end - from), step.depth, step.flags);
        if (wrong)
            break;
    }
    PyObject *answer = NULL;
    if (wrong && !*wrong)
        PyErr_NoMemory();
    else
        answer = Py_BuildValue("(nzNNNNONN)", start, wrong ? wrong : problem, bytes_of(&s.text), bytes_of(&s.rows),
                               bytes_of(&s.lows), bytes_of(&s.table), s.wide ? s.wide : Py_None, bytes_of(&s.fresh), bytes_of(s.hash && !s.known.slots ? &s.text : &s.names));
    Py_XDECREF(s.wide);
    PyMem_Free(s.windows.rows);
    PyMem_Free(s.result.segments);
    PyMem_Free(s.lines.lines);
    PyMem_Free(s.text.data);
    PyMem_Free(s.rows.data);
    PyMem_Free(s.lows.data);
    PyMem_Free(s.table.data);
    PyMem_Free(s.fresh.data);
    PyMem_Free(s.names.data);
    return answer;
}
