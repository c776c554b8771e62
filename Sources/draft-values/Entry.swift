import Command
import Records
import Releases

@main struct Entry {
  static func main() {
    Command(
      name: "draft-values", summary: "print the values of releases, as a values file",
      operands: "[NAME|DIRECTORY...]",
      reads: Flow("names of releases, directories, or records with 'app'", ["app"]),
      writes: "a YAML document for each release, below '# release: NAMESPACE/NAME' and '# chart: REFERENCE'",
      options: [
        .environment, .kubeContext, .namespace, .engine, .revision,
        Option(
          "write", "w", value: "FILE", help: "write them to FILE, for nobody else to read, instead of standard output"),
        .quiet
      ],
      examples: [
        "draft list | draft values | draft yaml2json | jq -r .image.tag",
        "draft values --write values.yaml taco-tuesday"
      ]
    ).run { call in
      let revision = try call.arguments.number("revision"), file = call.arguments["write"]
      var text: [UInt8] = []
      let code = try withSubjects(call.arguments.operands, stops: file != nil, call: call) { record in
        let document = try releaseValues(record, revision: revision, call: call)
        let whole = (text.isEmpty ? [] : Array("---\n".utf8)) + document
        text += whole
        if file == nil { try Standard.output(String(decoding: whole, as: UTF8.self)) }
      }
      if let file {
        try Files.write(text, to: file, mode: 0o600, replacing: false)
        call.pass("Stored in \(file.harmless)\n")
      }
      return code
    }
  }
}
