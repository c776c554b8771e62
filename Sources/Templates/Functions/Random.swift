extension Sprig {
  mutating func addRandom() {
    let digits = Array("0123456789".utf8),
      letters = (UInt8(ascii: "A")...UInt8(ascii: "Z")) + Array("abcdefghijklmnopqrstuvwxyz".utf8)
    for (name, alphabet) in [
      ("randAlphaNum", digits + letters), ("randAlpha", letters), ("randNumeric", digits),
      ("randAscii", Array(32...126))
    ] {
      add(name, takes: [.int], isRandom: true) { call, arguments in
        let count = max(0, arguments[0].int)
        try call.reserve(count)
        var generator = SystemRandomNumberGenerator()
        return .string((0..<count).map { _ in alphabet[Int.random(in: alphabet.indices, using: &generator)] })
      }
    }
    add("randBytes", takes: [.int], isRandom: true) { call, arguments in
      guard arguments[0].int >= 0 else { throw RenderFailure.runtime("makeslice: len out of range") }
      try call.reserve(arguments[0].int)
      return .string(BaseEncoding.base64.encode((0..<arguments[0].int).map { _ in UInt8.random(in: .min ... .max) }))
    }
    add("randInt", takes: [.int, .int], isRandom: true) { _, arguments in
      let (low, high) = (arguments[0].int, arguments[1].int)
      guard high &- low > 0 else { throw RenderFailure.failed("invalid argument to Intn") }
      return .int(low &+ Int.random(in: 0..<(high &- low)))
    }
    add("uuidv4", isRandom: true) { _, _ in
      var bytes = (0..<16).map { _ in UInt8.random(in: .min ... .max) }
      bytes[6] = bytes[6] & 0x0F | 0x40
      bytes[8] = bytes[8] & 0x3F | 0x80
      var text: [UInt8] = []
      for (place, byte) in bytes.enumerated() {
        if [4, 6, 8, 10].contains(place) { text.append(UInt8(ascii: "-")) }
        text += [byte >> 4, byte & 15].map { $0 < 10 ? $0 + 0x30 : $0 + 0x57 }
      }
      return .string(text)
    }
    add("shuffle", takes: [.string], isRandom: true) { _, arguments in
      .string(Text.bytes(Text.scalars(arguments[0].text).shuffled()))
    }
  }
}
