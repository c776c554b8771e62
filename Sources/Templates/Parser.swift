extension Template {
  /// How deeply parentheses and control structures may be nested: Go sets no bound.
  package static let depthLimit = 200
  /// The longest source, in bytes.
  package static let sizeLimit = 64 << 20

  /// Parses a template.
  /// - Parameters:
  ///   - name: for messages.
  ///   - names: the table of names of the templates that belong together.
  ///   - functions: those that exist; nil to accept any name.
  /// - Throws: what Go says of a template that it refuses, in the same words.
  package init(
    parsing source: [UInt8], name: String, names: inout Names, functions: Set<String>? = nil
  ) throws(TemplateError) {
    guard source.count <= Template.sizeLimit else {
      throw TemplateError(
        name: name, line: .init(number: 1, counted: 1), offset: 0,
        problem: "longer than \(Template.sizeLimit >> 20) MB", started: nil)
    }
    let result = source.withUnsafeBufferPointer { bytes -> Result<Template, TemplateError> in
      var parser = Parser(bytes, template: Template(name: name, source: source), names: &names, functions: functions)
      // The parser has had the only copy of the table, since it adds to it.
      defer { swap(&parser.names, &names) }
      do throws(TemplateError) {
        try parser.parse()
        return .success(parser.template)
      } catch { return .failure(error) }
    }
    self = try result.get()
  }
}

/// A parser by descent, in the steps of Go's text/template/parse, so that it refuses the same in the same words.
struct Parser {
  private(set) var template: Template
  fileprivate(set) var names = Names()
  private let source: UnsafeBufferPointer<UInt8>
  private let functions: Set<String>?
  /// Functions that have been looked up.
  private var defined: Set<Name> = []
  private var lexer: Lexer
  /// Up to three tokens read ahead, the next one last.
  private var tokens = (
    Lexer.Token(kind: .eof, start: 0, end: 0), Lexer.Token(kind: .eof, start: 0, end: 0),
    Lexer.Token(kind: .eof, start: 0, end: 0)
  )
  private var ahead = 0
  /// The variables in scope; `$` is the first.
  private var variables: [Name] = []
  private var actionStart: Int?
  private var ranges = 0
  private var depth = 0
  private let dollar: Name

  /// Takes the table of names, and leaves an empty one in its place.
  init(_ source: UnsafeBufferPointer<UInt8>, template: Template, names: inout Names, functions: Set<String>?) {
    (self.source, self.template, self.functions) = (source, template, functions)
    lexer = Lexer(source)
    dollar = names.name("$")
    swap(&self.names, &names)
    variables = [dollar]
  }

  // MARK: tokens

  private mutating func next() -> Lexer.Token {
    if ahead > 0 { ahead -= 1 } else { tokens.0 = lexer.next() }
    return ahead == 0 ? tokens.0 : ahead == 1 ? tokens.1 : tokens.2
  }

  private mutating func back() { ahead += 1 }

  private mutating func back(_ first: Lexer.Token) {
    tokens.1 = first
    ahead = 2
  }

  private mutating func back(_ first: Lexer.Token, _ second: Lexer.Token) {
    (tokens.1, tokens.2) = (second, first)
    ahead = 3
  }

  private mutating func peek() -> Lexer.Token {
    let token = next()
    back()
    return token
  }

  private mutating func nextWord() -> Lexer.Token {
    while true {
      let token = next()
      if token.kind != .space { return token }
    }
  }

  private mutating func peekWord() -> Lexer.Token {
    let token = nextWord()
    back()
    return token
  }

  private func text(_ token: Lexer.Token) -> String { String(decoding: source[token.start..<token.end], as: UTF8.self) }

  // MARK: errors

  private func line(of offset: Int) -> TemplateError.Line {
    let number = template.place(of: Int32(truncatingIfNeeded: offset)).line
    return .init(number: number, counted: number - lexer.comments.reduce(0) { $0 + ($1.end < offset ? $1.lines : 0) })
  }

