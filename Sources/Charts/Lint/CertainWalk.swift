import Templates

/// Follows the path of rendering with given values, as far as it is certain: which branches are taken, where `fail` and
/// `required` are reached. Where it is not certain, it follows every possible branch.
struct CertainWalk {
  /// A branch of a template.
  struct Branch: Hashable {
    let source: Int
    let offset: Int32
    let isElse: Bool
  }

  enum Event {
    case fail(String?)
    case required(String?)
    /// A member of null is read.
    case null(String)
    /// `printf` of null, with this verb.
    case format(String)
    /// Text that is printed; only with a version of Kubernetes to compare with.
    case text(Template.Slice)
  }

  private struct Frame {
    let template: Template
    let source: Int
    let instance: Int
    var dot: CertainValue
    var variables: [(name: Name, value: CertainValue)]
  }

  private struct Call: Hashable {
    let definition: Int
    let instance: Int
    let isCertain: Bool
    let isRoot: Bool
  }

  private let reader: ValueReader
  /// By instance; nil for charts that helm does not render.
  private let values: [[String: ChartValue]?]
  private let kubeVersion: Version?
  private var calls: Set<Call> = []
  private var budget = 100_000
  private var depth = 0

  /// The branches that are or may be taken; and all branches reached in rendered templates, outside of definitions.
  private(set) var taken: Set<Branch> = []
  private(set) var met: Set<Branch> = []
  private(set) var events: [(source: Int, offset: Int32, event: Event)] = []
  /// Whether everything was followed, and no template changes the values.
  private(set) var isSure = true

  /// - Parameter values: by the name of the chart in the paths of templates: `web/charts/redis`.
  init(_ reader: ValueReader, values: [String: [String: ChartValue]], kubeVersion: Version?) {
    self.reader = reader
    self.values = reader.instances.map { values[$0.name] }
    self.kubeVersion = kubeVersion
  }

  mutating func walk() {
    for source in reader.sources.indices where reader.sources[source].isRendered {
      let instance = reader.sources[source].instance
      guard values[instance] != nil else { continue }
      var frame = frame(source, instance, .root)
      walk(frame.template.root, &frame, certain: true)
    }
  }

  private func frame(_ source: Int, _ instance: Int, _ dot: CertainValue) -> Frame {
    Frame(
      template: reader.sources[source].template, source: source, instance: instance, dot: dot,
      variables: [(reader.dollar, dot)])
  }

  private mutating func walk(_ list: Template.List, _ frame: inout Frame, certain: Bool) {
    for statement in frame.template[list] {
      guard budget > 0 else { return isSure = false }
      budget -= 1
      switch statement.kind {
      case .text(let text): if certain, kubeVersion != nil { say(.text(text), statement.offset, frame) }
      case .break, .continue: break
      case .action(let pipeline): _ = evaluate(pipeline, &frame, certain)
      case .if(let branch): scoped(branch, statement.offset, &frame, certain, isWith: false)
      case .with(let branch): scoped(branch, statement.offset, &frame, certain, isWith: true)
      case .range(let branch): range(branch, statement.offset, &frame, certain)
      case .template(let name, let pipeline):
        let dot = pipeline.map { evaluate($0, &frame, certain) } ?? .value(.null)
        call(reader.current[name], dot, frame, certain)
      }
    }
  }

  private mutating func scoped(
    _ branch: Template.Branch, _ offset: Int32, _ frame: inout Frame, _ certain: Bool, isWith: Bool
  ) {
    let (mark, dot) = (frame.variables.count, frame.dot)
    let value = evaluate(branch.pipeline, &frame, certain), truth = value.truth
    follow(branch, offset, truth, &frame, certain, inside: isWith ? value : dot)
    frame.dot = dot
    frame.variables.removeSubrange(mark...)
  }

