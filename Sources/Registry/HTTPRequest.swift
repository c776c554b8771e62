/// One request, whole enough to be sent again.
struct HTTPRequest: Sendable {
  enum Body: Sendable {
    case none
    case bytes([UInt8])
    /// A part of an open file, read as it is sent.
    case file(descriptor: Int32, range: Range<Int>)
    /// So many bytes of a pipe, which can be sent once.
    case stream(descriptor: Int32, size: Int)
  }

  var method: String
  var address: Address
  /// What it is for, after "cannot": `upload 'web@sha256:ab12cd34ef56'`.
  var purpose: String
  var headers: [(name: String, value: String)] = []
  /// Apart from the other headers, because it goes to one host alone.
  var authorization: String?
  var body = Body.none
  /// Whether it does no harm when it comes twice. A part of an upload would be there twice.
  var mayRepeat = true
  /// How much of an answer is taken; a longer one is an error.
  var answerLimit = 1 << 20
  /// False where the status alone is asked for: an answer may go on for ever.
  var wantsBody = true
  /// How long not a byte may move. A registry that commits a large blob is silent for a while.
  var stallSeconds = 60
  /// Told what has just been sent; returns false to give up. Called often, with 0 as well.
  var onSent: (@Sendable (Int) -> Bool)?
  /// Takes the body of an answer with status 200, piece by piece; returns false to give up.
  var onBody: (@Sendable (UnsafeRawBufferPointer) -> Bool)?
}

/// What came back.
struct HTTPResponse: Sendable {
  var status: Int
  /// Names in lower case.
  var headers: [(name: String, value: String)]
  var body: [UInt8]

  subscript(name: String) -> String? { headers.first { $0.name == name }?.value }
  func all(_ name: String) -> [String] { headers.filter { $0.name == name }.map(\.value) }
}
