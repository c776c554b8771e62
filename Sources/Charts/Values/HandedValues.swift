import Command
import Records
import Templates

/// Values in the form in which helm is given them: in a file, since everybody on the machine can read the arguments of
/// a program. A whole number of `--set` stays an argument: numbers in a file become floats in helm, and a template can
/// tell the two apart.
package struct HandedValues {
  /// JSON in ASCII, but for characters that mean nothing to YAML.
  package let file: [UInt8]
  /// Options of helm.
  package let numbers: [String]

  /// - Throws: ``RenderError``, and errors of files.
  package init(_ given: GivenValues) throws {
    let values = try given.values()
    file = HandedValues.plain(ChartValue(.map(values)).json.bytes) + [0x0A]
    var numbers: [String] = []
    HandedValues.collect(.map(values), "", &numbers)
    self.numbers = numbers
  }

  /// Escapes what is a line end, a control character or a mark to YAML and a character like any other to JSON.
  private static func plain(_ json: [UInt8]) -> [UInt8] {
    guard json.contains(where: { $0 >= 0x7F }) else { return json }
    var out: [UInt8] = []
    for scalar in String(decoding: json, as: UTF8.self).unicodeScalars {
      switch scalar.value {
      case 0x7F...0x9F, 0x2028, 0x2029, 0xFEFF, 0xFFFE, 0xFFFF:
        let digits = String(scalar.value, radix: 16)
        out += Array("\\u\(String(repeating: "0", count: 4 - digits.utf8.count))\(digits)".utf8)
      default: out += Array(String(scalar).utf8)
      }
    }
    return out
  }

  private static func collect(_ value: Value, _ path: String, _ numbers: inout [String]) {
    switch value {
    case .map(let map):
      for (key, value) in map.entries {
        let word = escaped(String(decoding: key, as: UTF8.self))
        collect(value, path.isEmpty ? word : "\(path).\(word)", &numbers)
      }
    case .list(let list):
      for (index, element) in list.elements.enumerated() { collect(element, "\(path)[\(index)]", &numbers) }
    case .int(let number): numbers.append("--set=\(path)=\(number)")
    case .int64(let number): numbers.append("--set=\(path)=\(number)")
    default: break
    }
  }

  private static func escaped(_ key: String) -> String {
    var out = ""
    for scalar in ChartValues.escaped(key).unicodeScalars {
      if scalar == "." { out.unicodeScalars.append("\\") }
      out.unicodeScalars.append(scalar)
    }
    return out
  }

  /// Writes the file where only we can read it, and gives helm's options to the body. The file is gone afterwards, also
  /// after a signal.
  package func pass<Result>(_ body: ([String]) throws -> Result) throws -> Result {
    let directory = try Temporary.directory()
    defer { Temporary.remove(directory) }
    let path = directory + "/values.yaml"
    try Files.write(file, to: path, mode: 0o600, durable: false)
    return try body(["--values=\(path)"] + numbers)
  }
}
