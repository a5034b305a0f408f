"""Bill acceptors. Per protocol: frames (bytes ↔ frames), protocol (a machine without I/O), driver (the line),
and a simulator written from the fact sheet that shares no code with them."""
