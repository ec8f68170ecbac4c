/* Lists the dirty windows of a result. What they are: keyguard/odb/delta.py. */

enum { CLIPPED_LEFT = 1, CLIPPED_RIGHT = 2, FRAGMENT = 4, FIELDS = 3 };

typedef struct {
    int32_t *rows; /* origin, length, flags */
    size_t used, room;
    uint64_t text;  /* bytes of all windows, each with a newline */
    uint64_t joint; /* bytes that may stand between two windows that are joined: the newline between two lines */
    uint64_t entry, end; /* the tree entry that was reached */
    size_t segment;      /* the one where the last search ended; they only go on, so that no byte is looked at twice */
} Windows;

/* The last `byte` in from..to, or NULL. Where the C library has no function for it: eight bytes at a time. */
static const uint8_t *last_in(const uint8_t *from, const uint8_t *to, uint8_t byte)
{
#ifdef __GLIBC__ /* which Python's headers ask for all that it has */
    return memrchr(from, byte, (size_t)(to - from));
#else
    const uint64_t ones = 0x0101010101010101u, tops = 0x8080808080808080u, wanted = byte * ones;
    for (uint64_t word; to - from >= (ptrdiff_t)sizeof word; to -= sizeof word) {
        memcpy(&word, to - sizeof word, sizeof word);
        word ^= wanted;
        if ((word - ones) & ~word & tops) /* a byte of it is zero */
            break;
    }
    while (to > from)
        if (*--to == byte)
            return to;
    return NULL;
#endif
}

/* The place of the last `byte` in low..high, or `none`. It is looked for before segment `*i`, which begins at `high` or
 * behind it; afterwards that is the one behind the one that was reached. */
static uint64_t find_last(const Result *r, size_t *i, uint8_t byte, uint64_t low, uint64_t high, uint64_t none)
{
    for (; *i > 0 && high > low; --*i) {
        const Segment *s = r->segments + *i - 1;
        if (s->at >= high)
            continue;
        const uint8_t *found = last_in(s->at < low ? s->data + (low - s->at) : s->data, s->data + (high - s->at), byte);
        if (found)
            return s->at + (uint64_t)(found - s->data);
        high = s->at;
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
    uint64_t newline = find_last(r, &before, '\n', floor, from, UINT64_MAX);
    if (newline != UINT64_MAX)
        start = newline + 1;
    else if (last && reached >= low)
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

/* Where an entry begins, not far before `place`, given that one begins at `known`. Segment `i` begins at `place`.
 *
 * The NUL before an object name is told from one that is part of such a name by what is before it: no other NUL. */
static uint64_t entry_near(const Result *r, size_t i, uint64_t known, uint64_t place, uint64_t hash)
{
    if (place - known <= hash)
        return known;
    uint64_t nul = find_last(r, &i, 0, known, place - hash, UINT64_MAX);
    while (nul != UINT64_MAX) {
        uint64_t before = find_last(r, &i, 0, nul - known > hash ? nul - hash : known, nul, UINT64_MAX);
        if (before == UINT64_MAX)
            return nul + 1 + hash;
        nul = before;
    }
    return known;
}

/* The tree entries that hold a byte of from..to (exclusive) or have one of the two strictly inside. Segment
 * `before` begins at `from`. */
static int add_entries(Windows *w, const Result *r, size_t before, uint64_t from, uint64_t to, uint64_t hash)
{
    if (w->end < from)
        w->end = entry_near(r, before, w->end, from, hash);
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
        if (!(hash ? add_entries(w, r, i, from, to, hash) : add_lines(w, r, i, after, from, to, margin)))
            return 0;
        i = after > i ? after - 1 : i;
    }
    return 1;
}

/* The text of the windows, each followed by a newline. */
static void write_windows(const Windows *w, const Result *r, char *to)
{
    size_t segment = 0;
    for (size_t i = 0; i < w->used; i++) {
        const int32_t *row = w->rows + i * FIELDS;
        segment = gather(r, segment, (uint64_t)row[0], (uint64_t)row[0] + (uint64_t)row[1], to);
        to += row[1];
        *to++ = '\n';
    }
}
