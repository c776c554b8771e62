import Templates
import YAML

/// Finds which values the templates of a chart and its sub-charts read: through `with`, `range`, variables, `$`,
/// `include`, `tpl` and the functions that return an argument or a part of it.
///
/// Every template is walked once for each argument it gets, through both branches of each `if`. Nothing is evaluated.
struct ValueReader {
  /// A chart as it is rendered: a sub-chart with two aliases has two instances.
  struct Instance {
    var chart: LoadedChart
    /// Its name in the paths of templates, as `web/charts/redis`.
    var name: String
    /// The path of its values in those of the outermost chart.
    var prefix: Int32
  }

  /// A template, or a string of values.yaml that `tpl` renders.
  struct Source {
    var template: Template
    var file: String
    /// The lines before it in the file.
    var linesBefore = 0
    var instance: Int
    /// Whether helm renders it: false for partials, and for strings of values.yaml.
    var isRendered: Bool
  }

  struct Definition {
    var source: Int
    var body: Template.List
  }

  /// Where a value is read: its path, the place, and the control structures around it.
  struct Site {
    var path: Int32
    var source: Int32
    var offset: Int32
    var guards: Int32
    var fallback: String?
    var required: String?
  }

  /// A value inside a pipeline, and the places it was read at that are not yet recorded.
  struct Value {
    var known = Known.unknown
    var sites: [Site] = []
  }

  struct Frame {
    let template: Template
    let source: Int
    /// The chart whose values `.Values` means when the dot is unknown.
    var instance: Int
    var dot: Known
    var variables: [(name: Name, value: Known)]
    var guards: Int32
  }

  /// A control structure around a place, and the one around it; -1 for none.
  private struct Guard {
    var outer: Int32
    var word: StaticString
    var source: Int32
    var pipeline: Template.Pipeline
    var isElse = false

    var ofElse: Guard { Guard(outer: outer, word: word, source: source, pipeline: pipeline, isElse: true) }
  }

  private struct Call: Hashable {
    var definition: Int
    var argument: Known
  }

  struct Rendering: Hashable {
    var path: Int32
    var dot: Known
  }

  private struct Spot: Hashable {
    var source: Int32
    var offset: Int32
    var path: Int32
  }

  /// Limits for templates that include each other: depth and number of calls.
  static let depthLimit = 40
  static let callLimit = 20_000
  /// How often a template may include itself.
  static let recursionLimit = 4
  /// Nesting of control structures and parentheses, through all templates on the way.
  static let nestingLimit = 200
  /// Limits for statements walked and uses kept.
  static let workLimit = 3_000_000
  static let useLimit = 500_000

  var paths = ValuePaths()
  private(set) var instances: [Instance] = []
  private(set) var sources: [Source] = []
  private(set) var names = Names()
  let dollar: Name
  /// `Values`
  private let values: Name
  /// The paths of fields that have been read.
  private var members: [Int64: Int32] = [:]
  private(set) var definitions: [Definition] = []
  private(set) var current: [Name: Int] = [:]
  private var walked: Set<Int> = []
  private var calls: Set<Call> = []
  /// The definitions being walked, and how often.
  private var active: [Int: Int] = [:]
  /// Strings that `tpl` has rendered.
  var rendered: Set<Rendering> = []
  private var depth = 0
  private var nesting = 0
  private var work = 0
  private var functions: [Name: Function] = [:]
  private var guards: [Guard] = []
  private var spots: [Spot: Int] = [:]
  private var found: [(site: Site, kind: ValueUse.Kind)] = []
  /// Members that templates have added to the dot of a chart with `set`.
  private var extras: [Known: Known] = [:]
  /// Whether everything was followed, within the limits.
  private(set) var isComplete = true

