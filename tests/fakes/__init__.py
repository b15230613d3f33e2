"""Stateful fakes of the ports; tests/contracts judges each by the same assertions as the real part."""
