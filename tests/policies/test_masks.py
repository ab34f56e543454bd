from policies import masks


def test_strictness_is_in_the_order_of_the_rules() -> None:
    by_strictness = sorted(
        ["bucket", "hash", "none", "null", "partial", "redact", "own"], key=masks.strictness
    )
    assert by_strictness == ["none", "own", "bucket", "partial", "hash", "redact", "null"]
    assert masks.strictness("year") == masks.strictness("bucket")
    assert masks.strictness("partial") == masks.strictness("email") == masks.strictness("last4")


def test_the_stricter_mask_and_the_first_of_equals() -> None:
    assert masks.stricter("hash", "null") == masks.stricter("null", "hash") == "null"
    assert masks.stricter("email", "last4") == "email"


def test_every_built_in_mask_says_what_becomes_of_the_type() -> None:
    assert set(masks.BUILT_IN) == masks.KEEPS_TYPE | masks.MAKES_TEXT | masks.TEXT_ONLY
    assert not masks.KEEPS_TYPE & masks.MAKES_TEXT
