import Command
import Records
import YAML

@main struct Entry {
  static func main() {
    Command(
      name: "draft-indent", summary: "indent YAML files, and change nothing else in them", operands: "[FILE...]",
      reads: "YAML files of any number of documents, else YAML on standard input",
      writes: "the files, in place; else YAML on standard output",
      options: [
        Option("mapping", value: "NUMBER", help: "how far a mapping is indented (default: 2)"),
        Option("offset", value: "NUMBER", help: "how far the dash of a list is indented (default: 2)"), .quiet
      ],
      examples: ["draft indent releases.yaml", "draft indent --offset 0 <values.yaml | diff values.yaml -"]
    ).run { call in
      let width = YAML.Indentation(
        mapping: try number("mapping", 1...8, call), offset: try number("offset", 0...8, call))
      guard !call.arguments.operands.isEmpty else {
        let result = try YAML.indented(Standard.input("YAML"), by: width, file: "standard input")
        try Standard.output(String(decoding: result, as: UTF8.self))
        return .done
      }
      var code = ExitCode.done
      for path in call.arguments.operands {
        do {
          let bytes = try Files.read(path), result = try YAML.indented(bytes, by: width, file: path)
          guard result != bytes else { continue }
          try Files.rewrite(result, at: path)
          call.say("Indented '\(path)'")
        } catch {
          guard call.arguments.operands.count > 1 else { throw error }
          call.report(diagnosis(of: error))
          code = .failed
        }
      }
      return code
    }
  }

  private static func number(_ name: String, _ range: ClosedRange<Int>, _ call: Call) throws -> Int {
    guard let text = call.arguments[name] else { return 2 }
    guard let number = Int(text), range.contains(number) else {
      throw UsageError(
        "option '--\(name)' takes a number from \(range.lowerBound) to \(range.upperBound), not '\(text)'")
    }
    return number
  }
}
