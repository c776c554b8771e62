extension Execution {
  func tracedAction(
    _ statement: Template.Statement, _ pipeline: Template.Pipeline, _ dot: Place
  ) throws(RenderFailure) {
    guard let trace else { return }
    let start = output.count, read = trace.reads.count, first = trace.spans.count
    let outer = (actionReads, trace.isRandom, trace.captured)
    (actionReads, trace.isRandom, trace.captured) = (read, false, [])
    let value = try evaluate(pipeline, dot, writes: true)
    if let value { try write(value) }
    try checkOutput()
    let inner = Array(trace.spans[first...]), isRandom = trace.isRandom, captured = trace.captured
    trace.spans.removeSubrange(first...)
    traced(trace, start, statement.offset, read, isRandom: isRandom)
    trace.spans += inner
    if value != nil, !captured.isEmpty { trace.place(output[start...], of: captured[...]) }
    (actionReads, trace.isRandom, trace.captured) = outer
    // What is random in a part is random in the whole.
    if isRandom, value == nil || unit.template.pipelines[Int(pipeline.number)].variables.0 == nil {
      trace.isRandom = true
    }
  }

  func traced(
    _ trace: Trace, _ start: Int, _ offset: Int32, _ read: Int, isRandom: Bool, isConstant: Bool = false
  ) {
    guard output.count > start else { return }
    trace.spans.append(
      .init(
        range: start..<output.count, template: unit.template, isText: unit.isText, isConstant: isConstant,
        offset: offset, reads: read..<trace.reads.count,
        isRandom: isRandom, condition: trace.condition))
  }

  /// Notes that a condition holds for what follows.
  func enter(_ trace: Trace, _ offset: Int32, _ read: Int) {
    trace.conditions.append(
      .init(template: unit.template, offset: offset, reads: read..<trace.reads.count, outer: trace.condition))
    trace.condition = trace.conditions.count - 1
  }

  func traced(_ trace: Trace, uses place: Place) {
    // A variable that a loop adds to would have more and more.
    if !place.reads.isEmpty, trace.reads.count < 1 << 20 { trace.reads += Array(trace.reads[place.reads].suffix(64)) }
    if place.isRandom { trace.isRandom = true }
  }

  func traced(
    _ trace: Trace, _ function: Function, _ name: String, _ result: Value, _ arguments: [Value], _ read: Int
  ) {
    if function.isRandom {
      trace.isRandom = true
      let place = here
      trace.random.append((name, place.template, place.line))
    }
    guard case .map(let map) = result, trace.origins[map.id] == nil else { return }
    for case .map(let argument) in arguments where argument === map { return }
    trace.origins[map.id] = (map, read..<trace.reads.count)
  }
}
