extension Sprig {
  mutating func addReflection() {
    add("kindOf", takes: [.any]) { _, arguments in Value(arguments[0].kindName) }
    add("kindIs", takes: [.string, .any]) { _, arguments in
      .bool(arguments[0].text.elementsEqual(arguments[1].kindName.utf8))
    }
    add("typeOf", takes: [.any]) { _, arguments in Value(arguments[0].typeName) }
    add("typeIs", takes: [.string, .any]) { _, arguments in
      .bool(arguments[0].text.elementsEqual(arguments[1].typeName.utf8))
    }
    add("typeIsLike", takes: [.string, .any]) { _, arguments in
      let name = arguments[0].text, type = Array(arguments[1].typeName.utf8)
      return .bool(name == type || [UInt8(ascii: "*")] + name == type)
    }
    add("deepEqual", takes: [.any, .any]) { _, arguments in .bool(try arguments[0].isDeeplyEqual(to: arguments[1])) }
  }
}
