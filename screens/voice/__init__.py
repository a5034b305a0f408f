"""The voice: what the glass shows, said aloud. Nothing here knows a page; pages give their widgets names."""
