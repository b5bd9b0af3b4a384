"""The forms of the operations: what a person fills in, and the OCPP payload that it makes. No textual."""

from console.view.forms.form import Form, payload_of
from console.view.forms.table import FORMS

__all__ = ["FORMS", "Form", "payload_of"]
