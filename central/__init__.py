"""The central server: takes what kiosks send (`dock`) and shows it to the office (`office`).

Of `kiosk/` it imports the wire contract and its definitions alone: parcels, codec, money, identity, journal.chain.
"""
