#if canImport(Glibc)
  import Glibc
#endif

/// One run of a template of a set, with what it includes: Go's text/template/exec.go, with helm's `include` and `tpl`.
package final class Execution {
  /// How the set renders.
  package struct Options: Sendable {
    /// A key that is not in a map is an error, as with `helm --strict`.
    package var isStrict = false
    /// As in `helm lint`: `required` and `fail` do not end the rendering.
    package var isLint = false
    /// Bytes of output, and of any text that a function makes.
    package var outputLimit = 100 << 20
    /// Commands evaluated, rounds of loops, and what functions make, in units of 32 bytes: the memory that a template
    /// can hold on to follows from it.
    package var stepLimit = 10_000_000
    /// Bytes of the stack that may be used: less than the thread has.
    package var stackLimit = 6 << 20

    package init() {}
  }

  /// A place in a template that Go names in messages, by the number of the piece.
  enum Node {
    case none
    case pipeline(Template.Pipeline)
    case command(Template.Command)
    case operand(Template.Operand)
    case template(Template.Statement)
  }

  /// Dot, or a variable: a value, and whether Go's type of the place is `interface {}` instead of the value's own,
  /// which only messages tell.
  struct Place {
    var value: Value
    var isInterface = false
    /// What had been read for it, in a trace.
    var reads: Range<Int> = 0..<0
    var isRandom = false
  }

  private struct Variable {
    var name: Name
    var place: Place
  }

  private enum Flow { case on, `break`, `continue` }

  package let set: TemplateSet
  package let options: Options
  package let trace: Trace?
  // Only one thread has an execution, and no access to these is long: the checks would take a sixth of the time.
  @exclusivity(unchecked) var output: [UInt8] = []
  @exclusivity(unchecked) private var variables: [Variable] = []
  @exclusivity(unchecked) var unit: TemplateSet.Unit
  @exclusivity(unchecked) private var bodies: [TemplateSet.Body?]
  @exclusivity(unchecked) var name = "gotpl"
  @exclusivity(unchecked) var node = Node.none
  @exclusivity(unchecked) private var steps = 0
  private let floor: UInt
  /// Where a file calls the `tpl` that is carried out.
  private var tplPlace: (template: Template, offset: Int32)?
  /// How often each template is being included: helm's bound.
  @exclusivity(unchecked) private var included: [Int32: Int] = [:]
  private var templateDepth = 0
  private var isLimitPlaced = false
  /// How many templates are inside each other.
  private var depth = 0
  /// What a text that `tpl` was given was called by, in a file: its own lines say nothing to anybody.
  private var caller: (template: String, line: Int)?
  /// Where the reads of the current action begin, in a trace.
  var actionReads = 0

  init(_ set: TemplateSet, options: Options, trace: Trace?) {
    (self.set, self.options, self.trace, bodies) = (set, options, trace, set.bodies)
    unit = TemplateSet.Unit(Template(name: "gotpl", source: []))
    let here = Execution.stackPointer()
    floor = here > UInt(options.stackLimit) ? here - UInt(options.stackLimit) : 0
  }

  @inline(never) private static func stackPointer() -> UInt {
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 1) { UInt(bitPattern: $0.baseAddress) }
  }

  // MARK: whole templates

  func render(_ name: String, _ data: Value) throws(RenderFailure) -> [UInt8] {
    guard let number = set.number(of: Array(name.utf8)), let body = self.body(number) else {
      throw .execution("template: no template \(quoted(name)) associated with template \"gotpl\"")
    }
    output.reserveCapacity(body.unit.template.source.count)
    let first = trace?.spans.count ?? 0
    do throws(RenderFailure) {
      try execute(body, data)
    } catch { throw Execution.cleaned(error) }
    removeNoValue(from: 0, first: first)
    return output
  }

  /// What helm makes of an error for its user: a message of `required` or `fail` stands alone.
  private static func cleaned(_ failure: RenderFailure) -> RenderFailure {
    guard case .execution(let text) = failure else { return failure }
    let bytes = Array(text.utf8)
    func find(_ mark: String, from: Int, last: Bool = false) -> Int? {
      let mark = Array(mark.utf8)
      var found: Int?, place = from
      while place + mark.count <= bytes.count {
        if bytes[place] == mark[0], bytes[place..<(place + mark.count)].elementsEqual(mark) {
          if !last { return place }
          found = place
        }
        place += 1
      }
      return found
    }
    guard let first = find(": ", from: 0), let second = find(": ", from: first + 2),
      let start = find("HELM_ERR_START", from: second + 2), let end = find("HELM_ERR_END", from: start + 14, last: true)
    else { return failure }
    let location = String(decoding: bytes[(first + 2)..<second], as: UTF8.self)
    return .execution(
      "execution error at (\(location)): \(String(decoding: bytes[(start + 14)..<end], as: UTF8.self))")
  }

  /// helm takes `<no value>` out, whoever wrote it.
  private func removeNoValue(from start: Int, first: Int) {
    let mark = Array("<no value>".utf8)
    let places = output.withUnsafeBufferPointer { bytes -> [Int] in
      guard let base = bytes.baseAddress else { return [] }
      var places: [Int] = [], place = start
      while place < bytes.count, let found = memchr(base + place, Int32(mark[0]), bytes.count - place) {
        place = UnsafeRawPointer(found) - UnsafeRawPointer(base)
        if bytes[place...].starts(with: mark) {
          places.append(place)
          place += mark.count
        } else {
          place += 1
        }
      }
      return places
    }
    guard !places.isEmpty else { return }
    var rest: [UInt8] = []
    rest.reserveCapacity(output.count)
    var place = 0
    for at in places {
      rest += output[place..<at]
      place = at + mark.count
    }
    rest += output[place...]
    output = rest
    trace?.remove(places, length: mark.count, from: first)
  }

  /// Carries out a template from its beginning, in a state of its own.
  private func execute(_ body: TemplateSet.Body, _ data: Value, reads: Range<Int> = 0..<0) throws(RenderFailure) {
    let outer = (unit, name, node)
    let outerVariables = variables
    depth += 1
    // Also of an error the place is told in the template around it.
    defer {
      depth -= 1
      (unit, name, node) = outer
      variables = outerVariables
    }
    (unit, name, node) = (body.unit, body.name, .none)
    let dot = Place(value: data.isNil ? .invalid : data, reads: reads)
    variables = [Variable(name: set.dollar, place: dot)]
    _ = try walk(body.list, dot)
  }

  func body(_ number: Int32) -> TemplateSet.Body? {
    Int(number) < bodies.count ? bodies[Int(number)] : nil
  }

  // MARK: statements

  private func walk(_ list: Template.List, _ dot: Place) throws(RenderFailure) -> Flow {
    let unit = self.unit
    for number in list.statements.range {
      let statement = unit.template.statements[number]
      switch statement.kind {
      case .text(let slice):
        let start = output.count
        unit.template.source.withUnsafeBufferPointer { output += UnsafeBufferPointer(rebasing: $0[slice.range]) }
        try checkOutput()
        if let trace {
          traced(
            trace, start, Int32(truncatingIfNeeded: slice.range.lowerBound), trace.reads.count, isRandom: false,
            isConstant: true)
        }
      case .action(let pipeline):
        if trace != nil {
          try tracedAction(statement, pipeline, dot)
        } else {
          let value = try evaluate(pipeline, dot, writes: true)
          if let value { try write(value) }
          try checkOutput()
        }
      case .if(let branch):
        let mark = variables.count, read = trace?.reads.count ?? 0, condition = trace?.condition
        let value = try evaluate(branch.pipeline, dot)
        if let trace { enter(trace, statement.offset, read) }
        let isTrue = value.isTrue
        unit.passed[number] |= isTrue ? 1 : 2
        let flow = try walk(isTrue ? branch.then : branch.otherwise, dot)
        trace?.condition = condition
        variables.removeSubrange(mark...)
        if flow != .on { return flow }
      case .with(let branch):
        let mark = variables.count, read = trace?.reads.count ?? 0, condition = trace?.condition
        let value = try evaluate(branch.pipeline, dot)
        if let trace { enter(trace, statement.offset, read) }
        let flow: Flow, isTrue = value.isTrue
        unit.passed[number] |= isTrue ? 1 : 2
        if isTrue {
          flow = try walk(branch.then, Place(value: value, reads: read..<(trace?.reads.count ?? 0)))
        } else {
          flow = try walk(branch.otherwise, dot)
        }
        trace?.condition = condition
        variables.removeSubrange(mark...)
        if flow != .on { return flow }
      case .range(let branch):
        let mark = variables.count, condition = trace?.condition
        let flow = try range(branch, number, statement.offset, dot)
        trace?.condition = condition
        variables.removeSubrange(mark...)
        if flow != .on { return flow }
      case .template(let name, let pipeline): try template(name, pipeline, statement, dot)
      case .break: return .break
      case .continue: return .continue
      }
    }
    return .on
  }

  func write(_ value: Value) throws(RenderFailure) {
    if case .string(let bytes) = value {
      output += bytes
    } else {
      do throws(RenderFailure) {
        try value.write(to: &output, limit: options.outputLimit)
      } catch { throw placed(error) }
    }
  }

  func checkOutput() throws(RenderFailure) {
    guard output.count <= options.outputLimit else {
      throw placed(.limit("\(options.outputLimit >> 20) MB of output"))
    }
  }

  /// A bound with the place where it was reached; another failure as it is.
  private func placed(_ failure: RenderFailure) -> RenderFailure {
    guard case .limit(let text) = failure, !isLimitPlaced else { return failure }
    isLimitPlaced = true
    let place = here
    return .limit("\(text) at \(place.template):\(place.line)")
  }

  private func template(
    _ name: Name, _ pipeline: Template.Pipeline?, _ statement: Template.Statement, _ dot: Place
  ) throws(RenderFailure) {
    node = .template(statement)
    guard let body = body(name.number) else { throw error("template \(quoted(set.names[name])) not defined") }
    guard templateDepth < 100_000 else { throw error("exceeded maximum template depth (100000)") }
    let read = trace?.reads.count ?? 0
    let value = try pipeline.map { pipeline throws(RenderFailure) in try evaluate(pipeline, dot) } ?? .invalid
    templateDepth += 1
    try execute(body, value, reads: read..<(trace?.reads.count ?? 0))
    templateDepth -= 1
  }

  private func range(
    _ branch: Template.Branch, _ number: Int, _ offset: Int32, _ dot: Place
  ) throws(RenderFailure) -> Flow {
    let unit = self.unit
    let read = trace?.reads.count ?? 0
    let value = try evaluate(branch.pipeline, dot)
    let reads = read..<(trace?.reads.count ?? 0)
    if let trace { enter(trace, offset, read) }
    let pipeline = unit.template.pipelines[Int(branch.pipeline.number)]
    let mark = variables.count
    func round(_ index: @autoclosure () -> Value, _ element: Place) throws(RenderFailure) -> Flow {
      try step()
      unit.passed[number] |= 1
      if let first = pipeline.variables.0 {
        if let second = pipeline.variables.1 {
          if pipeline.isAssignment {
            try assign(first, Place(value: index()))
            try assign(second, element)
          } else {
            variables[mark - 2].place = Place(value: index())
            variables[mark - 1].place = element
          }
        } else if pipeline.isAssignment {
          try assign(first, element)
        } else {
          variables[mark - 1].place = element
        }
      }
      let flow = try walk(branch.then, element)
      if variables.count > mark { variables.removeSubrange(mark...) }
      return flow
    }
    switch value {
    case .list(let list):
      let isInterface = list.kind == .any
      for (number, element) in list.elements.enumerated() {
        if try round(.int(number), Place(value: element, isInterface: isInterface, reads: reads)) == .break { break }
      }
      if !list.elements.isEmpty { return .on }
    case .bytes(let bytes):
      for (number, byte) in bytes.enumerated() where try round(.int(number), Place(value: .uint8(byte))) == .break {
        break
      }
      if !bytes.isEmpty { return .on }
    case .map(let map):
      let isInterface = map.kind == .any || map.kind == .values
      for (key, element) in map.entries {
        var place = Place(value: element, isInterface: isInterface)
        if let trace {
          trace.reads.append(.init(map: map, key: key))
          place.reads = (trace.reads.count - 1)..<trace.reads.count
        }
        if try round(.string(key), place) == .break { break }
      }
      if !map.isEmpty { return .on }
    case .invalid, .nil: break
    default: throw error("range can't iterate over \(String(decoding: try value.text(), as: UTF8.self))")
    }
    unit.passed[number] |= 2
    return try walk(branch.otherwise, dot)
  }

  // MARK: variables

  private func assign(_ name: Name, _ place: Place) throws(RenderFailure) {
    for number in variables.indices.reversed() where variables[number].name == name {
      variables[number].place = place
      return
    }
    throw error("undefined variable: \(set.names[name])")
  }

  private func variable(_ name: Name) throws(RenderFailure) -> Place {
    var number = variables.count
    while number > 0 {
      number -= 1
      if variables[number].name == name {
        let place = variables[number].place
        if let trace { traced(trace, uses: place) }
        return place
      }
    }
    throw error("undefined variable: \(set.names[name])")
  }

  // MARK: pipelines

  private func step() throws(RenderFailure) {
    steps &+= 1
    guard steps <= options.stepLimit else { throw placed(.limit("\(options.stepLimit) steps")) }
  }

  /// The value of a pipeline. The variables that it declares stay, until the statement around it ends.
  func evaluate(_ pipeline: Template.Pipeline, _ dot: Place) throws(RenderFailure) -> Value {
    try evaluate(pipeline, dot, writes: false) ?? .invalid
  }

  /// - Parameter writes: whether the value is only written to the output: then a single `include` does so itself, and
  ///   nil is returned, as for a pipeline that sets variables.
  func evaluate(
    _ pipeline: Template.Pipeline, _ dot: Place, writes: Bool
  ) throws(RenderFailure) -> Value? {
    guard Execution.stackPointer() > floor else { throw placed(.limit("\(depth) templates inside each other")) }
    let unit = self.unit, node = unit.template.pipelines[Int(pipeline.number)]
    self.node = .pipeline(pipeline)
    let read = trace?.reads.count ?? 0
    var value: Value?
    let commands = node.commands.range
    if writes, commands.count == 1, node.variables.0 == nil {
      let command = unit.template.commands[commands.lowerBound]
      if command.operands.range.count == 3, try writesInclude(command, dot) { return nil }
    }
    for number in commands {
      try step()
      let result = try evaluate(unit.template.commands[number], dot, final: value)
      if case .nil = result { value = .invalid } else { value = result }
    }
    guard let first = node.variables.0 else { return value }
    var place = Place(value: value ?? .invalid)
    if let trace {
      place.reads = read..<trace.reads.count
      place.isRandom = trace.isRandom
    }
    if node.isAssignment {
      try assign(first, place)
      if let second = node.variables.1 { try assign(second, place) }
    } else {
      variables.append(Variable(name: first, place: place))
      if let second = node.variables.1 { variables.append(Variable(name: second, place: place)) }
    }
    return writes ? nil : value
  }

  func evaluate(
    _ command: Template.Command, _ dot: Place, final: Value?
  ) throws(RenderFailure) -> Value {
    let operand = unit.template.operands[Int(command.operands.start)]
    if case .parentheses = operand.kind {} else { node = .operand(operand) }
    switch operand.kind {
    case .field(let slice):
      if let trace { traced(trace, uses: dot) }
      return try fields(slice, of: dot, operand, dot, command.operands, final)
    case .chain(let head, let slice):
      let receiver = try argument(unit.template.heads[Int(head)], nil, dot)
      return try fields(slice, of: Place(value: receiver), operand, dot, command.operands, final)
    case .function(let name):
      return try call(name, command.operands, final, dot, .command(command))
    case .parentheses(let pipeline):
      try refuseArguments(command, operand, final)
      return try evaluate(pipeline, dot)
    case .variable(let name, let slice):
      let place = try variable(name)
      if slice.isEmpty {
        try refuseArguments(command, operand, final)
        return place.value
      }
      return try fields(slice, of: place, operand, dot, command.operands, final)
    default: break
    }
    try refuseArguments(command, operand, final)
    switch operand.kind {
    case .bool(let bool): return .bool(bool)
    case .dot:
      if let trace { traced(trace, uses: dot) }
      return dot.value
    case .number(let number): return try constant(number, operand)
    case .string(let number): return .string(unit.template.strings[Int(number)])
    default: throw error("nil is not a command")
    }
  }

  private func refuseArguments(
    _ command: Template.Command, _ operand: Template.Operand, _ final: Value?
  ) throws(RenderFailure) {
    if command.operands.count > 1 || final != nil {
      throw error("can't give argument to non-function \(shown(alone: operand))")
    }
  }

  /// A number where nothing says of which type it is.
  private func constant(_ number: Int32, _ operand: Template.Operand) throws(RenderFailure) -> Value {
    node = .operand(operand)
    let constant = unit.template.numbers[Int(number)]
    let text = unit.template.source[Int(operand.start)..<Int(operand.end)]
    if text.first != UInt8(ascii: "'") {
      var isFloat = false, isHex = false, hasP = false
      for (place, byte) in text.enumerated() {
        switch byte {
        case UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E"): isFloat = true
        case UInt8(ascii: "p"), UInt8(ascii: "P"): (isFloat, hasP) = (true, true)
        case UInt8(ascii: "x"), UInt8(ascii: "X"): if place == 1, text.first == 0x30, text.count > 2 { isHex = true }
        default: break
        }
      }
      if isFloat, !(isHex && !hasP) { return .float64(constant.double) }
    }
    if let int = constant.int { return .int(Int(int)) }
    throw error("\(shown(operand)) overflows int")
  }

  // MARK: fields

  /// `.a.b.c`, of which the last may be a method with arguments.
  private func fields(
    _ slice: Template.Slice, of place: Place, _ operand: Template.Operand, _ dot: Place,
    _ operands: Template.Slice, _ final: Value?
  ) throws(RenderFailure) -> Value {
    var value = place.value, isInterface = place.isInterface
    let end = slice.range.upperBound
    for number in slice.range {
      let isLast = number == end - 1
      value = try field(
        unit.template.fields[number], of: value, &isInterface, operand, dot, isLast ? operands : .none,
        isLast ? final : nil)
    }
    return value
  }

  private func field(
    _ name: Name, of value: Value, _ isInterface: inout Bool, _ operand: Template.Operand, _ dot: Place,
    _ operands: Template.Slice, _ final: Value?
  ) throws(RenderFailure) -> Value {
    switch value {
    case .map(let map):
      if map.hasMethods || set.isMethod[Int(name.number)], let method = method(set.names[name], of: map) {
        isInterface = false
        return try call(method, set.names[name], operands, final, dot, .operand(operand))
      }
      if operands.count > 1 || final != nil {
        throw error("\(set.names[name]) is not a method but has arguments")
      }
      let key = set.keys[Int(name.number)]
      if let trace { trace.reads.append(.init(map: map, key: key.bytes)) }
      isInterface = map.kind == .any || map.kind == .values
      if let found = map[key] { return found }
      if options.isStrict { throw error("map has no entry for key \(quoted(set.names[name]))") }
      return map.zero
    case .invalid:
      if options.isStrict { throw error("nil data; no entry for key \(quoted(set.names[name]))") }
      isInterface = false
      return .invalid
    case .nil: throw error("nil pointer evaluating interface {}.\(set.names[name])")
    case .object(let object):
      let text = set.names[name]
      if let method = object.content.method(text) {
        isInterface = false
        return try call(method, text, operands, final, dot, .operand(operand))
      }
      if let field = object.content.field(text) {
        if operands.count > 1 || final != nil {
          throw error("\(text) has arguments but cannot be invoked as function")
        }
        isInterface = false
        return field
      }
    case .list(let list) where list.kind == .versions:
      if set.names[name] == "Has" {
        isInterface = false
        return try call(Builtins.has(list.elements), "Has", operands, final, dot, .operand(operand))
      }
    default: break
    }
    throw error("can't evaluate field \(set.names[name]) in type \(isInterface ? "interface {}" : value.typeName)")
  }

  private func method(_ name: String, of map: GoMap) -> Function? {
    if let method = map.methods?.method(name) { return method }
    guard map.kind == .values else { return nil }
    return Builtins.method(name, ofValues: map, set.functions)
  }

  // MARK: functions

  private func call(
    _ name: Name, _ operands: Template.Slice, _ final: Value?, _ dot: Place, _ node: Node
  ) throws(RenderFailure) -> Value {
    guard let function = set.functionsByName[Int(name.number)] else {
      throw error("\(quoted(set.names[name])) is not a defined function")
    }
    return try call(function, set.names[name], operands, final, dot, node)
  }

  /// - Parameters:
  ///   - operands: of the command, the function itself in front; none for a function that stands alone as an argument.
  ///   - final: what the pipeline had before.
  private func call(
    _ function: Function, _ name: @autoclosure () -> String, _ operands: Template.Slice, _ final: Value?, _ dot: Place,
    _ node: Node
  ) throws(RenderFailure) -> Value {
    let first = Int(operands.start) + 1, given = max(Int(operands.count) - 1, 0)
    let count = given + (final == nil ? 0 : 1), fixed = function.parameters.count
    if function.variadic != nil {
      if count < fixed {
        throw error("wrong number of args for \(name()): want at least \(fixed) got \(given)")
      }
    } else if count != fixed {
      throw error("wrong number of args for \(name()): want \(fixed) got \(count)")
    }
    switch function.special {
    case .short(let short):
      var value = Value.invalid
      for place in 0..<given {
        value = try argument(unit.template.operands[first + place], .value, dot)
        if value.isTrue == short { return value }
      }
      return final ?? value
    case .call:
      let value = try argument(unit.template.operands[first], .value, dot)
      for place in 1..<max(given, 1) { _ = try argument(unit.template.operands[first + place], .value, dot) }
      self.node = node
      if value.isNil { throw error("error calling call: call of nil") }
      let text = shown(alone: unit.template.operands[first])
      throw error("error calling call: non-function \(text) of type \(value.typeName)")
    case .include, nil: break
    }
    let read = trace?.reads.count ?? 0
    var arguments: [Value] = []
    arguments.reserveCapacity(count)
    for place in 0..<given {
      let parameter = place < fixed ? function.parameters[place] : function.variadic ?? .any
      arguments.append(try argument(unit.template.operands[first + place], parameter, dot))
    }
    if let final {
      let parameter = given < fixed ? function.parameters[given] : function.variadic ?? .any
      arguments.append(try checked(final, parameter))
    }
    do {
      let result = try function.body(self, arguments)
      // What a function makes costs time, also if it is thrown away.
      switch result {
      case .string(let bytes) where bytes.count > 64: try step(bytes.count >> 5)
      case .list(let list) where list.elements.count > 8: try step(list.elements.count >> 1)
      default: break
      }
      if let trace { traced(trace, function, name(), result, arguments, read) }
      return result
    } catch {
      self.node = node
      throw failure(error, name())
    }
  }

  /// What is thrown by a function, with its place.
  private func failure(_ error: any Error, _ function: String) -> RenderFailure {
    switch error as? RenderFailure {
    case .failed(let text), .execution(let text): return self.error("error calling \(function): \(text)")
    // An error of another kind has no text that helm would print.
    case .unknown, nil:
      let place = here
      return .unknowable(function: function, template: place.template, line: place.line)
    case let failure?: return placed(failure)
    }
  }

  /// An argument, for a parameter; for none, where only its value is wanted.
  private func argument(
    _ operand: Template.Operand, _ parameter: Function.Parameter?, _ dot: Place
  ) throws(RenderFailure) -> Value {
    node = .operand(operand)
    let value: Value
    switch operand.kind {
    case .dot:
      if let trace { traced(trace, uses: dot) }
      value = dot.value
    case .nil:
      switch parameter {
      case .value: return .invalid
      case .any, .list, .strings, .bytes, .map, .values, nil: return .nil
      case .object(let name) where name.utf8.first == UInt8(ascii: "*"): return .nil
      case let parameter?: throw error("cannot assign nil to \(parameter.typeName)")
      }
    case .field(let slice):
      if let trace { traced(trace, uses: dot) }
      value = try fields(slice, of: dot, operand, dot, .none, nil)
    case .variable(let name, let slice):
      let place = try variable(name)
      value = slice.isEmpty ? place.value : try fields(slice, of: place, operand, dot, .none, nil)
    case .parentheses(let pipeline): value = try evaluate(pipeline, dot)
    case .function(let name): value = try call(name, .none, nil, dot, .operand(operand))
    case .chain(let head, let slice):
      let receiver = try argument(unit.template.heads[Int(head)], nil, dot)
      value = try fields(slice, of: Place(value: receiver), operand, dot, .none, nil)
    default: return try constant(operand, for: parameter ?? .any)
    }
    guard let parameter else { return value }
    return try checked(value, parameter)
  }

  /// A constant as an argument: a number takes the type of the parameter.
  private func constant(
    _ operand: Template.Operand, for parameter: Function.Parameter
  ) throws(RenderFailure) -> Value {
    switch parameter {
    case .any, .value:
      switch operand.kind {
      case .bool(let bool): return .bool(bool)
      case .number(let number): return try constant(number, operand)
      case .string(let number): return .string(unit.template.strings[Int(number)])
      default: return .nil
      }
    case .bool:
      if case .bool(let bool) = operand.kind { return .bool(bool) }
      throw error("expected bool; found \(shown(operand))")
    case .string:
      if case .string(let number) = operand.kind { return .string(unit.template.strings[Int(number)]) }
      throw error("expected string; found \(shown(operand))")
    case .int, .int64:
      if case .number(let number) = operand.kind, let int = unit.template.numbers[Int(number)].int {
        if case .int = parameter { return .int(Int(int)) }
        return .int64(int)
      }
      throw error("expected integer; found \(shown(operand))")
    case .float64:
      if case .number(let number) = operand.kind { return .float64(unit.template.numbers[Int(number)].double) }
      throw error("expected float; found \(shown(operand))")
    case .list, .strings, .bytes, .map, .values, .object:
      throw error("can't handle \(shown(operand)) for arg of type \(parameter.typeName)")
    }
  }

  /// A value as an argument: Go's validateType.
  private func checked(_ value: Value, _ parameter: Function.Parameter) throws(RenderFailure) -> Value {
    switch (parameter, value) {
    case (.value, _): return value
    case (.any, .invalid): return .nil
    case (.any, _), (.string, .string), (.int, .int), (.bool, .bool), (.int64, .int64), (.float64, .float64),
      (.bytes, .bytes):
      return value
    case (.map, .map(let map)), (.values, .map(let map)):
      let kind: GoMap.Kind = if case .map = parameter { .any } else { .values }
      if map.kind == kind { return value }
      if map.kind == .any || map.kind == .values { return .map(map.converted(to: kind)) }
    case (.list, .list(let list)): if list.kind == .any { return value }
    case (.strings, .list(let list)): if list.kind == .strings || list.kind == .versions { return value }
    case (.object(let name), .object(let object)): if object.content.typeName == name { return value }
    case (.list, .invalid), (.strings, .invalid), (.bytes, .invalid), (.map, .invalid), (.values, .invalid): return .nil
    case (.object(let name), .invalid) where name.utf8.first == UInt8(ascii: "*"): return .nil
    case (_, .invalid): throw error("invalid value; expected \(parameter.typeName)")
    default: break
    }
    let name = if case .nil = value { "interface {}" } else { value.typeName }
    throw error("wrong type for value; expected \(parameter.typeName); got \(name)")
  }

  // MARK: include and tpl

  /// Carries out `include "name" dot` straight into the output.
  private func writesInclude(_ command: Template.Command, _ dot: Place) throws(RenderFailure) -> Bool {
    let first = Int(command.operands.start)
    guard case .function(let name) = unit.template.operands[first].kind,
      case .include? = set.functionsByName[Int(name.number)]?.special,
      case .string(let string) = unit.template.operands[first + 1].kind
    else { return false }
    try step()
    let unit = self.unit
    var number = unit.stringNames[Int(string)]
    if number < 0 {
      guard let found = set.number(of: unit.template.strings[Int(string)]) else { return false }
      number = found
      unit.stringNames[Int(string)] = found
    }
    let read = trace?.reads.count ?? 0
    let data = try argument(unit.template.operands[first + 2], .any, dot)
    do throws(RenderFailure) {
      try include(number, data, unit.template.strings[Int(string)], reads: read..<(trace?.reads.count ?? 0))
    } catch {
      self.node = .command(command)
      throw failure(error, "include")
    }
    return true
  }

  private func include(
    _ number: Int32?, _ data: Value, _ name: [UInt8], reads: Range<Int>
  ) throws(RenderFailure) {
    guard let number, let body = body(number) else {
      let shown = GoQuote.quoted(name)
      throw .failed("template: no template \(shown) associated with template \"gotpl\"")
    }
    let count = included[number] ?? 0
    guard count <= 1000 else {
      throw .failed(
        "rendering template has a nested reference name: \(String(decoding: name, as: UTF8.self)): "
          + "unable to execute template")
    }
    included[number] = count + 1
    try execute(body, data, reads: reads)
    included[number] = count
  }

  /// What the function `include` returns.
  package func include(_ name: [UInt8], _ data: Value) throws(RenderFailure) -> [UInt8] {
    let start = output.count, first = trace?.spans.count ?? 0, captured = trace?.captured.count ?? 0
    try include(set.number(of: name), data, name, reads: dotReads)
    let text = take(from: start)
    if let trace {
      trace.captured.removeSubrange(captured...)
      trace.capture(from: start, first: first, text: text)
    }
    return text
  }

  /// What has been read since the current action began: nothing more exact is known of what a function is given.
  private var dotReads: Range<Int> { actionReads..<max(actionReads, trace?.reads.count ?? 0) }

  private func take(from start: Int) -> [UInt8] {
    let text = output.withUnsafeBufferPointer { Array($0[start...]) }
    output.removeSubrange(start...)
    return text
  }

  /// What the function `tpl` returns.
  package func tpl(_ source: [UInt8], _ data: Value) throws(RenderFailure) -> [UInt8] {
    guard source.containsBraces else {
      let start = output.count
      output += source
      removeNoValue(from: start, first: trace?.spans.count ?? 0)
      return take(from: start)
    }
    let template: TemplateSet.Unit
    do throws(TemplateError) {
      template = try set.parse(tpl: source)
    } catch { throw .failed("cannot parse template \(GoQuote.quoted(source)): \(error.text)") }
    let outer = bodies, outerCaller = caller, outerPlace = tplPlace
    caller = here
    if tplPlace == nil, options.isLint { tplPlace = (unit.template, place(of: "tpl")) }
    // Also of an error the place is told in the template around it.
    defer { (caller, tplPlace) = (outerCaller, outerPlace) }
    // It may define templates, which are seen in it only.
    if !template.template.definitions.isEmpty { set.define(template, in: &bodies) }
    let start = output.count, first = trace?.spans.count ?? 0, captured = trace?.captured.count ?? 0
    do throws(RenderFailure) {
      let body = TemplateSet.Body(template, template.template.root, "gotpl", isEmpty: false)
      try execute(body, data, reads: dotReads)
    } catch {
      guard case .execution(let text) = error else { throw error }
      throw .failed("error during tpl function execution for \(GoQuote.quoted(source)): \(text)")
    }
    bodies = outer
    removeNoValue(from: start, first: first)
    let text = take(from: start)
    if let trace {
      trace.captured.removeSubrange(captured...)
      trace.capture(from: start, first: first, text: text)
    }
    return text
  }

  // MARK: for functions

  /// For functions that make much out of little, before they make it: throws if so many bytes are too many.
  package func reserve(_ bytes: Int) throws(RenderFailure) {
    guard bytes <= options.outputLimit else { throw .limit("\(options.outputLimit >> 20) MB of text") }
  }

  /// For functions that take long: counts towards the bound of all steps.
  package func step(_ count: Int) throws(RenderFailure) {
    steps = steps.addingReportingOverflow(max(count, 0)).overflow ? .max : steps + max(count, 0)
    guard steps <= options.stepLimit else { throw .limit("\(options.stepLimit) steps") }
  }

  /// An entry of a map, as the trace is told.
  package func read(_ map: GoMap, _ key: [UInt8]) -> Value? {
    if let trace { trace.reads.append(.init(map: map, key: key)) }
    return map[key]
  }

  /// The action that is carried out: in a file, also if it is in a text that `tpl` was given.
  var here: (template: String, line: Int) {
    if unit.isText, let caller { return caller }
    return (unit.template.name, line)
  }

  /// For `fail` and `required` in a check, which they do not end.
  package func note(_ message: [UInt8], isFail: Bool) {
    let place = unit.isText ? tplPlace : nil
    set.notes.append(
      .init(
        isFail: isFail, message: message, template: place?.template ?? unit.template,
        offset: place?.offset ?? self.place(of: isFail ? "fail" : "required")))
  }

  /// Where a function is called whose arguments have just been evaluated.
  private func place(of function: String) -> Int32 {
    let last = offset(of: node), template = unit.template
    var found = last
    for command in template.commands where command.offset <= last {
      guard case .function(let name)? = template.operands(of: command).first?.kind, set.names[name] == function else {
        continue
      }
      found = command.offset
    }
    return found
  }

  /// The line of the action that is carried out, from 1.
  package var line: Int { unit.template.place(of: offset(of: node)).line }
  /// The file that it stands in.
  package var templateName: String { unit.template.name }
}

extension [UInt8] {
  /// Whether there are two opening braces: else `tpl` gives the text as it is.
  fileprivate var containsBraces: Bool {
    guard count > 1 else { return false }
    let brace = UInt8(ascii: "{")
    return withUnsafeBufferPointer { bytes in
      for place in 1..<bytes.count where bytes[place] == brace && bytes[place - 1] == brace { return true }
      return false
    }
  }
}
