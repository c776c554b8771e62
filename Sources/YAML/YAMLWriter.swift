import CYAML

/// Writes one document as the YAML that helm, kubectl and every other user of sigs.k8s.io/yaml writes, by libyaml's own
/// emitter, of which go-yaml v2's is a translation: a text in quotes where it would be read as anything else, literal
/// style for one of several lines, lines broken after 80 columns. The caller says the events; a mapping's keys come in
/// the order of ``isNaturallyBefore(_:_:)``.
/// https://github.com/kubernetes-sigs/yaml/blob/v1.4.0/goyaml.v2/encode.go
package struct YAMLWriter: ~Copyable {
  private final class Output { var bytes: [UInt8] = [] }

  private let emitter: UnsafeMutablePointer<yaml_emitter_t>
  private let output = Output()

  package init() {
    emitter = .allocate(capacity: 1)
    yaml_emitter_initialize(emitter)
    yaml_emitter_set_unicode(emitter, 1)
    yaml_emitter_set_output(
      emitter,
      { context, bytes, count in
        guard let context, let bytes else { return 0 }
        Unmanaged<Output>.fromOpaque(context).takeUnretainedValue().bytes.append(
          contentsOf: UnsafeBufferPointer(start: bytes, count: count))
        return 1
      }, Unmanaged.passUnretained(output).toOpaque())
    var event = yaml_event_t()
    yaml_stream_start_event_initialize(&event, YAML_UTF8_ENCODING)
    yaml_emitter_emit(emitter, &event)
    yaml_document_start_event_initialize(&event, nil, nil, nil, 1)
    yaml_emitter_emit(emitter, &event)
  }

  deinit {
    yaml_emitter_delete(emitter)
    emitter.deallocate()
  }

  package mutating func beginMapping() {
    var event = yaml_event_t()
    yaml_mapping_start_event_initialize(&event, nil, nil, 1, YAML_BLOCK_MAPPING_STYLE)
    yaml_emitter_emit(emitter, &event)
  }

  package mutating func endMapping() {
    var event = yaml_event_t()
    yaml_mapping_end_event_initialize(&event)
    yaml_emitter_emit(emitter, &event)
  }

  package mutating func beginSequence() {
    var event = yaml_event_t()
    yaml_sequence_start_event_initialize(&event, nil, nil, 1, YAML_BLOCK_SEQUENCE_STYLE)
    yaml_emitter_emit(emitter, &event)
  }

  package mutating func endSequence() {
    var event = yaml_event_t()
    yaml_sequence_end_event_initialize(&event)
    yaml_emitter_emit(emitter, &event)
  }

  /// Null, a truth or a number, as it is written.
  package mutating func plain(_ text: some StringProtocol) {
    var text = String(text)
    text.withUTF8 { scalar($0, YAML_PLAIN_SCALAR_STYLE) }
  }

  package mutating func string(_ text: [UInt8]) { text.withUnsafeBufferPointer { string($0) } }

  /// A text, of valid UTF-8.
  package mutating func string(_ text: UnsafeBufferPointer<UInt8>) { scalar(text, style(of: text)) }

  private func style(of text: UnsafeBufferPointer<UInt8>) -> yaml_scalar_style_t {
    if text.contains(0x0A) { return YAML_LITERAL_SCALAR_STYLE }
    guard case .string = YAML.meaning(text), !YAML.isSexagesimal(text) else { return YAML_DOUBLE_QUOTED_SCALAR_STYLE }
    return YAML_PLAIN_SCALAR_STYLE
  }

  private func scalar(_ text: UnsafeBufferPointer<UInt8>, _ style: yaml_scalar_style_t) {
    var event = yaml_event_t()
    // An empty text may have no address.
    _ = withUnsafePointer(to: UInt8(0)) { none in
      yaml_scalar_event_initialize(
        &event, nil, nil, text.baseAddress ?? none, Int32(clamping: text.count), 1, 1, style)
    }
    yaml_emitter_emit(emitter, &event)
  }

  /// Ends the document. Nothing may be written after it.
  package consuming func finish() -> [UInt8] {
    var event = yaml_event_t()
    yaml_document_end_event_initialize(&event, 1)
    yaml_emitter_emit(emitter, &event)
    // After a text that keeps its line ends libyaml would write `...`, which go-yaml does not.
    emitter.pointee.open_ended = 0
    yaml_stream_end_event_initialize(&event)
    yaml_emitter_emit(emitter, &event)
    yaml_emitter_flush(emitter)
    return output.bytes
  }
}
