import Testing

@testable import Command

/// The one rule for what counts as this machine: plain HTTP to a registry and unconfirmed deployment depend on it.
struct HostTests {
  @Test(arguments: [
    "127.0.0.1", "127.9.8.7:5000", "127.255.255.254", "localhost", "LOCALHOST:1", "::1", "[::1]", "[::1]:5000",
    "0:0:0:0:0:0:0:1", "registry.localhost",
    "a.b.localhost:5000"
  ]) func thisMachine(host: String) { #expect(Host.isLoopback(host)) }

  @Test(arguments: [
    "", "127.0.0.1.evil.com", "127.evil", "127.evil:5000", "localhost.evil", "evil-localhost", ".localhost",
    "a..localhost", "u@a.localhost", "evil/.localhost",
    "128.0.0.1", "127.0.0", "127.1", "0177.0.0.1", "127.0.0.01", "127.0.0.256", "127.x.0.1", "2130706433", "0.0.0.0",
    "[::1]evil", "[::1", "[::2]", "[127.0.0.1]",
    "::1:5000", "[::1]:", "[::1]:x", "127.0.0.1:", "127.0.0.1:x", "127.0.0.1:99999", "localhost:1:2",
    "127.0.0.1\0.evil", "127.0.0.1 "
  ]) func anotherMachine(host: String) { #expect(!Host.isLoopback(host)) }
}
