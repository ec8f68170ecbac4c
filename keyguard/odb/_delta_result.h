/* Reads a delta: the result as segments of its base and of itself, without being put together. */
#include <Python.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#if PY_VERSION_HEX >= 0x030D0000
/* Under these names sizes are Py_ssize_t in every version. Headers from 3.13 on leave them out, and what is built with
 * them would not run on 3.12, whatever the stable ABI promises. */
PyAPI_FUNC(int) _PyArg_ParseTuple_SizeT(PyObject *, const char *, ...);
PyAPI_FUNC(PyObject *) _Py_BuildValue_SizeT(const char *, ...);
#define PyArg_ParseTuple _PyArg_ParseTuple_SizeT
#define Py_BuildValue _Py_BuildValue_SizeT
#endif

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
        op->from = 0;
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

/* Copies bytes from..to of the result, which stand in segment `i` or behind it; gives the one that was reached. */
static size_t gather(const Result *r, size_t i, uint64_t from, uint64_t to, char *into)
{
    while (from < to) {
        const Segment *s = r->segments + i;
        if (s->at + s->length <= from) {
            i++;
            continue;
        }
        uint64_t skip = from - s->at, part = s->length - skip < to - from ? s->length - skip : to - from;
        memcpy(into, s->data + skip, (size_t)part);
        into += part;
        from += part;
    }
    return i;
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
