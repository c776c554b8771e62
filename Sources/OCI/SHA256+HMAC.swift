extension SHA256 {
  /// HMAC-SHA-256, as 64 lower-case hex digits: https://www.rfc-editor.org/rfc/rfc2104
  package static func hmac(_ bytes: [UInt8], key: [UInt8]) -> String {
    var key = key
    if key.count > 64 {
      var hash = SHA256()
      hash.update(key)
      key = hash.finishBytes()
    }
    key += [UInt8](repeating: 0, count: 64 - key.count)
    var inner = SHA256()
    inner.update(key.map { $0 ^ 0x36 })
    inner.update(bytes)
    var outer = SHA256()
    outer.update(key.map { $0 ^ 0x5C })
    outer.update(inner.finishBytes())
    return outer.finish()
  }
}
