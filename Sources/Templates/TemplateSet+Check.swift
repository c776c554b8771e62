/// For checks of templates: what happened while they were rendered.
extension TemplateSet {
  /// What `fail` or `required` said with ``Execution/Options/isLint``.
  package struct Note {
    package let isFail: Bool
    package let message: [UInt8]
    package let template: Template
    package let offset: Int32
  }

  /// A branch of an `if`, `with` or `range` that was reached in any rendering so far.
  package struct Branch {
    /// The template, and the offset of the condition in it.
    package let template: Template
    package let offset: Int32
    package let condition: String
    package let isElse: Bool
    package let isTaken: Bool
  }

  /// The branches of a template that were reached, those in its definitions left out.
  package func branches(in name: String) -> [Branch] {
    guard let number = names.existing(name)?.number, Int(number) < bodies.count, let body = bodies[Int(number)] else {
      return []
    }
    let unit = body.unit, template = unit.template
    var found: [Branch] = []
    func walk(_ list: Template.List) {
      for number in list.statements.range {
        let statement = template.statements[number], passed = unit.passed[number]
        let branch: Template.Branch
        switch statement.kind {
        case .if(let inner), .with(let inner), .range(let inner): branch = inner
        default: continue
        }
        guard passed != 0 else { continue }
        func add(isElse: Bool, isTaken: Bool) {
          found.append(
            Branch(
              template: template, offset: statement.offset, condition: template.text(of: branch.pipeline),
              isElse: isElse, isTaken: isTaken))
        }
        add(isElse: false, isTaken: passed & 1 != 0)
        walk(branch.then)
        guard branch.hasElse else { continue }
        add(isElse: true, isTaken: passed & 2 != 0)
        walk(branch.otherwise)
      }
    }
    walk(body.list)
    return found
  }
}

extension Trace {
  /// The place in a file that a byte of the output came from.
  package func place(of byte: Int) -> (template: Template, offset: Int32)? {
    var found: Span?
    // Of two spans the one inside the other knows more, and stands behind it.
    for span in spans where span.range.contains(byte) && span.template.name != "gotpl" {
      if found.map({ $0.range.count >= span.range.count }) ?? true { found = span }
    }
    guard let found else { return nil }
    for statement in found.template.statements where statement.offset == found.offset {
      if case .text(let slice) = statement.kind {
        return (found.template, slice.start + Int32(truncatingIfNeeded: byte - found.range.lowerBound))
      }
    }
    return (found.template, found.offset)
  }
}
