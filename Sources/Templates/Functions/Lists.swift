extension Sprig {
  mutating func addLists() {
    add("list", "tuple", variadic: .any) { _, arguments in Value(arguments) }
    addEnds()
    addSearches()
    addSlices()
    addRanges()
  }

  /// Both names of a function of a list: what fails under either is Go's error, `Cannot find first on type string`.
  private mutating func addList(
    _ name: String, _ mustName: String, _ words: String, after: [Function.Parameter] = [],
    variadic: Function.Parameter? = nil, body: @escaping ([Value], [Value]) throws -> Value
  ) {
    add(name, mustName, takes: [.any] + after, variadic: variadic) { _, arguments in
      try body(try Sprig.elements(arguments[0], words), arguments)
    }
  }

  /// - Parameter words: `Cannot find first on`
  private static func elements(_ value: Value, _ words: String) throws(RenderFailure) -> [Value] {
    if let elements = value.elements { return elements }
    // Go asks for the type of a value that is not there.
    throw value.isNil ? .nilPointer : .failed("\(words) type \(value.kindName)")
  }

  private mutating func addEnds() {
    addList("first", "mustFirst", "Cannot find first on") { list, _ in list.first ?? .nil }
    addList("last", "mustLast", "Cannot find last on") { list, _ in list.last ?? .nil }
    // Nothing is left of an empty list: a nil slice.
    func part(_ list: [Value], _ elements: ArraySlice<Value>) -> Value {
      .list(GoList(Array(elements), isNil: list.isEmpty))
    }
    addList("rest", "mustRest", "Cannot find rest on") { list, _ in part(list, list.dropFirst()) }
    addList("initial", "mustInitial", "Cannot find initial on") { list, _ in part(list, list.dropLast()) }
    for name in ["Append", "Push"] {
      addList(name.lowercased(), "must\(name)", "Cannot push on", after: [.any]) { list, arguments in
        Value(list + [arguments[1]])
      }
    }
    addList("prepend", "mustPrepend", "Cannot prepend on", after: [.any]) { list, arguments in
      Value([arguments[1]] + list)
    }
    addList("reverse", "mustReverse", "Cannot find reverse on") { list, _ in Value(list.reversed()) }
    add("concat", variadic: .any) { _, arguments in
      var all: [Value] = []
      for argument in arguments {
        guard let elements = argument.elements else {
          throw argument.isNil
            ? RenderFailure.nilPointer : .failed("Cannot concat type \(argument.kindName) as list")
        }
        all += elements
      }
      return .list(GoList(all, isNil: all.isEmpty))
    }
  }

  private mutating func addSearches() {
    addList("compact", "mustCompact", "Cannot compact on") { list, _ in Value(list.filter { !$0.isEmpty }) }
    addList("uniq", "mustUniq", "Cannot find uniq on") { list, _ in
      var unique: [Value] = [], seen: Set<[UInt8]> = []
      for element in list {
        // Most lists are of strings, and may be long.
        if case .string(let bytes) = element {
          if seen.insert(bytes).inserted { unique.append(element) }
        } else if !(try unique.contains { try element.isDeeplyEqual(to: $0) }) {
          unique.append(element)
        }
      }
      return Value(unique)
    }
    addList("without", "mustWithout", "Cannot find without on", variadic: .any) { list, arguments in
      Value(try list.filter { element in !(try arguments.dropFirst().contains { try $0.isDeeplyEqual(to: element) }) })
    }
    add("has", "mustHas", takes: [.any, .any]) { _, arguments in
      if arguments[1].isNil { return .bool(false) }
      let list = try Sprig.elements(arguments[1], "Cannot find has on")
      return .bool(try list.contains { try $0.isDeeplyEqual(to: arguments[0]) })
    }
  }

  private mutating func addSlices() {
    add("slice", "mustSlice", takes: [.any], variadic: .any) { _, arguments in
      let list = arguments[0]
      guard let count = list.elements?.count else {
        throw list.isNil
          ? RenderFailure.nilPointer : .failed("list should be type of slice or array but \(list.kindName)")
      }
      guard count > 0 else { return .nil }
      let start = arguments.count > 1 ? Int(arguments[1].castInt) : 0
      let end = arguments.count > 2 ? Int(arguments[2].castInt) : count
      guard start >= 0, start <= end, end <= count else {
        throw RenderFailure.failed("reflect.Value.Slice: slice index out of bounds")
      }
      switch list {
      case .list(let list): return .list(GoList(Array(list.elements[start..<end]), list.kind))
      default: return .bytes(Array(list.text[start..<end]))
      }
    }
    add("chunk", "mustChunk", takes: [.int, .any]) { _, arguments in
      let size = arguments[0].int
      guard let list = arguments[1].elements else {
        throw arguments[1].isNil ? RenderFailure.nilPointer : .failed("Cannot chunk type \(arguments[1].kindName)")
      }
      // Go computes with floats what comes of no or a negative size.
      guard size > 0 else { throw RenderFailure.unknown }
      let chunks = stride(from: 0, to: list.count, by: size).map { start in
        Value(
          Array(list[start..<min(list.count, start.addingReportingOverflow(size).overflow ? list.count : start + size)])
        )
      }
      return .list(GoList(chunks, .lists))
    }
  }

  /// The numbers from `start` towards `stop`, without it. A list takes 24 bytes for each.
  static func numbers(_ call: Execution, _ start: Int, _ stop: Int, _ step: Int) throws -> [Int] {
    guard stop < start ? step < 0 : step > 0 && start < stop else { return [] }
    let distance = UInt(bitPattern: stop < start ? start &- stop : stop &- start)
    let count = (distance - 1) / step.magnitude + 1
    try call.reserve(count > 1 << 40 ? .max : Int(count) * 24)
    var numbers: [Int] = []
    numbers.reserveCapacity(Int(count))
    for index in 0..<Int(count) { numbers.append(start &+ index &* step) }
    return numbers
  }

  private mutating func addRanges() {
    func list(_ numbers: [Int]) -> Value { .list(GoList(numbers.map(Value.int), .ints)) }
    add("until", takes: [.int]) { call, arguments in
      let count = arguments[0].int
      return list(try Sprig.numbers(call, 0, count, count < 0 ? -1 : 1))
    }
    add("untilStep", takes: [.int, .int, .int]) { call, arguments in
      list(try Sprig.numbers(call, arguments[0].int, arguments[1].int, arguments[2].int))
    }
    add("seq", variadic: .int) { call, arguments in
      let given = arguments.map(\.int), start: Int, end: Int, step: Int
      switch given.count {
      case 1: (start, end, step) = (1, given[0], given[0] < 1 ? -1 : 1)
      case 2: (start, end, step) = (given[0], given[1], given[1] < given[0] ? -1 : 1)
      case 3:
        (start, step, end) = (given[0], given[1], given[2])
        if end < start, step > 0 { return "" }
      default: return ""
      }
      let numbers = try Sprig.numbers(call, start, end &+ (end < start ? -1 : 1), step)
      return Value(numbers.map(String.init).joined(separator: " "))
    }
  }
}