  /// Parses all templates. Throws ``ChartError/badTemplate(file:line:reason:)``.
  init(_ chart: LoadedChart) throws(ChartError) {
    dollar = names.name("$")
    values = names.name("Values")
    add(chart, name: chart.metadata.name, prefix: ValuePaths.root)
    for place in instances.indices {
      for entry in instances[place].chart.templates { try parse(entry, of: place) }
    }
    functions = Function.named(in: &names)
    // Helm parses the deepest paths first, so that a definition of a parent replaces that of a sub-chart.
    let depths = sources.map { source in source.template.name.utf8.count { $0 == 0x2F } }
    let order = sources.indices.sorted { a, b in
      depths[a] == depths[b] ? sources[a].template.name > sources[b].template.name : depths[a] > depths[b]
    }
    for source in order {
      for definition in sources[source].template.definitions {
        definitions.append(Definition(source: source, body: definition.body))
        if !definition.isEmpty || current[definition.name] == nil { current[definition.name] = definitions.count - 1 }
      }
    }
  }

  private mutating func add(_ chart: LoadedChart, name: String, prefix: Int32) {
    instances.append(Instance(chart: chart, name: name, prefix: prefix))
    if prefix != ValuePaths.root { paths.markChart(prefix) }
    for inner in chart.subcharts {
      let keys = chart.metadata.dependencies.filter { $0.name == inner.metadata.name }.map(\.key)
      for key in keys.isEmpty ? [inner.metadata.name] : keys {
        add(inner, name: "\(name)/charts/\(key)", prefix: paths.child(of: prefix, .key(key)))
      }
    }
  }

  private mutating func parse(_ entry: ChartEntry, of place: Int) throws(ChartError) {
    let instance = instances[place], file = instance.chart.shown(entry.name)
    do throws(TemplateError) {
      let template = try Template(
        parsing: entry.bytes, name: "\(instance.name)/\(entry.name)", names: &names, functions: Template.helmFunctions)
      let base = entry.name.split(separator: "/").last ?? ""
      sources.append(
        Source(
          template: template, file: file, instance: place,
          isRendered: !base.hasPrefix("_") && !instance.chart.metadata.isLibrary))
    } catch { throw .badTemplate(file: file, line: error.line.number, reason: error.reason) }
  }

  // MARK: walking

  /// Walks all templates that helm renders, then the definitions that none of them included.
  mutating func read() {
    for source in sources.indices where sources[source].isRendered {
      walk(sources[source].template.root, of: source, instance: sources[source].instance)
    }
    for definition in definitions.indices where !walked.contains(definition) {
      walked.insert(definition)
      let source = definitions[definition].source
      walk(definitions[definition].body, of: source, instance: sources[source].instance)
    }
    for source in sources.indices where !sources[source].isRendered {
      walk(sources[source].template.root, of: source, instance: sources[source].instance)
    }
  }

  private mutating func walk(_ list: Template.List, of source: Int, instance: Int) {
    walk(list, of: source, instance: instance, dot: .root(Int32(truncatingIfNeeded: instance)))
  }

  private mutating func walk(_ list: Template.List, of source: Int, instance: Int, dot: Known) {
    guard depth < ValueReader.depthLimit else {
      isComplete = false
      return
    }
    depth += 1
    defer { depth -= 1 }
    var frame = Frame(
      template: sources[source].template, source: source, instance: instance, dot: dot, variables: [(dollar, dot)],
      guards: -1)
    walk(list, &frame)
  }

  private mutating func walk(_ list: Template.List, _ frame: inout Frame) {
    guard nesting < ValueReader.nestingLimit else {
      isComplete = false
      return
    }
    nesting += 1
    defer { nesting -= 1 }
    for statement in frame.template[list] {
      work += 1
      guard work < ValueReader.workLimit else {
        isComplete = false
        return
      }
      switch statement.kind {
      case .text, .break, .continue: break
      case .action(let pipeline):
        let isSet = frame.template[pipeline].variables.0 != nil
        let value = evaluate(pipeline, &frame)
        record(value, isSet ? .passed : .read)
      case .if(let branch):
        scoped(branch, "if", &frame) { reader, frame in
          let value = reader.evaluate(branch.pipeline, &frame)
          reader.record(value, .tested)
          return frame.dot
        }
      case .with(let branch):
        scoped(branch, "with", &frame) { reader, frame in
          let value = reader.evaluate(branch.pipeline, &frame)
          reader.record(value, .tested)
          return value.known
        }
      case .range(let branch):
        scoped(branch, "range", &frame) { reader, frame in
          let value = reader.evaluate(branch.pipeline, &frame, setsVariables: false)
          reader.record(value, .read)
          let element = reader.element(of: value.known)
          switch frame.template[branch.pipeline].variables {
          case let (key?, item?): frame.variables += [(key, .unknown), (item, element)]
          case let (item?, nil): frame.variables.append((item, element))
          default: break
          }
          return element
        }
      case .template(let name, let pipeline):
        let value = pipeline.map { evaluate($0, &frame) } ?? Value()
        record(value, .passed)
        call(name, value.known, from: frame)
      }
    }
  }

