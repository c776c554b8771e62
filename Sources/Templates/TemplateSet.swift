/// Templates that may include each other, and the functions that they call.
package final class TemplateSet {
  /// A template that is parsed, in a box: walking it copies none of its arrays.
  final class Unit {
    let template: Template
    /// The names that constant strings have as templates, once they have been looked up.
    var stringNames: [Int32]
    /// Whether it is no file, but what `tpl` was given.
    let isText: Bool
    /// Which ways its `if`, `with` and `range` have gone, by the number of the statement: 1 for the first list, 2 for
    /// the other.
    @exclusivity(unchecked) var passed: [UInt8]
    init(_ template: Template, isText: Bool = false) {
      (self.template, self.isText) = (template, isText)
      passed = Array(repeating: 0, count: template.statements.count)
      stringNames = Array(repeating: -1, count: template.strings.count)
    }
  }

  /// What a name stands for: a file, or a definition in one.
  final class Body {
    let unit: Unit
    let list: Template.List
    let name: String
    let isEmpty: Bool
    init(_ unit: Unit, _ list: Template.List, _ name: String, isEmpty: Bool) {
      (self.unit, self.list, self.name, self.isEmpty) = (unit, list, name, isEmpty)
    }
  }

  /// A text that `tpl` was given, as long as it stands in the same place.
  enum Parsed {
    case unit(Unit)
    case failure(TemplateError)
  }

  package let functions: FunctionTable
  private(set) var names = Names()
  let dollar: Name
  private let known: Set<String>
  /// By the number of the name.
  private(set) var bodies: [Body?] = []
  @exclusivity(unchecked) private(set) var keys: [GoMap.Key] = []
  @exclusivity(unchecked) private(set) var functionsByName: [Function?] = []
  /// Whether a name is that of a method of chartutil.Values.
  @exclusivity(unchecked) private(set) var isMethod: [Bool] = []
  /// The numbers of names as bytes.
  private var numbers: [[UInt8]: Int32] = [:]
  private var parsed: [[UInt8]: Parsed] = [:]
  private var parsedBytes = 0
  /// What was noted in checks.
  package internal(set) var notes: [Note] = []

  /// - Parameter functions: beside those of Go and `include`, `tpl`, `required` and `fail`, which are there anyway; one
  ///   of the same name replaces those of Go.
  package init(functions: FunctionTable = FunctionTable()) {
    var all = FunctionTable()
    all.add(Builtins.functions())
    all.add(functions.functions)
    all.add(Builtins.helmFunctions())
    self.functions = all
    known = Set(all.functions.keys)
    dollar = names.name("$")
  }

  /// Parses a template, and takes its definitions in: those parsed later replace those of the same name, unless there
  /// is nothing in them. helm parses those deepest in the tree of directories first.
  package func add(_ name: String, _ source: [UInt8]) throws(TemplateError) {
    define(try parse(name, source), in: &bodies)
  }

  /// Whether there is a template or definition of a name.
  package func contains(_ name: String) -> Bool {
    names.existing(name).flatMap { Int($0.number) < bodies.count ? bodies[Int($0.number)] : nil } != nil
  }

  /// Renders a template.
  /// - Parameters:
  ///   - data: what dot and `$` are at first.
  ///   - trace: is told what the output came from.
  package func render(
    _ name: String, _ data: Value, options: Execution.Options = .init(), trace: Trace? = nil
  ) throws(RenderFailure) -> [UInt8] {
    try Execution(self, options: options, trace: trace).render(name, data)
  }

  // MARK: for executions

  func parse(_ name: String, _ source: [UInt8], isText: Bool = false) throws(TemplateError) -> Unit {
    defer { extendTables() }
    return Unit(try Template(parsing: source, name: name, names: &names, functions: known), isText: isText)
  }

  /// Puts what a unit defines into a table.
  func define(_ unit: Unit, in bodies: inout [Body?]) {
    let template = unit.template
    if bodies.count < names.count { bodies += Array(repeating: nil, count: names.count - bodies.count) }
    func set(_ name: Name, _ body: Body) {
      if body.isEmpty, bodies[Int(name.number)] != nil { return }
      bodies[Int(name.number)] = body
    }
    // A file's own name is added only here: its templates need not have it as a word.
    let own = names.name(template.name)
    extendTables()
    if bodies.count < names.count { bodies += Array(repeating: nil, count: names.count - bodies.count) }
    set(own, Body(unit, template.root, template.name, isEmpty: template.isEmpty(template.root)))
    for definition in template.definitions {
      set(definition.name, Body(unit, definition.body, names[definition.name], isEmpty: definition.isEmpty))
    }
  }

  private func extendTables() {
    for number in keys.count..<names.count {
      let text = names[Name(number: Int32(truncatingIfNeeded: number))]
      keys.append(GoMap.Key(text))
      functionsByName.append(functions[text])
      isMethod.append(Builtins.valuesMethods.contains(text))
    }
  }

  /// The number of a name; nil if there is no such word in any template.
  func number(of name: [UInt8]) -> Int32? {
    if let number = numbers[name] { return number }
    guard let number = names.existing(String(decoding: name, as: UTF8.self))?.number else { return nil }
    numbers[name] = number
    return number
  }

  /// Parses what `tpl` is given. Equal texts are parsed once, as long as they are not many.
  func parse(tpl source: [UInt8]) throws(TemplateError) -> Unit {
    switch parsed[source] {
    case .unit(let unit): return unit
    case .failure(let error): throw error
    case nil: break
    }
    if parsedBytes > 16 << 20 { (parsed, parsedBytes) = ([:], 0) }
    parsedBytes += source.count + 64
    do throws(TemplateError) {
      let unit = try parse("gotpl", source, isText: true)
      parsed[source] = .unit(unit)
      return unit
    } catch {
      parsed[source] = .failure(error)
      throw error
    }
  }
}
