/* Inflates many streams of a pack: keyguard/odb/inflate.py. What inflates is libdeflate, whose functions come as
 * addresses: the wheel `deflate` has them, but its Python functions take one stream a call, and half have 120 bytes. */

/* As libdeflate.h declares them; 0: the stream gave just as many bytes as there was room for. */
typedef int (*Inflate)(void *, const void *, size_t, void *, size_t, size_t *);
typedef uint32_t (*Checksum)(uint32_t, const void *, size_t);

/* One packed object: where it begins, its stream begins, and it ends; the size of its content; its checksum, or -1. */
typedef struct {
    int64_t start, stream, end, size, checksum;
} Packed;

/* Whether all of them stand inside `size` bytes, and their contents, which take `total` bytes, in one object. */
static int are_inside(const char *rows, size_t count, int64_t size, int64_t *total)
{
    Packed p;
    *total = 0;
    for (size_t i = 0; i < count; i++) {
        memcpy(&p, rows + i * sizeof p, sizeof p);
        if (p.start < 0 || p.stream < p.start || p.end < p.stream || p.end > size || p.size < 0 || p.size > INT32_MAX
            || (*total += p.size) > INT32_MAX)
            return 0;
    }
    return 1;
}

/* inflate_many((decompressor, inflate, checksum), address, size, rows) -> contents, or None; see keyguard.odb.inflate */
static PyObject *inflate_many(PyObject *self, PyObject *args)
{
    unsigned long long decompressor, inflate_at, checksum_at, address, size;
    const char *rows;
    Py_ssize_t rows_size;
    int64_t total;
    (void)self;
    if (!PyArg_ParseTuple(args, "(KKK)KKy#", &decompressor, &inflate_at, &checksum_at, &address, &size, &rows, &rows_size))
        return NULL;
    Inflate inflate = (Inflate)(uintptr_t)inflate_at;
    Checksum checksum = (Checksum)(uintptr_t)checksum_at;
    const char *data = (const char *)(uintptr_t)address;
    size_t count = (size_t)rows_size / sizeof(Packed);
    if (!are_inside(rows, count, (int64_t)size, &total))
        Py_RETURN_NONE;
    PyObject *contents = PyBytes_FromStringAndSize(NULL, (Py_ssize_t)total);
    if (!contents)
        return NULL;
    char *to = PyBytes_AsString(contents);
    for (size_t i = 0; i < count; i++) {
        Packed p;
        memcpy(&p, rows + i * sizeof p, sizeof p);
        if ((p.checksum >= 0 && (int64_t)checksum(0, data + p.start, (size_t)(p.end - p.start)) != p.checksum)
            || inflate((void *)(uintptr_t)decompressor, data + p.stream, (size_t)(p.end - p.stream), to, (size_t)p.size, NULL)) {
            Py_DECREF(contents);
            Py_RETURN_NONE;
        }
        to += p.size;
    }
    return contents;
}
