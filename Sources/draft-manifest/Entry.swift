import Command
import Records
import Releases

@main struct Entry {
  static func main() {
    Command(
      name: "draft-manifest", summary: "print the objects of releases, as they were rendered",
      operands: "[NAME|DIRECTORY...]",
      reads: Flow("names of releases, directories, or records with 'app'", ["app"]),
      writes: Flow("a record with 'object' for each object", ["object"]),
      options: [
        .environment, .kubeContext, .namespace, .engine, .revision,
        Option(
          "write", "w", value: "FILE", help: "write the objects to FILE, as YAML that only you may read"),
        Option(
          "output", "o", value: "record|yaml",
          help: "force records or YAML (default: records, unless standard output is a terminal)"),
        .quiet
      ],
      examples: [
        "draft list | draft manifest | jq -r '.object | \"\\(.digest) \\(.release) \\(.kind)/\\(.object)\"'",
        "draft manifest --write manifest.yaml taco-tuesday"
      ]
    ).run { call in
      let revision = try call.arguments.number("revision"), file = call.arguments["write"]
      if file != nil, call.arguments.has("output") {
        throw UsageError("options '--write' and '--output' exclude each other")
      }
      let writer: RecordWriter? = file == nil && call.writesRecords ? RecordWriter() : nil
      var text: [UInt8] = []
      let code = try withSubjects(call.arguments.operands, stops: file != nil, call: call) { record in
        let manifest = try ReleaseManifest(record, revision: revision, call: call)
        if let writer {
          for object in try manifest.objects() {
            var line = Record()
            line.set(object)
            try writer.write(line)
          }
        } else {
          let document = (text.isEmpty ? [] : Array("---\n".utf8)) + manifest.text
          text += document
          if file == nil { try Standard.output(String(decoding: document, as: UTF8.self)) }
        }
      }
      if let file {
        try Files.write(text, to: file, mode: 0o600, replacing: false)
        call.pass("Created \(file.harmless)\n")
      }
      return code
    }
  }
}
