/// A word of a template as a small number: a field, a variable (with its `$`), a function, or the name of a definition.
/// Names of the same table are equal if their numbers are.
package struct Name: Hashable, Sendable {
  package let number: Int32
}

/// The table of names of a set of templates.
package struct Names: Sendable {
  private var texts: [String] = []
  private var numbers: [String: Int32] = [:]

  package init() {}

  /// The name for a text; added to the table if it is new.
  package mutating func name(_ text: String) -> Name {
    let new = Int32(truncatingIfNeeded: texts.count), number = Names.take(&numbers[text, default: new])
    if number == new { texts.append(text) }
    return Name(number: number)
  }

  /// Reads a value of a dictionary in place: to read it and then write to it may copy the dictionary.
  private static func take(_ place: inout Int32) -> Int32 { place }

  package var count: Int { texts.count }

  /// The name for a text; nil if no template has it.
  package func existing(_ text: String) -> Name? { numbers[text].map(Name.init) }

  package subscript(name: Name) -> String { texts[Int(name.number)] }
}
