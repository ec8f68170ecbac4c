/* The tight loop of the history scan: apply git deltas, list their dirty windows, and carry spans across them.
 *
 * Format of a delta: git's Documentation/gitformat-pack.txt. What a dirty window is: keyguard/odb/delta.py, which
 * holds the same functions in Python, as do carrying.py, stride.py and inflate.py; tests/odb runs both. Only the stable
 * ABI of Python 3.10 is used. */
#define PY_SSIZE_T_CLEAN
#include "_delta_result.h"
#include "_delta_windows.h"

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
        gather(r, 0, 0, size, PyBytes_AsString(head));
        answer = PyTuple_Pack(4, head, text, rows, whole);
    }
    Py_XDECREF(whole);
    Py_XDECREF(head);
    Py_XDECREF(text);
    Py_XDECREF(rows);
    return answer;
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

#include "_delta_lines.h"
#include "_delta_fresh.h"
#include "_delta_stride.h"
#include "_delta_carry.h"
#include "_delta_inflate.h"

static PyMethodDef methods[] = {
    {"step", step, METH_VARARGS, "step(base, delta, margin, limit, hash, wanted) -> (head, text, rows, size); see keyguard.odb.delta"},
    {"stride", stride, METH_VARARGS,
     "stride(held, payloads, start, plan, (margin, limit, hash, budget, room), known) -> (stop, problem, text, rows, lows, "
     "table, wide, fresh, names); see keyguard.odb.stride"},
    {"learn", learn, METH_VARARGS, "learn(place, fresh, places); see keyguard.odb.lines"},
    {"inflate_many", inflate_many, METH_VARARGS,
     "inflate_many((decompressor, inflate, checksum), address, size, rows) -> contents, or None; see keyguard.odb.inflate"},
    {"carry", carry, METH_VARARGS, "carry(delta, spans) -> [(span, shift)]; see keyguard.odb.carrying"},
    {"carry_family", carry_family, METH_VARARGS,
     "carry_family(data, deltas, parents, born, ends, width) -> (marks, ends); see keyguard.odb.carrying"},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "_delta", NULL, -1, methods, NULL, NULL, NULL, NULL};

PyMODINIT_FUNC PyInit__delta(void)
{
    return PyModule_Create(&module);
}