  private mutating func follow(
    _ branch: Template.Branch, _ offset: Int32, _ truth: Bool?, _ frame: inout Frame, _ certain: Bool,
    inside: CertainValue
  ) {
    let dot = frame.dot, then = Branch(source: frame.source, offset: offset, isElse: false)
    if depth == 0 { met.insert(then) }
    if truth != false {
      taken.insert(then)
      frame.dot = inside
      walk(branch.then, &frame, certain: certain && truth == true)
      frame.dot = dot
    }
    guard branch.hasElse else { return }
    let otherwise = Branch(source: frame.source, offset: offset, isElse: true)
    if depth == 0 { met.insert(otherwise) }
    guard truth != true else { return }
    taken.insert(otherwise)
    walk(branch.otherwise, &frame, certain: certain && truth == false)
  }

  private mutating func range(_ branch: Template.Branch, _ offset: Int32, _ frame: inout Frame, _ certain: Bool) {
    let (mark, dot) = (frame.variables.count, frame.dot)
    let value = evaluate(branch.pipeline, &frame, certain, setsVariables: false)
    let truth: Bool?
    switch value {
    case .value(.list), .value(.table), .value(.null): truth = value.truth
    default: truth = nil
    }
    let variables = frame.template[branch.pipeline].variables
    for name in [variables.0, variables.1] { if let name { frame.variables.append((name, .unknown)) } }
    // The elements are not visited one by one, so variables that the body sets are unknown in it and after it.
    if truth != false { forget(branch.then, &frame) }
    follow(branch, offset, truth == true ? nil : truth, &frame, certain, inside: .unknown)
    frame.dot = dot
    frame.variables.removeSubrange(mark...)
  }

  private func forget(_ list: Template.List, _ frame: inout Frame) {
    func forget(_ pipeline: Template.Pipeline) {
      let node = frame.template[pipeline]
      guard node.isAssignment, let name = node.variables.0,
        let place = frame.variables.lastIndex(where: { $0.name == name })
      else { return }
      frame.variables[place].value = .unknown
    }
    for statement in frame.template[list] {
      switch statement.kind {
      case .action(let pipeline): forget(pipeline)
      case .if(let branch), .with(let branch), .range(let branch):
        forget(branch.pipeline)
        self.forget(branch.then, &frame)
        self.forget(branch.otherwise, &frame)
      case .text, .template, .break, .continue: break
      }
    }
  }

  private mutating func call(_ definition: Int?, _ dot: CertainValue, _ frame: Frame, _ certain: Bool) {
    guard let definition else { return }
    var isRoot = false
    if case .root = dot { isRoot = true }
    if isRoot || !certain {
      // The result depends on the dot alone.
      if calls.contains(Call(definition: definition, instance: frame.instance, isCertain: true, isRoot: isRoot)) {
        return
      }
      guard
        calls.insert(Call(definition: definition, instance: frame.instance, isCertain: certain, isRoot: isRoot))
          .inserted
      else { return }
    }
    guard depth < ValueReader.depthLimit else { return isSure = false }
    depth += 1
    defer { depth -= 1 }
    var inner = self.frame(
      reader.definitions[definition].source, frame.instance, isRoot ? .root : certain ? dot : .unknown)
    walk(reader.definitions[definition].body, &inner, certain: certain)
  }

  private mutating func say(_ event: Event, _ offset: Int32, _ frame: Frame) {
    events.append((frame.source, offset, event))
  }

  // MARK: values

  private mutating func evaluate(
    _ pipeline: Template.Pipeline, _ frame: inout Frame, _ certain: Bool, setsVariables: Bool = true
  ) -> CertainValue {
    let node = frame.template[pipeline]
    var value: CertainValue?
    for command in frame.template.commands(of: pipeline) { value = evaluate(command, piped: value, &frame, certain) }
    let result = value ?? .unknown
    guard setsVariables, let variable = node.variables.0 else { return result }
    if node.isAssignment {
      if let place = frame.variables.lastIndex(where: { $0.name == variable }) {
        frame.variables[place].value = certain ? result : .unknown
      }
    } else {
      frame.variables.append((variable, result))
    }
    return result
  }

