"""What chargers tell: one file per action, payload -> observation -> core -> the answer's payload as JSON.

Payloads fit the schema, or were made to fit as far as possible: a field that is there has the right type; required
fields may be missing and enums may hold anything.
"""
