import Templates

/// A struct of helm's that templates see.
struct GoStruct: GoEncodable {
  let typeName: String
  let kindName: String
  let fields: [(name: String, value: Value)]
  let text: [UInt8]?
  let addressedText: [UInt8]?
  let methods: [String: Function]
  let encoded: GoEncoded
  /// Found by name, also in an embedded struct, whose fields are this one's as well.
  private let all: [String: Value]

  /// - Parameters:
  ///   - embedded: a struct among the fields, by its name.
  ///   - encoded: its JSON; nil for the fields themselves.
  init(
    _ typeName: String, kind: String = "struct", _ fields: [(name: String, value: Value)], embedded: GoStruct? = nil,
    text: [UInt8]? = nil, addressedText: [UInt8]? = nil, methods: [String: Function] = [:],
    encoded: [(name: String, value: Value)]? = nil
  ) {
    (self.typeName, kindName, self.fields, self.text, self.methods) = (typeName, kind, fields, text, methods)
    self.addressedText = addressedText
    self.encoded = .members(encoded ?? fields)
    var all: [String: Value] = [:]
    for (name, value) in embedded?.fields ?? [] { all[name] = value }
    for (name, value) in fields { all[name] = value }
    self.all = all
  }

  func field(_ name: String) -> Value? { all[name] }
  func method(_ name: String) -> Function? { methods[name] }
}
