/// A word of a template, as a small number: a field, a variable (with its `$`), a function, or the name of a definition.
/// Two names of the same table are equal if their numbers are.
package struct Name: Hashable, Sendable {
  package let number: Int32
}

/// The table of names that the templates of one set share.
package struct Names: Sendable {
  private var texts: [String] = []
  private var numbers: [String: Int32] = [:]

  package init() {}

  /// The name for a text, which is added to the table if it is new.
  package mutating func name(_ text: String) -> Name {
    if let number = numbers[text] { return Name(number: number) }
    let number = Int32(truncatingIfNeeded: texts.count)
    texts.append(text)
    numbers[text] = number
    return Name(number: number)
  }

  /// The name for a text; nil if no template has it.
  package func existing(_ text: String) -> Name? { numbers[text].map(Name.init) }

  package subscript(name: Name) -> String { texts[Int(name.number)] }
}