  /// A control structure: `head` evaluates its pipeline and returns the dot inside; then both lists.
  private mutating func scoped(
    _ branch: Template.Branch, _ word: StaticString, _ frame: inout Frame,
    _ head: (inout ValueReader, inout Frame) -> Known
  ) {
    let (mark, dot, outer) = (frame.variables.count, frame.dot, frame.guards)
    let inside = head(&self, &frame)
    let condition = Guard(
      outer: outer, word: word, source: Int32(truncatingIfNeeded: frame.source), pipeline: branch.pipeline)
    frame.dot = inside
    frame.guards = guarded(by: condition)
    walk(branch.then, &frame)
    frame.dot = dot
    if !branch.otherwise.statements.isEmpty {
      frame.guards = guarded(by: condition.ofElse)
      walk(branch.otherwise, &frame)
    }
    frame.guards = outer
    frame.variables.removeSubrange(mark...)
  }

  private mutating func guarded(by condition: Guard) -> Int32 {
    guards.append(condition)
    return Int32(truncatingIfNeeded: guards.count - 1)
  }

  /// `include` and `template`.
  mutating func call(_ name: Name, _ argument: Known, from frame: Frame) {
    guard let definition = current[name] else { return }
    guard calls.count < ValueReader.callLimit else {
      isComplete = false
      return
    }
    // A template that passes itself parts of its argument soon reads nothing new.
    guard active[definition, default: 0] < ValueReader.recursionLimit else { return }
    guard calls.insert(Call(definition: definition, argument: argument)).inserted else { return }
    walked.insert(definition)
    active[definition, default: 0] += 1
    defer { active[definition, default: 0] -= 1 }
    walk(definitions[definition].body, of: definitions[definition].source, instance: frame.instance, dot: argument)
  }

  mutating func include(_ name: String, _ argument: Known, from frame: Frame) {
    if let name = names.existing(name) { call(name, argument, from: frame) }
  }

  // MARK: values

  mutating func evaluate(_ pipeline: Template.Pipeline, _ frame: inout Frame, setsVariables: Bool = true) -> Value {
    let node = frame.template[pipeline]
    var value = Value(), before: Argument?
    for command in frame.template.commands(of: pipeline) {
      value = evaluate(command, piped: before, &frame)
      let last = frame.template.operands(of: command).last?.end ?? command.offset
      before = Argument(value: value, start: command.offset, end: last, operand: nil)
    }
    if setsVariables, let variable = node.variables.0 {
      if node.isAssignment {
        assign(variable, value.known, &frame)
      } else {
        frame.variables.append((variable, value.known))
      }
    }
    return value
  }

  /// `$x = …`, which may or may not run.
  mutating func assign(_ variable: Name, _ value: Known, _ frame: inout Frame) {
    guard let place = frame.variables.lastIndex(where: { $0.name == variable }) else { return }
    frame.variables[place].value = .any([frame.variables[place].value, value])
  }

  /// An argument of a function.
  struct Argument {
    var value: Value
    var start: Int32
    var end: Int32
    /// nil for a piped argument.
    var operand: Template.Operand?
  }

  private mutating func evaluate(_ command: Template.Command, piped: Argument?, _ frame: inout Frame) -> Value {
    let operands = frame.template.operands(of: command)
    guard let first = operands.first else { return Value() }
    guard operands.count > 1 || piped != nil || first.isFunction else { return evaluate(first, &frame) }
    var arguments: [Argument] = []
    for operand in operands.dropFirst() {
      arguments.append(
        Argument(value: evaluate(operand, &frame), start: operand.start, end: operand.end, operand: operand))
    }
    if let piped { arguments.append(piped) }
    guard case .function(let name) = first.kind else {
      // A method with arguments.
      record(evaluate(first, &frame), .read)
      for argument in arguments { record(argument.value, .read) }
      return Value()
    }
    return apply(functions[name] ?? .other, arguments, at: first.start, &frame)
  }

