/// A parsed template: a tree in flat arrays. Its nodes are plain values that refer to each other by number and to the
/// source by offset. Nothing is reference-counted or boxed, so walking it costs no more than reading an array. `Parser`
/// makes it.
package struct Template: Sendable {
  /// A piece of one of the arrays below.
  package struct Slice: Equatable, Sendable {
    var start: Int32
    var count: Int32

    package var isEmpty: Bool { count == 0 }
    package var range: Range<Int> { Int(start)..<Int(start) + Int(count) }
    static let none = Slice(start: 0, count: 0)
  }

  /// Statements that run one after the other: the whole template, or the body of an `if`.
  package struct List: Equatable, Sendable {
    package var statements: Slice
    package static let empty = List(statements: .none)
  }

  /// Text, or an action between braces.
  package struct Statement: Sendable {
    package enum Kind: Sendable {
      /// Text without what trim markers remove: bytes of the source.
      case text(Slice)
      /// `{{ pipeline }}`. It prints nothing if the pipeline declares or assigns a variable.
      case action(Pipeline)
      case `if`(Branch)
      case with(Branch)
      case range(Branch)
      /// `{{ template "name" pipeline }}`, and where a `block` stands. Without a pipeline, dot is nil.
      case template(Name, Pipeline?)
      case `break`
      case `continue`
    }

    package var kind: Kind
    /// The offset that Go reports for the statement: of the text, else of the first word after the opening braces.
    package var offset: Int32
  }

  /// `if`, `with` and `range`: a pipeline, the body, and the `else`. In `else if` and `else with` the second list is a
  /// single statement.
  package struct Branch: Sendable {
    package var pipeline: Pipeline
    package var then: List
    package var otherwise: List
    package var hasElse: Bool
  }

  /// Commands, each of which takes the value of the previous one as its last argument.
  package struct Pipeline: Sendable {
    var number: Int32
  }

  package struct PipelineNode: Sendable {
    /// The variables that it sets, with their `$`: one, or two in a `range`.
    package var variables: (Name?, Name?)
    /// Whether they are set by `=`, not `:=`.
    package var isAssignment: Bool
    package var commands: Slice
    /// Its start, and the byte after its last command.
    package var offset: Int32
    package var end: Int32
  }

  /// A value, or a function or method and its arguments.
  package struct Command: Sendable {
    package var operands: Slice
    package var offset: Int32
  }

  /// A value in a command.
  package struct Operand: Sendable {
    package enum Kind: Sendable {
      case dot
      case `nil`
      case bool(Bool)
      case number(Int32)
      /// A string, without its quotes: in ``Template/strings``.
      case string(Int32)
      /// A function.
      case function(Name)
      /// `.a.b`
      case field(Slice)
      /// `$`, `$x`, `$x.a.b`
      case variable(Name, Slice)
      /// `(pipeline)`
      case parentheses(Pipeline)
      /// `(pipeline).a.b`, `function.a.b`: the operand, and the fields read from its value.
      case chain(Int32, Slice)
    }

    package var kind: Kind
    /// Its start, and the byte after it.
    package var start: Int32
    package var end: Int32
    /// The offset that Go reports: in `.a.b`, that of `.b`.
    package var offset: Int32
  }

  /// `define` and `block`.
  package struct Definition: Sendable {
    package var name: Name
    package var body: List
    /// Of its name.
    package var offset: Int32
    /// Whether the body is only white space: such a definition does not replace another.
    package var isEmpty: Bool
  }

  /// The template's name, as in messages.
  package let name: String
  package let source: [UInt8]
  package internal(set) var root: List = .empty
  package internal(set) var definitions: [Definition] = []
  package internal(set) var strings: [[UInt8]] = []
  package internal(set) var numbers: [GoNumber] = []
  var statements: [Statement] = []
  var pipelines: [PipelineNode] = []
  var commands: [Command] = []
  var operands: [Operand] = []
  /// Operands before a chain.
  var heads: [Operand] = []
  var fields: [Name] = []
  /// The offset of each line.
  private let lines: [Int32]

  init(name: String, source: [UInt8]) {
    (self.name, self.source) = (name, source)
    var lines: [Int32] = [0]
    for (place, byte) in source.enumerated() where byte == 0x0A { lines.append(Int32(truncatingIfNeeded: place + 1)) }
    self.lines = lines
  }

  package subscript(list: List) -> ArraySlice<Statement> { statements[list.statements.range] }
  package subscript(pipeline: Pipeline) -> PipelineNode { pipelines[Int(pipeline.number)] }
  package func commands(of pipeline: Pipeline) -> ArraySlice<Command> { commands[self[pipeline].commands.range] }
  package func operands(of command: Command) -> ArraySlice<Operand> { operands[command.operands.range] }
  /// The names of a field or chain.
  package func fields(_ slice: Slice) -> ArraySlice<Name> { fields[slice.range] }
  package func head(ofChain number: Int32) -> Operand { heads[Int(number)] }
  package func text(_ slice: Slice) -> ArraySlice<UInt8> { source[slice.range] }
  package func text(of operand: Operand) -> String { text(operand.start, operand.end) }
  /// The source of the pipeline, without the braces.
  package func text(of pipeline: Pipeline) -> String { text(self[pipeline].offset, self[pipeline].end) }

  private func text(_ start: Int32, _ end: Int32) -> String {
    String(decoding: source[Int(start)..<max(Int(start), Int(end))], as: UTF8.self)
  }

  /// Whether there is nothing in a list but white space: as a definition it replaces no other.
  package func isEmpty(_ list: List) -> Bool {
    self[list].allSatisfy { statement in
      guard case .text(let slice) = statement.kind else { return false }
      return text(slice).allSatisfy { $0 == 0x20 || (0x09...0x0D).contains($0) }
    }
  }

  /// The line and the column of an offset, from 1; columns count bytes.
  package func place(of offset: Int32) -> (line: Int, column: Int) {
    var (low, high) = (0, lines.count)
    while high - low > 1 {
      let middle = (low + high) / 2
      if lines[middle] <= offset { low = middle } else { high = middle }
    }
    return (low + 1, Int(offset - lines[low]) + 1)
  }
}