  private func error(_ problem: String, started: TemplateError.Line? = nil) -> TemplateError {
    TemplateError(
      name: template.name, line: line(of: tokens.0.start), offset: tokens.0.start, problem: problem, started: started)
  }

  private func unexpected(_ token: Lexer.Token, _ context: String) -> TemplateError {
    guard token.kind == .error else { return error("unexpected \(shown(token)) in \(context)") }
    let started = actionStart.map { line(of: $0) }
    return error(lexer.errorText, started: started == line(of: token.start) ? nil : started)
  }

  /// A token as messages show it.
  private func shown(_ token: Lexer.Token) -> String {
    switch token.kind {
    case .eof: return "EOF"
    case .error: return lexer.errorText
    case .block, .break, .continue, .dot, .define, .else, .end, .if, .nil, .range, .template, .with:
      return "<\(text(token))>"
    default:
      let bytes = source[token.start..<token.end]
      guard bytes.count > 10 else { return GoQuote.quoted(bytes) }
      var end = bytes.startIndex
      for _ in 0..<10 where end < bytes.endIndex { end += GoQuote.scalar(bytes, at: end).width }
      return GoQuote.quoted(bytes[..<end]) + "..."
    }
  }

  private mutating func expect(_ kinds: Lexer.Kind..., in context: String) throws(TemplateError) -> Lexer.Token {
    let token = nextWord()
    guard kinds.contains(token.kind) else { throw unexpected(token, context) }
    return token
  }

  private mutating func enter() throws(TemplateError) {
    depth += 1
    guard depth <= Template.depthLimit else { throw error("nested deeper than \(Template.depthLimit) levels") }
  }

  // MARK: lists

  mutating func parse() throws(TemplateError) {
    var list: [Template.Statement] = []
    while peek().kind != .eof {
      if peek().kind == .leftBraces {
        let braces = next()
        if nextWord().kind == .define {
          try definition()
          continue
        }
        back(braces)
      }
      switch try textOrAction() {
      case .statement(let statement): list.append(statement)
      case let end: throw error("unexpected \(end.text)")
      }
    }
    template.root = keep(list)
    try define(template.name, template.root, at: 0, isRoot: true)
  }

  /// What ends a list, or an element of it.
  private enum Part {
    case statement(Template.Statement)
    case end
    case `else`

    var text: String {
      switch self {
      case .statement: "statement"
      case .end: "{{end}}"
      case .else: "{{else}}"
      }
    }
  }

  private mutating func keep(_ list: [Template.Statement]) -> Template.List {
    let start = Int32(truncatingIfNeeded: template.statements.count)
    template.statements += list
    return Template.List(statements: .init(start: start, count: Int32(truncatingIfNeeded: list.count)))
  }

  /// The list up to `end` or `else`.
  private mutating func list() throws(TemplateError) -> (Template.List, Part) {
    try enter()
    defer { depth -= 1 }
    var list: [Template.Statement] = []
    while peekWord().kind != .eof {
      switch try textOrAction() {
      case .statement(let statement): list.append(statement)
      case let end: return (keep(list), end)
      }
    }
    throw error("unexpected EOF")
  }

  private mutating func textOrAction() throws(TemplateError) -> Part {
    let token = nextWord()
    switch token.kind {
    case .text:
      return .statement(
        .init(
          kind: .text(
            .init(
              start: Int32(truncatingIfNeeded: token.start),
              count: Int32(truncatingIfNeeded: token.end - token.start))),
          offset: Int32(truncatingIfNeeded: token.start)))
    case .leftBraces:
      actionStart = token.start
      defer { actionStart = nil }
      return try action()
    default: throw unexpected(token, "input")
    }
  }

  // MARK: definitions

