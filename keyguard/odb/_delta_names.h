/* Gathers the tree entries whose mode and name were not scanned before: keyguard/odb/lines.py knows them like lines. */

static int add_names(Stride *s, const char *at, size_t size)
{
    for (const char *end = at + size; at < end;) {
        const char *nul = memchr(at, 0, (size_t)(end - at));
        size_t name = (size_t)((nul ? nul : end) - at);
        size_t entry = nul && (size_t)(end - nul) > s->hash ? name + 1 + (size_t)s->hash : (size_t)(end - at);
        uint64_t hash = hash_of(&s->known, at, name);
        if (!is_known(&s->known, hash)) {
            char *to = extend(&s->names, entry);
            if (!to || !note_line(s, hash, (size_t)(to - s->names.data)))
                return 0;
            memcpy(to, at, entry);
        }
        at += entry;
    }
    return 1;
}

/* The same for windows whose text was added at `start`. */
static int add_window_names(Stride *s, const int32_t *windows, size_t count, size_t start)
{
    for (const int32_t *window = windows; window < windows + count * FIELDS; window += FIELDS) {
        if (!add_names(s, s->text.data + start, (size_t)window[1]))
            return 0;
        start += (size_t)window[1] + 1;
    }
    return 1;
}
