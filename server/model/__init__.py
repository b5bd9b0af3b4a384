"""The words of the product: plain values that every room shares.

Nothing here knows a protocol version, a database or a terminal. Times are milliseconds since the epoch (UTC) in an
`int` named `..._at` or `at`; energy is Wh, power W, current mA, voltage mV: integers, so that sums stay exact.
"""
