extension Sprig {
  mutating func addFlow() {
    add("default", takes: [.any], variadic: .any) { _, arguments in
      arguments.count < 2 || arguments[1].isEmpty ? arguments[0] : arguments[1]
    }
    add("empty", takes: [.any]) { _, arguments in .bool(arguments[0].isEmpty) }
    add("coalesce", variadic: .any) { _, arguments in arguments.first { !$0.isEmpty } ?? .nil }
    add("all", variadic: .any) { _, arguments in .bool(arguments.allSatisfy { !$0.isEmpty }) }
    add("any", variadic: .any) { _, arguments in .bool(arguments.contains { !$0.isEmpty }) }
    add("ternary", takes: [.any, .any, .bool]) { _, arguments in arguments[arguments[2].bool ? 0 : 1] }
    // helm asks a name server only with --enable-dns.
    add("getHostByName", takes: [.string]) { _, _ in "" }
    for (name, parameters) in Sprig.unknowable { add(name, takes: parameters) { _, _ in throw RenderFailure.unknown } }
  }

  /// Keys, certificates and salted hashes: what they give cannot be told beforehand, or has no meaning for a diff.
  package static let unknowable: [(String, [Function.Parameter])] = [
    ("bcrypt", [.string]), ("htpasswd", [.string, .string]), ("genPrivateKey", [.string]),
    ("derivePassword", [.any, .string, .string, .string, .string]), ("buildCustomCert", [.string, .string]),
    ("genCA", [.string, .int]), ("genCAWithKey", [.string, .int, .string]),
    ("genSelfSignedCert", [.string, .list, .list, .int]),
    ("genSelfSignedCertWithKey", [.string, .list, .list, .int, .string]),
    ("genSignedCert", [.string, .list, .list, .int, .object("sprig.certificate")]),
    ("genSignedCertWithKey", [.string, .list, .list, .int, .object("sprig.certificate"), .string]),
    ("encryptAES", [.string, .string]), ("decryptAES", [.string, .string])
  ]
}
