"""The interactive screen of one charge point. Only `app` knows Textual; all else is values and can be tested alone."""
