@testable import Templates

func parse(_ text: String, functions: Set<String>? = nil) throws(TemplateError) -> (template: Template, names: Names) {
  var names = Names()
  return (try Template(parsing: Array(text.utf8), name: "t", names: &names, functions: functions), names)
}

/// What Go says of a template; nil if it parses.
func refusal(_ text: String, functions: Set<String>? = nil) -> String? {
  do throws(TemplateError) { _ = try parse(text, functions: functions) } catch { return error.text }
  return nil
}

/// The tree of a template in one line: `[if .a ['x'] else ['y']]`.
func shown(_ text: String) throws(TemplateError) -> String {
  let (template, names) = try parse(text)
  let tree = Tree(template: template, names: names)
  return tree.list(template.root) + template.definitions.map { " \(names[$0.name])=\(tree.list($0.body))" }.joined()
}

private struct Tree {
  let template: Template
  let names: Names

  func list(_ list: Template.List) -> String { "[" + template[list].map { statement($0) }.joined(separator: " ") + "]" }

  private func statement(_ statement: Template.Statement) -> String {
    switch statement.kind {
    case .text(let slice): "'" + String(decoding: template.text(slice), as: UTF8.self) + "'"
    case .action(let inner): pipeline(inner)
    case .if(let inner): "if " + branch(inner)
    case .with(let inner): "with " + branch(inner)
    case .range(let inner): "range " + branch(inner)
    case .template(let name, let argument): "template \(names[name])" + (argument.map { " " + pipeline($0) } ?? "")
    case .break: "break"
    case .continue: "continue"
    }
  }

  private func branch(_ branch: Template.Branch) -> String {
    "\(pipeline(branch.pipeline)) \(list(branch.then))" + (branch.hasElse ? " else \(list(branch.otherwise))" : "")
  }

  private func pipeline(_ pipeline: Template.Pipeline) -> String {
    let node = template[pipeline], set = [node.variables.0, node.variables.1].compactMap { $0.map { names[$0] } }
    let commands = template.commands(of: pipeline).map {
      template.operands(of: $0).map { operand($0) }.joined(separator: " ")
    }
    return (set.isEmpty ? "" : set.joined(separator: ",") + (node.isAssignment ? "=" : ":="))
      + commands.joined(separator: "|")
  }

  private func fields(_ slice: Template.Slice) -> String { template.fields(slice).map { "." + names[$0] }.joined() }

  private func operand(_ operand: Template.Operand) -> String {
    switch operand.kind {
    case .dot: return "."
    case .nil: return "nil"
    case .bool(let bool): return "\(bool)"
    case .number(let place):
      let number = template.numbers[Int(place)]
      return number.int.map { "\($0)" } ?? number.uint.map { "\($0)" } ?? "\(number.double)"
    case .string(let place): return "\"" + String(decoding: template.strings[Int(place)], as: UTF8.self) + "\""
    case .function(let name): return names[name]
    case .field(let slice): return fields(slice)
    case .variable(let name, let slice): return names[name] + fields(slice)
    case .parentheses(let inner): return "(\(pipeline(inner)))"
    case .chain(let head, let slice): return "<\(self.operand(template.head(ofChain: head)))>" + fields(slice)
    }
  }
}
