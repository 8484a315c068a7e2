from tests.devices import several_devices

several_devices()
