"""Thousands of charge points in one process, to see what a CSMS can carry."""
