from tests.devices import two_devices

two_devices()