  private mutating func evaluate(_ operand: Template.Operand, _ frame: inout Frame) -> Value {
    switch operand.kind {
    case .dot: return value(frame.dot, at: operand, frame)
    case .nil, .bool, .number: return Value()
    case .string(let place):
      return Value(known: .text(String(decoding: frame.template.strings[Int(place)], as: UTF8.self)))
    case .function(let name): return apply(functions[name] ?? .other, [], at: operand.start, &frame)
    case .field(let fields):
      // A separate statement: an argument that changes self would copy all of it.
      let known = member(of: frame.dot, frame.template.fields(fields), frame)
      return value(known, at: operand, frame)
    case .variable(let name, let fields):
      let variable = frame.variables.last { $0.name == name }?.value ?? .unknown
      let known = member(of: variable, frame.template.fields(fields), frame)
      return value(known, at: operand, frame)
    case .parentheses(let pipeline):
      guard nesting < ValueReader.nestingLimit else {
        isComplete = false
        return Value()
      }
      nesting += 1
      defer { nesting -= 1 }
      return evaluate(pipeline, &frame)
    case .chain(let head, let fields):
      let inner = evaluate(frame.template.head(ofChain: head), &frame)
      record(inner, .passed)
      let known = member(of: inner.known, frame.template.fields(fields), frame)
      return value(known, at: operand, frame)
    }
  }

  private func value(_ known: Known, at operand: Template.Operand, _ frame: Frame) -> Value {
    Value(known: known, sites: sites(of: known, at: operand.start, frame))
  }

  func sites(of known: Known, at offset: Int32, _ frame: Frame) -> [Site] {
    if case .path(let path) = known.kind {
      return [Site(path: path, source: Int32(truncatingIfNeeded: frame.source), offset: offset, guards: frame.guards)]
    }
    var paths: [Int32] = []
    known.paths(into: &paths)
    return paths.map {
      Site(path: $0, source: Int32(truncatingIfNeeded: frame.source), offset: offset, guards: frame.guards)
    }
  }

  private mutating func member(of known: Known, _ fields: ArraySlice<Name>, _ frame: Frame) -> Known {
    var known = known
    for field in fields {
      guard case .path(let path) = known.kind, field != values else {
        known = member(of: known, names[field], frame)
        continue
      }
      // By number: faster than by name.
      let key = Int64(path) << 32 | Int64(field.number)
      if let child = members[key] {
        known = .path(child)
      } else {
        let child = paths.child(of: path, .key(names[field]))
        members[key] = child
        known = .path(child)
      }
    }
    return known
  }

  mutating func member(of known: Known, _ key: String, _ frame: Frame) -> Known {
    switch known.kind {
    case .path(let path) where key != "Values": return .path(paths.child(of: path, .key(key)))
    case .root(let chart):
      let added = extras[.root(chart)].map { member(of: $0, key, frame) } ?? .unknown
      if key == "Values" { return .any([.path(instances[Int(chart)].prefix), added]) }
      return added
    case .mapping(let members):
      if let member = members.first(where: { $0.key == key }) { return member.value }
    case .any(let values):
      return .any(values.map { member(of: $0, key, frame) })
    default: break
    }
    // An unknown value is taken for the dot of the chart.
    return key == "Values" ? .path(instances[frame.instance].prefix) : .unknown
  }

  mutating func element(of known: Known) -> Known {
    switch known.kind {
    case .path(let path): .path(paths.child(of: path, .each))
    case .list(let values): .any(values)
    case .mapping(let members): .any(members.map(\.value))
    case .any(let values): .any(values.map { element(of: $0) })
    default: .unknown
    }
  }

