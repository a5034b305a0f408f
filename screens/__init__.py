"""The Kivy app that customers see. A screen is a function of its view: it holds no rule and no money.

Of `kiosk` it imports `contract` and `codec` (and `notify`, the word to systemd), nothing else."""