  private mutating func evaluate(
    _ command: Template.Command, piped: CertainValue?, _ frame: inout Frame, _ certain: Bool
  ) -> CertainValue {
    let operands = frame.template.operands(of: command)
    guard let head = operands.first else { return .unknown }
    guard case .function(let name) = head.kind else {
      let value = evaluate(head, &frame, certain)
      guard operands.count > 1 || piped != nil else { return value }
      // A method.
      for operand in operands.dropFirst() { _ = evaluate(operand, &frame, certain) }
      return .unknown
    }
    let function = reader.names[name]
    if function == "and" || function == "or" {
      return junction(function == "and", operands.dropFirst(), piped, &frame, certain)
    }
    var arguments = operands.dropFirst().map { evaluate($0, &frame, certain) }
    if let piped { arguments.append(piped) }
    return apply(function, arguments, head.start, &frame, certain)
  }

  /// `and` and `or` stop at the argument that decides.
  private mutating func junction(
    _ isAnd: Bool, _ operands: ArraySlice<Template.Operand>, _ piped: CertainValue?, _ frame: inout Frame,
    _ certain: Bool
  ) -> CertainValue {
    var isCertain = certain, isKnown = true, last = CertainValue.unknown
    for operand in operands {
      last = evaluate(operand, &frame, isCertain)
      guard let truth = last.truth else {
        (isCertain, isKnown) = (false, false)
        continue
      }
      // This one decides. Which argument is the result is unknown if an earlier one is.
      if truth != isAnd { return isKnown ? last : .decided(!isAnd) }
    }
    if let piped {
      guard let truth = piped.truth else { return .unknown }
      if truth != isAnd { return isKnown ? piped : .decided(!isAnd) }
      last = piped
    }
    return isKnown ? last : .unknown
  }

  private mutating func apply(
    _ function: String, _ arguments: [CertainValue], _ offset: Int32, _ frame: inout Frame, _ certain: Bool
  ) -> CertainValue {
    switch function {
    case "include":
      guard arguments.count == 2 else { return .unknown }
      guard let name = arguments[0].string else { isSure = false; return .unknown }
      if let name = reader.names.existing(name) { call(reader.current[name], arguments[1], frame, certain) }
      return .unknown
    case "fail":
      if certain { say(.fail(arguments.first?.string), offset, frame) }
      return .unknown
    case "required":
      guard arguments.count == 2 else { return .unknown }
      switch arguments[1] {
      case .value(.null), .value(.string("")):
        if certain { say(.required(arguments[0].string), offset, frame) }
        return .unknown
      default: return arguments[1]
      }
    case "printf":
      if certain, let format = arguments.first?.string, let verbs = CertainWalk.verbs(format),
        verbs.count == arguments.count - 1
      {
        for (verb, argument) in zip(verbs, arguments.dropFirst()) {
          if verb == "s" || verb == "d", case .value(.null) = argument { say(.format("%\(verb)"), offset, frame) }
        }
      }
      return .unknown
    case "set", "unset", "merge", "mustMerge", "mergeOverwrite", "mustMergeOverwrite":
      if case .fresh? = arguments.first, function == "set" || function == "unset" || arguments.count == 2 {
        return .fresh
      }
      isSure = false
      return .unknown
    case "tpl":
      // The rendered text may change values.
      if let text = arguments.first?.string {
        if mayChange(text) { isSure = false }
      } else {
        isSure = isSure && !mayChange(frame.instance)
      }
      return .unknown
    default: return CertainFunctions.apply(function, arguments)
    }
  }

  private static func decimal(_ text: String) -> Int? {
    text.utf8.first == UInt8(ascii: "0") && text != "0" ? nil : Int(text)
  }