  private mutating func define(_ text: String, _ body: Template.List, at offset: Int, isRoot: Bool = false)
    throws(TemplateError)
  {
    let name = names.name(text), isEmpty = template.isEmpty(body)
    if let old = template.definitions.firstIndex(where: { $0.name == name }) {
      if !template.definitions[old].isEmpty {
        guard isEmpty else {
          throw error("template: multiple definition of template \(GoQuote.quoted(Array(text.utf8)))")
        }
        return
      }
      template.definitions.remove(at: old)
    }
    if !isRoot {
      template.definitions.append(
        .init(name: name, body: body, offset: Int32(truncatingIfNeeded: offset), isEmpty: isEmpty))
    }
  }

  /// The body of `define` and `block`, which sees no variables or loops around it.
  private mutating func body(_ context: String) throws(TemplateError) -> Template.List {
    let outer = (variables, ranges)
    (variables, ranges) = ([dollar], 0)
    let (body, end) = try list()
    guard case .end = end else { throw error("unexpected \(end.text) in \(context)") }
    (variables, ranges) = outer
    return body
  }

  private mutating func definition() throws(TemplateError) {
    let name = try expect(.string, .rawString, in: "define clause")
    let text = try string(name)
    _ = try expect(.rightBraces, in: "define clause")
    let body = try body("define clause")
    try define(text, body, at: name.start)
  }

  private mutating func string(_ token: Lexer.Token) throws(TemplateError) -> String {
    guard let bytes = GoQuote.unquoted(source[token.start..<token.end]) else { throw error(GoWords.syntax.text) }
    return String(decoding: bytes, as: UTF8.self)
  }

  private mutating func templateName(_ token: Lexer.Token, _ context: String) throws(TemplateError) -> String {
    guard token.kind == .string || token.kind == .rawString else { throw unexpected(token, context) }
    return try string(token)
  }

  // MARK: actions

  private mutating func action() throws(TemplateError) -> Part {
    let token = nextWord()
    switch token.kind {
    case .block: return .statement(try block())
    case .break, .continue:
      let word = "{{\(text(token))}}", behind = nextWord()
      guard behind.kind == .rightBraces else { throw unexpected(behind, word) }
      guard ranges > 0 else { throw error("\(word) outside {{range}}") }
      return statement(token.kind == .break ? .break : .continue, token.start)
    case .else:
      let behind = peekWord()
      if behind.kind != .if, behind.kind != .with { _ = try expect(.rightBraces, in: "else") }
      return .else
    case .end:
      _ = try expect(.rightBraces, in: "end")
      return .end
    case .if, .range, .with: return .statement(try control(token.kind))
    case .template:
      let name = nextWord(), text = try templateName(name, "template clause")
      var argument: Template.Pipeline?
      if nextWord().kind != .rightBraces {
        back()
        argument = try pipeline("template clause", .rightBraces)
      }
      return statement(.template(names.name(text), argument), name.start)
    default:
      back()
      let start = peek().start
      return statement(.action(try pipeline("command", .rightBraces)), start)
    }
  }

  private func statement(_ kind: Template.Statement.Kind, _ offset: Int) -> Part {
    .statement(.init(kind: kind, offset: Int32(truncatingIfNeeded: offset)))
  }

  private mutating func block() throws(TemplateError) -> Template.Statement {
    let name = nextWord(), text = try templateName(name, "block clause")
    let argument = try pipeline("block clause", .rightBraces), body = try body("block clause")
    try define(text, body, at: name.start)
    return .init(kind: .template(names.name(text), argument), offset: Int32(truncatingIfNeeded: name.start))
  }

