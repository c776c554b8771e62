import Command
import Records
import YAML

@main struct Entry {
  static func main() {
    Command(
      name: "draft-yaml2json", summary: "write YAML documents as lines of JSON", operands: "[FILE...]",
      reads: "YAML files of any number of documents, else YAML on standard input",
      writes: "a line of JSON for each document",
      examples: [
        "helm template web charts/web | draft yaml2json | jq -r 'select(.kind == \"Service\") | .metadata.name'",
        "draft yaml2json values.yaml | jq -S . | draft json2yaml"
      ]
    ).run { call in
      for path in call.arguments.operands.isEmpty ? ["-"] : call.arguments.operands {
        let bytes = path == "-" ? try Standard.input("YAML") : try Files.read(path)
        var out: [UInt8] = []
        for document in try YAML.documents(parsing: bytes, file: path == "-" ? "standard input" : path) {
          out += JSON(document).bytes
          out.append(0x0A)
        }
        try Standard.output(String(decoding: out, as: UTF8.self))
      }
      return .done
    }
  }
}