  /// The verbs of a format; nil if it has others than plain ones.
  private static func verbs(_ format: String) -> [Character]? {
    var verbs: [Character] = [], rest = format[...]
    while let percent = rest.firstIndex(of: "%") {
      rest = rest[rest.index(after: percent)...]
      guard let verb = rest.popFirst() else { return nil }
      if verb == "%" { continue }
      guard verb.isLetter else { return nil }
      verbs.append(verb)
    }
    return verbs
  }

  private func mayChange(_ template: String) -> Bool {
    func has(_ word: String) -> Bool { CertainFunctions.contains(template, word) }
    guard has("{{") else { return false }
    return has("set") || has("merge")
      || (has("include") || has("template"))
        && ["set", "unset", "merge", "mergeOverwrite"].contains { reader.names.existing($0) != nil }
  }

  /// Whether `tpl` of a string in the values could change them.
  private func mayChange(_ instance: Int) -> Bool {
    func changes(_ value: ChartValue) -> Bool {
      switch value {
      case .string(let text): mayChange(text)
      case .list(let items): items.contains(where: changes)
      case .table(let table): table.values.contains(where: changes)
      default: false
      }
    }
    return values[instance].map { changes(.table($0)) } ?? true
  }

  private mutating func evaluate(_ operand: Template.Operand, _ frame: inout Frame, _ certain: Bool) -> CertainValue {
    switch operand.kind {
    case .dot: return frame.dot
    case .nil: return .value(.null)
    case .bool(let truth): return .bool(truth)
    case .number: return CertainWalk.decimal(frame.template.text(of: operand)).map { .integer($0) } ?? .unknown
    case .string(let place): return .value(.string(String(decoding: frame.template.strings[Int(place)], as: UTF8.self)))
    case .function(let name): return apply(reader.names[name], [], operand.start, &frame, certain)
    case .field(let fields): return member(of: frame.dot, fields, operand, frame, certain)
    case .variable(let name, let fields):
      return member(of: frame.variables.last { $0.name == name }?.value ?? .unknown, fields, operand, frame, certain)
    case .parentheses(let pipeline): return evaluate(pipeline, &frame, certain)
    case .chain(let head, let fields):
      let value = evaluate(frame.template.head(ofChain: head), &frame, certain)
      // Go reads a member of a null in parentheses without an error.
      if case .value(.null) = value { return frame.template.fields(fields).count == 1 ? value : .unknown }
      return member(of: value, fields, operand, frame, certain)
    }
  }

  private mutating func member(
    of value: CertainValue, _ fields: Template.Slice, _ operand: Template.Operand, _ frame: Frame, _ certain: Bool
  ) -> CertainValue {
    var value = value
    for field in frame.template.fields(fields) {
      let key = reader.names[field]
      switch value {
      case .root:
        switch key {
        case "Values": value = .value(.table(values[frame.instance] ?? [:]))
        case "Chart": value = .chart
        case "Capabilities": value = .capabilities
        default: return .unknown
        }
      case .chart:
        let chart = reader.instances[frame.instance].chart.metadata
        switch key {
        case "Name":
          value = .value(
            .string(reader.instances[frame.instance].name.split(separator: "/").last.map(String.init) ?? ""))
        case "Version": value = .value(.string(chart.version))
        case "AppVersion": value = .value(.string(chart.appVersion))
        default: return .unknown
        }
      case .capabilities:
        guard key == "KubeVersion" else { return .unknown }
        value = .kubeVersion
      case .kubeVersion:
        guard let kubeVersion else { return .unknown }
        switch key {
        case "Version", "GitVersion":
          value = .value(.string("v\(kubeVersion.major).\(kubeVersion.minor).\(kubeVersion.patch)"))
        case "Major": value = .value(.string("\(kubeVersion.major)"))
        case "Minor": value = .value(.string("\(kubeVersion.minor)"))
        default: return .unknown
        }
      case .value(.table(let table)): value = .value(table[key] ?? .null)
      case .value(.null):
        if certain { say(.null(key), operand.start, frame) }
        return .unknown
      default: return .unknown
      }
    }
    return value
  }
}
