import Records

/// `Deployment/web`
package func objectName(_ object: JSON) -> String? {
  guard let kind = object["kind"]?.string, let name = object["metadata"]?["name"]?.string else { return nil }
  return "\(kind)/\(name)"
}

/// Whether a text is a name that Kubernetes allows: letters, digits, `-` and `.`, at most 253 bytes.
package func isObjectName(_ text: String) -> Bool {
  guard let first = text.utf8.first, first != UInt8(ascii: "-"), text.utf8.count <= 253 else { return false }
  return text.utf8.allSatisfy {
    (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: ".")
  }
}
