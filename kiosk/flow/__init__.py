"""What may happen next: pure functions over one state. No clock, no disk, no device, no screen in here.

`machine` composes the small machines (visit, cash, code, paper, house); `present` turns a state into a view."""
