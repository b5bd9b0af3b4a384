"""Composition root: joins the rooms into one site, and is the narrow door for console and api."""
