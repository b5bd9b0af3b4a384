"""A certificate authority for a depot that has none. Nothing here touches a disk or a socket."""
