import Templates

/// What a template rendered to, and what its bytes came from.
struct RenderedFile {
  let text: [UInt8]
  let trace: Trace
  /// For each byte the innermost span of a file, and the innermost span of all.
  private let owners: [(file: Int32, any: Int32)]
  private let isRandom: [Bool]

  init(_ text: [UInt8], _ trace: Trace) {
    (self.text, self.trace) = (text, trace)
    var owners = [(file: Int32, any: Int32)](repeating: (-1, -1), count: text.count)
    var isRandom = [Bool](repeating: false, count: text.count)
    for (number, span) in trace.spans.enumerated() {
      // A span inside another one stands behind it.
      for place in span.range.clamped(to: 0..<text.count) {
        owners[place].any = Int32(number)
        if !span.isText { owners[place].file = Int32(number) }
        isRandom[place] = span.isRandom
      }
    }
    (self.owners, self.isRandom) = (owners, isRandom)
  }

  /// The bytes that are made up.
  var random: [Range<Int>] {
    var ranges: [Range<Int>] = [], place = 0
    while let start = isRandom[place...].firstIndex(of: true) {
      place = isRandom[start...].firstIndex(of: false) ?? isRandom.count
      ranges.append(start..<place)
    }
    return ranges
  }

  /// The template and the line of the first action in a range, or of the text if there is none.
  func line(of range: Range<Int>) -> (template: String, line: Int)? {
    let spans = owners[range].lazy.map { Int($0.file) }.filter { $0 >= 0 }
    guard let number = spans.first(where: { !trace.spans[$0].isConstant }) ?? spans.first else { return nil }
    let span = trace.spans[number]
    let line = span.template.place(of: span.offset).line
    guard span.isConstant else { return (span.template.name, line) }
    let before = text[span.range.lowerBound..<max(span.range.lowerBound, range.lowerBound)]
    return (span.template.name, line + before.count { $0 == 0x0A })
  }

  /// What was read for a range.
  func reads(of range: Range<Int>) -> [Trace.Read] {
    var seen: Set<Int32> = [], reads: [Trace.Read] = []
    for owner in owners[range] where owner.any >= 0 && seen.insert(owner.any).inserted {
      reads += trace.reads[trace.spans[Int(owner.any)].reads].suffix(1_000)
    }
    return reads
  }
}
