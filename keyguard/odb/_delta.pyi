def step(
    base: bytes, delta: bytes, margin: int, limit: int, hash_size: int, wanted: int
) -> tuple[bytes, bytes, bytes, int]: ...
def carry(delta: bytes, spans: bytes) -> list[tuple[int, int]]: ...
def carry_family(
    deltas: list[bytes | None], born: list[bytes | None], parents: bytes, width: int
) -> list[bytes | None]: ...
def stride(
    held: list[bytes | None],
    payloads: list[bytes | ValueError],
    start: int,
    plan: bytes,
    bounds: tuple[int, int, int, int, int],
) -> tuple[int, str | None, bytes, bytes, bytes, bytes | None]: ...
