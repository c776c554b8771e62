import Templates

/// What of a rendered chart is printed.
package struct RenderSelection: Sendable {
  /// Patterns of templates, as in `templates/*.yaml`; empty for all.
  package var templates: [String] = []
  package var withDefinitions = false
  package var withHooks = true
  package var withTests = true

  package init() {}
}

extension RenderedChart {
  /// The objects as helm stores them with a release.
  package var manifest: [UInt8] {
    objects.reduce(into: []) { $0 += "---\n# Source: \($1.path)\n".utf8 + $1.text + [0x0A] }
  }

  /// What `helm template` prints of it, to the byte.
  /// https://github.com/helm/helm/blob/v3.17.3/cmd/helm/template.go
  /// - Throws: ``RenderError/chart(_:)`` if a pattern of the selection matches nothing.
  package func text(_ selection: RenderSelection) throws(RenderError) -> [UInt8] {
    var text: [UInt8] = []
    func add(_ path: String, _ document: [UInt8]) {
      text += "---\n# Source: \(path)\n".utf8
      text += document
      text.append(0x0A)
    }
    if selection.withDefinitions { for file in definitions { add(file.path, file.text) } }
    for object in objects { add(object.path, object.text) }
    text = Array(Manifests.trimmed(text[...]))
    text.append(0x0A)
    if selection.withHooks {
      for hook in hooks where selection.withTests || !hook.isTest { add(hook.path, hook.text) }
    }
    return selection.templates.isEmpty ? text : try RenderedChart.only(selection.templates, of: text, dialect)
  }

  private static func only(_ patterns: [String], of text: [UInt8], _ dialect: Dialect) throws(RenderError) -> [UInt8] {
    let documents = Manifests.split(text, dialect)
    var result: [UInt8] = []
    for pattern in patterns {
      var isThere = false
      for document in documents {
        guard let name = templateName(document), FileMatch.matches(Array(pattern.utf8), Array(name)) else { continue }
        result += "---\n".utf8
        result += document
        result.append(0x0A)
        isThere = true
      }
      guard isThere else { throw .chart("could not find template \(pattern) in chart") }
    }
    return result
  }

  /// `templates/service.yaml`: what stands behind the chart's name in the first `# Source: ` of a document.
  private static func templateName(_ document: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
    let mark = Array("# Source: ".utf8)
    for line in document.split(separator: 0x0A) {
      var rest = line
      while let start = rest.firstIndex(of: mark[0]) {
        rest = rest[start...]
        if rest.starts(with: mark) {
          let path = rest.dropFirst(mark.count)
          if let slash = path.firstIndex(of: UInt8(ascii: "/")), slash > path.startIndex, slash + 1 < path.endIndex {
            return path[(slash + 1)...]
          }
        }
        rest = rest.dropFirst()
      }
    }
    return nil
  }
}

/// Go's path/filepath.Match: `*` and `?` do not match a slash.
private enum FileMatch {
  static func matches(_ pattern: [UInt8], _ name: [UInt8]) -> Bool {
    var places = [Bool](repeating: false, count: name.count + 1), at = 0
    places[0] = true
    while at < pattern.count {
      var next = [Bool](repeating: false, count: name.count + 1), accepts: (UInt8) -> Bool = { _ in false },
        isMany = false
      switch pattern[at] {
      case UInt8(ascii: "*"): isMany = true
      case UInt8(ascii: "?"): accepts = { $0 != UInt8(ascii: "/") }
      case UInt8(ascii: "["):
        guard let end = pattern[(at + 1)...].firstIndex(of: UInt8(ascii: "]")) else { return false }
        var set = pattern[(at + 1)..<end]
        let isNot = set.first == UInt8(ascii: "^")
        if isNot { set.removeFirst() }
        let bytes = Array(set)
        accepts = { byte in
          var place = 0, isIn = false
          while place < bytes.count {
            if place + 2 < bytes.count, bytes[place + 1] == UInt8(ascii: "-") {
              if (min(bytes[place], bytes[place + 2])...bytes[place + 2]).contains(byte) { isIn = true }
              place += 3
            } else {
              if bytes[place] == byte { isIn = true }
              place += 1
            }
          }
          return isIn != isNot
        }
        at = end
      case UInt8(ascii: "\\") where at + 1 < pattern.count:
        at += 1
        let byte = pattern[at]
        accepts = { $0 == byte }
      case let byte: accepts = { $0 == byte }
      }
      for place in 0...name.count {
        if isMany {
          next[place] = places[place] || place > 0 && next[place - 1] && name[place - 1] != UInt8(ascii: "/")
        } else if place > 0, places[place - 1] {
          next[place] = accepts(name[place - 1])
        }
      }
      places = next
      at += 1
    }
    return places[name.count]
  }
}
