/* Gathers what is new in objects: whole contents and windows, without the lines that are known. */

typedef struct {
    char *data;
    size_t used, room;
} Buffer;

/* One call of stride(): the contents held by depth and their size in bytes, what there is to know, and what comes out. */
typedef struct {
    Table known;
    PyObject *held;
    uint64_t used, budget, margin, limit, hash;
    int whole; /* every object is new as a whole */
    Result result;
    Windows windows;
    Lines lines; /* those of the object that is read */
    Buffer text, rows, lows, table, fresh; /* `lows`: where each window begins in the text; `fresh`: see lines.py */
    Buffer names; /* of tree entries that were not scanned before */
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

/* Notes a line that goes into what is scanned at `low`. */
static int note_line(Stride *s, uint64_t hash, size_t low)
{
    uint64_t entry[2] = {hash, (uint64_t)low};
    char *to = extend(&s->fresh, sizeof entry);
    if (to)
        memcpy(to, entry, sizeof entry);
    return to != NULL;
}

#include "_delta_names.h"

/* Adds a window that begins at `low` in the text. */
static int add_row(Stride *s, const int32_t *window, size_t low)
{
    char *row = extend(&s->rows, FIELDS * sizeof *window), *to = extend(&s->lows, sizeof(int32_t));
    int32_t start = (int32_t)low;
    if (!row || !to)
        return 0;
    memcpy(row, window, FIELDS * sizeof *window);
    memcpy(to, &start, sizeof start);
    return 1;
}

/* Adds a line at `low` in the text to the last window, or begins one. */
static int add_line(Stride *s, uint64_t origin, const Line *line, int goes_on, size_t low)
{
    int32_t begun[FIELDS] = {(int32_t)origin, -1, FRAGMENT};
    if (!goes_on && !add_row(s, begun, low))
        return 0;
    int32_t *row = (int32_t *)(s->rows.data + s->rows.used) - FIELDS;
    row[1] += (int32_t)line->size + 1;
    row[2] |= line->clipped;
    return 1;
}

/* Cuts windows, whose text begins at `from`, into lines. */
static int cut_lines(Stride *s, const int32_t *windows, size_t count, const char *from)
{
    Lines *lines = &s->lines;
    lines->used = 0;
    for (const int32_t *window = windows; window < windows + count * FIELDS; window += FIELDS) {
        const char *end = from + window[1];
        for (const char *at = from; at <= end;) {
            const char *stop = memchr(at, '\n', (size_t)(end - at));
            Line line = {0, (size_t)((stop ? stop : end) - at),
                         (at == from ? window[2] & CLIPPED_LEFT : 0) | (stop ? 0 : window[2] & CLIPPED_RIGHT), at == from};
            if (!line.clipped) {
                line.hash = hash_of(&s->known, at, line.size);
                expect(&s->known, line.hash);
            }
            if (lines->used == lines->room && !grow((void **)&lines->lines, &lines->room, sizeof line))
                return 0;
            lines->lines[lines->used++] = line;
            at += line.size + 1;
        }
        from = end + 1;
    }
    return 1;
}

/* Leaves the known lines out of windows whose text was added at `start`; gives the number of windows that are left, -1
 * where there is no memory. */
static Py_ssize_t leave_out_known(Stride *s, const int32_t *windows, size_t count, size_t start)
{
    size_t before = s->rows.used;
    const char *from = s->text.data + start;
    char *to = s->text.data + start;
    if (!cut_lines(s, windows, count, from))
        return -1;
    uint64_t origin = 0;
    int goes_on = 0;
    for (const Line *line = s->lines.lines; line < s->lines.lines + s->lines.used; line++) {
        if (line->is_first) {
            origin = (uint64_t)*windows;
            windows += FIELDS;
        }
        int is_new = line->clipped || !is_known(&s->known, line->hash);
        if (is_new) {
            goes_on = goes_on && !line->is_first;
            size_t low = (size_t)(to - s->text.data);
            if (!add_line(s, origin, line, goes_on, low) || (!line->clipped && !note_line(s, line->hash, low)))
                return -1;
            memmove(to, from, line->size + 1);
            to += line->size + 1;
        }
        goes_on = is_new;
        origin += line->size + 1;
        from += line->size + 1;
    }
    s->text.used = (size_t)(to - s->text.data);
    return (Py_ssize_t)((s->rows.used - before) / (FIELDS * sizeof(int32_t)));
}

/* Adds an object that is new as a whole; gives its number of windows: -1 where it stands whole, -2: no memory. */
static Py_ssize_t add_whole(Stride *s, const char *content, size_t size)
{
    size_t start = s->text.used, rows = s->rows.used, lows = s->lows.used;
    if (!add_content(s, content, size))
        return -2;
    if (!s->known.slots || s->whole)
        return -1;
    if (s->hash)
        return add_names(s, content, size) ? -1 : -2;
    int32_t window[FIELDS] = {0, (int32_t)size, 0};
    Py_ssize_t count = leave_out_known(s, window, 1, start);
    if (count < 0)
        return -2;
    if (s->text.used - start <= size)
        return count;
    s->rows.used = rows;
    s->lows.used = lows;
    return -1;
}

/* Adds the windows of an object; gives their number, -2: no memory. */
static Py_ssize_t add_changes(Stride *s)
{
    const Windows *w = &s->windows;
    if (!w->used)
        return 0;
    size_t start = s->text.used;
    char *text = extend(&s->text, (size_t)w->text);
    if (!text)
        return -2;
    write_windows(w, &s->result, text);
    if (s->known.slots && !s->hash) {
        Py_ssize_t count = leave_out_known(s, w->rows, w->used, start);
        return count < 0 ? -2 : count;
    }
    if (s->known.slots && !add_window_names(s, w->rows, w->used, start))
        return -2;
    for (const int32_t *window = w->rows; window < w->rows + w->used * FIELDS; window += FIELDS) {
        if (!add_row(s, window, start))
            return -2;
        start += (size_t)window[1] + 1;
    }
    return (Py_ssize_t)w->used;
}
