extension Execution {
  /// An error at the place that was looked at last.
  func error(_ text: String) -> RenderFailure {
    if case .none = node { return .execution("template: \(name): \(text)") }
    let (line, column) = unit.template.place(of: offset(of: node))
    return .execution(
      "template: \(unit.template.name):\(line):\(column - 1): executing \(quoted(name)) at <\(shown(node))>: \(text)")
  }

  func offset(of node: Node) -> Int32 {
    switch node {
    case .none: 0
    case .pipeline(let pipeline): unit.template[pipeline].offset
    case .command(let command): command.offset
    case .operand(let operand): operand.offset
    case .template(let statement): statement.offset
    }
  }

  func quoted(_ text: String) -> String { GoQuote.quoted(Array(text.utf8)) }

  // How Go writes a piece of a template.

  private func shown(_ node: Node) -> String {
    switch node {
    case .none: return ""
    case .pipeline(let pipeline): return shown(pipeline)
    case .command(let command): return shown(command)
    case .operand(let operand): return shown(operand)
    case .template(let statement):
      guard case .template(let name, let pipeline) = statement.kind else { return "" }
      return "{{template \(quoted(set.names[name]))\(pipeline.map { " \(shown($0))" } ?? "")}}"
    }
  }

  private func shown(_ pipeline: Template.Pipeline) -> String {
    let node = unit.template[pipeline]
    var text = ""
    if let first = node.variables.0 {
      text = set.names[first] + (node.variables.1.map { ", \(set.names[$0])" } ?? "")
      text += node.isAssignment ? " = " : " := "
    }
    return text + unit.template.commands(of: pipeline).map { shown($0) }.joined(separator: " | ")
  }

  private func shown(_ command: Template.Command) -> String {
    unit.template.operands(of: command).map { shown($0) }.joined(separator: " ")
  }

  func shown(_ operand: Template.Operand) -> String {
    switch operand.kind {
    case .dot: "."
    case .nil: "nil"
    case .bool(let bool): bool ? "true" : "false"
    case .number, .string: unit.template.text(of: operand)
    case .function(let name): set.names[name]
    case .field(let slice): shown(slice)
    case .variable(let name, let slice): set.names[name] + shown(slice)
    case .parentheses(let pipeline): "(\(shown(pipeline)))"
    case .chain(let head, let slice): shown(unit.template.heads[Int(head)]) + shown(slice)
    }
  }

  /// An operand that is no part of a command: then Go leaves parentheses out.
  func shown(alone operand: Template.Operand) -> String {
    if case .parentheses(let pipeline) = operand.kind { return shown(pipeline) }
    return shown(operand)
  }

  private func shown(_ fields: Template.Slice) -> String {
    unit.template.fields(fields).map { ".\(set.names[$0])" }.joined()
  }
}
