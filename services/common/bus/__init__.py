"""The bus: records between the services. `port.py` is the contract, its neighbours are adapters."""
