"""Tests of scenarios: the file, the run, the recording."""
