"""Which numbers a parameter may be."""

from decimal import Context, Decimal

from gateway.frontends.pgwire.refusals import ValueOutOfRange

WIDE = Context(prec=400)


def finite(number: Decimal) -> Decimal:
    """The number without an exponent. Errors: ValueOutOfRange."""
    if not number.is_finite():
        raise ValueOutOfRange("a numeric parameter cannot be NaN or infinite")
    if abs(number.adjusted()) > 100:
        raise ValueOutOfRange("a numeric parameter is out of range")
    return number.quantize(Decimal(1), context=WIDE) if number.as_tuple().exponent > 0 else number  # type: ignore[operator]
