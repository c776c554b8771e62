/// What the bytes of a rendering came from.
package final class Trace {
  /// An entry of a map that was looked up; also of one that has no such key.
  package struct Read {
    package let map: GoMap
    package let key: [UInt8]
  }

  /// Bytes of the output that one action or text wrote.
  package struct Span {
    package internal(set) var range: Range<Int>
    /// The file that it stands in; `gotpl` for a text that `tpl` was given.
    package let template: Template
    /// Whether it stands in a text that `tpl` was given.
    package let isText: Bool
    /// Whether it is no action, but what stands between them.
    package let isConstant: Bool
    /// The offset of the action in that file.
    package let offset: Int32
    /// What was read for it, as a range of ``Trace/reads``: by itself, by what it includes, and for the variables and
    /// the dot that it uses.
    package let reads: Range<Int>
    /// Whether a function that makes something up had a part in it.
    package let isRandom: Bool
    /// The innermost condition that let it be written: in ``Trace/conditions``; nil if nothing was asked.
    package let condition: Int?
  }

  /// An `if`, `with` or `range` around what was written, also around the `include` or `template` that led there.
  package struct Condition {
    package let template: Template
    package let offset: Int32
    /// What its pipeline read, as a range of ``Trace/reads``.
    package let reads: Range<Int>
    /// The condition around it.
    package let outer: Int?
  }

  package internal(set) var conditions: [Condition] = []
  /// In the order of writing; a span inside another one stands behind it, and knows more.
  package internal(set) var spans: [Span] = []
  package internal(set) var reads: [Read] = []
  /// Maps that a function made, as `dict` does, and what had been read for that.
  package internal(set) var origins: [ObjectIdentifier: (map: GoMap, reads: Range<Int>)] = [:]
  /// The functions that make something up and were called: name, template and line.
  package internal(set) var random: [(function: String, template: String, line: Int)] = []

  // What was included while the current action is evaluated, and not written as it is.
  var captured: [(text: [UInt8], spans: [Span])] = []
  var isRandom = false
  var condition: Int?

  package init() {}

  /// Takes spans out that begin at an offset of the output, for a text that is not written yet.
  func capture(from start: Int, first: Int, text: [UInt8]) {
    let inner = spans[first...].map { span in
      var span = span
      span.range = (span.range.lowerBound - start)..<(span.range.upperBound - start)
      return span
    }
    spans.removeSubrange(first...)
    captured.append((text, inner))
  }

  /// Finds what was included in what an action wrote of it: functions such as `nindent` only put something between its
  /// bytes, so that they still follow each other.
  func place(_ output: ArraySlice<UInt8>, of captured: ArraySlice<(text: [UInt8], spans: [Span])>) {
    var cursor = output.startIndex
    for (text, inner) in captured {
      var places: [Int] = []
      places.reserveCapacity(text.count + 1)
      var place = cursor
      // White space at both ends may have been trimmed.
      let first = text.firstIndex { !($0 == 0x20 || $0 == 0x0A) } ?? text.count
      let last = text.lastIndex { !($0 == 0x20 || $0 == 0x0A) } ?? -1
      guard first <= last else { continue }
      for byte in text[first...last] {
        while place < output.endIndex, output[place] != byte { place += 1 }
        guard place < output.endIndex else { break }
        places.append(place)
        place += 1
      }
      guard places.count == last - first + 1 else { continue }
      for span in inner {
        let from = max(span.range.lowerBound, first), to = min(span.range.upperBound, last + 1)
        guard from < to else { continue }
        var moved = span
        moved.range = places[from - first]..<(places[to - 1 - first] + 1)
        spans.append(moved)
      }
      cursor = place
    }
  }

  /// Follows the removal of bytes: pieces of the same length, at ascending places of the output before.
  func remove(_ places: [Int], length: Int, from first: Int) {
    func moved(_ offset: Int) -> Int {
      var (low, high) = (0, places.count)
      while low < high {
        let middle = (low + high) / 2
        if places[middle] < offset { low = middle + 1 } else { high = middle }
      }
      guard low > 0 else { return offset }
      return offset - (low - 1) * length - min(length, offset - places[low - 1])
    }
    for place in first..<spans.count {
      let range = spans[place].range
      spans[place].range = moved(range.lowerBound)..<moved(range.upperBound)
    }
  }
}
