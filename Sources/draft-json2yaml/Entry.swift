import Command
import Records
import YAML

@main struct Entry {
  static func main() {
    Command(
      name: "draft-json2yaml", summary: "write JSON values as YAML documents", operands: "[FILE...]",
      reads: "JSON files of any number of values, else JSON on standard input",
      writes: "a YAML document for each value",
      examples: [
        "kubectl get deployment web -o json | draft json2yaml",
        "draft env prod | jq '.values.uses' | draft json2yaml"
      ]
    ).run { call in
      var isFirst = true
      for path in call.arguments.operands.isEmpty ? ["-"] : call.arguments.operands {
        let bytes = path == "-" ? try Standard.input("JSON") : try Files.read(path)
        do {
          try eachJSON(in: bytes) { value in
            let text = String(decoding: YAML.text(value, sorted: false), as: UTF8.self)
            try Standard.output((isFirst ? "" : "---\n") + text)
            isFirst = false
          }
        } catch let error as JSONStreamError {
          throw Failure(
            by: "", code: .badData,
            message:
              "cannot read '\(path == "-" ? "standard input" : path)': line \(error.line), column \(error.column): "
              + error.reason, hint: "it takes JSON values, one after the other")
        }
      }
      return .done
    }
  }
}