  /// `if`, `with` or `range`, whose word has been read.
  private mutating func control(_ kind: Lexer.Kind) throws(TemplateError) -> Template.Statement {
    try enter()
    defer { depth -= 1 }
    let mark = variables.count
    defer { variables.removeSubrange(mark...) }
    let pipeline = try pipeline(kind == .if ? "if" : kind == .with ? "with" : "range", .rightBraces)
    if kind == .range { ranges += 1 }
    let (then, end) = try list()
    if kind == .range { ranges -= 1 }
    var otherwise = Template.List.empty, hasElse = false
    if case .else = end {
      hasElse = true
      if kind != .range, peek().kind == kind {
        _ = next()
        // One `end` closes the inner statement too.
        let inner = try control(kind)
        otherwise = keep([inner])
      } else {
        let (list, end) = try list()
        guard case .end = end else { throw error("expected end; found \(end.text)") }
        otherwise = list
      }
    }
    let branch = Template.Branch(pipeline: pipeline, then: then, otherwise: otherwise, hasElse: hasElse)
    return .init(
      kind: kind == .if ? .if(branch) : kind == .with ? .with(branch) : .range(branch),
      offset: template[pipeline].offset)
  }

  // MARK: pipelines

  private mutating func pipeline(_ context: String, _ end: Lexer.Kind) throws(TemplateError) -> Template.Pipeline {
    try enter()
    defer { depth -= 1 }
    let start = peekWord().start
    var set: (Name?, Name?) = (nil, nil), isAssignment = false
    while peekWord().kind == .variable {
      let variable = next(), behind = peek(), word = peekWord()
      if word.kind == .assign || word.kind == .declare {
        isAssignment = word.kind == .assign
        _ = nextWord()
        declare(variable, &set)
      } else if word.kind == .character, source[word.start] == UInt8(ascii: ",") {
        _ = nextWord()
        declare(variable, &set)
        guard context == "range", set.1 == nil else { throw error("too many declarations in \(context)") }
        let kind = peekWord().kind
        guard kind == .variable || kind == .rightBraces || kind == .rightParenthesis else {
          throw error("range can only initialize variables")
        }
        continue
      } else if behind.kind == .space {
        back(variable, behind)
      } else {
        back(variable)
      }
      break
    }
    var commands: [Template.Command] = [], last = start
    while true {
      let token = nextWord()
      switch token.kind {
      case end:
        guard !commands.isEmpty else { throw error("missing value for \(context)") }
        for (stage, command) in commands.enumerated().dropFirst() {
          switch template.operands(of: command).first?.kind {
          case .bool, .dot, .nil, .number, .string: throw error("non executable command in pipeline stage \(stage + 1)")
          default: break
          }
        }
        let slice = Template.Slice(
          start: Int32(truncatingIfNeeded: template.commands.count), count: Int32(truncatingIfNeeded: commands.count))
        template.commands += commands
        template.pipelines.append(
          .init(
            variables: set, isAssignment: isAssignment, commands: slice, offset: Int32(truncatingIfNeeded: start),
            end: Int32(truncatingIfNeeded: last)))
        return Template.Pipeline(number: Int32(truncatingIfNeeded: template.pipelines.count - 1))
      case .bool, .characterConstant, .complex, .dot, .field, .identifier, .number, .nil, .rawString, .string,
        .variable, .leftParenthesis:
        back()
        let command = try command()
        last = Int(template.operands(of: command).last?.end ?? 0)
        commands.append(command)
      default: throw unexpected(token, context)
      }
    }
  }

  private mutating func declare(_ variable: Lexer.Token, _ set: inout (Name?, Name?)) {
    let name = names.name(text(variable))
    if set.0 == nil { set.0 = name } else { set.1 = name }
    variables.append(name)
  }

  private mutating func command() throws(TemplateError) -> Template.Command {
    let start = peekWord().start
    var operands: [Template.Operand] = []
    while true {
      _ = peekWord()
      if let operand = try operand() { operands.append(operand) }
      let token = next()
      switch token.kind {
      case .space: continue
      case .rightBraces, .rightParenthesis: back()
      case .pipe: break
      default: throw unexpected(token, "operand")
      }
      break
    }
    guard !operands.isEmpty else { throw error("empty command") }
    let slice = Template.Slice(
      start: Int32(truncatingIfNeeded: template.operands.count), count: Int32(truncatingIfNeeded: operands.count))
    template.operands += operands
    return Template.Command(operands: slice, offset: Int32(truncatingIfNeeded: start))
  }