  /// `set .`, `set $`: adds a member to the dot of a chart.
  mutating func extend(_ root: Known, _ key: String, _ value: Known) {
    guard case .root = root.kind else { return }
    let old = extras[root]
    extras[root] =
      old.map { .any([$0, .mapping([.init(key: key, value: value)])]) } ?? .mapping([.init(key: key, value: value)])
  }

  mutating func child(of path: Int32, _ step: ValuePaths.Step) -> Int32 { paths.child(of: path, step) }

  /// Walks a string of values.yaml that `tpl` renders with a dot.
  mutating func render(_ text: YAML, in file: String, dot: Known, from frame: Frame) {
    guard let scalar = text.scalar, scalar.text.utf8.contains(UInt8(ascii: "{")) else { return }
    work += 1 + scalar.text.utf8.count / 16
    guard work < ValueReader.workLimit else {
      isComplete = false
      return
    }
    let isBlock = scalar.style == .literal || scalar.style == .folded
    guard let template = try? Template(parsing: Array(scalar.text.utf8), name: file, names: &names) else { return }
    let place = sources.count
    sources.append(
      Source(
        template: template, file: file, linesBefore: text.start.line - (isBlock ? 0 : 1), instance: frame.instance,
        isRendered: false))
    functions = Function.named(in: &names)
    walk(template.root, of: place, instance: frame.instance, dot: dot)
  }

  // MARK: uses

  mutating func record(_ value: Value, _ kind: ValueUse.Kind) {
    for site in value.sites {
      let spot = Spot(source: site.source, offset: site.offset, path: site.path)
      if let place = spots[spot] {
        found[place].kind = max(found[place].kind, kind)
        found[place].site.fallback = found[place].site.fallback ?? site.fallback
        found[place].site.required = found[place].site.required ?? site.required
      } else if found.count < ValueReader.useLimit {
        spots[spot] = found.count
        found.append((site, kind))
      } else {
        isComplete = false
      }
    }
  }

  /// The text between two offsets of the template of a frame.
  func text(_ argument: Argument, _ frame: Frame) -> String {
    let source = frame.template.source
    return String(decoding: source[Int(argument.start)..<max(Int(argument.start), Int(argument.end))], as: UTF8.self)
  }

  /// All uses, by file and place.
  var uses: [ValueUse] {
    var texts: [Int32: (text: String, depth: Int)] = [:], around: [Int32: [String]] = [-1: []]
    let ranks = Dictionary(
      uniqueKeysWithValues: Set(sources.map(\.file)).sorted().enumerated().map { ($0.element, $0.offset) })
    let files = sources.map { ranks[$0.file] ?? 0 }
    let ordered = found.map { site, kind in
      let source = Int(site.source), place = sources[source].template.place(of: site.offset)
      return (
        file: files[source], line: place.line + sources[source].linesBefore,
        column: sources[source].linesBefore == 0 ? place.column : 1, site: site, kind: kind
      )
    }.sorted { ($0.file, $0.line, $0.column, $0.site.path) < ($1.file, $1.line, $1.column, $1.site.path) }
    return ordered.map { _, line, column, site, kind in
      let path: (text: String, depth: Int)
      if let known = texts[site.path] {
        path = known
      } else {
        let steps = paths.steps(site.path)
        path = (ValuePaths.text(steps), steps.count)
        texts[site.path] = path
      }
      let source = Int(site.source)
      return ValueUse(
        path: path.text, number: site.path, depth: path.depth, chart: instances[sources[source].instance].chart.place,
        file: sources[source].file, line: line,
        column: column, kind: kind, guards: conditions(site.guards, &around), fallback: site.fallback,
        required: site.required)
    }
  }

  /// The text of a guard and of the guards around it.
  private func conditions(_ place: Int32, _ known: inout [Int32: [String]]) -> [String] {
    if let texts = known[place] { return texts }
    let inner = guards[Int(place)]
    let text =
      "\(inner.isElse ? "else of " : "")\(inner.word) \(sources[Int(inner.source)].template.text(of: inner.pipeline))"
    let texts = conditions(inner.outer, &known) + [text]
    known[place] = texts
    return texts
  }
}

extension Template.Operand {
  fileprivate var isFunction: Bool { if case .function = kind { true } else { false } }
}
