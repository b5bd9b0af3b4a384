"""What real charge points do otherwise, by name, and the failures that a CSMS has to live with."""