  /// A term and the fields after it; nil if the next token does not begin one.
  private mutating func operand() throws(TemplateError) -> Template.Operand? {
    guard var operand = try term() else { return nil }
    guard peek().kind == .field else { return operand }
    let place = Int32(truncatingIfNeeded: peek().start), first = Int32(truncatingIfNeeded: template.fields.count)
    // The first fields of a field or variable are the last ones kept, so that the others join them.
    while peek().kind == .field {
      let token = next()
      template.fields.append(names.name(field(token)))
      operand.end = Int32(truncatingIfNeeded: token.end)
    }
    let count = Int32(truncatingIfNeeded: template.fields.count) - first
    switch operand.kind {
    case .field(let slice): operand.kind = .field(.init(start: slice.start, count: slice.count + count))
    case .variable(let name, _): operand.kind = .variable(name, .init(start: first, count: count))
    case .bool, .string, .number, .nil, .dot:
      let text = String(decoding: source[Int(operand.start)..<Int(place)], as: UTF8.self)
      throw error("unexpected . after term \(GoQuote.quoted(Array(text.utf8)))")
    default:
      template.heads.append(operand)
      operand.kind = .chain(Int32(truncatingIfNeeded: template.heads.count - 1), .init(start: first, count: count))
    }
    operand.offset = place
    return operand
  }

  private func field(_ token: Lexer.Token) -> String {
    String(decoding: source[(token.start + 1)..<token.end], as: UTF8.self)
  }

  private mutating func term() throws(TemplateError) -> Template.Operand? {
    let token = nextWord()
    let kind: Template.Operand.Kind
    var end = token.end
    switch token.kind {
    case .identifier:
      let text = text(token), name = names.name(text)
      if let functions, !defined.contains(name) {
        guard functions.contains(text) else { throw error("function \(GoQuote.quoted(Array(text.utf8))) not defined") }
        defined.insert(name)
      }
      kind = .function(name)
    case .dot: kind = .dot
    case .nil: kind = .nil
    case .variable:
      let text = text(token), name = names.name(text)
      guard variables.contains(name) else { throw error("undefined variable \(GoQuote.quoted(Array(text.utf8)))") }
      kind = .variable(name, .none)
    case .field:
      kind = .field(.init(start: Int32(truncatingIfNeeded: template.fields.count), count: 1))
      template.fields.append(names.name(field(token)))
    case .bool: kind = .bool(source[token.start] == UInt8(ascii: "t"))
    case .characterConstant, .complex, .number:
      kind = .number(Int32(truncatingIfNeeded: template.numbers.count))
      template.numbers.append(try number(token))
    case .leftParenthesis:
      kind = .parentheses(try pipeline("parenthesized pipeline", .rightParenthesis))
      end = tokens.0.end
    case .string, .rawString:
      guard let bytes = GoQuote.unquoted(source[token.start..<token.end]) else { throw error(GoWords.syntax.text) }
      kind = .string(Int32(truncatingIfNeeded: template.strings.count))
      template.strings.append(bytes)
    default:
      back()
      return nil
    }
    return Template.Operand(
      kind: kind, start: Int32(truncatingIfNeeded: token.start), end: Int32(truncatingIfNeeded: end),
      offset: Int32(truncatingIfNeeded: token.start))
  }

  private func number(_ token: Lexer.Token) throws(TemplateError) -> GoNumber {
    do throws(GoWords) {
      guard token.kind == .characterConstant else { return try GoNumber(text(token)) }
      return GoNumber(character: try GoQuote.character(constant: source[token.start..<token.end]).get())
    } catch { throw self.error(error.text) }
  }
}
